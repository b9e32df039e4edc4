//! A user's own prices: from a file, or from a URL that the page names.

use crate::viewer::Viewer;
use crate::wording::errors as words;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{spawn_local, JsFuture};
use web_sys::{Blob, Response, Window};

/// LiteLLM's whole table has 1.5 MB; nothing beyond this is a table of prices.
const LONGEST: f64 = 16_000_000.0;

/// Takes the prices of a file. What is wrong with it is shown beside the cost.
pub fn read(viewer: Viewer, file: Blob) {
    spawn_local(async move {
        if file.size() > LONGEST {
            viewer.fail_prices(words::PRICES_TOO_LARGE.to_owned());
            return;
        }
        match JsFuture::from(file.text())
            .await
            .ok()
            .and_then(|text| text.as_string())
        {
            Some(text) => {
                // The fault is shown by the viewer.
                let _ = viewer.set_prices(&text);
            }
            None => viewer.fail_prices(words::PRICES_UNREADABLE.to_owned()),
        }
    });
}

/// Takes the prices at a URL.
pub fn fetch(viewer: Viewer, window: &Window, url: String) {
    let answer = window.fetch_with_str(&url);
    spawn_local(async move {
        let blob = async {
            let response: Response = JsFuture::from(answer).await.ok()?.unchecked_into();
            let blob = response.blob().ok().filter(|_| response.ok())?;
            JsFuture::from(blob).await.ok()
        };
        match blob.await {
            Some(blob) => read(viewer, blob.unchecked_into()),
            None => {
                viewer.fail_prices(words::prices_not_fetched(&url));
            }
        }
    });
}
