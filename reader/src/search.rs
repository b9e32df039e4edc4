//! Looking for a text in all sources.

use crewscope_analysis::search::{Hit, Scanner};
use crewscope_wire::marks::{same, BLOCK, MARK};
use crewscope_wire::messages::{pack, ToPage, MOST};
use js_sys::{Array, Uint8Array};
use std::cell::Cell;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, DedicatedWorkerGlobalScope};

/// Bytes read at once: whole blocks of marks.
const STEP: f64 = 4.0 * 1024.0 * 1024.0;

/// Scans `parts`, an array of `[source, offset, blob, marks]` in order.
pub async fn run(scope: DedicatedWorkerGlobalScope, text: String, parts: Array) {
    let mut scanner = Scanner::new(&text);
    let mut told = 0;
    let mut done = 0.0;
    let mut open: Option<(u32, f64)> = None;
    let lost = Cell::new(false);
    let tell = |hits: Vec<Hit>, done: f64, told: usize, ended: bool| {
        let more = told >= MOST;
        let found = ToPage::Found {
            hits,
            done: done as u64,
            ended: ended || more,
            more,
            lost: lost.get(),
        };
        // The page is gone, or it hears this.
        let _ = scope.post_message(&pack(&found, &JsValue::UNDEFINED));
        more
    };
    for part in parts.iter() {
        let part: Array = part.unchecked_into();
        let source = part.get(0).as_f64().unwrap_or_default() as u32;
        let offset = part.get(1).as_f64().unwrap_or_default();
        let Ok(blob) = part.get(2).dyn_into::<Blob>() else {
            continue;
        };
        let marks: Option<Uint8Array> = part.get(3).dyn_into().ok();
        let marks = marks.map_or_else(Vec::new, |marks| marks.to_vec());
        let mut before = Vec::new();
        // Parts of a source that lie side by side are one text.
        if open != Some((source, offset)) {
            before = scanner.end();
            scanner.begin(source, offset as u64);
        }
        told += before.len();
        if !before.is_empty() && tell(before, done, told, false) {
            return;
        }
        let mut at = 0.0;
        while at < blob.size() {
            let end = (at + STEP).min(blob.size());
            let read = match blob.slice_with_f64_and_f64(at, end) {
                Ok(slice) => JsFuture::from(slice.array_buffer()).await.ok(),
                Err(_) => None,
            };
            let bytes = read.map(|buffer| Uint8Array::new(&buffer).to_vec());
            let known = marks.get((at / BLOCK as f64) as usize * MARK..);
            let is_known = |bytes: &Vec<u8>| {
                bytes.len() as f64 >= end - at && same(known.unwrap_or_default(), bytes)
            };
            // A file that changed on disk cannot be read any more; the rest may still be.
            let Some(bytes) = bytes.filter(is_known) else {
                lost.set(true);
                break;
            };
            let hits = scanner.push(&bytes);
            (done, at) = (done + (end - at), end);
            told += hits.len();
            if tell(hits, done, told, false) {
                return;
            }
        }
        open = Some((source, offset + blob.size()));
    }
    let rest = scanner.end();
    told += rest.len();
    tell(rest, done, told, true);
}
