//! Price files: of a person, so anything at all; and names of models, of a trace.

use crewscope_analysis::Prices;
use crewscope_trace::model::Usage;

/// Reads a text as a price file, and its first line as the name of a model.
///
/// # Panics
/// If a price is below nothing or no number.
pub fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let name = text.lines().next().unwrap_or_default();
    let usage = Usage {
        prompt: Some(1000),
        completion: Some(1000),
        ..Usage::default()
    };
    let costs = |prices: &Prices| {
        for name in [name, "gpt-4o", "gpt-4o-mini-2024-07-18"] {
            if let Some(cost) = prices.cost(name, &usage) {
                assert!(cost.is_finite() && cost >= 0.0, "{name} costs {cost}");
            }
        }
    };
    let none = Prices::default();
    match none.with_overrides(&text) {
        Ok(prices) => costs(&prices),
        Err(error) => assert!(error.line >= 1 && error.column >= 1),
    }
    costs(&Prices::bundled());
}
