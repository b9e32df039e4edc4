//! What of an expected output can be checked without understanding it, and what an output is like.

use crewscope_trace::evidence::{Points, Signs};
use crewscope_trace::json::{Object, Raw};

/// Words that ask for an answer in JSON. "A report on the JSON parser" does not.
const JSON: &[&str] = &[
    "json object",
    "json array",
    "json list",
    "json document",
    "json string",
    "json format",
    "json with ",
    "json only",
    "json output",
    "json response",
    "json containing",
    "valid json",
    "as json",
    "in json",
    "pure json",
    "only json",
    "raw json",
    "strict json",
];

/// Words for points of a list.
const POINTS: &[&str] = &[
    "bullet",
    "bullets",
    "bulleted",
    "bulletpoints",
    "bullet-points",
];

/// Numbers in words.
const NUMBERS: &[&str] = &[
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
];

/// Numbers above are no numbers of points ("in 2026 bullets").
const MAX_POINTS: u16 = 100;

/// What an expected output asks for.
pub fn expected(text: &str) -> (Signs, Points) {
    let text = text.to_ascii_lowercase();
    let mut signs = Signs::default();
    let asked = text.trim() == "json"
        || text.starts_with("json ")
        || text.starts_with("json:")
        || JSON.iter().any(|words| text.contains(words));
    // "No JSON", "not as JSON", "a JSON file on disk" ask for something else.
    let denied = [
        "no json",
        "not json",
        "not as json",
        "not in json",
        "json file",
        "without json",
    ]
    .iter()
    .any(|words| text.contains(words));
    if asked && !denied {
        signs.set(Signs::WANTS_JSON);
    }
    match points(&text) {
        Some(points) => {
            signs.set(Signs::WANTS_POINTS);
            (signs, points)
        }
        None => (signs, Points::default()),
    }
}

/// `3 bullet points`, `exactly three bullets`, `3-5 bullet points`, `at least 3 bullets`, `up to ten bullets`.
fn points(text: &str) -> Option<Points> {
    let mut words: Vec<&str> = Vec::new();
    for word in text.split([' ', '\n', '\t', ',', ';', ':', '(', ')', '*']) {
        let word = word.trim_end_matches(['.', '!']);
        if word.is_empty() {
            continue;
        }
        if POINTS.contains(&word) {
            // At most one word between: "three short bullets".
            let found = (1..=2).find_map(|back| {
                let at = words.len().checked_sub(back)?;
                Some((at, range(words.get(at)?)?))
            });
            if let Some((at, mut points)) = found {
                let before = |back: usize| {
                    at.checked_sub(back)
                        .and_then(|at| words.get(at).copied())
                        .unwrap_or_default()
                };
                match (before(2), before(1)) {
                    ("at", "least") | (_, "minimum") | ("more", "than") => points.max = u16::MAX,
                    ("at", "most") | ("up", "to") | (_, "maximum") => points.min = 1,
                    // "3 to 5", "between 3 and 5"
                    (_, "to" | "and" | "or" | "-") => points.min = range(before(2))?.min,
                    (_, "about" | "around" | "roughly" | "approximately" | "than") => return None,
                    _ => {}
                }
                // "for each", "per section": how many in all is not said.
                let each = ["each", "every", "per "]
                    .iter()
                    .any(|each| text.contains(each));
                return (!each).then_some(points);
            }
        }
        words.push(word);
    }
    None
}

fn range(word: &str) -> Option<Points> {
    if let Some((min, max)) = word.split_once(['-', '–']) {
        return Some(Points {
            min: range(min)?.min,
            max: range(max)?.max,
        });
    }
    let number = match NUMBERS.iter().position(|known| *known == word) {
        Some(at) => u16::try_from(at + 1).ok()?,
        None => word.parse().ok()?,
    };
    (1..=MAX_POINTS).contains(&number).then_some(Points {
        min: number,
        max: number,
    })
}

/// What an output is like: signs, points of its list, words.
pub fn output(text: &str) -> (Signs, Points, u32) {
    let trimmed = text.trim();
    let mut signs = Signs::default();
    if matches!(
        trimmed,
        "" | "None" | "null" | "Agent completed execution but produced no final output."
    ) {
        signs.set(Signs::EMPTY);
    }
    // crewai leaves out "Thought:" and "Final Answer:" of an answer that it could read.
    if (trimmed.starts_with("Thought:") || trimmed.starts_with("Action:"))
        && !trimmed.contains("Final Answer:")
    {
        signs.set(Signs::STEP);
    }
    if is_json(trimmed) || fenced(trimmed).is_some_and(is_json) {
        signs.set(Signs::JSON);
    }
    let listed = list(trimmed);
    let words = trimmed.split_ascii_whitespace().count();
    (
        signs,
        Points {
            min: listed,
            max: listed,
        },
        u32::try_from(words).unwrap_or(u32::MAX),
    )
}

fn is_json(text: &str) -> bool {
    (text.starts_with('{') && Object::parse(text).is_some())
        || (text.starts_with('[') && Raw::parse(text).is_some())
}

/// The first fenced block.
fn fenced(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("```")?;
    let (_, rest) = rest.split_once('\n')?;
    Some(rest.split_once("```")?.0.trim())
}

/// How many points stand at the left margin; if none does, how many there are.
fn list(text: &str) -> u16 {
    let (mut outer, mut all) = (0u16, 0u16);
    for line in text.lines() {
        let inner = line.trim_start();
        if is_point(inner) {
            all = all.saturating_add(1);
            outer = outer.saturating_add(u16::from(line.len() - inner.len() < 2));
        }
    }
    match outer {
        0 => all,
        outer => outer,
    }
}

fn is_point(line: &str) -> bool {
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let marks: &[&str] = match rest.len() < line.len() {
        true => &[". ", ") "],
        false => &["- ", "* ", "• ", "+ ", "– "],
    };
    marks.iter().any(|mark| rest.starts_with(mark))
}
