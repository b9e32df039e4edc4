//! Markdown: events are balanced, and no text is made up.

use crewscope_analysis::markdown::{parse, Event, Tag};

/// Reads a text as Markdown.
///
/// # Panics
/// If a property is broken.
pub fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut depth = 0_u64;
    let mut shown = 0;
    for event in parse(&text) {
        match event {
            Event::Start(tag) => {
                depth += 1;
                if let Tag::Heading(level) = tag {
                    assert!((1..=6).contains(&level));
                }
            }
            Event::End => depth = depth.checked_sub(1).expect("an end of something"),
            Event::Text(text) | Event::Code(text) => shown += text.len(),
            Event::SoftBreak | Event::HardBreak | Event::Rule | Event::Task(_) => {}
        }
    }
    assert_eq!(depth, 0, "an element stays open");
    // Tabs widen, an entity of four letters can become three bytes; nothing else grows.
    assert!(shown <= text.len() * 4, "{shown} bytes of {}", text.len());
}
