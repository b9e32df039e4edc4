//! Markdown as elements. What models write is not trusted: raw HTML stays text, images are never loaded, links go to web
//! and mail only.

use crate::view::parts::text::{plain, shown};
use crate::wording::parts as words;
use crewscope_analysis::markdown::{parse, Align, Event, Tag};
use leptos::prelude::*;

/// Events rendered at most: about a megabyte of dense Markdown. The text form shows the rest.
const EVENTS: usize = 40_000;
/// Elements nested at most. The browser's own layout is recursive; deeper ones are flattened.
const DEPTH: usize = 48;

/// An element that is open while its content is read. An explicit stack, since documents nest as deep as they like.
struct Open {
    tag: Option<Tag>,
    children: Vec<AnyView>,
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
pub fn markdown(text: &str) -> impl IntoView {
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
                    open.children.push(shown(&text).into_any());
                }
            }
            Event::Code(code) => push(&mut stack, view! { <code>{shown(&code)}</code> }.into_any()),
            Event::SoftBreak => push(&mut stack, "\n".into_any()),
            Event::HardBreak => push(&mut stack, view! { <br /> }.into_any()),
            Event::Rule => push(&mut stack, view! { <hr /> }.into_any()),
            Event::Task(done) => {
                push(
                    &mut stack,
                    view! { <input type="checkbox" disabled=true checked=done aria-label=words::DONE /> }.into_any(),
                );
            }
        }
    }
    while stack.len() > 1 {
        close(&mut stack, &columns, &mut outline);
    }
    let mut views = stack.pop().map(|open| open.children).unwrap_or_default();
    if read > EVENTS {
        views.push(view! { <p class="cs-muted">{words::TOO_LONG}</p> }.into_any());
    }
    views
}

fn push(stack: &mut [Open], view: AnyView) {
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
    let view =
        view! { <Element open column=columns.get(cell).copied() in_head nesting=outline.len() /> }
            .into_any();
    parent.children.push(view);
}

#[component]
fn Element(open: Open, column: Option<Align>, in_head: bool, nesting: usize) -> impl IntoView {
    let Open {
        tag,
        mut children,
        text,
    } = open;
    let Some(tag) = tag else {
        return children.into_any();
    };
    match tag {
        Tag::Paragraph => view! { <p>{children}</p> }.into_any(),
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
                0 | 1 => view! { <h3 class=class>{children}</h3> }.into_any(),
                2 => view! { <h4 class=class>{children}</h4> }.into_any(),
                3 => view! { <h5 class=class>{children}</h5> }.into_any(),
                _ => view! { <h6 class=class>{children}</h6> }.into_any(),
            }
        }
        Tag::Quote => view! { <blockquote>{children}</blockquote> }.into_any(),
        Tag::CodeBlock => view! {
            <pre tabindex="0">
                <code>{children}</code>
            </pre>
        }
        .into_any(),
        Tag::List(Some(start)) => view! { <ol start=start.to_string()>{children}</ol> }.into_any(),
        Tag::List(None) => view! { <ul>{children}</ul> }.into_any(),
        Tag::Item => view! { <li>{children}</li> }.into_any(),
        Tag::Emphasis => view! { <em>{children}</em> }.into_any(),
        Tag::Strong => view! { <strong>{children}</strong> }.into_any(),
        Tag::Strike => view! { <del>{children}</del> }.into_any(),
        Tag::Table(_) => {
            let rows = if children.is_empty() {
                Vec::new()
            } else {
                children.split_off(1)
            };
            view! {
                <div class="cs-scroll" tabindex="0">
                    <table>{children} <tbody>{rows}</tbody></table>
                </div>
            }
            .into_any()
        }
        Tag::TableHead => view! {
            <thead>
                <tr>{children}</tr>
            </thead>
        }
        .into_any(),
        Tag::TableRow => view! { <tr>{children}</tr> }.into_any(),
        Tag::TableCell => {
            let align = match column {
                Some(Align::End) => "end",
                Some(Align::Center) => "center",
                _ => "start",
            };
            if in_head {
                view! { <th data-align=align>{children}</th> }.into_any()
            } else {
                view! { <td data-align=align>{children}</td> }.into_any()
            }
        }
        Tag::Link(address) => link(&address, children, &text),
        Tag::Image(address) => {
            let label = if text.trim().is_empty() {
                String::new()
            } else {
                plain(&text)
            };
            view! {
                <span class="cs-image" title=words::IMAGES_NOT_LOADED>
                    {words::image(&label)}
                    <span class="cs-mono">{shown(&address)}</span>
                </span>
            }
            .into_any()
        }
    }
}

fn link(url: &str, children: Vec<AnyView>, text: &str) -> AnyView {
    let Some(target) = safe_target(url) else {
        return view! {
            <span class="cs-dead-link" title=words::DEAD_LINK>
                {children}
                <span class="cs-mono">" (" {shown(url)} ")"</span>
            </span>
        }
        .into_any();
    };
    // A label that looks like an address, but leads elsewhere, is an old trick: the real host is then shown beside it.
    let host = host_of(target);
    let deceptive = text.contains('.') && !text.contains(' ') && !text.contains(host);
    view! {
        <a
            href=target.to_owned()
            target="_blank"
            rel="noopener noreferrer nofollow"
            title=plain(target)
        >
            {children}
        </a>
        {deceptive
            .then(|| {
                view! { <span class="cs-muted">" (" {shown(host)} ")"</span> }
            })}
    }
    .into_any()
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
