//! Looking at many bytes at once: what the framer and the JSON reader do with every byte of a trace.
//!
//! One set of operations on 16 bytes ([`Lane`]), two ways to do them: `simd128` in the browser, ordinary words elsewhere. The tests hold
//! both against a look at each byte. No `unsafe`: a lane is put together from two numbers, which compilers turn into loads.

/// Bytes in a lane.
const LANE: usize = 16;

/// Bytes in a block.
pub const BLOCK: usize = 64;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod lane {
    use core::arch::wasm32::{
        u64x2, u8x16_bitmask, u8x16_eq, u8x16_lt, u8x16_splat, v128, v128_or,
    };

    /// 16 bytes.
    #[derive(Clone, Copy)]
    pub struct Lane(v128);

    impl Lane {
        #[inline(always)]
        pub fn new(low: u64, high: u64) -> Self {
            Self(u64x2(low, high))
        }
        #[inline(always)]
        pub fn is(self, byte: u8) -> Self {
            Self(u8x16_eq(self.0, u8x16_splat(byte)))
        }
        #[inline(always)]
        pub fn below(self, byte: u8) -> Self {
            Self(u8x16_lt(self.0, u8x16_splat(byte)))
        }
        #[inline(always)]
        pub fn with(self, bits: u8) -> Self {
            Self(v128_or(self.0, u8x16_splat(bits)))
        }
        #[inline(always)]
        pub fn or(self, other: Self) -> Self {
            Self(v128_or(self.0, other.0))
        }
        #[inline(always)]
        pub fn mask(self) -> u32 {
            u32::from(u8x16_bitmask(self.0))
        }
    }
}

/// The same with two ordinary words: for machines without the above, and what the tests hold it against.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod lane {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = ONES << 7;

    /// 16 bytes. In a found lane only the highest bit of each counts.
    #[derive(Clone, Copy)]
    pub struct Lane(u64, u64);

    impl Lane {
        #[inline(always)]
        pub fn new(low: u64, high: u64) -> Self {
            Self(low, high)
        }
        #[inline(always)]
        fn each(self, work: impl Fn(u64) -> u64) -> Self {
            Self(work(self.0), work(self.1))
        }
        #[inline(always)]
        pub fn is(self, byte: u8) -> Self {
            self.each(|word| {
                let other = word ^ (ONES * u64::from(byte));
                // The highest bit of a byte stays clear only if all its bits are.
                !(((other & !HIGH) + !HIGH) | other)
            })
        }
        /// For bytes up to 128.
        #[inline(always)]
        pub fn below(self, byte: u8) -> Self {
            self.each(|word| !(((word & !HIGH) + ONES * u64::from(128 - byte)) | word))
        }
        #[inline(always)]
        pub fn with(self, bits: u8) -> Self {
            self.each(|word| word | (ONES * u64::from(bits)))
        }
        #[inline(always)]
        pub fn or(self, other: Self) -> Self {
            Self(self.0 | other.0, self.1 | other.1)
        }
        #[inline(always)]
        pub fn mask(self) -> u32 {
            // Gathers the highest bits in the highest byte.
            let bits = |word: u64| ((word & HIGH) >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56;
            (bits(self.0) | bits(self.1) << 8) as u32
        }
    }
}

use lane::Lane;

#[inline(always)]
fn load(bytes: &[u8; LANE]) -> Lane {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = *bytes;
    Lane::new(
        u64::from_le_bytes([a, b, c, d, e, f, g, h]),
        u64::from_le_bytes([i, j, k, l, m, n, o, p]),
    )
}

/// What a block of 64 bytes holds: a bit for each byte, the first lowest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// `"`
    pub quotes: u64,
    /// `\`
    pub slashes: u64,
    /// `{`, `}`, `[`, `]`
    pub brackets: u64,
    /// Control characters, line feeds among them.
    pub controls: u64,
}

