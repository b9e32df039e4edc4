//! Markdown as elements. What models write is not trusted: raw HTML stays text, images are never loaded, links go to web
//! and mail only.

use crate::dom::{el, group, Dom};
use crate::view::parts::text::{plain, shown};
use crate::wording::parts as words;
use crewscope_analysis::markdown::{parse, Align, Event, Tag};

/// Events rendered at most: about a megabyte of dense Markdown. The text form shows the rest.
const EVENTS: usize = 40_000;
/// Elements nested at most. The browser's own layout is recursive; deeper ones are flattened.
const DEPTH: usize = 48;

/// An element that is open while its content is read. An explicit stack, since documents nest as deep as they like.
struct Open {
    tag: Option<Tag>,
    children: Vec<Dom>,
    /// The text inside, for links and images.
    text: String,
}

impl Open {
    fn new(tag: Option<Tag>) -> Self {
        Self {
            tag,
            children: Vec::new(),
            text: String::new(),
        }
    }
}

/// Renders a Markdown text.
pub fn markdown(text: &str) -> Dom {
    let mut stack = vec![Open::new(None)];
    let mut columns: Vec<Align> = Vec::new();
    // Levels of the headings above the current place.
    let mut outline: Vec<u8> = Vec::new();
    let mut read = 0;
    for event in parse(text) {
        read += 1;
        if read > EVENTS {
            break;
        }
        match event {
            Event::Start(tag) => {
                if let Tag::Table(alignments) = &tag {
                    columns.clone_from(alignments);
                }
                stack.push(Open::new(Some(tag)));
            }
            Event::End => close(&mut stack, &columns, &mut outline),
            Event::Text(text) => {
                if let Some(open) = stack.last_mut() {
                    open.text.push_str(&text);
                    open.children.push(shown(&text));
                }
            }
            Event::Code(code) => push(&mut stack, el("code").child(shown(&code)).dom()),
            Event::SoftBreak => push(&mut stack, "\n".into()),
            Event::HardBreak => push(&mut stack, el("br").dom()),
            Event::Rule => push(&mut stack, el("hr").dom()),
            Event::Task(done) => {
                push(
                    &mut stack,
                    el("input")
                        .attr("type", "checkbox")
                        .flag("disabled", true)
                        .flag("checked", done)
                        .attr("aria-label", words::DONE)
                        .dom(),
                );
            }
        }
    }
    while stack.len() > 1 {
        close(&mut stack, &columns, &mut outline);
    }
    let mut views = stack.pop().map(|open| open.children).unwrap_or_default();
    if read > EVENTS {
        views.push(el("p").class("cs-muted").child(words::TOO_LONG).dom());
    }
    views.into()
}

fn push(stack: &mut [Open], view: Dom) {
    if let Some(open) = stack.last_mut() {
        open.children.push(view);
    }
}

/// Ends the innermost element and hands it to the one around it.
fn close(stack: &mut Vec<Open>, columns: &[Align], outline: &mut Vec<u8>) {
    if stack.len() < 2 {
        return;
    }
    let too_deep = stack.len() > DEPTH;
    let Some(open) = stack.pop() else { return };
    let Some(parent) = stack.last_mut() else {
        return;
    };
    if matches!(open.tag, Some(Tag::Emphasis | Tag::Strong | Tag::Strike)) {
        parent.text.push_str(&open.text);
    }
    if too_deep {
        parent.children.extend(open.children);
        return;
    }
    let cell = parent.children.len();
    let in_head = matches!(parent.tag, Some(Tag::TableHead));
    if let Some(Tag::Heading(level)) = open.tag {
        outline.retain(|above| *above < level);
        outline.push(level);
    }
    let view = element(open, columns.get(cell).copied(), in_head, outline.len());
    parent.children.push(view);
}

