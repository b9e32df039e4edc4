//! Changes to JSON that keep it JSON, so that the fuzzer gets past the parser.

use libfuzzer_sys::fuzzer_mutate;
use serde_json::{json, Map, Value};

/// Every other change is of bytes, the rest of structure.
pub fn mutate(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let mut dice = Dice(u64::from(seed) | 1 << 40);
    if dice.below(2) == 0 {
        return fuzzer_mutate(data, size, max_size);
    }
    match structural(&data[..size], &mut dice) {
        Some(bytes) if bytes.len() <= max_size => {
            data[..bytes.len()].copy_from_slice(&bytes);
            bytes.len()
        }
        _ => fuzzer_mutate(data, size, max_size),
    }
}

struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        // xorshift64*
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 16) as usize % bound.max(1)
    }
}

/// Parses a stream of JSON values, changes one to four places, and writes it again, as it was laid out.
fn structural(bytes: &[u8], dice: &mut Dice) -> Option<Vec<u8>> {
    let mut roots: Vec<Value> = serde_json::Deserializer::from_slice(bytes)
        .into_iter::<Value>()
        .map_while(Result::ok)
        .collect();
    if roots.is_empty() {
        return None;
    }
    for _ in 0..=dice.below(4) {
        let at = dice.below(roots.len());
        match dice.below(12) {
            0 => {
                let copy = roots[at].clone();
                roots.insert(dice.below(roots.len() + 1), copy);
            }
            1 if roots.len() > 1 => {
                roots.remove(at);
            }
            2 => {
                let other = dice.below(roots.len());
                roots.swap(at, other);
            }
            _ => {
                let donor = roots[dice.below(roots.len())].clone();
                let steps = 2 + dice.below(12);
                change(&mut roots[at], &donor, steps, dice);
            }
        }
    }
    let mut out = Vec::with_capacity(bytes.len() + 64);
    let indented = dice.below(8) == 0;
    for root in &roots {
        let written = if indented {
            serde_json::to_writer_pretty(&mut out, root)
        } else {
            serde_json::to_writer(&mut out, root)
        };
        written.ok()?;
        out.push(b'\n');
    }
    Some(out)
}

/// Walks down a random way and changes what is at its end.
fn change(value: &mut Value, donor: &Value, steps: usize, dice: &mut Dice) {
    if steps > 0 && dice.below(10) > 0 {
        match value {
            Value::Array(items) if !items.is_empty() => {
                let at = dice.below(items.len());
                match dice.below(10) {
                    0 => {
                        let copy = items[at].clone();
                        items.push(copy);
                    }
                    1 => {
                        items.remove(at);
                    }
                    _ => change(&mut items[at], donor, steps - 1, dice),
                }
                return;
            }
            Value::Object(members) if !members.is_empty() => {
                member(members, donor, steps, dice);
                return;
            }
            // JSON in a string, as crewai writes it.
            Value::String(text) if text.starts_with(['{', '[']) => {
                if let Ok(mut inner) = serde_json::from_str::<Value>(text) {
                    change(&mut inner, donor, steps - 1, dice);
                    *text = inner.to_string();
                    return;
                }
            }
            _ => {}
        }
    }
    *value = replacement(value, donor, dice);
}

fn member(members: &mut Map<String, Value>, donor: &Value, steps: usize, dice: &mut Dice) {
    let keys: Vec<String> = members.keys().cloned().collect();
    let key = &keys[dice.below(keys.len())];
    match dice.below(12) {
        0 => {
            members.remove(key);
        }
        1 => {
            // A value under another's key.
            let other = &keys[dice.below(keys.len())];
            if let Some(value) = members.get(key).cloned() {
                members.insert(other.clone(), value);
            }
        }
        2 => {
            if let Some(value) = members.remove(key) {
                members.insert(format!("{key}s"), value);
            }
        }
        _ => {
            if let Some(value) = members.get_mut(key) {
                change(value, donor, steps - 1, dice);
            }
        }
    }
}

fn replacement(old: &Value, donor: &Value, dice: &mut Dice) -> Value {
    match dice.below(24) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(0),
        3 => json!(-1),
        4 => json!(i64::MIN),
        5 => json!(u64::MAX),
        6 => json!(1e308),
        7 => json!("9223372036854775807"),
        8 => json!(""),
        9 => json!("\u{202e}\u{0}\u{feff}é💥"),
        10 => json!("\"\\\"long\\\"\""),
        11 => json!("2026-02-30T25:61:61.999999999999Z"),
        12 => json!("1970-01-01 00:00:00"),
        13 => json!([]),
        14 => json!({}),
        15 => json!([[old]]),
        16 => json!({ "value": old }),
        17 => Value::String(old.to_string()),
        18 => json!(["a", 1, null, {"role": "tool", "content": [{"text": 1}]}]),
        // From elsewhere in the same input: ids and times that are known.
        _ => pick(donor, dice).clone(),
    }
}

fn pick<'a>(mut value: &'a Value, dice: &mut Dice) -> &'a Value {
    loop {
        value = match value {
            Value::Array(items) if !items.is_empty() && dice.below(6) > 0 => {
                &items[dice.below(items.len())]
            }
            Value::Object(members) if !members.is_empty() && dice.below(6) > 0 => {
                match members.values().nth(dice.below(members.len())) {
                    Some(value) => value,
                    None => return value,
                }
            }
            _ => return value,
        };
    }
}
