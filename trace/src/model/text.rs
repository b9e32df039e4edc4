//! Where a long text lies in its source, and how its bytes become text.

use crate::model::Place;
use serde::{Deserialize, Serialize};

/// How the bytes at a [`TextRef`] become text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TextForm {
    /// A JSON value: a string is unescaped, anything else is shown as it stands.
    Json,
    /// A JSON string that holds JSON again: a string inside it is unescaped once more (crewai's flow and method results).
    JsonTwice,
    /// The bytes are the text.
    Plain,
    /// A JSON string that holds an object (or the object itself): what stands under a name in it (or in a list that it
    /// holds instead). Anything else is shown as it stands.
    Inside(Member),
    /// An array or object of attributes or of span events, among which the messages lie in pieces (`….0.role`, `….0.content`, …). They are
    /// gathered into a JSON array of messages.
    Gathered(Pieces),
    /// A JSON value whose parts name their types (`{"values": [{"stringValue": …}]}`): becomes plain JSON.
    Typed,
}

/// A place inside an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Member {
    /// The text of an output.
    Raw,
    /// The context handed to a task.
    Context,
    /// The goal of the agent.
    Goal,
    /// The backstory of the agent.
    Backstory,
    /// The description of a task.
    Description,
    /// The expected output of a task.
    ExpectedOutput,
    /// The messages of a request.
    Messages,
    /// The description of the task that an agent was given.
    TaskDescription,
    /// The expected output of the task that an agent was given.
    TaskExpectedOutput,
    /// The description of one task in a list of tasks.
    PlannedDescription(u16),
    /// The expected output of one task in a list of tasks.
    PlannedOutput(u16),
}

impl Member {
    /// A number that no other member has.
    pub(crate) fn number(self) -> u64 {
        match self {
            Self::Raw => 0,
            Self::Context => 1,
            Self::Goal => 2,
            Self::Backstory => 3,
            Self::Description => 4,
            Self::ExpectedOutput => 5,
            Self::Messages => 6,
            Self::TaskDescription => 7,
            Self::TaskExpectedOutput => 8,
            Self::PlannedDescription(at) => 16 + u64::from(at) * 2,
            Self::PlannedOutput(at) => 17 + u64::from(at) * 2,
        }
    }
}

/// What is gathered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Pieces {
    /// The messages that went in.
    Input,
    /// The messages that came out.
    Output,
    /// The definitions of tools.
    Tools,
}

/// A text that the model does not hold: its place in the source, and a hash by which texts are compared without loading them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TextRef {
    /// Index into [`crate::model::Trace::sources`].
    pub source: u32,
    /// Bytes from the start of the (decompressed) source.
    pub offset: u64,
    /// Length in bytes, quotes and escapes included.
    pub len: u64,
    /// XXH3 of the bytes; of gathered pieces, a hash of these alone.
    pub hash: u64,
    /// How to decode.
    pub form: TextForm,
    /// The producer cut the value; its size in bytes before that (crewai: attributes above 384 KiB, `<attr>.original_size_bytes`). 0: not cut.
    pub cut_from: u64,
}

impl TextRef {
    /// Where it begins.
    pub fn place(&self) -> Place {
        Place {
            source: self.source,
            offset: self.offset,
        }
    }
}
