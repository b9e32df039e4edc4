//! Inlines: emphasis, code, links, images, breaks.

use crate::markdown::{Event, Tag};

/// A piece of a line of text while it is read.
enum Node {
    Event(Event),
    /// A run of `*`, `_` or `~` that may begin or end emphasis.
    Mark(Mark),
}

#[derive(Default)]
struct Mark {
    sign: char,
    /// Characters not used yet.
    left: usize,
    opens: bool,
    closes: bool,
    /// Elements that end here, innermost first.
    ends: usize,
    /// Elements that begin here, outermost first.
    starts: Vec<Tag>,
}

/// An open `[`: its node, and whether an image's.
struct Bracket {
    node: usize,
    image: bool,
    active: bool,
}

/// Reads inline content.
pub fn inline(text: &str, out: &mut Vec<Event>) {
    let mut reader = Reader {
        text,
        nodes: Vec::new(),
        brackets: Vec::new(),
        plain: String::new(),
        no_code: Vec::new(),
    };
    reader.read();
    reader.flush();
    emphasis(&mut reader.nodes, 0);
    for node in reader.nodes {
        match node {
            Node::Event(Event::Text(text)) => push_text(out, &text),
            Node::Event(event) => out.push(event),
            Node::Mark(mark) => {
                out.extend((0..mark.ends).map(|_| Event::End));
                push_text(out, &mark.sign.to_string().repeat(mark.left));
                out.extend(mark.starts.into_iter().map(Event::Start));
            }
        }
    }
}

/// Adjacent texts become one.
fn push_text(out: &mut Vec<Event>, text: &str) {
    match out.last_mut() {
        _ if text.is_empty() => {}
        Some(Event::Text(last)) => last.push_str(text),
        _ => out.push(Event::Text(text.to_owned())),
    }
}

struct Reader<'a> {
    text: &'a str,
    nodes: Vec<Node>,
    brackets: Vec<Bracket>,
    plain: String,
    /// Lengths of backtick runs that are known to have no partner further on.
    no_code: Vec<usize>,
}

