//! Markdown as elements. What models write is not trusted: raw HTML stays text, images are never loaded, links go to web
//! and mail only.

use crate::view::parts::text::{plain, shown};
use crate::wording::parts as words;
use leptos::prelude::*;
use pulldown_cmark::{
    Alignment, Event, HeadingLevel, LinkType, Options, Parser, Tag, TextMergeStream,
};

/// Events rendered at most: about a megabyte of dense Markdown. The text form shows the rest.
const EVENTS: usize = 40_000;
/// Elements nested at most. The browser's own layout is recursive; deeper ones are flattened.
const DEPTH: usize = 48;

/// A Markdown text.
#[component]
pub fn Markdown(
    /// Its source.
    text: String,
) -> impl IntoView {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut events = TextMergeStream::new(Parser::new_ext(&text, options));
    let mut page = Page::new();
    for event in events.by_ref().take(EVENTS) {
        page.read(event);
    }
    let more = events.next().is_some();
    let rest = more.then(|| view! { <p class="cs-muted">{words::TOO_LONG}</p> });
    view! { <div class="cs-markdown">{page.finish()} {rest}</div> }
}

/// An element that is open while its content is read.
struct Open<'a> {
    tag: Option<Tag<'a>>,
    children: Vec<AnyView>,
    /// The text inside, for links and images.
    text: String,
}

/// What was read so far. An explicit stack, since documents nest as deep as they like.
struct Page<'a> {
    stack: Vec<Open<'a>>,
    /// How the columns of the table are aligned.
    columns: Vec<Alignment>,
    /// Levels of the headings above the current place.
    outline: Vec<HeadingLevel>,
}

impl<'a> Page<'a> {
    fn new() -> Self {
        let mut page = Self {
            stack: Vec::new(),
            columns: Vec::new(),
            outline: Vec::new(),
        };
        page.open(None);
        page
    }

    fn open(&mut self, tag: Option<Tag<'a>>) {
        self.stack.push(Open {
            tag,
            children: Vec::new(),
            text: String::new(),
        });
    }

    fn read(&mut self, event: Event<'a>) {
        match event {
            Event::Start(tag) => {
                if let Tag::Table(columns) = &tag {
                    self.columns.clone_from(columns);
                }
                self.open(Some(tag));
            }
            Event::End(_) => self.close(),
            // HTML is shown as it is written.
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.say(&text),
            Event::Code(code) => self.push(view! { <code>{shown(&code)}</code> }.into_any()),
            Event::SoftBreak => self.push("\n".into_any()),
            Event::HardBreak => self.push(view! { <br /> }.into_any()),
            Event::Rule => self.push(view! { <hr /> }.into_any()),
            Event::TaskListMarker(done) => {
                let mark = view! { <input type="checkbox" disabled checked=done aria-label=words::DONE /> };
                self.push(mark.into_any());
            }
            // Extensions that are not asked for.
            Event::FootnoteReference(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {}
        }
    }

    fn say(&mut self, text: &str) {
        let Some(open) = self.stack.last_mut() else {
            return;
        };
        open.text.push_str(text);
        // The line break at the end of a block of code is none of its lines.
        let text = match open.tag {
            Some(Tag::CodeBlock(_)) => text.strip_suffix('\n').unwrap_or(text),
            _ => text,
        };
        open.children.push(shown(text).into_any());
    }

    fn push(&mut self, view: AnyView) {
        if let Some(open) = self.stack.last_mut() {
            open.children.push(view);
        }
    }

    /// Ends the innermost element and hands it to the one around it.
    fn close(&mut self) {
        if self.stack.len() < 2 {
            return;
        }
        let too_deep = self.stack.len() > DEPTH;
        let (Some(open), Some(parent)) = (self.stack.pop(), self.stack.last_mut()) else {
            return;
        };
        let Some(tag) = open.tag else { return };
        if matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Strikethrough) {
            parent.text.push_str(&open.text);
        }
        if too_deep {
            parent.children.extend(open.children);
            return;
        }
        let view = match tag {
            Tag::Heading { level, .. } => {
                self.outline.retain(|above| *above < level);
                self.outline.push(level);
                heading(level, self.outline.len(), open.children)
            }
            Tag::TableCell => {
                let column = self.columns.get(parent.children.len()).copied();
                cell(
                    column,
                    matches!(parent.tag, Some(Tag::TableHead)),
                    open.children,
                )
            }
            tag => element(tag, open.children, &open.text),
        };
        parent.children.push(view);
    }

    /// All of it. What was cut off in the middle ends here.
    fn finish(mut self) -> Vec<AnyView> {
        while self.stack.len() > 1 {
            self.close();
        }
        let whole = self.stack.pop();
        whole.map(|open| open.children).unwrap_or_default()
    }
}

/// The page has its own first two levels. The look follows the source, the level the nesting: a document that begins with its third level
/// must not leave a gap in the page's outline.
fn heading(level: HeadingLevel, nesting: usize, children: Vec<AnyView>) -> AnyView {
    let class = match level {
        HeadingLevel::H1 => "cs-md-1",
        HeadingLevel::H2 => "cs-md-2",
        HeadingLevel::H3 => "cs-md-3",
        _ => "cs-md-4",
    };
    match nesting {
        0 | 1 => view! { <h3 class=class>{children}</h3> }.into_any(),
        2 => view! { <h4 class=class>{children}</h4> }.into_any(),
        3 => view! { <h5 class=class>{children}</h5> }.into_any(),
        _ => view! { <h6 class=class>{children}</h6> }.into_any(),
    }
}

fn cell(column: Option<Alignment>, in_head: bool, children: Vec<AnyView>) -> AnyView {
    let align = match column {
        Some(Alignment::Right) => "end",
        Some(Alignment::Center) => "center",
        _ => "start",
    };
    if in_head {
        view! { <th data-align=align>{children}</th> }.into_any()
    } else {
        view! { <td data-align=align>{children}</td> }.into_any()
    }
}

fn element(tag: Tag<'_>, mut children: Vec<AnyView>, text: &str) -> AnyView {
    match tag {
        Tag::Paragraph | Tag::HtmlBlock => view! { <p>{children}</p> }.into_any(),
        Tag::BlockQuote(_) => view! { <blockquote>{children}</blockquote> }.into_any(),
        Tag::CodeBlock(_) => view! {
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
        Tag::Strikethrough => view! { <del>{children}</del> }.into_any(),
        Tag::Table(_) => {
            let rows = children.split_off(children.len().min(1));
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
        Tag::Link {
            link_type: LinkType::Email,
            dest_url,
            ..
        } => link(&["mailto:", &dest_url].concat(), children, text),
        Tag::Link { dest_url, .. } => link(&dest_url, children, text),
        Tag::Image { dest_url, .. } => image(&dest_url, text),
        // Headings and cells are made by who knows what is around them; the rest are extensions that are not asked for.
        _ => children.into_any(),
    }
}

fn image(address: &str, text: &str) -> AnyView {
    let label = match text.trim() {
        "" => String::new(),
        _ => plain(text),
    };
    view! {
        <span class="cs-image" title=words::IMAGES_NOT_LOADED>
            {words::image(&label)}
            <span class="cs-mono">{shown(address)}</span>
        </span>
    }
    .into_any()
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
