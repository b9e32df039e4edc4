//! What a token costs: a bundled table, trimmed by a script from a public source.

use super::tokens::plain_prompt;
use crate::import::json::float;
use crate::model::Usage;

/// USD for one million tokens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Price {
    /// Prompt tokens.
    pub input: f64,
    /// Completion tokens.
    pub output: f64,
    /// Prompt tokens read from the cache; `None`: no reduced price is known, they cost like any.
    pub cache_read: Option<f64>,
    /// Prompt tokens written to the cache; `None`: they cost like any.
    pub cache_write: Option<f64>,
}

/// A table of prices.
#[derive(Clone, Debug, Default)]
pub struct Prices {
    /// Where the table comes from, and its version.
    pub source: String,
    /// The day it was made, `YYYY-MM-DD`.
    pub date: String,
    /// Sorted by name.
    models: Vec<(String, Price)>,
}

impl Prices {
    /// The table that is built in. `tools/update_prices.py` writes it.
    pub fn bundled() -> Self {
        Self::parse(include_str!("prices.tsv"))
    }

    /// Reads a table: `# source: …` and `# date: …`, then a model a line with its prices between tabs.
    pub fn parse(text: &str) -> Self {
        let mut prices = Self::default();
        for line in text.lines() {
            if let Some(source) = line.strip_prefix("# source: ") {
                prices.source = source.to_owned();
            } else if let Some(date) = line.strip_prefix("# date: ") {
                prices.date = date.to_owned();
            }
            let mut cells = line.split('\t');
            let model = cells.next().unwrap_or_default();
            let mut number = || cells.next().and_then(float);
            if let (Some(input), Some(output)) = (number(), number()) {
                let (cache_read, cache_write) = (number(), number());
                let price = Price {
                    input,
                    output,
                    cache_read,
                    cache_write,
                };
                let model = model.to_ascii_lowercase();
                match prices.place(&model) {
                    Ok(at) => prices.models[at].1 = price,
                    Err(at) => prices.models.insert(at, (model, price)),
                }
            }
        }
        prices
    }

    /// Where a model is, or where it belongs.
    fn place(&self, model: &str) -> Result<usize, usize> {
        self.models
            .binary_search_by(|(known, _)| known.as_str().cmp(model))
    }

    /// The price of a model. `openai/gpt-4o` and `gpt-4o-2024-08-06` are found as `gpt-4o` if the table has no entry of their own.
    pub fn of(&self, model: &str) -> Option<Price> {
        let model = model.to_ascii_lowercase();
        let bare = model.rsplit('/').next().unwrap_or(&model);
        [&*model, bare, without_date(bare)]
            .iter()
            .find_map(|name| self.place(name).ok())
            .map(|at| self.models[at].1)
    }

    /// What a call cost in USD; `None` if it recorded no usage or the model has no price.
    pub fn cost(&self, model: &str, usage: &Usage) -> Option<f64> {
        if usage.prompt.is_none() && usage.completion.is_none() {
            return None;
        }
        let price = self.of(model)?;
        let tokens = |count: u64, rate: f64| count as f64 * rate / 1_000_000.0;
        Some(
            tokens(plain_prompt(usage), price.input)
                + tokens(
                    usage.cached.unwrap_or(0),
                    price.cache_read.unwrap_or(price.input),
                )
                + tokens(
                    usage.cache_write.unwrap_or(0),
                    price.cache_write.unwrap_or(price.input),
                )
                + tokens(usage.completion.unwrap_or(0), price.output),
        )
    }
}

/// `gpt-4o-2024-08-06` → `gpt-4o`, `claude-3-5-sonnet-20241022` → `claude-3-5-sonnet`.
fn without_date(model: &str) -> &str {
    let is_date = |text: &str, shape: &str| {
        text.len() == shape.len()
            && text.bytes().zip(shape.bytes()).all(|(byte, of)| {
                if of == b'0' {
                    byte.is_ascii_digit()
                } else {
                    byte == of
                }
            })
    };
    for shape in ["-0000-00-00", "-00000000"] {
        if let Some(at) = model
            .len()
            .checked_sub(shape.len())
            .filter(|&at| model.is_char_boundary(at))
        {
            if is_date(&model[at..], shape) {
                return &model[..at];
            }
        }
    }
    model
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trap_12_prefixes_and_dates() {
        let prices = Prices::parse("# source: test\n# date: 2026-01-01\ngpt-4o\t2.5\t10\t1.25\t\nclaude-3-5-sonnet\t3\t15\t0.3\t3.75\n");
        assert_eq!(prices.date, "2026-01-01");
        for model in ["gpt-4o", "openai/gpt-4o", "gpt-4o-2024-08-06", "GPT-4o"] {
            assert_eq!(prices.of(model).unwrap().input, 2.5, "{model}");
        }
        assert_eq!(
            prices
                .of("openai/claude-3-5-sonnet-20241022")
                .unwrap()
                .cache_write,
            Some(3.75)
        );
        assert_eq!(prices.of("gpt-4o-mini"), None);
        assert_eq!(prices.of("é-1234567"), None);
    }

    #[test]
    fn cached_tokens_are_a_part_of_the_prompt() {
        let prices = Prices::parse("m\t2\t10\t1\t\n");
        let usage = Usage {
            prompt: Some(1_000_000),
            completion: Some(100_000),
            cached: Some(400_000),
            ..Usage::default()
        };
        assert!((prices.cost("m", &usage).unwrap() - (1.2 + 0.4 + 1.0)).abs() < 1e-9);
        assert_eq!(prices.cost("m", &Usage::default()), None);
        assert_eq!(prices.cost("other", &usage), None);
    }

    #[test]
    fn the_bundled_table_is_whole() {
        let prices = Prices::bundled();
        assert!(prices.models.len() > 50 && !prices.date.is_empty() && !prices.source.is_empty());
        assert!(prices
            .models
            .iter()
            .all(|(_, price)| price.input >= 0.0 && price.output >= 0.0 && price.input < 1000.0));
    }
}
