//! A selection as the fragment of a URL: `#v=1&execution=…&span=…`.

use js_sys::{decode_uri_component, encode_uri_component};

/// Version of the fragment's form.
const VERSION: &str = "1";

/// What a link selects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// Id of an execution.
    pub execution: Option<String>,
    /// External id of a span in it.
    pub span: Option<String>,
    /// Other keys with their values, kept as they are.
    pub rest: Vec<(String, String)>,
}

impl Link {
    /// Reads a fragment, with or without its `#`. One of another version, or that is no link, selects nothing.
    pub fn read(fragment: &str) -> Self {
        Self::read_with(fragment, |text| {
            decode_uri_component(text).ok().map(String::from)
        })
    }

    /// The fragment, with its `#`; empty if it selects nothing.
    pub fn write(&self) -> String {
        self.write_with(|text| String::from(encode_uri_component(text)))
    }

    pub(super) fn read_with(fragment: &str, decode: impl Fn(&str) -> Option<String>) -> Self {
        let fragment = fragment.strip_prefix('#').unwrap_or(fragment);
        let pairs = fragment.split('&').filter_map(|pair| {
            let (key, value) = pair.split_once('=')?;
            Some((decode(key)?, decode(value)?))
        });
        let pairs: Vec<_> = pairs.collect();
        if !pairs
            .iter()
            .any(|(key, value)| key == "v" && value == VERSION)
        {
            return Self::default();
        }
        let mut link = Self::default();
        for (key, value) in pairs {
            match key.as_str() {
                "v" => {}
                "execution" => link.execution = Some(value),
                "span" => link.span = Some(value),
                _ => link.rest.push((key, value)),
            }
        }
        link
    }

    pub(super) fn write_with(&self, encode: impl Fn(&str) -> String) -> String {
        if *self == Self::default() {
            return String::new();
        }
        let mut fragment = format!("#v={VERSION}");
        let known = [("execution", &self.execution), ("span", &self.span)];
        let known = known
            .into_iter()
            .filter_map(|(key, value)| Some((key, value.as_deref()?)));
        let rest = self
            .rest
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()));
        for (key, value) in known.chain(rest) {
            fragment.push('&');
            fragment.push_str(&encode(key));
            fragment.push('=');
            fragment.push_str(&encode(value));
        }
        fragment
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stands in for the browser's function: enough to see that every part goes through it.
    fn encode(text: &str) -> String {
        text.replace('%', "%25")
            .replace('&', "%26")
            .replace('=', "%3D")
    }

    fn decode(text: &str) -> Option<String> {
        let text = text
            .replace("%3D", "=")
            .replace("%26", "&")
            .replace("%25", "%");
        (text != "broken").then_some(text)
    }

    #[test]
    fn a_link_reads_back_as_it_was_written() {
        let link = Link {
            execution: Some("a&b=c%".into()),
            span: Some("1".into()),
            rest: vec![("view".into(), "tasks".into())],
        };
        let fragment = link.write_with(encode);
        assert_eq!(fragment, "#v=1&execution=a%26b%3Dc%25&span=1&view=tasks");
        assert_eq!(Link::read_with(&fragment, decode), link);
    }

    #[test]
    fn other_fragments_select_nothing() {
        for fragment in [
            "",
            "#",
            "#tasks",
            "#v=2&execution=a",
            "#execution=a",
            "#&&=&",
        ] {
            assert_eq!(
                Link::read_with(fragment, decode),
                Link::default(),
                "{fragment}"
            );
        }
        assert_eq!(Link::default().write_with(encode), "");
    }

    #[test]
    fn a_broken_pair_costs_only_itself() {
        let link = Link::read_with("#v=1&execution=broken&span=x", decode);
        assert_eq!((link.execution, link.span.as_deref()), (None, Some("x")));
    }
}
