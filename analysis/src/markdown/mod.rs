//! Markdown as models write it, to events: CommonMark's blocks and inlines, and GitHub's tables, task lists and strikethrough.
//!
//! Own code on purpose: the usual parser adds 45 KB (brotli) to the download, most of it tables of 2,000 named entities and of Unicode
//! case folding for link references, which answers of models do not use. Left out: reference links, raw HTML (it stays text) and
//! named entities beyond the five of XML and `&nbsp;`.

mod block;
mod inline;

/// An event; `Start` and `End` are balanced.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// An element begins.
    Start(Tag),
    /// The innermost element ends.
    End,
    /// Text, unescaped.
    Text(String),
    /// A code span.
    Code(String),
    /// A line break of the source.
    SoftBreak,
    /// A line break that is meant.
    HardBreak,
    /// A thematic break.
    Rule,
    /// The box of a task list item, and whether it is ticked.
    Task(bool),
}

/// An element.
#[derive(Clone, Debug, PartialEq)]
pub enum Tag {
    /// A paragraph.
    Paragraph,
    /// A heading of level 1 to 6.
    Heading(u8),
    /// A quotation.
    Quote,
    /// A block of code.
    CodeBlock,
    /// A list; with the number of its first item if it is an ordered one.
    List(Option<u64>),
    /// An item of a list.
    Item,
    /// A table, with the alignment of its columns.
    Table(Vec<Align>),
    /// The head of a table.
    TableHead,
    /// A row of a table.
    TableRow,
    /// A cell of a table.
    TableCell,
    /// Emphasis.
    Emphasis,
    /// Strong emphasis.
    Strong,
    /// Struck through.
    Strike,
    /// A link and its address, as written.
    Link(String),
    /// An image and its address, as written; its content is its description.
    Image(String),
}

/// Alignment of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// As text runs.
    Start,
    /// In the middle.
    Center,
    /// At the end.
    End,
}

/// Reads a Markdown text.
pub fn parse(text: &str) -> Vec<Event> {
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| expand_tabs(line.trim_end_matches('\r')))
        .collect();
    let mut events = Vec::new();
    block::blocks(&lines, 0, false, &mut events);
    events
}

/// A tab in the indentation goes to the next multiple of four.
fn expand_tabs(line: &str) -> String {
    let content = line.trim_start_matches([' ', '\t']);
    let mut width = 0;
    for byte in line.bytes().take(line.len() - content.len()) {
        width = if byte == b'\t' {
            width / 4 * 4 + 4
        } else {
            width + 1
        };
    }
    format!("{}{content}", " ".repeat(width))
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
