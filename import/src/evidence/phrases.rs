//! Words by which a text gives itself away: errors that came back as results, and what crewai writes into prompts.
//!
//! The phrases are crewai's (`translations/en.json`, `tools/tool_usage.py`, `utilities/agent_utils.py`, versions 0.203 to 1.15) and those with
//! which Python, HTTP clients and common tools begin an error.

use crewscope_trace::evidence::Signs;

/// Bytes of a result that are looked at, after escapes.
const HEAD: usize = 240;

/// Bytes of the end of a prompt that are looked at: one short message.
const TAIL: usize = 900;

/// With these a result that is an error begins.
const BEGINS: &[&str] = &[
    "error: ",
    "error executing",
    "error while",
    "error during",
    "error fetching",
    "error searching",
    "error reading",
    "error processing",
    "error parsing",
    "an error occurred",
    "an unexpected error",
    "i encountered an error",
    "exception: ",
    "traceback (most recent call last)",
    "failed to ",
    "could not ",
    "unable to ",
    "http error",
    "request failed",
    "request timed out",
    "timed out",
    "tool not found",
    "access denied",
    "permission denied",
    "rate limit",
    "too many requests",
    "connection refused",
    "connection error",
    "internal server error",
    "service unavailable",
];

/// These say more about it.
const SAYS: &[(&str, u32)] = &[
    ("coworker mentioned not found", Signs::NO_SUCH_COWORKER),
    ("tool not found", Signs::NO_SUCH_TOOL),
    ("you tried to use the tool", Signs::NO_SUCH_TOOL),
    ("don't exist, these are the only", Signs::NO_SUCH_TOOL),
    ("i tried reusing the same input", Signs::REFUSED_REPEAT),
    ("usage limit", Signs::USED_UP),
    ("not a valid key, value dictionary", Signs::BAD_ARGUMENTS),
    ("failed to parse tool arguments", Signs::BAD_ARGUMENTS),
    ("arguments validation failed", Signs::BAD_ARGUMENTS),
    ("validation error for ", Signs::BAD_ARGUMENTS),
    ("validation errors for ", Signs::BAD_ARGUMENTS),
    ("unexpected keyword argument", Signs::BAD_ARGUMENTS),
    ("missing required", Signs::BAD_ARGUMENTS),
    ("required positional argument", Signs::BAD_ARGUMENTS),
    ("accepts these inputs", Signs::BAD_ARGUMENTS),
];

/// What a tool's result or error looks like.
pub fn of_result(raw: &str) -> Signs {
    let text = plain(raw);
    let mut signs = Signs::default();
    // A validation error of pydantic begins "1 validation error for"; what crewai puts before its reason begins with the error itself.
    if BEGINS.iter().any(|phrase| text.starts_with(phrase)) || names_error(raw) || member(&text) {
        signs.set(Signs::ERROR);
    }
    for (phrase, sign) in SAYS {
        let within = match signs.has(Signs::ERROR) {
            true => HEAD * 2,
            false => 80,
        };
        if begins_within(text.as_bytes(), phrase.as_bytes(), within) {
            signs.set(*sign);
        }
    }
    // A tool that failed by itself also gets its inputs explained.
    if signs.has(Signs::BAD_ARGUMENTS)
        && text.starts_with("i encountered an error while trying to use the tool")
        && !text.contains("argument")
        && !text.contains("validation")
        && !text.contains("field required")
    {
        signs.0 &= !Signs::BAD_ARGUMENTS;
    }
    let failures = Signs::NO_SUCH_COWORKER | Signs::NO_SUCH_TOOL | Signs::BAD_ARGUMENTS;
    if signs.any(failures) {
        signs.set(Signs::ERROR);
    }
    if matches!(&*text, "" | "none" | "null" | "[]" | "{}") {
        signs.set(Signs::EMPTY);
    }
    signs
}

/// Whether a phrase begins at one of the first so many bytes. A search that is prepared first costs more for so short a text.
fn begins_within(text: &[u8], phrase: &[u8], within: usize) -> bool {
    let places = (text.len() + 1).saturating_sub(phrase.len()).min(within);
    let first = phrase.first();
    let mut starts = text.iter().take(places).enumerate();
    starts.any(|(at, byte)| {
        Some(byte) == first && text.get(at..).is_some_and(|rest| rest.starts_with(phrase))
    })
}

/// `ValueError: …`, `requests.exceptions.HTTPError: …`
fn names_error(raw: &str) -> bool {
    let begin = raw.trim_start_matches(['"', '\\']);
    let of_class = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_';
    let Some(end) = begin.bytes().position(|byte| !of_class(byte)) else {
        return false;
    };
    let (class, rest) = begin.split_at(end);
    rest.starts_with(": ")
        && (class.ends_with("Error") || class.ends_with("Exception"))
        && class.len() > "Error".len()
}

/// `{"error": "…"}`, but not `{"error": null}`.
fn member(text: &str) -> bool {
    let Some(rest) = text
        .strip_prefix("{error: ")
        .or_else(|| text.strip_prefix("{error:"))
    else {
        return false;
    };
    !["null", "none", "false", ",", "}", "0", "[]"]
        .iter()
        .any(|empty| rest.starts_with(empty))
}

/// The beginning in small letters without quotes and escapes, and with single spaces.
fn plain(raw: &str) -> String {
    let mut out = String::with_capacity(HEAD);
    let mut bytes = raw.bytes().peekable();
    while let Some(byte) = bytes.next() {
        if out.len() >= HEAD {
            break;
        }
        match byte {
            b'\\' => {
                while bytes.next_if_eq(&b'\\').is_some() {}
                if bytes
                    .next_if(|next| matches!(next, b'n' | b't' | b'r'))
                    .is_some()
                {
                    space(&mut out);
                }
            }
            b'"' => {}
            b' ' | b'\n' | b'\t' | b'\r' => space(&mut out),
            byte => out.push(char::from(byte.to_ascii_lowercase())),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

fn space(out: &mut String) {
    if !out.is_empty() && !out.ends_with(' ') {
        out.push(' ');
    }
}

/// What crewai writes into its prompts; the first letter of each stands in [`of_prompt`].
const PROMPT: &[(&str, u32)] = &[
    (
        "MUST give your absolute best final answer",
        Signs::FORCED_ANSWER,
    ),
    (
        "I tried reusing the same input, I must stop",
        Signs::REFUSED_REPEAT,
    ),
    (
        "Summarize the following text, make sure to include all",
        Signs::SUMMARISED,
    ),
    (
        "Steps**: What should the agent do next based",
        Signs::SUMMARISED,
    ),
];

/// What the end of a prompt looks like.
pub fn of_prompt(raw: &[u8]) -> Signs {
    let tail = raw
        .get(raw.len().saturating_sub(TAIL)..)
        .unwrap_or_default();
    let mut signs = Signs::default();
    let mut from = 0;
    while let Some(at) = memchr::memchr3(b'M', b'I', b'S', tail.get(from..).unwrap_or_default()) {
        from += at;
        let rest = tail.get(from..).unwrap_or_default();
        for (phrase, sign) in PROMPT {
            if rest.starts_with(phrase.as_bytes()) {
                signs.set(*sign);
            }
        }
        from += 1;
    }
    signs
}
