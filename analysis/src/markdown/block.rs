//! Blocks: paragraphs, headings, lists, quotations, code, tables.

use crate::markdown::inline::inline;
use crate::markdown::{Align, Event, Tag};

/// Lists and quotations nested deeper than this are read as text.
const MAX_DEPTH: usize = 24;

/// Reads blocks. In a `tight` list item paragraphs stand without their element.
pub fn blocks(lines: &[String], depth: usize, tight: bool, out: &mut Vec<Event>) {
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at].as_str();
        if line.trim().is_empty() {
            at += 1;
        } else if indent(line) >= 4 {
            at = indented_code(lines, at, out);
        } else if let Some(fence) = fence(line) {
            at = fenced_code(lines, at, fence, out);
        } else if let Some((level, text)) = heading(line) {
            element(Tag::Heading(level), text, out);
            at += 1;
        } else if is_rule(line) {
            out.push(Event::Rule);
            at += 1;
        } else if depth < MAX_DEPTH && line.trim_start().starts_with('>') {
            at = quote(lines, at, depth, out);
        } else if let Some(marker) = marker(line).filter(|_| depth < MAX_DEPTH) {
            at = list(lines, at, &marker, depth, out);
        } else if let Some(columns) = table_head(lines, at) {
            at = table(lines, at, columns, out);
        } else {
            at = paragraph(lines, at, depth, tight, out);
        }
    }
}

