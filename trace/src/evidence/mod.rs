//! What was noted about long texts while they were read, for the findings: the texts themselves stay in the source.
//!
//! A text is noted once, by its content and by what is asked of it ([`Role`]), so what is noted does not depend on the order of records or
//! on how the bytes came. Lives beside the reader (in the worker) and never travels to the page.

use crate::model::{Sym, TextForm, TextRef};
use rustc_hash::FxHashMap;

mod signs;

pub use signs::{Points, Signs};

/// What a text is to the findings, which decides what is noted about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Arguments of a tool call: what they say, whatever their order and white space.
    Arguments = 1,
    /// Result or error of a tool: whether it reads as a failure.
    Result,
    /// What a task is to give back: what of it can be checked.
    Expected,
    /// Output of a task: whether it is JSON, how many points it has, and its statements.
    Output,
    /// Messages of an LLM call: how they begin, how they end, and the statements of their first two messages.
    Prompt,
    /// Text handed to an agent or a task: its statements.
    Given,
    /// Definitions of tools: their names.
    Tools,
}

/// What was noted about a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Digest {
    /// What it looks like.
    pub signs: Signs,
    /// Arguments: equal for equal arguments. 0 if nothing is noted.
    pub key: u64,
    /// Output: points of its list. Expected: how many points are asked for.
    pub points: Points,
    /// Output: words.
    pub words: u32,
    /// Number of the statements (1 is the first text that has some); 0: none were looked for.
    pub statements: u32,
    /// Prompt: hashes of its beginnings. Tools: symbols of their names. A range of the list of numbers.
    list: (u32, u32),
    /// Arguments: the coworker they name.
    pub coworker: Sym,
}

/// Sizes in bytes of the beginnings of a prompt that are hashed: prompts that share one share a prefix of at least that size. A provider's cache
/// works from about 1024 tokens (4 KiB) on.
pub const BEGINNINGS: [usize; 12] = [
    1 << 10,
    2 << 10,
    3 << 10,
    4 << 10,
    6 << 10,
    8 << 10,
    12 << 10,
    16 << 10,
    24 << 10,
    32 << 10,
    64 << 10,
    128 << 10,
];

/// Statements kept at most, over all texts (8 bytes each). Above it only those with small hashes are kept, the same ones of every text, so that
/// texts stay comparable.
const MAX_STATEMENTS: usize = 1 << 20;

/// All that was noted.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// Where the digest of a text stands, by [`key`].
    index: FxHashMap<u64, u32>,
    /// The numbers of the texts whose statements are kept, by a hash of what was looked through.
    numbers: FxHashMap<u64, u32>,
    digests: Vec<Digest>,
    /// Where the digest stands that says nothing: most results of tools share it.
    nothing: Option<u32>,
    /// Number of the text, hash of the statement; in order of the texts.
    statements: Vec<(u32, u32)>,
    /// Texts with statements so far.
    texts: u32,
    /// Statements with a larger hash are not kept.
    limit: u32,
    lists: Vec<u32>,
}

impl Default for Evidence {
    fn default() -> Self {
        Self {
            index: FxHashMap::default(),
            numbers: FxHashMap::default(),
            digests: Vec::new(),
            nothing: None,
            statements: Vec::new(),
            texts: 0,
            limit: u32::MAX,
            lists: Vec::new(),
        }
    }
}

impl Evidence {
    /// What was noted about a text.
    pub fn of(&self, role: Role, text: &TextRef) -> Option<&Digest> {
        let at = *self.index.get(&key(role, text))?;
        self.digests.get(at as usize)
    }

    /// The statements of a text: hashes, in order; one may come again.
    pub fn statements(&self, digest: &Digest) -> impl Iterator<Item = u32> + '_ {
        let number = digest.statements;
        let from = self.statements.partition_point(|(text, _)| *text < number);
        let of_text = self.statements.get(from..).unwrap_or_default();
        of_text
            .iter()
            .take_while(move |(text, _)| *text == number && number > 0)
            .map(|(_, hash)| *hash)
    }

    /// Hashes of the beginnings of a prompt, one for each of [`BEGINNINGS`] that it is long enough for; or symbols of tool names.
    pub fn list(&self, digest: &Digest) -> &[u32] {
        let (from, to) = digest.list;
        self.lists
            .get(from as usize..to as usize)
            .unwrap_or_default()
    }

    /// Whether something is noted about a text.
    pub fn known(&self, role: Role, text: &TextRef) -> bool {
        self.index.contains_key(&key(role, text))
    }

    /// Notes something about a text.
    pub fn note(&mut self, role: Role, text: &TextRef, mut digest: Digest, list: &[u32]) {
        let says_nothing = list.is_empty() && digest == Digest::default();
        if let Some(at) = self.nothing.filter(|_| says_nothing) {
            self.index.insert(key(role, text), at);
            return;
        }
        let at = number(self.digests.len());
        self.index.insert(key(role, text), at);
        if says_nothing {
            self.nothing = Some(at);
        }
        digest.list.0 = number(self.lists.len());
        self.lists.extend_from_slice(list);
        digest.list.1 = number(self.lists.len());
        self.digests.push(digest);
    }

    /// Keeps statements; returns their number. Texts with the same `content` (a hash) share one.
    pub fn add_statements(&mut self, content: u64, collect: &mut dyn FnMut(&mut Vec<u32>)) -> u32 {
        if let Some(&known) = self.numbers.get(&content) {
            return known;
        }
        let mut found = Vec::new();
        collect(&mut found);
        self.texts += 1;
        self.numbers.insert(content, self.texts);
        let (texts, limit) = (self.texts, self.limit);
        let kept = found.into_iter().filter(|hash| *hash <= limit);
        self.statements.extend(kept.map(|hash| (texts, hash)));
        while self.statements.len() > MAX_STATEMENTS {
            self.limit /= 2;
            let limit = self.limit;
            self.statements.retain(|(_, hash)| *hash <= limit);
        }
        self.texts
    }
}

fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// The same bytes read in another way are another text.
fn key(role: Role, text: &TextRef) -> u64 {
    let form = match text.form {
        TextForm::Json => 1,
        TextForm::JsonTwice => 2,
        TextForm::Plain => 3,
        TextForm::Typed => 4,
        TextForm::Gathered(pieces) => 5 + pieces as u64,
        TextForm::Inside(member) => 16 + member.number(),
    };
    // Odd, so that nothing is lost by multiplying.
    (text.hash ^ (role as u64) << 56).wrapping_mul(form * 2 + 0x9E37_79B9_7F4A_7C15)
}

/// A tool's name as the model calls it: `Web Search` in a definition is `web_search` in a call, as crewai makes it.
pub fn tool_name(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for byte in name.bytes().filter(u8::is_ascii) {
        match byte.is_ascii_alphanumeric() {
            true => out.push(char::from(byte.to_ascii_lowercase())),
            false if out.is_empty() || out.ends_with('_') => {}
            false => out.push('_'),
        }
    }
    out.truncate(out.trim_end_matches('_').len());
    out
}
