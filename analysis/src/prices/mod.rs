//! What a token costs: a bundled table, trimmed by a script from a public source, and the user's own prices before it.

mod names;
mod own;
#[cfg(test)]
mod tests;

pub use names::NoPrice;
pub use own::PriceFileError;

use crewscope_trace::json::float;
use crewscope_trace::model::Usage;
use std::collections::BTreeMap;

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
    /// What changes for a long prompt.
    pub long: Option<Step>,
}

/// What a call with a long prompt costs more, all of it (not only what lies above).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Prompt tokens, cached ones included, above which it holds.
    pub above: u64,
    /// Factor on the prices of prompt and cache.
    pub input: f64,
    /// Factor on the price of the completion.
    pub output: f64,
}

impl Price {
    /// What a call cost in USD; `None` if neither its prompt nor its completion was counted.
    pub fn cost(&self, usage: &Usage) -> Option<f64> {
        if usage.prompt.is_none() && usage.completion.is_none() {
            return None;
        }
        let prompt = usage.prompt.unwrap_or(0);
        let (more_in, more_out) = match self.long {
            Some(step) if prompt > step.above => (step.input, step.output),
            _ => (1.0, 1.0),
        };
        let tokens = |count: Option<u64>, rate: f64| count.unwrap_or(0) as f64 * rate;
        let input = tokens(Some(plain_prompt(usage)), self.input)
            + tokens(usage.cached, self.cache_read.unwrap_or(self.input))
            + tokens(usage.cache_write, self.cache_write.unwrap_or(self.input));
        let output = tokens(usage.completion, self.output);
        Some((input * more_in + output * more_out) / 1_000_000.0)
    }

    /// Every price times a factor.
    fn times(self, factor: f64) -> Self {
        Self {
            input: self.input * factor,
            output: self.output * factor,
            cache_read: self.cache_read.map(|rate| rate * factor),
            cache_write: self.cache_write.map(|rate| rate * factor),
            long: self.long,
        }
    }
}

/// A price that was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Found {
    /// The price.
    pub price: Price,
    /// It comes from the user's own prices.
    pub own: bool,
}

/// A table of prices.
#[derive(Clone, Debug, Default)]
pub struct Prices {
    /// Where the bundled table comes from, and its version.
    pub source: String,
    /// The day it was made, `YYYY-MM-DD`.
    pub date: String,
    /// Where the user's own prices come from, as their file says; `None`: there are none.
    pub own_source: Option<String>,
    /// By name, in the spelling of [`names::plain`].
    models: BTreeMap<String, Price>,
    /// Models that cost more where Bedrock answers in a region, and by how much.
    regional: BTreeMap<String, f64>,
    /// The user's own. `None`: no price.
    own: BTreeMap<String, Option<Price>>,
}

/// The entry for a name, or for the name without its date or version.
fn look<'a, T>(table: &'a BTreeMap<String, T>, keys: &[String]) -> Option<&'a T> {
    keys.iter().find_map(|key| {
        std::iter::successors(Some(key.as_str()), |name| names::shorter(name))
            .find_map(|name| table.get(name))
    })
}

impl Prices {
    /// The table that is built in. `tools/update_prices.py` writes it.
    pub fn bundled() -> Self {
        Self::parse(include_str!("prices.tsv"))
    }

    /// Reads a table: `# source: …` and `# date: …`, then a price a line (`input output cache-read cache-write >tokens*factor*factor`,
    /// `-` for none, nothing at the end) with the names it holds for behind a tab; `*1.1` instead of a price: the factor for regions.
    pub fn parse(text: &str) -> Self {
        let mut prices = Self::default();
        for line in text.lines() {
            if let Some(source) = line.strip_prefix("# source: ") {
                prices.source = source.to_owned();
            } else if let Some(date) = line.strip_prefix("# date: ") {
                prices.date = date.to_owned();
            }
            let Some((price, names)) = line.split_once('\t') else {
                continue;
            };
            let names = || names.split(' ').map(names::plain);
            if let Some(factor) = price.strip_prefix('*').and_then(float) {
                prices.regional.extend(names().map(|name| (name, factor)));
            } else if let Some(price) = price_of(price) {
                prices.models.extend(names().map(|name| (name, price)));
            }
        }
        prices
    }

    /// The price of a model, or why it has none. `provider`, if recorded, tells the host of a model whose name does not.
    pub fn find(&self, model: &str, provider: Option<&str>) -> Result<Found, NoPrice> {
        let reading = names::read(model, provider);
        if let Some(own) = look(&self.own, &reading.own).or_else(|| look(&self.own, &reading.keys))
        {
            return own
                .map(|price| Found { price, own: true })
                .ok_or(NoPrice::ByUser);
        }
        let price = look(&self.models, &reading.keys).ok_or(reading.otherwise)?;
        let factor = look(&self.regional, &reading.keys)
            .filter(|_| reading.regional)
            .unwrap_or(&1.0);
        Ok(Found {
            price: price.times(*factor),
            own: false,
        })
    }

    /// The price of a model, if there is one.
    pub fn of(&self, model: &str) -> Option<Price> {
        self.find(model, None).ok().map(|found| found.price)
    }

    /// What a call cost in USD; `None` if it recorded no usage or the model has no price.
    pub fn cost(&self, model: &str, usage: &Usage) -> Option<f64> {
        self.of(model)?.cost(usage)
    }

    /// The same table with the user's own prices before it. `text` is a price file, see docs/prices.md.
    pub fn with_overrides(&self, text: &str) -> Result<Self, PriceFileError> {
        let read = own::read(text)?;
        let mut prices = self.clone();
        prices.own_source = Some(read.source);
        let own = read.prices.into_iter();
        prices.own = own
            .map(|(name, price)| (names::plain(&name), price))
            .collect();
        Ok(prices)
    }

    /// How many prices of the user's own there are.
    pub fn own_count(&self) -> usize {
        self.own.len()
    }
}

/// `2.5 10 1.25`, `3 15 0.3 3.75 >200000*2*1.5`.
fn price_of(text: &str) -> Option<Price> {
    let mut numbers = [None; 4];
    let mut long = None;
    for (at, word) in text.split(' ').enumerate() {
        match word.strip_prefix('>') {
            Some(step) => {
                let mut parts = step.split('*');
                long = Some(Step {
                    above: parts.next()?.parse().ok()?,
                    input: parts.next().and_then(float)?,
                    output: parts.next().and_then(float)?,
                });
            }
            None => *numbers.get_mut(at)? = float(word),
        }
    }
    let [input, output, cache_read, cache_write] = numbers;
    Some(Price {
        input: input?,
        output: output?,
        cache_read,
        cache_write,
        long,
    })
}

/// Tokens that count as prompt at the plain price: not read from the cache, not written to it.
fn plain_prompt(usage: &Usage) -> u64 {
    let prompt = usage.prompt.unwrap_or(0);
    prompt
        .saturating_sub(usage.cached.unwrap_or(0))
        .saturating_sub(usage.cache_write.unwrap_or(0))
}
