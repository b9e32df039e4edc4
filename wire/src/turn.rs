//! Giving the thread's other work its turn.

use crewscope_trace::slices::{slice, Slices, Work};
use gloo::timers::callback::Timeout;
use js_sys::Promise;
use std::cell::Cell;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::MessageChannel;

/// Continues in a later task of the event loop, after messages and input that wait now. A message to oneself and not a
/// timeout: browsers stretch repeated timeouts to 4 ms.
pub async fn next_turn() {
    let Ok(channel) = MessageChannel::new() else {
        return;
    };
    let (here, there) = (channel.port1(), channel.port2());
    let arrived = Promise::new(&mut |resolve, _| here.set_onmessage(Some(&resolve)));
    if there.post_message(&JsValue::NULL).is_ok() {
        let _ = JsFuture::from(arrived).await;
    }
    here.close();
}

/// Continues after `ms` milliseconds. Dropped before, it leaves no timer behind.
pub async fn after(ms: u32) {
    let mut timer = None;
    let over = Promise::new(&mut |resolve, _| {
        timer = Some(Timeout::new(ms, move || {
            let _ = resolve.call0(&JsValue::UNDEFINED);
        }));
    });
    let _ = JsFuture::from(over).await;
    drop(timer);
}

/// A slice of long work on the page, in milliseconds: half a frame.
const SLICE_MS: f64 = 8.0;

thread_local! {
    /// When the present slice is over.
    static OVER: Cell<f64> = const { Cell::new(0.0) };
}

/// The slices of [`in_slices`].
pub fn slices() -> Slices {
    Slices::new(|| js_sys::Date::now() >= OVER.get())
}

/// Does work that pauses by [`slices`], each slice in a task of its own, as long as it is `wanted`.
pub async fn in_slices<T>(mut work: Work<'_, T>, wanted: impl Fn() -> bool) -> Option<T> {
    while wanted() {
        OVER.set(js_sys::Date::now() + SLICE_MS);
        if let Some(done) = slice(work.as_mut()) {
            return Some(done);
        }
        next_turn().await;
    }
    None
}
