//! Writes small starting inputs for every corpus from the real traces in `tests/traces`: `seeds TRACES CORPUS`.
//!
//! JSON is shortened (texts cut, long arrays thinned), because a fuzzer learns more from a thousand runs of 5 KB than from one of 5 MB.

use crewscope_import::FORMS;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Which files feed which other corpus, by the words that a form's seeds are named by: dialects of spans, and what all forms stand on.
const OTHERS: &[(&str, &[&str])] = &[
    ("openinference", &["openinference"]),
    ("openllmetry", &["openllmetry"]),
    ("gen_ai", &["gen_ai", "gen-ai", "genai"]),
    ("framer", &["otlp", "batch", "log", "langfuse", "tempo"]),
    ("json", &["pyotel", "phoenix", "events-nan", "langsmith"]),
    ("texts", &["openllmetry", "report"]),
];

/// Every corpus and the words for its files: one a form, and the others.
fn corpora() -> BTreeMap<&'static str, Vec<&'static str>> {
    let mut all = BTreeMap::<_, Vec<_>>::new();
    let forms = FORMS.iter().map(|form| (form.name, form.seeds));
    for (name, words) in forms.chain(OTHERS.iter().copied()) {
        all.entry(name).or_default().extend(words);
    }
    all
}

/// Seeds of the targets that read no traces.
const TEXTS: &[(&str, &[&str])] = &[
    (
        "link",
        &[
            "#v=1&execution=a%26b&span=1f&view=tasks",
            "#v=1&lanes=agents&colour=cost&idle=short&path=0&level=2&rows=offff.c7&time=0-1500&mark=10-20&q=x",
        ],
    ),
    (
        "prices",
        &[
            "{\"currency\":\"usd\",\"prices\":{\"gpt-4o\":{\"input\":2.5,\"output\":10,\"cached_input\":1.25}}}",
            "{\"gpt-4o\":{\"input_cost_per_token\":0.0000025,\"output_cost_per_token\":1e-5,\"mode\":\"chat\"}}",
            "openrouter/anthropic/claude-3.5-sonnet:beta\n{}",
        ],
    ),
    (
        "texts",
        &[
            "status:failed -kind:llm \"two words\"\nAuthorization: Bearer abcdefghijklmnop, sk-aaaaaaaaaaaaaaaaaaaaaaaa caf\\u00e9",
            "a\n[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"}]},{\"role\":\"tool\",\"tool_call_id\":\"1\"}]",
        ],
    ),
];

const LONGEST_TEXT: usize = 60;
const LONGEST_ARRAY: usize = 14;
const LARGEST_SEED: usize = 48 << 10;

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(traces), Some(corpus)) = (arguments.next(), arguments.next()) else {
        return Err(io::Error::other("usage: seeds TRACES CORPUS"));
    };
    let mut files = Vec::new();
    collect(Path::new(&traces), &mut files)?;
    for (target, words) in corpora() {
        let folder = Path::new(&corpus).join(target);
        fs::create_dir_all(&folder)?;
        let mut written = 0;
        for file in files.iter().filter(|file| belongs(file, &words)) {
            let seed = shrink(&fs::read(file)?);
            fs::write(folder.join(format!("seed-{written:03}")), seed)?;
            written += 1;
        }
        println!("{target}: {written} seeds");
    }
    for (target, texts) in TEXTS {
        let folder = Path::new(&corpus).join(target);
        fs::create_dir_all(&folder)?;
        for (at, text) in texts.iter().enumerate() {
            fs::write(folder.join(format!("text-{at:03}")), text)?;
        }
        println!("{target}: {} texts", texts.len());
    }
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut entries = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<_>>>()?;
    entries.sort();
    for path in entries {
        if path.is_dir() {
            if !path.ends_with("expected") {
                collect(&path, files)?;
            }
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn belongs(file: &Path, words: &[&str]) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let folder = file
        .parent()
        .and_then(Path::file_name)
        .unwrap_or_default()
        .to_string_lossy();
    let begins = |name: &str, word: &str| {
        name.strip_prefix(word).is_some_and(|rest| {
            !rest.starts_with(|next: char| {
                next.is_ascii_lowercase() && word != "batch" && word != "otlp" && word != "proto"
            })
        })
    };
    // What a name says first is its form: `langfuse-api-otlp` is no OTLP. Runs with agents elsewhere and those of findings say the run first.
    let is_run = folder == "remote" || folder == "findings";
    words.iter().any(|word| {
        begins(&name, word)
            || (is_run && name.split('-').skip(1).any(|part| begins(part, word)))
            || folder == *word
    })
}

/// A short version of the same form; what is no JSON is cut.
fn shrink(bytes: &[u8]) -> Vec<u8> {
    let roots: Option<Vec<Value>> = serde_json::Deserializer::from_slice(bytes)
        .into_iter::<Value>()
        .map(Result::ok)
        .collect();
    let Some(mut roots) = roots else {
        return bytes[..bytes.len().min(LARGEST_SEED)].to_vec();
    };
    let mut out = Vec::new();
    for root in &mut roots {
        shorten(root);
        let line = root.to_string();
        if !out.is_empty() && out.len() + line.len() > LARGEST_SEED {
            break;
        }
        out.extend_from_slice(line.as_bytes());
        out.push(b'\n');
    }
    out
}

fn shorten(value: &mut Value) {
    match value {
        Value::String(text) if text.len() > LONGEST_TEXT => {
            if let Some(mut inner) = serde_json::from_str::<Value>(text)
                .ok()
                .filter(|inner| inner.is_object() || inner.is_array())
            {
                shorten(&mut inner);
                *text = inner.to_string();
            } else {
                let end = (0..=LONGEST_TEXT)
                    .rev()
                    .find(|&at| text.is_char_boundary(at))
                    .unwrap_or(0);
                text.truncate(end);
            }
        }
        Value::Array(items) => {
            while items.len() > LONGEST_ARRAY {
                items.remove(items.len() / 2);
            }
            items.iter_mut().for_each(shorten);
        }
        Value::Object(members) => members.values_mut().for_each(shorten),
        _ => {}
    }
}