impl Reader<'_> {
    fn flush(&mut self) {
        if !self.plain.is_empty() {
            self.nodes
                .push(Node::Event(Event::Text(std::mem::take(&mut self.plain))));
        }
    }

    fn event(&mut self, event: Event) {
        self.flush();
        self.nodes.push(Node::Event(event));
    }

    fn read(&mut self) {
        let mut at = 0;
        while let Some(c) = self.text[at..].chars().next() {
            at += match c {
                '\\' => self.escape(at),
                '`' => self.code(at),
                '\n' => self.line_break(at),
                '*' | '_' | '~' => self.mark(at, c),
                '!' if self.text[at..].starts_with("![") => self.open(2, true),
                '[' => self.open(1, false),
                ']' => self.close(at),
                '<' => self.autolink(at),
                '&' => self.entity(at),
                c => {
                    self.plain.push(c);
                    c.len_utf8()
                }
            };
        }
    }

    fn escape(&mut self, at: usize) -> usize {
        match self.text[at + 1..].chars().next() {
            Some('\n') => {
                self.event(Event::HardBreak);
                2
            }
            Some(c) if c.is_ascii_punctuation() => {
                self.plain.push(c);
                2
            }
            _ => {
                self.plain.push('\\');
                1
            }
        }
    }

    fn line_break(&mut self, _at: usize) -> usize {
        let hard = self.plain.ends_with("  ");
        let trimmed = self.plain.trim_end_matches(' ').len();
        self.plain.truncate(trimmed);
        self.event(if hard {
            Event::HardBreak
        } else {
            Event::SoftBreak
        });
        1
    }

    fn code(&mut self, at: usize) -> usize {
        let run = |text: &str| text.bytes().take_while(|byte| *byte == b'`').count();
        let length = run(&self.text[at..]);
        let body = at + length;
        if !self.no_code.contains(&length) {
            let mut to = body;
            while let Some(next) = self.text[to..].find('`') {
                let found = run(&self.text[to + next..]);
                if found == length {
                    let code = self.text[body..to + next].replace('\n', " ");
                    let inner = code
                        .strip_prefix(' ')
                        .and_then(|code| code.strip_suffix(' '));
                    let code = inner
                        .filter(|inner| !inner.trim().is_empty())
                        .unwrap_or(&code)
                        .to_owned();
                    self.event(Event::Code(code));
                    return to + next + length - at;
                }
                to += next + found;
            }
            self.no_code.push(length);
        }
        self.plain.push_str(&self.text[at..body]);
        length
    }

    fn mark(&mut self, at: usize, sign: char) -> usize {
        let length = self.text[at..].chars().take_while(|c| *c == sign).count();
        let before = self.text[..at].chars().next_back().unwrap_or(' ');
        let after = self.text[at + length..].chars().next().unwrap_or(' ');
        if sign == '~' && length != 2 {
            self.plain.push_str(&self.text[at..at + length]);
            return length;
        }
        let punctuation =
            |c: char| c.is_ascii_punctuation() || (!c.is_alphanumeric() && !c.is_whitespace());
        let left = !after.is_whitespace()
            && (!punctuation(after) || before.is_whitespace() || punctuation(before));
        let right = !before.is_whitespace()
            && (!punctuation(before) || after.is_whitespace() || punctuation(after));
        // An underscore inside a word is a letter of it.
        let (opens, closes) = match sign {
            '_' => (
                left && (!right || punctuation(before)),
                right && (!left || punctuation(after)),
            ),
            _ => (left, right),
        };
        self.flush();
        self.nodes.push(Node::Mark(Mark {
            sign,
            left: length,
            opens,
            closes,
            ..Mark::default()
        }));
        length
    }

    fn open(&mut self, length: usize, image: bool) -> usize {
        self.flush();
        self.brackets.push(Bracket {
            node: self.nodes.len(),
            image,
            active: true,
        });
        self.nodes.push(Node::Event(Event::Text(
            if image { "![" } else { "[" }.to_owned(),
        )));
        length
    }

    fn close(&mut self, at: usize) -> usize {
        let bracket = self.brackets.pop().filter(|bracket| bracket.active);
        let target = self.text[at + 1..].strip_prefix('(').and_then(target);
        let (Some(bracket), Some((address, length))) = (bracket, target) else {
            self.plain.push(']');
            return 1;
        };
        self.flush();
        emphasis(&mut self.nodes, bracket.node + 1);
        let tag = if bracket.image {
            Tag::Image(address)
        } else {
            Tag::Link(address)
        };
        self.nodes[bracket.node] = Node::Event(Event::Start(tag));
        self.nodes.push(Node::Event(Event::End));
        if !bracket.image {
            // A link holds no link.
            self.brackets
                .iter_mut()
                .filter(|open| !open.image)
                .for_each(|open| open.active = false);
        }
        2 + length
    }

    fn autolink(&mut self, at: usize) -> usize {
        let inner = self.text[at + 1..]
            .find(['>', '<', ' ', '\n'])
            .map(|end| &self.text[at + 1..at + 1 + end]);
        let closed = inner.is_some_and(|inner| self.text[at + 1 + inner.len()..].starts_with('>'));
        match inner.filter(|inner| {
            closed
                && ["http://", "https://", "mailto:"]
                    .iter()
                    .any(|scheme| inner.starts_with(scheme))
        }) {
            Some(inner) => {
                let inner = inner.to_owned();
                self.event(Event::Start(Tag::Link(inner.clone())));
                self.event(Event::Text(inner.clone()));
                self.event(Event::End);
                inner.len() + 2
            }
            None => {
                self.plain.push('<');
                1
            }
        }
    }

    fn entity(&mut self, at: usize) -> usize {
        let known = [
            ("&amp;", '&'),
            ("&lt;", '<'),
            ("&gt;", '>'),
            ("&quot;", '"'),
            ("&apos;", '\''),
            ("&#39;", '\''),
            ("&nbsp;", '\u{a0}'),
        ];
        match known
            .iter()
            .find(|(name, _)| self.text[at..].starts_with(name))
        {
            Some((name, c)) => {
                self.plain.push(*c);
                name.len()
            }
            None => {
                self.plain.push('&');
                1
            }
        }
    }
}

