//! The user's own prices: a JSON file in our form, or one in LiteLLM's.

use crate::prices::{Price, Step};
use crewscope_trace::json::{float, int, unescape, Object, Raw};
use serde_json::value::RawValue;

/// What is wrong with a price file, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Line {line}, column {column}: {message}")]
pub struct PriceFileError {
    /// One sentence for a person.
    pub message: String,
    /// Line, from 1.
    pub line: usize,
    /// Character in the line, from 1.
    pub column: usize,
}

/// A price file that was read.
pub struct PriceFile {
    /// Where its prices come from, as it says; empty if it does not.
    pub source: String,
    /// Name and price; `None`: no price for this model.
    pub prices: Vec<(String, Option<Price>)>,
}

/// Above this (USD for one million tokens) a price is a mistake of unit: the dearest model of the bundled table costs 600.
const MAX: f64 = 1_000_000.0;

/// The numbers of a price: our names (USD for a million tokens), then LiteLLM's (USD for one token).
const NUMBERS: [[&str; 2]; 4] = [
    ["input", "input_cost_per_token"],
    ["output", "output_cost_per_token"],
    ["cache_read", "cache_read_input_token_cost"],
    ["cache_write", "cache_creation_input_token_cost"],
];

/// The text, to tell places in it.
struct File<'a>(&'a str);

impl File<'_> {
    /// An error at a part of the text.
    fn error(&self, part: &str, message: &str) -> PriceFileError {
        let at = (part.as_ptr() as usize).saturating_sub(self.0.as_ptr() as usize);
        let before = self.0.get(..at).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        PriceFileError {
            message: message.to_owned(),
            line: before.matches('\n').count() + 1,
            column: line.chars().count() + 1,
        }
    }

    /// An error that names a model and a number.
    fn of_model(&self, part: &str, model: &str, says: &[&str]) -> PriceFileError {
        let mut message = "\u{201c}".to_owned();
        message.push_str(model);
        message.push_str("\u{201d} ");
        says.iter().for_each(|word| message.push_str(word));
        self.error(part, &message)
    }
}

/// Reads a price file.
pub fn read(text: &str) -> Result<PriceFile, PriceFileError> {
    let file = File(text);
    let content = text.trim_start_matches('\u{feff}');
    if let Err(error) = serde_json::from_str::<&RawValue>(content) {
        return Err(PriceFileError {
            message: "this is no JSON, or the JSON breaks off.".to_owned(),
            line: error.line().max(1),
            column: error.column().max(1),
        });
    }
    let whole = Object::parse(content)
        .ok_or_else(|| file.error(content, "a price file is a JSON object."))?;
    let ours = whole.get("prices");
    if let Some(currency) = whole.get("currency").filter(|_| ours.is_some()) {
        if !unescape(currency.get()).eq_ignore_ascii_case("usd") {
            return Err(file.error(
                currency.get(),
                "prices are in USD here; other currencies are not converted.",
            ));
        }
    }
    let table = match ours {
        Some(raw) => Object::parse(raw.get())
            .ok_or_else(|| file.error(raw.get(), "\u{201c}prices\u{201d} is no object."))?,
        None => Object::parse(content).unwrap_or_default(),
    };
    let mut prices = Vec::new();
    for (name, raw) in table.0 {
        // LiteLLM's file begins with an entry that explains itself, and lists models without any price for tokens.
        let price = match ours {
            Some(_) => entry(&file, &name, raw)?,
            None if name == "sample_spec" || !of_litellm(raw) => continue,
            None => entry(&file, &name, raw)?,
        };
        prices.push((name.into_owned(), price));
    }
    if prices.is_empty() {
        return Err(file.error(
            content,
            "no price in it. Expected {\"prices\":{\"my-model\":{\"input\":2.5,\"output\":10}}}, USD for a million tokens, or a LiteLLM price file.",
        ));
    }
    Ok(PriceFile {
        source: whole.string("source").unwrap_or_default().into_owned(),
        prices,
    })
}

fn of_litellm(raw: Raw<'_>) -> bool {
    Object::parse(raw.get())
        .is_some_and(|entry| entry.has(NUMBERS[0][1]) || entry.has(NUMBERS[1][1]))
}