/// Looks at a block.
#[inline(always)]
pub fn block(bytes: &[u8; BLOCK]) -> Block {
    let mut found = Block::default();
    // Written out: where code is compiled for size, a loop stays one.
    look(bytes, 0, &mut found);
    look(bytes, 1, &mut found);
    look(bytes, 2, &mut found);
    look(bytes, 3, &mut found);
    found
}

/// Looks at one of the four lanes of a block.
#[inline(always)]
fn look(bytes: &[u8; BLOCK], at: usize, found: &mut Block) {
    let lane = bytes.get(at * LANE..(at + 1) * LANE);
    let Some(lane) = lane.and_then(|lane| <&[u8; LANE]>::try_from(lane).ok()) else {
        return;
    };
    let lane = load(lane);
    // `[` and `{`, and `]` and `}`, differ in one bit.
    let upper = lane.with(0x20);
    let brackets = upper.is(b'{').or(upper.is(b'}'));
    let shift = at * LANE;
    found.quotes |= u64::from(lane.is(b'"').mask()) << shift;
    found.slashes |= u64::from(lane.is(b'\\').mask()) << shift;
    found.brackets |= u64::from(brackets.mask()) << shift;
    found.controls |= u64::from(lane.below(b' ').mask()) << shift;
}

/// Position from `at` on of the first byte that is not simply a part of a JSON string: `"`, `\`, or a control character. The length, if
/// there is none.
#[inline]
pub fn plain_until(bytes: &[u8], mut at: usize) -> usize {
    while let Some(lane) = bytes
        .get(at..at + LANE)
        .and_then(|lane| <&[u8; LANE]>::try_from(lane).ok())
    {
        let lane = load(lane);
        let found = lane.is(b'"').or(lane.is(b'\\')).or(lane.below(b' ')).mask();
        if found != 0 {
            return at + found.trailing_zeros() as usize;
        }
        at += LANE;
    }
    while bytes
        .get(at)
        .is_some_and(|&byte| byte >= b' ' && byte != b'"' && byte != b'\\')
    {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A look at each byte.
    fn reference(bytes: &[u8; BLOCK]) -> Block {
        let mut found = Block::default();
        for (at, byte) in bytes.iter().enumerate() {
            let bits = match byte {
                b'"' => &mut found.quotes,
                b'\\' => &mut found.slashes,
                b'{' | b'}' | b'[' | b']' => &mut found.brackets,
                0..=0x1F => &mut found.controls,
                _ => continue,
            };
            *bits |= 1 << at;
        }
        found
    }

    fn one_by_one(bytes: &[u8]) -> usize {
        let stops = |byte: &u8| *byte < b' ' || *byte == b'"' || *byte == b'\\';
        bytes.iter().position(stops).unwrap_or(bytes.len())
    }

    #[test]
    fn every_byte_is_seen_at_every_place() {
        for byte in 0..=255u8 {
            for at in 0..BLOCK {
                let mut bytes = [b'x'; BLOCK];
                bytes[at] = byte;
                assert_eq!(block(&bytes), reference(&bytes), "{byte} at {at}");
                assert_eq!(plain_until(&bytes, 0), one_by_one(&bytes), "{byte} at {at}");
            }
        }
        let bytes: [u8; BLOCK] = std::array::from_fn(|at| b"\"\\{}[]\n;"[at % 8]);
        let found = block(&bytes);
        assert_eq!(found.quotes, 0x0101_0101_0101_0101);
        assert_eq!(found.slashes, 0x0202_0202_0202_0202);
        assert_eq!(found.brackets, 0x3C3C_3C3C_3C3C_3C3C);
        assert_eq!(found.controls, 0x4040_4040_4040_4040);
    }

    proptest! {
        #[test]
        fn lanes_agree_with_single_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200), from in 0usize..40) {
            if let Some(first) = bytes.get(..BLOCK).and_then(|first| <&[u8; BLOCK]>::try_from(first).ok()) {
                prop_assert_eq!(block(first), reference(first));
            }
            let from = from.min(bytes.len());
            prop_assert_eq!(plain_until(&bytes, from), from + one_by_one(&bytes[from..]));
        }
    }
}