/// The address in `(address "title")`, after its opening parenthesis, and the length up to the closing one.
fn target(text: &str) -> Option<(String, usize)> {
    let start = text.len() - text.trim_start_matches([' ', '\n']).len();
    let (address, mut at) = match text[start..].strip_prefix('<') {
        Some(rest) => {
            let end = rest
                .find(['>', '\n'])
                .filter(|&end| rest[end..].starts_with('>'))?;
            (&rest[..end], start + end + 2)
        }
        None => {
            let mut depth = 0usize;
            let end = text[start..].char_indices().find(|(_, c)| match c {
                '(' => {
                    depth += 1;
                    // Deeper than any real address; it also bounds the search.
                    depth > 32
                }
                ')' if depth == 0 => true,
                ')' => {
                    depth -= 1;
                    false
                }
                c => c.is_whitespace() || c.is_control(),
            });
            let end = start + end?.0;
            (&text[start..end], end)
        }
    };
    let rest = &text[at..];
    let gap = rest.len() - rest.trim_start_matches([' ', '\n']).len();
    at += gap;
    if let Some(quote) = text[at..]
        .chars()
        .next()
        .filter(|c| gap > 0 && matches!(c, '"' | '\''))
    {
        let end = text[at + 1..].find(quote)?;
        at += end + 2;
        at += text[at..].len() - text[at..].trim_start_matches([' ', '\n']).len();
    }
    text[at..]
        .starts_with(')')
        .then(|| (address.replace('\\', ""), at + 1))
}

/// Matches the marks from a node on: CommonMark's rule, innermost first.
fn emphasis(nodes: &mut [Node], from: usize) {
    // Openers not matched yet, for `*`, `_` and `~`.
    let mut openers: Vec<usize> = Vec::new();
    for at in from..nodes.len() {
        while let Some(Node::Mark(closer)) = nodes.get(at) {
            if !closer.closes || closer.left == 0 {
                break;
            }
            let (sign, left, both) = (closer.sign, closer.left, closer.opens);
            let found = openers.iter().rposition(|&open| match &nodes[open] {
                Node::Mark(opener) if opener.sign == sign && opener.left > 0 => {
                    // The rule of three keeps `a***b*` from matching wrongly.
                    let odd = (both || opener.closes)
                        && (opener.left + left) % 3 == 0
                        && !(opener.left % 3 == 0 && left % 3 == 0);
                    !odd || sign == '~'
                }
                _ => false,
            });
            let Some(position) = found else { break };
            let open = openers[position];
            openers.truncate(position + 1);
            let Node::Mark(opener) = &mut nodes[open] else {
                break;
            };
            let used = if sign == '~' || (opener.left >= 2 && left >= 2) {
                2
            } else {
                1
            };
            let tag = match (sign, used) {
                ('~', _) => Tag::Strike,
                (_, 2) => Tag::Strong,
                _ => Tag::Emphasis,
            };
            opener.left = opener.left.saturating_sub(used);
            opener.starts.insert(0, tag);
            if opener.left == 0 {
                openers.pop();
            }
            if let Node::Mark(closer) = &mut nodes[at] {
                closer.left = closer.left.saturating_sub(used);
                closer.ends += 1;
            }
        }
        if let Some(Node::Mark(mark)) = nodes.get(at) {
            // A bound for hostile texts: real ones keep a handful open.
            if mark.opens && mark.left > 0 && openers.len() < 1000 {
                openers.push(at);
            }
        }
    }
    // What is left inside is text: it matches nothing outside.
    for node in nodes.iter_mut().skip(from) {
        if let Node::Mark(mark) = node {
            (mark.opens, mark.closes) = (false, false);
        }
    }
}