/// One model's price.
fn entry(file: &File<'_>, model: &str, raw: Raw<'_>) -> Result<Option<Price>, PriceFileError> {
    if raw.get() == "null" {
        return Ok(None);
    }
    let Some(members) = Object::parse(raw.get()) else {
        return Err(file.of_model(raw.get(), model, &["is no object with prices."]));
    };
    let litellm = of_litellm(raw);
    let mut numbers = [None::<f64>; 4];
    let mut long = None;
    for (key, value) in &members.0 {
        let slot = NUMBERS
            .iter()
            .position(|names| names[usize::from(litellm)] == key);
        if let Some(slot) = slot {
            numbers[slot] = amount(file, model, key, *value, litellm)?;
        } else if key == "above" && !litellm {
            long = above(file, model, *value, &members)?;
        } else if !litellm {
            return Err(file.of_model(
                value.get(),
                model,
                &[
                    "has an unknown entry \u{201c}",
                    key,
                    "\u{201d}; known are input, output, cache_read, cache_write and above.",
                ],
            ));
        }
    }
    if litellm {
        long = litellm_step(file, model, &members)?;
    }
    let [input, output, cache_read, cache_write] = numbers;
    match (input, output) {
        (Some(input), Some(output)) => Ok(Some(Price {
            input,
            output,
            cache_read,
            cache_write,
            long,
        })),
        (None, None) => Ok(None),
        (None, _) => Err(file.of_model(raw.get(), model, &["has no input price."])),
        (_, None) => Err(file.of_model(raw.get(), model, &["has no output price."])),
    }
}

/// A price as USD for a million tokens; `None` for `null`.
fn amount(
    file: &File<'_>,
    model: &str,
    key: &str,
    value: Raw<'_>,
    per_token: bool,
) -> Result<Option<f64>, PriceFileError> {
    if value.get() == "null" {
        return Ok(None);
    }
    let scale = if per_token { 1_000_000.0 } else { 1.0 };
    let number = float(value.get()).map(|number| number * scale);
    match number.filter(|number| (0.0..=MAX).contains(number)) {
        Some(number) => Ok(Some(number)),
        None => Err(file.of_model(
            value.get(),
            model,
            &[
                "has a price \u{201c}",
                key,
                "\u{201d} that is no number from 0 up (USD for a million tokens).",
            ],
        )),
    }
}

/// `"above": {"tokens": 200000, "input": 6, "output": 22.5}`.
fn above(
    file: &File<'_>,
    model: &str,
    value: Raw<'_>,
    price: &Object<'_>,
) -> Result<Option<Step>, PriceFileError> {
    let step = Object::parse(value.get()).unwrap_or_default();
    let factor = |key: &str| {
        let base = price.get(key).and_then(|raw| float(raw.get()))?;
        let more = step.get(key).and_then(|raw| float(raw.get()))?;
        (base > 0.0 && more >= 0.0).then_some(more / base)
    };
    let tokens = step
        .int("tokens")
        .and_then(|tokens| u64::try_from(tokens).ok());
    match (tokens, factor("input"), factor("output")) {
        (Some(above), Some(input), Some(output)) => Ok(Some(Step {
            above,
            input,
            output,
        })),
        _ => Err(file.of_model(
            value.get(),
            model,
            &["needs tokens, input and output in \u{201c}above\u{201d}."],
        )),
    }
}

/// LiteLLM's `input_cost_per_token_above_200k_tokens`.
fn litellm_step(
    file: &File<'_>,
    model: &str,
    members: &Object<'_>,
) -> Result<Option<Step>, PriceFileError> {
    let find = |base: &str| {
        members.0.iter().find_map(|(key, value)| {
            let thousands = key
                .strip_prefix(base)?
                .strip_prefix("_above_")?
                .strip_suffix("k_tokens")?;
            Some((int(thousands)?, *value, key))
        })
    };
    let factor = |at: usize| -> Result<Option<(i64, f64)>, PriceFileError> {
        let base = NUMBERS[at][1];
        let Some((thousands, value, key)) = find(base) else {
            return Ok(None);
        };
        let more = amount(file, model, key, value, true)?;
        let less = members.get(base).and_then(|raw| float(raw.get()));
        Ok(more
            .zip(less.filter(|less| *less > 0.0))
            .map(|(more, less)| (thousands, more / (less * 1_000_000.0))))
    };
    Ok(factor(0)?.map(|(thousands, input)| Step {
        above: u64::try_from(thousands).unwrap_or(0).saturating_mul(1000),
        input,
        output: factor(1).ok().flatten().map_or(1.0, |(_, output)| output),
    }))
}