fn element(tag: Tag, text: &str, out: &mut Vec<Event>) {
    out.push(Event::Start(tag));
    inline(text, out);
    out.push(Event::End);
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// The line without up to `width` spaces at its start.
fn unindent(line: &str, width: usize) -> String {
    line.get(indent(line).min(width)..)
        .unwrap_or_default()
        .to_owned()
}

fn indented_code(lines: &[String], from: usize, out: &mut Vec<Event>) -> usize {
    let mut to = from;
    while to < lines.len() && (indent(&lines[to]) >= 4 || lines[to].trim().is_empty()) {
        to += 1;
    }
    let code: Vec<String> = lines[from..to]
        .iter()
        .map(|line| unindent(line, 4))
        .collect();
    code_block(code.join("\n").trim_end_matches('\n'), out);
    to
}

fn code_block(code: &str, out: &mut Vec<Event>) {
    out.push(Event::Start(Tag::CodeBlock));
    out.push(Event::Text(code.to_owned()));
    out.push(Event::End);
}

/// Character and length of a code fence.
fn fence(line: &str) -> Option<(char, usize)> {
    let text = line.trim_start();
    let mark = text
        .chars()
        .next()
        .filter(|mark| matches!(mark, '`' | '~'))?;
    let length = text.chars().take_while(|c| *c == mark).count();
    // The info string of a backtick fence has no backtick: "```x```" is a code span.
    let info = &text[length..];
    (length >= 3 && (mark == '~' || !info.contains('`'))).then_some((mark, length))
}

fn fenced_code(
    lines: &[String],
    from: usize,
    (mark, length): (char, usize),
    out: &mut Vec<Event>,
) -> usize {
    let width = indent(&lines[from]);
    let mut to = from + 1;
    let closes = |line: &str| {
        let text = line.trim();
        indent(line) < 4 && text.chars().count() >= length && text.chars().all(|c| c == mark)
    };
    while to < lines.len() && !closes(&lines[to]) {
        to += 1;
    }
    let code: Vec<String> = lines[from + 1..to]
        .iter()
        .map(|line| unindent(line, width))
        .collect();
    code_block(&code.join("\n"), out);
    (to + 1).min(lines.len())
}

fn heading(line: &str) -> Option<(u8, &str)> {
    let text = line.trim();
    let level = text.bytes().take_while(|byte| *byte == b'#').count();
    let rest = &text[level..];
    if !(1..=6).contains(&level) || !(rest.is_empty() || rest.starts_with([' ', '\t'])) {
        return None;
    }
    let text = rest.trim();
    let bare = text.trim_end_matches('#');
    let text = if bare.is_empty() || bare.ends_with(' ') {
        bare.trim_end()
    } else {
        text
    };
    Some((u8::try_from(level).unwrap_or(6), text))
}

fn is_rule(line: &str) -> bool {
    let mut marks = line.chars().filter(|c| !c.is_whitespace());
    let Some(mark) = marks.next().filter(|mark| matches!(mark, '-' | '*' | '_')) else {
        return false;
    };
    let mut count = 1;
    marks.all(|c| {
        count += 1;
        c == mark
    }) && count >= 3
}

fn quote(lines: &[String], from: usize, depth: usize, out: &mut Vec<Event>) -> usize {
    let mut inner = Vec::new();
    let mut at = from;
    while at < lines.len() {
        let line = lines[at].as_str();
        if let Some(rest) = line
            .trim_start()
            .strip_prefix('>')
            .filter(|_| indent(line) < 4)
        {
            inner.push(crate::markdown::expand_tabs(
                rest.strip_prefix(' ').unwrap_or(rest),
            ));
        } else if continues(&inner, line) {
            inner.push(line.to_owned());
        } else {
            break;
        }
        at += 1;
    }
    out.push(Event::Start(Tag::Quote));
    blocks(&inner, depth + 1, false, out);
    out.push(Event::End);
    at
}

/// Whether a line without its container's marker goes on with the paragraph inside ("lazy continuation").
fn continues(inner: &[String], line: &str) -> bool {
    let in_text = inner
        .last()
        .is_some_and(|last| !last.trim().is_empty() && fence(last).is_none() && !is_rule(last));
    in_text && !line.trim().is_empty() && !interrupts(line)
}

/// Whether a line begins a block that ends a paragraph.
fn interrupts(line: &str) -> bool {
    let number_one = |marker: &Marker| marker.number.is_none_or(|number| number == 1);
    indent(line) < 4
        && (fence(line).is_some()
            || heading(line).is_some()
            || is_rule(line)
            || line.trim_start().starts_with('>')
            || marker(line).is_some_and(|marker| !marker.empty && number_one(&marker)))
}

/// The marker of a list item.
struct Marker {
    /// `-`, `*`, `+`, `.` or `)`.
    kind: char,
    number: Option<u64>,
    /// Where the item's content begins.
    content: usize,
    /// Nothing follows it.
    empty: bool,
}

fn marker(line: &str) -> Option<Marker> {
    let before = indent(line);
    let text = &line[before..];
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (kind, number, width) = match (digits, text[digits..].chars().next()?) {
        (0, kind @ ('-' | '*' | '+')) => (kind, None, 1),
        (1..=9, kind @ ('.' | ')')) => (kind, text[..digits].parse().ok(), digits + 1),
        _ => return None,
    };
    let rest = &text[width..];
    if !(rest.is_empty() || rest.starts_with([' ', '\t'])) || before >= 4 {
        return None;
    }
    let spaces = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let empty = rest.trim().is_empty();
    // More than four spaces: the content is indented code behind one space.
    let gap = if empty || spaces > 4 { 1 } else { spaces };
    Some(Marker {
        kind,
        number,
        content: before + width + gap,
        empty,
    })
}

fn list(
    lines: &[String],
    from: usize,
    first: &Marker,
    depth: usize,
    out: &mut Vec<Event>,
) -> usize {
    let mut items: Vec<Vec<String>> = Vec::new();
    let mut at = from;
    let mut loose = false;
    let mut blank_before = false;
    while at < lines.len() {
        let Some(found) = marker(&lines[at]).filter(|found| {
            found.kind == first.kind && !(is_rule(&lines[at]) && found.kind != '.')
        }) else {
            break;
        };
        loose |= blank_before && !items.is_empty();
        let mut item = vec![crate::markdown::expand_tabs(
            lines[at].get(found.content..).unwrap_or_default(),
        )];
        at += 1;
        blank_before = false;
        while at < lines.len() {
            let line = lines[at].as_str();
            if line.trim().is_empty() {
                blank_before = true;
                item.push(String::new());
            } else if indent(line) >= found.content {
                loose |= blank_before;
                blank_before = false;
                item.push(unindent(line, found.content));
            } else if !blank_before && marker(line).is_none() && continues(&item, line) {
                item.push(line.trim_start().to_owned());
            } else {
                break;
            }
            at += 1;
        }
        items.push(item);
    }
    out.push(Event::Start(Tag::List(first.number)));
    for mut item in items {
        out.push(Event::Start(Tag::Item));
        if let Some(done) = task(&item[0]) {
            out.push(Event::Task(done));
            item[0] = item[0].get(4..).unwrap_or_default().to_owned();
        }
        blocks(&item, depth + 1, !loose, out);
        out.push(Event::End);
    }
    out.push(Event::End);
    at
}

fn task(text: &str) -> Option<bool> {
    match text.get(..4)? {
        "[ ] " => Some(false),
        "[x] " | "[X] " => Some(true),
        _ => None,
    }
}

/// The cells of a table's row; `\|` is no border.
fn cells(line: &str) -> Vec<String> {
    let text = line.trim();
    let text = text.strip_prefix('|').unwrap_or(text);
    let mut cells = vec![String::new()];
    let mut escaped = false;
    for c in text.chars() {
        match (c, cells.last_mut()) {
            ('|', _) if !escaped => cells.push(String::new()),
            ('|', Some(cell)) => {
                cell.pop();
                cell.push('|');
            }
            (c, Some(cell)) => cell.push(c),
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    if cells.len() > 1 && cells.last().is_some_and(|cell| cell.trim().is_empty()) {
        cells.pop();
    }
    cells
}

/// The alignments, if a table begins here: a line with borders, and below it a line of dashes with as many cells.
fn table_head(lines: &[String], at: usize) -> Option<Vec<Align>> {
    let below = lines.get(at + 1)?;
    if !lines[at].contains('|') || !below.contains('-') || !below.contains(['|', ':']) {
        return None;
    }
    let columns: Option<Vec<Align>> = cells(below)
        .iter()
        .map(|cell| {
            let cell = cell.trim();
            let dashes = cell.trim_start_matches(':').trim_end_matches(':');
            if dashes.is_empty() || !dashes.bytes().all(|byte| byte == b'-') {
                return None;
            }
            Some(match (cell.starts_with(':'), cell.ends_with(':')) {
                (true, true) => Align::Center,
                (false, true) => Align::End,
                _ => Align::Start,
            })
        })
        .collect();
    columns.filter(|columns| columns.len() == cells(&lines[at]).len())
}

fn table(lines: &[String], from: usize, columns: Vec<Align>, out: &mut Vec<Event>) -> usize {
    let count = columns.len();
    let row = |line: &str, tag: Tag, out: &mut Vec<Event>| {
        out.push(Event::Start(tag));
        let cells = cells(line);
        for at in 0..count {
            element(
                Tag::TableCell,
                cells.get(at).map_or("", |cell| cell.trim()),
                out,
            );
        }
        out.push(Event::End);
    };
    out.push(Event::Start(Tag::Table(columns)));
    row(&lines[from], Tag::TableHead, out);
    let mut at = from + 2;
    while at < lines.len() && lines[at].contains('|') && !interrupts(&lines[at]) {
        row(&lines[at], Tag::TableRow, out);
        at += 1;
    }
    out.push(Event::End);
    at
}

fn paragraph(
    lines: &[String],
    from: usize,
    depth: usize,
    tight: bool,
    out: &mut Vec<Event>,
) -> usize {
    let mut text = lines[from].trim_start().to_owned();
    let mut at = from + 1;
    while at < lines.len() {
        let line = lines[at].as_str();
        // A line below that is drawn under it makes a heading.
        let under = line.trim();
        if indent(line) < 4
            && !under.is_empty()
            && (under.bytes().all(|b| b == b'=') || under.bytes().all(|b| b == b'-'))
        {
            element(
                Tag::Heading(if under.starts_with('=') { 1 } else { 2 }),
                text.trim_end(),
                out,
            );
            return at + 1;
        }
        if under.is_empty()
            || (interrupts(line) && depth < MAX_DEPTH)
            || table_head(lines, at).is_some()
        {
            break;
        }
        text.push('\n');
        text.push_str(line.trim_start());
        at += 1;
    }
    let text = text.trim_end();
    if tight {
        inline(text, out);
    } else {
        element(Tag::Paragraph, text, out);
    }
    at
}
