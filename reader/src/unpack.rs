//! What is in a source: its bytes, or the JSON that its protobuf holds, unpacked as it comes.

use crate::content::Content;
use crate::stream::{Canceller, StreamError};
use crewscope_import::{sniff, Sniffed, Unpacker};
use js_sys::Uint8Array;
use web_sys::ReadableStream;

/// The readable content of a source.
#[derive(Debug)]
pub struct Readable {
    content: Content,
    unpacker: Option<Unpacker>,
    /// What was read to see what it is, and what ended that.
    ahead: Option<Vec<u8>>,
    ended: Option<Option<StreamError>>,
}

impl Readable {
    /// Begins to read and finds out by the first bytes what it is: most often the first byte says it.
    /// `fill`: see [`Content::open`].
    pub async fn open(stream: &ReadableStream, fill: bool) -> Result<Self, StreamError> {
        let mut content = Content::open(stream, fill).await?;
        let mut head = Vec::new();
        let mut ended = None;
        let unpacker = loop {
            match sniff(&head, ended.is_some()) {
                Sniffed::Protobuf(unpacker) => break Some(unpacker),
                Sniffed::Unclear if ended.is_none() => match content.next().await {
                    Ok(Some(chunk)) => head.extend(chunk.to_vec()),
                    Ok(None) => ended = Some(None),
                    Err(error) => ended = Some(Some(error)),
                },
                Sniffed::Other | Sniffed::Unclear => break None,
            }
        };
        Ok(Self {
            content,
            unpacker,
            ahead: Some(head),
            ended,
        })
    }

    /// The next bytes; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Uint8Array>, StreamError> {
        let mut out = Vec::new();
        loop {
            let chunk = self.next_packed().await?;
            let Some(unpacker) = &mut self.unpacker else {
                return Ok(chunk);
            };
            match chunk {
                Some(chunk) => unpacker.push(&chunk.to_vec(), &mut out),
                None => {
                    unpacker.finish(&mut out);
                    self.unpacker = None;
                    self.ended = Some(None);
                }
            }
            if !out.is_empty() {
                return Ok(Some(Uint8Array::from(out.as_slice())));
            }
        }
    }

    async fn next_packed(&mut self) -> Result<Option<Uint8Array>, StreamError> {
        if let Some(head) = self.ahead.take().filter(|head| !head.is_empty()) {
            return Ok(Some(Uint8Array::from(head.as_slice())));
        }
        match self.ended.take() {
            Some(Some(error)) => Err(error),
            Some(None) => {
                self.ended = Some(None);
                Ok(None)
            }
            None => self.content.next().await,
        }
    }

    /// Takes a chunk back that nobody needs any more.
    pub fn give_back(&mut self, chunk: &Uint8Array) {
        self.content.give_back(chunk);
    }

    /// Whether the bytes are those of the source itself.
    pub fn is_plain(&self) -> bool {
        self.content.is_plain() && self.unpacker.is_none()
    }

    /// Bytes read as they are stored.
    pub fn stored(&self) -> u64 {
        self.content.stored()
    }

    /// What ends a pending read from elsewhere: it is then the end of the bytes.
    pub fn canceller(&self) -> Canceller {
        self.content.canceller()
    }
}
