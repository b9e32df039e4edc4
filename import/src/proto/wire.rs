//! Fields as they stand on the wire. `micropb` reads the numbers; this cuts out the bytes of a value without copying them.

use micropb::{DecodeError, PbDecoder};
use std::convert::Infallible;

/// Wire types (the low three bits of a tag).
pub const VARINT: u8 = 0;
/// Eight bytes.
pub const BITS64: u8 = 1;
/// A length and that many bytes.
pub const LEN: u8 = 2;
/// Four bytes.
pub const BITS32: u8 = 5;

/// Why a field cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The bytes end inside it.
    #[error("the bytes end inside a field")]
    Short,
    /// These bytes are no field.
    #[error("no protobuf field")]
    Bad,
}

impl From<DecodeError<Infallible>> for Broken {
    fn from(error: DecodeError<Infallible>) -> Self {
        match error {
            DecodeError::UnexpectedEof => Self::Short,
            _ => Self::Bad,
        }
    }
}

/// The beginning of a field: what comes, and how long it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Field number.
    pub number: u32,
    /// Wire type.
    pub wire: u8,
    /// Bytes before the value.
    pub size: usize,
    /// Bytes of the value.
    pub len: u64,
}

impl Head {
    /// Reads a tag and what tells the length of its value. A length is believed only by who has that many bytes.
    pub fn read(bytes: &[u8]) -> Result<Self, Broken> {
        let mut decoder = PbDecoder::new(bytes);
        let tag = decoder.decode_tag()?;
        let mut size = decoder.bytes_read();
        let len = match tag.wire_type() {
            VARINT => {
                decoder.decode_varint64()?;
                (decoder.bytes_read() - size) as u64
            }
            BITS64 => 8,
            BITS32 => 4,
            LEN => {
                let len = decoder.decode_varint64()?;
                size = decoder.bytes_read();
                len
            }
            // Groups are not used since proto2, and the others were never given out.
            _ => return Err(Broken::Bad),
        };
        match tag.field_num() {
            0 => Err(Broken::Bad),
            number => Ok(Self {
                number,
                wire: tag.wire_type(),
                size,
                len,
            }),
        }
    }

    /// Bytes of the whole field.
    pub fn total(&self) -> u64 {
        self.len.saturating_add(self.size as u64)
    }

    /// The value and what follows the field.
    pub fn split<'a>(&self, bytes: &'a [u8]) -> Result<(&'a [u8], &'a [u8]), Broken> {
        let len = usize::try_from(self.len).map_err(|_| Broken::Short)?;
        bytes
            .get(self.size..)
            .and_then(|value| value.split_at_checked(len))
            .ok_or(Broken::Short)
    }
}

/// The number in a value of at most eight bytes: a varint, or little endian.
pub fn number(wire: u8, value: &[u8]) -> Result<u64, Broken> {
    match wire {
        VARINT => Ok(PbDecoder::new(value).decode_varint64()?),
        LEN => Err(Broken::Bad),
        _ => Ok(value
            .iter()
            .rev()
            .fold(0, |number, byte| number << 8 | u64::from(*byte))),
    }
}
