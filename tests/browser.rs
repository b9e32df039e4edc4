//! What only a browser can show: streams, blobs, decompression, workers. Runs in headless Chromium (`cargo xtask test`).
#![cfg(target_arch = "wasm32")]

use crewscope::embed::{mount, Handle, Options};
use crewscope::reading::{Input, LoadError, Runtime, TextError, Texts};
use crewscope::viewer::{Load, Theme, Viewer};
use crewscope_reader::content::Content;
use crewscope_reader::stream::StreamError;
use crewscope_trace::model::{TextForm, TextRef, Trace};
use crewscope_wire::messages::{pack, Progress, ToPage};
use crewscope_wire::pieces::pieces;
use crewscope_wire::turn::after;
use js_sys::{Array, Function, Uint8Array};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::*;
use web_sys::{Blob, HtmlElement};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(inline_js = r#"
export async function gzip(bytes) {
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}
// A worker that answers its first message with prepared ones, and breaks with an error after them if it is told to.
export function playing(messages, thenThrow) {
  const script = `onmessage = ({ data }) => {
    if (!data.play) return;
    for (const message of data.play) postMessage(message);
    if (data.thenThrow) throw new Error('boom');
  }`;
  const worker = new Worker(URL.createObjectURL(new Blob([script])));
  worker.postMessage({ play: messages, thenThrow });
  return worker;
}
export function spawner(messages, thenThrow) { return () => playing(messages, thenThrow); }
"#)]
extern "C" {
    #[wasm_bindgen(catch)]
    async fn gzip(bytes: &Uint8Array) -> Result<JsValue, JsValue>;
    fn spawner(messages: &Array, then_throw: bool) -> Function;
}

async fn zipped(text: &str) -> Vec<u8> {
    let packed = gzip(&Uint8Array::from(text.as_bytes())).await.unwrap();
    Uint8Array::new(&packed).to_vec()
}

fn blob_of(bytes: &[u8]) -> Blob {
    Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(bytes))).unwrap()
}