fn element(open: Open, column: Option<Align>, in_head: bool, nesting: usize) -> Dom {
    let Open {
        tag,
        mut children,
        text,
    } = open;
    let Some(tag) = tag else {
        return children.into();
    };
    match tag {
        Tag::Paragraph => el("p").child(children).dom(),
        // The page has its own first two levels. The look follows the source, the level the nesting: a document that begins
        // with its third level must not leave a gap in the page's outline.
        Tag::Heading(level) => {
            let class = match level {
                1 => "cs-md-1",
                2 => "cs-md-2",
                3 => "cs-md-3",
                _ => "cs-md-4",
            };
            match nesting {
                0 | 1 => el("h3").class(class).child(children).dom(),
                2 => el("h4").class(class).child(children).dom(),
                3 => el("h5").class(class).child(children).dom(),
                _ => el("h6").class(class).child(children).dom(),
            }
        }
        Tag::Quote => el("blockquote").child(children).dom(),
        Tag::CodeBlock => el("pre")
            .attr("tabindex", "0")
            .child(el("code").child(children))
            .dom(),
        Tag::List(Some(start)) => el("ol")
            .attr("start", start.to_string())
            .child(children)
            .dom(),
        Tag::List(None) => el("ul").child(children).dom(),
        Tag::Item => el("li").child(children).dom(),
        Tag::Emphasis => el("em").child(children).dom(),
        Tag::Strong => el("strong").child(children).dom(),
        Tag::Strike => el("del").child(children).dom(),
        Tag::Table(_) => {
            let rows = if children.is_empty() {
                Vec::new()
            } else {
                children.split_off(1)
            };
            el("div")
                .class("cs-scroll")
                .attr("tabindex", "0")
                .child(el("table").child(children).child(el("tbody").child(rows)))
                .dom()
        }
        Tag::TableHead => el("thead").child(el("tr").child(children)).dom(),
        Tag::TableRow => el("tr").child(children).dom(),
        Tag::TableCell => {
            let align = match column {
                Some(Align::End) => "end",
                Some(Align::Center) => "center",
                _ => "start",
            };
            if in_head {
                el("th").attr("data-align", align).child(children).dom()
            } else {
                el("td").attr("data-align", align).child(children).dom()
            }
        }
        Tag::Link(address) => link(&address, children, &text),
        Tag::Image(address) => {
            let label = if text.trim().is_empty() {
                String::new()
            } else {
                plain(&text)
            };
            el("span")
                .class("cs-image")
                .attr("title", words::IMAGES_NOT_LOADED)
                .child(words::image(&label))
                .child(el("span").class("cs-mono").child(shown(&address)))
                .dom()
        }
    }
}

fn link(url: &str, children: Vec<Dom>, text: &str) -> Dom {
    let Some(target) = safe_target(url) else {
        return el("span")
            .class("cs-dead-link")
            .attr("title", words::DEAD_LINK)
            .child(children)
            .child(
                el("span")
                    .class("cs-mono")
                    .child(" (")
                    .child(shown(url))
                    .child(")"),
            )
            .dom();
    };
    // A label that looks like an address, but leads elsewhere, is an old trick: the real host is then shown beside it.
    let host = host_of(target);
    let deceptive = text.contains('.') && !text.contains(' ') && !text.contains(host);
    group()
        .child(
            el("a")
                .attr("href", target.to_owned())
                .attr("target", "_blank")
                .attr("rel", "noopener noreferrer nofollow")
                .attr("title", plain(target))
                .child(children),
        )
        .child(deceptive.then(|| {
            el("span")
                .class("cs-muted")
                .child(" (")
                .child(shown(host))
                .child(")")
                .dom()
        }))
        .dom()
}

/// The address, if it may be followed: web and mail only, and nothing that browsers strip before they look at the scheme.
fn safe_target(url: &str) -> Option<&str> {
    let url = url.trim();
    if url.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return None;
    }
    let (scheme, _) = url.split_once(':')?;
    ["http", "https", "mailto"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known))
        .then_some(url)
}

fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    authority.rsplit('@').next().unwrap_or(authority)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_and_mail_links_are_followed() {
        assert_eq!(
            safe_target("https://example.org/a?b#c"),
            Some("https://example.org/a?b#c")
        );
        assert_eq!(safe_target("MAILTO:a@b.c"), Some("MAILTO:a@b.c"));
        for bad in [
            "javascript:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,x",
            "//evil.example",
            "file:///etc",
            " vbscript:x",
            "#a",
        ] {
            assert_eq!(safe_target(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_host_is_what_follows_the_last_at_sign() {
        assert_eq!(
            host_of("https://good.example@evil.example/path"),
            "evil.example"
        );
        assert_eq!(host_of("http://a.example?x"), "a.example");
    }
}
