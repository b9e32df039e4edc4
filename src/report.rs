//! The report of what is open, as values of the page.

use crate::reading::Ask;
use crate::viewer::Viewer;
use crewscope_analysis::findings::Findings;
use crewscope_analysis::report::{self, Json};
use crewscope_trace::model::Trace;
use js_sys::{Array, Object, Reflect};
use leptos::prelude::GetUntracked;
use wasm_bindgen::JsValue;

/// The report of what is open, as a value of the page.
pub async fn report_of(viewer: Viewer) -> JsValue {
    let prices = viewer.prices.get_untracked();
    let none = Findings::default();
    let report = match viewer.data.get_untracked() {
        None => report::report(&Trace::default(), &none, &prices, &mut |_| None),
        Some(loaded) => {
            let found = loaded.found.as_deref().unwrap_or(&none);
            let render = |ask: &mut Ask<'_>| report::report(&loaded.trace, found, &prices, ask);
            loaded.texts.rendered(render).await
        }
    };
    js_of(&report)
}

/// A value of the report as one of the page: nothing has to be written as text and read again.
pub fn js_of(value: &Json) -> JsValue {
    match value {
        Json::Null => JsValue::NULL,
        Json::Bool(value) => (*value).into(),
        Json::Count(value) => (*value as f64).into(),
        Json::Number(value) => (*value).into(),
        Json::Word(value) => (*value).into(),
        Json::Text(value) => value.as_str().into(),
        Json::List(values) => {
            let array = Array::new();
            for value in values {
                array.push(&js_of(value));
            }
            array.into()
        }
        Json::Object(members) => {
            let object = Object::new();
            for (key, value) in members {
                let _ = Reflect::set(&object, &(*key).into(), &js_of(value));
            }
            object.into()
        }
    }
}
