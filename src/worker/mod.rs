//! Reading off the main thread: one worker a load, running this same program.
//!
//! The page orders ([`protocol`]) through [`host`]; the worker ([`reader`]) streams each source ([`stream`]) through the
//! importer and sends models back in [`pieces`], at the [`pace`] a person can follow; [`loader`] turns them into state.

pub mod diff;
mod finder;
mod gzip;
pub mod host;
mod line;
mod loader;
pub mod pace;
pub mod parts;
pub mod pieces;
pub mod protocol;
pub mod reader;
pub mod search;
pub mod stream;
pub mod turn;
mod unpack;

pub use loader::{retire, Loader};

use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Worker;

/// What it takes to start a reading worker: given by the page's boot script, shared by all viewers of a page.
#[derive(Clone, Debug)]
pub struct Runtime {
    /// The compiled `WebAssembly.Module`.
    pub module: JsValue,
    /// Returns a new `Worker` that runs this same program.
    pub spawn_worker: js_sys::Function,
}

impl Runtime {
    /// Settles when the second part of the program is here (`xtask/js/split.mjs` puts it beside the module); `None` where there is only one.
    /// What awaits it does not hold up the page for a request.
    pub fn second_part(&self) -> Option<Promise> {
        second_part_of(&self.module)
    }

    /// A worker that runs this program, and gets its second part from this page: now, or when it is there.
    pub fn worker(&self) -> Result<Worker, JsValue> {
        let worker: Worker = self.spawn_worker.call0(&JsValue::UNDEFINED)?.dyn_into()?;
        let Some(second_part) = self.second_part() else {
            tell(&worker, "module", &self.module)?;
            return Ok(worker);
        };
        let whole = Reflect::get(&self.module, &"whole".into()).unwrap_or_default();
        // A worker that needs it earlier fetches it itself, and stands still for that. It must not where a service worker answers: Firefox
        // has that wait for the worker. So it is started later there; what it is told until then is kept.
        let at_once = !whole.is_undefined() || !is_controlled();
        if at_once {
            tell(&worker, "module", &self.module)?;
        }
        if !whole.is_undefined() {
            tell(&worker, "later", &whole)?;
            return Ok(worker);
        }
        let (told, program) = (worker.clone(), self.module.clone());
        turn::spawn(async move {
            let _ = JsFuture::from(second_part).await;
            let whole = Reflect::get(&program, &"whole".into()).unwrap_or_default();
            // Nobody hears of a worker that was ended meanwhile. One that does not get it asks for it itself, and says what comes of that.
            if !at_once {
                let _ = tell(&told, "module", &program);
            }
            let _ = tell(&told, "later", &whole);
        });
        Ok(worker)
    }
}

/// See [`Runtime::second_part`]; also for a worker's own program.
fn second_part_of(program: &JsValue) -> Option<Promise> {
    Reflect::get(program, &"later".into())
        .ok()
        .and_then(|later| later.dyn_into().ok())
}

/// Settles when a worker's page has given it the second part of the program, or failed to: asking for it from here would be a second request.
async fn whole() {
    if let Some(second_part) = second_part_of(&wasm_bindgen::module()) {
        let _ = JsFuture::from(second_part).await;
    }
}

/// Posts a module under the name by which the worker's script knows what it is for.
fn tell(worker: &Worker, what: &str, module: &JsValue) -> Result<(), JsValue> {
    let message = Object::new();
    Reflect::set(&message, &"crewscope".into(), &what.into())?;
    Reflect::set(&message, &"module".into(), module)?;
    worker.post_message(&message)
}

/// Whether a service worker answers this page's requests. (A sandboxed frame may not even ask.)
fn is_controlled() -> bool {
    let within = |object: &JsValue, name: &str| Reflect::get(object, &name.into());
    within(&js_sys::global(), "navigator")
        .and_then(|navigator| within(&navigator, "serviceWorker"))
        .and_then(|workers| within(&workers, "controller"))
        .is_ok_and(|controller| controller.is_truthy())
}

/// The message of a JavaScript error.
pub fn words(error: &JsValue) -> String {
    let message = match error.dyn_ref::<js_sys::Error>() {
        Some(error) => Some(String::from(error.message())),
        // Errors of another realm are no `Error` of this one.
        None => Reflect::get(error, &"message".into())
            .ok()
            .and_then(|message| message.as_string()),
    };
    // Whatever was thrown instead: a text, or at least its type. (`{:?}` writes nothing in the release page.)
    message
        .or_else(|| error.as_string())
        .or_else(|| error.js_typeof().as_string())
        .unwrap_or_default()
}
