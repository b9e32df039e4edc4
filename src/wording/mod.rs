//! All that a person reads or hears of the viewer's own words, a file a region.
//!
//! One place to read them through, to correct and to translate: views ask for a text by its name, and where a sentence is put together
//! from parts, the function here decides on the order of its words and on what is one or many. Numbers, times and names come as they
//! are to be shown (`view/parts/format.rs`), so nothing here depends on the rest of the program. Kinds, warnings and findings have their
//! words in `crewscope-trace`, for the report and the command line say them too. `tests/wording.rs` finds texts that stand elsewhere.

pub mod common;
pub mod compare;
pub mod conversation;
pub mod details;
pub mod errors;
pub mod executions;
pub mod find;
pub mod findings;
pub mod keys;
pub mod output;
pub mod parts;
pub mod shell;
pub mod summary;
pub mod take;
pub mod tasks;
pub mod timeline;
pub mod usage;

/// What is counted: the word for one, a bar, and the word for any other number.
pub type Noun = &'static str;

/// A sentence with its values: `{0}` stands for the first of them. Not `format!`: its places are numbered, so a sentence may order them as
/// its language does, and it is half as long to download as putting pieces together at each place.
fn fill(sentence: &str, values: &[&str]) -> String {
    let mut out = String::new();
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let number = after
            .as_bytes()
            .first()
            .map(|digit| digit.wrapping_sub(b'0'));
        let value = number.and_then(|number| values.get(usize::from(number)));
        out.push_str(value.copied().unwrap_or_default());
        rest = after.get(2..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use crate::wording::fill;

    #[test]
    fn values_go_where_the_sentence_has_them() {
        assert_eq!(fill("{0} of {1}", &["1", "2"]), "1 of 2");
        assert_eq!(fill("von {1} das {0}.", &["1", "2"]), "von 2 das 1.");
        assert_eq!(fill("a {0}", &["{1} {"]), "a {1} {");
        assert_eq!(fill("{0}{3} {", &["“é”"]), "“é” ");
    }
}
