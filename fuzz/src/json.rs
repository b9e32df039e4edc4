//! The JSON reader beside `serde_json`: both accept the same texts and find the same in them; repairs move nothing.

use crewscope_import::fuzzing::time;
use crewscope_trace::json::mend::repair;
use crewscope_trace::json::repr::clean_repr;
use crewscope_trace::json::{elements, float, int, unescape, Object, Raw};
use crewscope_trace::text::decode_text;
use crewscope_trace::model::{Member, Pieces, TextForm};
use serde_json::value::RawValue;
use serde_json::Value;

const FORMS: [TextForm; 12] = [
    TextForm::Json,
    TextForm::JsonTwice,
    TextForm::Plain,
    TextForm::Inside(Member::Raw),
    TextForm::Inside(Member::Goal),
    TextForm::Inside(Member::Messages),
    TextForm::Inside(Member::TaskDescription),
    TextForm::Inside(Member::PlannedDescription(1)),
    TextForm::Gathered(Pieces::Input),
    TextForm::Gathered(Pieces::Output),
    TextForm::Gathered(Pieces::Tools),
    TextForm::Typed,
];

/// Reads a text with both.
///
/// # Panics
/// If they differ, or a repair is none.
pub fn check(data: &[u8]) {
    for form in FORMS {
        let _ = decode_text(form, data);
    }
    if let Ok(text) = std::str::from_utf8(data) {
        compare(text);
        let _ = (int(text), float(text), time(text), clean_repr(text.into()));
    }
    let mut repaired = data.to_vec();
    let changed = repair(&mut repaired);
    assert_eq!(repaired.len(), data.len(), "a repair moves what follows");
    assert_eq!(changed, repaired != data, "a repair says what it did");
    let text = std::str::from_utf8(&repaired).expect("a repaired record is UTF-8");
    compare(text);
    let again = repaired.clone();
    assert!(
        !repair(&mut repaired) && repaired == again,
        "a repair leaves something to repair"
    );
}

fn compare(text: &str) {
    let reference = serde_json::from_str::<&RawValue>(text)
        .ok()
        .map(RawValue::get);
    let ours = Raw::parse(text);
    assert_eq!(ours.map(Raw::get), reference, "another text is a value");
    // serde_json's tree has a depth at which it ends, and no half surrogate pairs.
    if let (Some(ours), Ok(value)) = (ours, serde_json::from_str::<Value>(text)) {
        same(ours, &value);
    }
}

fn same(ours: Raw<'_>, value: &Value) {
    match value {
        Value::String(text) => assert_eq!(unescape(ours.get()), text.as_str()),
        Value::Array(items) => {
            let list = elements(ours.get());
            assert_eq!(list.len(), items.len());
            list.into_iter()
                .zip(items)
                .for_each(|(ours, value)| same(ours, value));
        }
        Value::Object(members) => {
            let object = Object::of(ours).expect("an object");
            for (key, value) in members {
                // serde_json keeps the last of a repeated key, we all of them.
                let mut found = object.0.iter().filter(|(name, _)| name == key);
                let (_, raw) = found.next_back().expect("a member");
                same(*raw, value);
            }
            assert!(object.0.len() >= members.len());
        }
        Value::Number(number) => {
            if let Some(whole) = number.as_i64() {
                assert_eq!(int(ours.get()), Some(whole));
            }
        }
        Value::Null | Value::Bool(_) => assert_eq!(ours.get(), value.to_string()),
    }
}
