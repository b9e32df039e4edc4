//! What a text looks like, in bits.

/// What a text looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signs(pub u32);

impl Signs {
    /// A result that reads as an error.
    pub const ERROR: u32 = 1;
    /// The arguments were refused: no JSON, wrong names or types.
    pub const BAD_ARGUMENTS: u32 = 1 << 1;
    /// There is no tool of that name.
    pub const NO_SUCH_TOOL: u32 = 1 << 2;
    /// There is no coworker of that name.
    pub const NO_SUCH_COWORKER: u32 = 1 << 3;
    /// crewai refused to repeat a call.
    pub const REFUSED_REPEAT: u32 = 1 << 4;
    /// The tool may not be used any more.
    pub const USED_UP: u32 = 1 << 5;
    /// A prompt that demands the final answer: the iteration limit was reached.
    pub const FORCED_ANSWER: u32 = 1 << 6;
    /// An output that is a step of the Thought/Action form.
    pub const STEP: u32 = 1 << 7;
    /// A prompt that asks for a summary of the conversation, which no longer fitted.
    pub const SUMMARISED: u32 = 1 << 8;
    /// There is nothing in it.
    pub const EMPTY: u32 = 1 << 9;
    /// JSON is in it: all of it, or a fenced block.
    pub const JSON: u32 = 1 << 10;
    /// JSON is asked for.
    pub const WANTS_JSON: u32 = 1 << 11;
    /// So many points are asked for.
    pub const WANTS_POINTS: u32 = 1 << 12;
    /// Only a part of the text was looked at.
    pub const CUT: u32 = 1 << 13;

    /// Whether a sign is there.
    pub fn has(self, sign: u32) -> bool {
        self.0 & sign != 0
    }

    /// Whether one of some signs is there.
    pub fn any(self, signs: u32) -> bool {
        self.0 & signs != 0
    }

    /// Adds signs.
    pub fn set(&mut self, signs: u32) {
        self.0 |= signs;
    }
}

/// How many points a list has or is to have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Points {
    /// At least.
    pub min: u16,
    /// At most.
    pub max: u16,
}