/// Everything that comes out, the bytes stored, and how it ended.
async fn content_of(bytes: &[u8]) -> (Vec<u8>, u64, Result<(), StreamError>) {
    let mut content = Content::open(&blob_of(bytes).stream(), true).await.unwrap();
    let mut all = Vec::new();
    let end = loop {
        match content.next().await {
            Ok(Some(chunk)) => all.extend(chunk.to_vec()),
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    (all, content.stored(), end)
}

/// Lines that do not compress away.
fn lines(count: u32) -> String {
    let mut seed = 1_u32;
    (0..count).fold(String::new(), |text, at| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        format!("{text}{{\"n\":{at},\"x\":{seed}}}\n")
    })
}

#[wasm_bindgen_test]
async fn plain_bytes_come_as_they_are() {
    for text in ["", "x", "{\"a\":1}"] {
        let (all, stored, end) = content_of(text.as_bytes()).await;
        assert_eq!(
            (all, stored, end),
            (text.as_bytes().to_vec(), text.len() as u64, Ok(()))
        );
    }
}

#[wasm_bindgen_test]
async fn gzip_is_known_by_its_content() {
    let text = lines(20_000);
    let packed = zipped(&text).await;
    let (all, stored, end) = content_of(&packed).await;
    assert!(all == text.as_bytes() && end.is_ok());
    assert_eq!(stored, packed.len() as u64);
}

#[wasm_bindgen_test]
async fn every_member_of_a_gzip_file_is_read() {
    let texts = [lines(3), lines(20_000), String::new(), lines(5)];
    let mut packed = Vec::new();
    for text in &texts {
        packed.extend(zipped(text).await);
    }
    let (all, stored, end) = content_of(&packed).await;
    assert_eq!(end, Ok(()));
    assert!(all == texts.concat().as_bytes());
    assert_eq!(stored, packed.len() as u64);
}

#[wasm_bindgen_test]
async fn what_came_before_a_break_in_gzip_is_kept() {
    let text = lines(20_000);
    let packed = zipped(&text).await;
    let (all, _, end) = content_of(&packed[..packed.len() / 2]).await;
    assert!(matches!(end, Err(StreamError::Gzip(_))), "{end:?}");
    assert!(
        text.as_bytes().starts_with(&all) && all.len() > text.len() / 3,
        "{} of {}",
        all.len(),
        text.len()
    );

    let mut broken = packed.clone();
    let at = broken.len() - 1000;
    broken[at..at + 8].copy_from_slice(&[0xff; 8]);
    let (all, _, end) = content_of(&broken).await;
    assert!(matches!(end, Err(StreamError::Gzip(_))), "{end:?}");
    assert!(
        all.len() > text.len() / 2,
        "{} of {}",
        all.len(),
        text.len()
    );
}

fn text_at(offset: u64, len: u64, form: TextForm) -> TextRef {
    TextRef {
        source: 0,
        offset,
        len,
        hash: 0,
        form,
        cut_from: 0,
    }
}

#[wasm_bindgen_test]
async fn texts_are_read_across_the_borders_of_parts() {
    let whole = r#"xx"a\n\u00e9😀 and so on"yy"#;
    let texts = Texts::new();
    let (first, second) = (whole.len() / 3, whole.len() / 2);
    for (from, to) in [(0, first), (first, second), (second, whole.len())] {
        texts.add(0, from as u64, blob_of(&whole.as_bytes()[from..to]));
    }
    let text = text_at(2, whole.len() as u64 - 4, TextForm::Json);
    for _ in 0..2 {
        // The second time from the cache.
        assert_eq!(texts.read(text).await.as_deref(), Ok("a\né😀 and so on"));
    }
    assert_eq!(
        texts.read_bytes(text_at(0, 3, TextForm::Plain)).await,
        Ok(b"xx\"".to_vec())
    );
    assert_eq!(texts.read_head(text, 6).await, Ok(("a\n".into(), true)));
    assert_eq!(
        texts.read_head(text, 1000).await,
        Ok(("a\né😀 and so on".into(), false))
    );
}

#[wasm_bindgen_test]
async fn texts_that_have_not_come_are_missing() {
    let texts = Texts::new();
    assert_eq!(
        texts.read(text_at(0, 1, TextForm::Plain)).await,
        Err(TextError::Missing)
    );
    texts.add(0, 0, blob_of(b"abc"));
    assert_eq!(
        texts.read(text_at(0, 3, TextForm::Plain)).await.as_deref(),
        Ok("abc")
    );
    assert_eq!(
        texts.read(text_at(1, 3, TextForm::Plain)).await,
        Err(TextError::Missing)
    );
    assert_eq!(
        texts.read(text_at(u64::MAX, 3, TextForm::Plain)).await,
        Err(TextError::Missing)
    );
    texts.add(0, 10, blob_of(b"k"));
    assert_eq!(
        texts.read(text_at(2, 9, TextForm::Plain)).await,
        Err(TextError::Missing)
    );
}

fn trace_named(name: &str) -> Trace {
    let mut trace = Trace::default();
    trace.strings.intern(name);
    trace
}

fn messages(trace: &Trace) -> Vec<JsValue> {
    let packed =
        |piece: Vec<u8>| pack(&ToPage::Piece, &Uint8Array::from(piece.as_slice()).buffer());
    pieces(trace).map(|piece| packed(piece.unwrap())).collect()
}

fn say(head: &ToPage) -> JsValue {
    pack(head, &JsValue::UNDEFINED)
}

/// A viewer whose worker says `said` and then, if so, throws.
fn viewer_of(owner: &Owner, said: Vec<JsValue>, then_throw: bool) -> Viewer {
    let messages: Array = said.into_iter().collect();
    let spawn_worker = spawner(&messages, then_throw);
    owner.with(|| Viewer::new(Runtime { spawn_worker }))
}

fn pasted() -> Vec<Input> {
    vec![Input::text("pasted text", "{}").unwrap()]
}

async fn settled(viewer: Viewer) -> Load {
    for _ in 0..200 {
        after(10).await;
        let load = viewer.load.get_untracked();
        if !matches!(load, Load::Loading(_)) {
            return load;
        }
    }
    panic!("still loading");
}

fn knows(viewer: Viewer, name: &str) -> bool {
    viewer.data.with_untracked(|data| {
        data.as_ref()
            .is_some_and(|loaded| loaded.trace.strings.find(name).is_some())
    })
}

#[wasm_bindgen_test]
async fn the_last_model_is_shown_and_unfinished_ones_are_not() {
    let unfinished = messages(&trace_named("unfinished")).into_iter().take(1);
    let said = messages(&trace_named("partial"))
        .into_iter()
        .chain(unfinished)
        .chain(messages(&trace_named("final")));
    let said = said
        .chain([say(&ToPage::Done {
            cancelled: false,
            failure: None,
        })])
        .collect();
    let owner = Owner::new();
    let viewer = viewer_of(&owner, said, false);
    viewer.open(pasted());
    assert_eq!(
        viewer.load.get_untracked(),
        Load::Loading(Progress {
            name: "pasted text".into(),
            ..Progress::default()
        })
    );
    assert_eq!(settled(viewer).await, Load::Ready { cancelled: false });
    assert!(knows(viewer, "final"));
    viewer.clear();
    assert_eq!(viewer.load.get_untracked(), Load::Empty);
    assert!(viewer.data.with_untracked(Option::is_none));
}

#[wasm_bindgen_test]
async fn a_worker_that_breaks_down_costs_only_its_load() {
    let owner = Owner::new();
    let viewer = viewer_of(&owner, messages(&trace_named("partial")), true);
    viewer.open(pasted());
    let load = settled(viewer).await;
    assert!(
        matches!(&load, Load::Failed(LoadError { detail, .. }) if detail.contains("boom")),
        "{load:?}"
    );
    assert!(knows(viewer, "partial"));
}

#[wasm_bindgen_test]
async fn the_second_stop_does_not_wait() {
    let owner = Owner::new();
    let viewer = viewer_of(&owner, messages(&trace_named("partial")), false);
    viewer.open(pasted());
    while !knows(viewer, "partial") {
        after(10).await;
    }
    viewer.cancel();
    assert!(matches!(
        viewer.load.get_untracked(),
        Load::Loading(Progress {
            cancelled: true,
            ..
        })
    ));
    viewer.cancel();
    assert_eq!(viewer.load.get_untracked(), Load::Ready { cancelled: true });
    assert!(knows(viewer, "partial"));
}

#[wasm_bindgen_test]
async fn a_viewer_that_is_gone_hears_nothing() {
    let owner = Owner::new();
    let viewer = viewer_of(&owner, messages(&trace_named("late")), true);
    viewer.open(pasted());
    owner.cleanup();
    after(100).await;
    assert!(viewer.data.is_disposed());
}

fn host() -> HtmlElement {
    let document = web_sys::window().unwrap().document().unwrap();
    let host: HtmlElement = document.create_element("div").unwrap().unchecked_into();
    document.body().unwrap().append_child(&host).unwrap();
    host
}

fn mounted(host: &HtmlElement, theme: Theme, said: Vec<JsValue>) -> Handle {
    let spawn_worker = spawner(&said.into_iter().collect(), false);
    let runtime = Runtime { spawn_worker };
    let options = Options {
        runtime,
        inputs: Vec::new(),
        theme,
        owns_page: false,
    };
    mount(host, options).unwrap()
}

fn root_of(host: &HtmlElement) -> Option<web_sys::Element> {
    host.shadow_root()?.query_selector(".cs-root").unwrap()
}

#[wasm_bindgen_test]
async fn two_viewers_on_a_page_share_nothing_a_person_sees() {
    let done = say(&ToPage::Done {
        cancelled: false,
        failure: None,
    });
    let (one, other) = (host(), host());
    let head = web_sys::window()
        .unwrap()
        .document()
        .unwrap()
        .head()
        .unwrap();
    let before = head.child_element_count();
    let first = mounted(
        &one,
        Theme::Dark,
        messages(&trace_named("one"))
            .into_iter()
            .chain([done])
            .collect(),
    );
    let second = mounted(&other, Theme::Light, Vec::new());
    first.load(pasted());
    assert_eq!(
        settled(first.viewer()).await,
        Load::Ready { cancelled: false }
    );
    assert!(knows(first.viewer(), "one") && !knows(second.viewer(), "one"));
    assert_eq!(one.get_attribute("data-state").as_deref(), Some("ready"));
    assert_eq!(other.get_attribute("data-state").as_deref(), Some("empty"));
    let theme =
        |host| root_of(host).and_then(|root: web_sys::Element| root.get_attribute("data-theme"));
    assert_eq!(theme(&one).as_deref(), Some("dark"));
    assert_eq!(theme(&other).as_deref(), Some("light"));
    assert_eq!(
        one.shadow_root().unwrap().adopted_style_sheets().length(),
        1
    );
    assert_eq!(head.child_element_count(), before);

    drop(first);
    assert!(root_of(&one).is_none() && root_of(&other).is_some());
    // The same host can show a viewer again, with its shadow root of before.
    let again = mounted(&one, Theme::Auto, Vec::new());
    after(10).await;
    assert_eq!(theme(&one).as_deref(), Some("auto"));
    drop((again, second));
    one.remove();
    other.remove();
}

#[wasm_bindgen_test]
async fn a_breakdown_of_the_program_is_shown_in_every_viewer() {
    let (one, gone) = (host(), host());
    let _handle = mounted(&one, Theme::Auto, Vec::new());
    drop(mounted(&gone, Theme::Auto, Vec::new()));
    after(10).await;
    crewscope::embed::panic::announce("<b>boom</b>");
    let card = one
        .shadow_root()
        .unwrap()
        .query_selector(".cs-panic")
        .unwrap()
        .unwrap();
    assert!(card.text_content().unwrap().contains("<b>boom</b>"));
    assert_eq!(one.get_attribute("data-state").as_deref(), Some("failed"));
    assert!(root_of(&gone).is_none());
    one.remove();
    gone.remove();
}
