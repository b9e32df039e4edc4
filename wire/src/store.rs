//! Addresses of trace stores: the pages of their user interfaces, and the answers behind these that hold the trace.

/// A store, by the look of its addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// Jaeger, or Grafana Tempo, which answers under the same path.
    Traces,
    /// Grafana, which passes on what its data sources answer.
    Grafana,
    /// Arize Phoenix.
    Phoenix,
}

/// Spans in one answer of Phoenix at most (its own limit).
const PAGE: &str = "1000";

/// The store that an address belongs to.
pub fn store_of(url: &str) -> Option<Store> {
    let (_, path, _) = parts(url)?;
    let known = [
        ("/api/datasources/", Store::Grafana),
        ("/explore", Store::Grafana),
        ("/a/grafana-", Store::Grafana),
        ("/api/traces/", Store::Traces),
        ("/api/v2/traces/", Store::Traces),
        ("/api/v3/traces/", Store::Traces),
        ("/v1/projects/", Store::Phoenix),
    ];
    known
        .iter()
        .find(|(part, _)| path.contains(part))
        .map(|(_, store)| *store)
        .or_else(|| api_of(url).map(|(store, _)| store))
}

/// Where the trace is that a page of a store's interface shows. `None` if the address is none of such a page.
pub fn api_of(url: &str) -> Option<(Store, String)> {
    let (origin, path, query) = parts(url)?;
    let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let base = |upto: usize| {
        segments
            .iter()
            .take(upto)
            .fold(origin.to_owned(), |base, part| base + "/" + part)
    };
    let count = segments.len();
    // The answer itself.
    if segments.iter().any(|part| matches!(*part, "api" | "v1")) {
        return None;
    }
    match *segments.as_slice() {
        // Jaeger: `/trace/{id}`, perhaps below a base path.
        [.., "trace", id] if is_id(id) => {
            Some((Store::Traces, base(count - 2) + "/api/traces/" + id))
        }
        // Phoenix: `/projects/{project}`, `/projects/{project}/traces/{id}`, `/projects/{project}/spans/{trace id}`, and other tabs.
        [.., "projects", project] if !project.contains('.') => {
            Some((Store::Phoenix, spans_of(&base(count - 2), project, None)))
        }
        [.., "projects", project, "spans" | "traces"] => {
            Some((Store::Phoenix, spans_of(&base(count - 3), project, None)))
        }
        [.., "projects", project, "spans" | "traces", id] if is_id(id) => Some((
            Store::Phoenix,
            spans_of(&base(count - 4), project, Some(id)),
        )),
        [.., "explore"] => {
            let query = unescaped(query);
            let trace = value_after(&query, "\"query\":\"").filter(|id| is_id(id))?;
            let source =
                value_after(&query, "\"uid\":\"").or(value_after(&query, "\"datasource\":\""))?;
            let path = ["/api/datasources/proxy/uid/", source, "/api/traces/", trace];
            Some((Store::Grafana, base(count - 1) + &path.concat()))
        }
        _ => None,
    }
}

/// The address of the page after the one at `url`.
pub fn next_page(url: &str, cursor: &str) -> String {
    let url = url.split('#').next().unwrap_or_default();
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let mut next = format!("{path}?cursor={}", escaped(cursor));
    let mut limit = false;
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        limit |= pair.starts_with("limit=");
        if !pair.starts_with("cursor=") {
            next.push('&');
            next.push_str(pair);
        }
    }
    if !limit {
        next.push_str("&limit=");
        next.push_str(PAGE);
    }
    next
}

fn spans_of(base: &str, project: &str, trace: Option<&str>) -> String {
    let mut url = format!("{base}/v1/projects/{project}/spans?limit={PAGE}");
    if let Some(trace) = trace {
        url.push_str("&trace_id=");
        url.push_str(trace);
    }
    url
}

/// Origin, path, query.
fn parts(url: &str) -> Option<(&str, &str, &str)> {
    let url = url.split('#').next()?;
    let (url, query) = url.split_once('?').unwrap_or((url, ""));
    let host = url.find("://")? + 3;
    let path = host + url.get(host..)?.find('/').unwrap_or(url.len() - host);
    Some((url.get(..path)?, url.get(path..)?, query))
}

/// A trace id, in full or without its leading zeros.
fn is_id(text: &str) -> bool {
    (8..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn value_after<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(key)?;
    rest.split('"').next()
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            let digit =
                |nibble: u8| char::from(nibble + if nibble < 10 { b'0' } else { b'A' - 10 });
            out.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    out
}

fn unescaped(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let hex = |at: usize| {
            after
                .get(at)
                .and_then(|&digit| char::from(digit).to_digit(16))
        };
        match (byte, hex(0), hex(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_a_store_leads_to_the_answer_behind_it() {
        const ID: &str = "4a02fc9ee0b34a678daf4ced6a90673b";
        for (page, api) in [
            (
                format!("http://jaeger:16686/trace/{ID}?uiFind=x#top"),
                Some(format!("http://jaeger:16686/api/traces/{ID}")),
            ),
            (
                format!("https://ops.example/jaeger/trace/{ID}"),
                Some(format!("https://ops.example/jaeger/api/traces/{ID}")),
            ),
            (
                format!("http://localhost:6006/projects/UHJvamVjdDox/traces/{ID}?selectedSpanNodeId=U3Bhbjox"),
                Some(format!("http://localhost:6006/v1/projects/UHJvamVjdDox/spans?limit=1000&trace_id={ID}")),
            ),
            (
                "http://localhost:6006/projects/UHJvamVjdDox/spans".to_owned(),
                Some("http://localhost:6006/v1/projects/UHJvamVjdDox/spans?limit=1000".to_owned()),
            ),
            (
                format!("https://grafana.example/explore?schemaVersion=1&panes=%7B%22a%22:%7B%22datasource%22:%22tempo1%22,%22queries%22:%5B%7B%22query%22:%22{ID}%22%7D%5D%7D%7D"),
                Some(format!("https://grafana.example/api/datasources/proxy/uid/tempo1/api/traces/{ID}")),
            ),
            (format!("http://jaeger:16686/api/traces/{ID}"), None),
            ("http://localhost:6006/v1/projects/default/spans".to_owned(), None),
            ("https://ci.example/trace/run.jsonl".to_owned(), None),
            ("https://ci.example/projects/a.json".to_owned(), None),
            ("https://ci.example".to_owned(), None),
            ("no address".to_owned(), None),
        ] {
            assert_eq!(api_of(&page).map(|(_, url)| url), api, "{page}");
        }
    }

    #[test]
    fn the_next_page_keeps_what_was_asked_for() {
        assert_eq!(
            next_page(
                "http://p/v1/projects/x/spans?trace_id=1&cursor=a#b",
                "U3Bh+=="
            ),
            "http://p/v1/projects/x/spans?cursor=U3Bh%2B%3D%3D&trace_id=1&limit=1000"
        );
        assert_eq!(
            next_page("http://p/s?limit=3", "c"),
            "http://p/s?cursor=c&limit=3"
        );
    }

    #[test]
    fn stores_are_known_by_their_paths() {
        for (url, store) in [
            ("http://j/api/traces/1", Some(Store::Traces)),
            ("http://j/api/v3/traces/1", Some(Store::Traces)),
            ("http://p/v1/projects/default/spans", Some(Store::Phoenix)),
            (
                "http://g/api/datasources/proxy/uid/t/api/traces/1",
                Some(Store::Grafana),
            ),
            ("http://ci/run.jsonl", None),
        ] {
            assert_eq!(store_of(url), store, "{url}");
        }
    }
}
