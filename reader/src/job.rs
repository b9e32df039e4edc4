//! The worker's side: reads what the page orders and sends back models.

use crate::finder;
use crate::line::Line;
use crate::pace::{Pace, STALL_MS};
use crate::parts::Parts;
use crate::stream::StreamError;
use crate::unpack::Readable;
use crewscope_import::Importer;
use crewscope_trace::model::Trace;
use crewscope_wire::marks::Marker;
use crewscope_wire::messages::{Order, Progress, ToPage};
use crewscope_wire::store;
use crewscope_wire::trouble::{Outcome, Trouble, Unread, HEAD};
use crewscope_wire::turn::{after, next_turn};
use futures::future::{select, Either};
use js_sys::{Array, Uint8Array};
use std::pin::pin;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, Blob, ReadableStream, ReadableStreamDefaultReader, ReferrerPolicy,
    RequestInit, Response,
};

/// Reading without a break, in milliseconds: "stop" waits in the event loop no longer than this.
const TURN_MS: f64 = 40.0;

/// Records up to which partial results are sent (spans or events). A larger model takes as long to hand over as hundreds of megabytes to read,
/// and the page holds two of them while it swaps.
const PARTIAL_RECORDS: u64 = 150_000;

/// Pages of one answer that are followed at most.
const PAGES: u32 = 1000;

/// One reading of several sources into one model.
pub struct Job {
    line: Rc<Line>,
    importer: Importer,
    pace: Pace,
    turn_began: f64,
    progress: Progress,
    /// There is one source only: its size is the total.
    alone: bool,
    /// Bytes given to the importer, of all sources.
    imported: u64,
    /// Where a chunk is copied to; used again for the next.
    buffer: Vec<u8>,
    /// Of a file that is read again later.
    marker: Option<Marker>,
}

impl Job {
    /// A job that has read nothing.
    pub fn new(line: Rc<Line>) -> Self {
        let now = js_sys::Date::now();
        Self {
            line,
            importer: Importer::new(),
            pace: Pace::new(now),
            turn_began: now,
            progress: Progress::default(),
            alone: false,
            imported: 0,
            buffer: Vec::new(),
            marker: None,
        }
    }

    /// Reads the orders as one trace, and tells the page.
    pub async fn run(mut self, orders: Vec<Order>, blobs: Array, live: bool) {
        let blobs: Vec<Option<Blob>> = blobs.iter().map(|blob| blob.dyn_into().ok()).collect();
        let sizes = blobs
            .iter()
            .map(|blob| blob.as_ref().map(|blob| blob.size() as u64));
        self.progress.total = sizes.sum();
        self.alone = orders.len() == 1;
        let mut outcomes = Vec::new();
        for (order, blob) in orders.into_iter().zip(blobs) {
            if self.line.stopped.get() {
                break;
            }
            outcomes.push(self.read_source(order, blob).await);
        }
        if live {
            self.follow(&mut outcomes).await;
        }
        let (trace, evidence) = self.importer.finish_noted();
        let failure = unread(&trace, &outcomes);
        self.line
            .say(&ToPage::Progress(self.progress), &JsValue::UNDEFINED);
        if failure.is_none() {
            self.line.say_troubles(&outcomes);
            self.line.send(&trace).await;
            finder::find(&self.line, &trace, &evidence).await;
        }
        let cancelled = self.line.stopped.get();
        self.line
            .say(&ToPage::Done { cancelled, failure }, &JsValue::UNDEFINED);
    }

    /// Reads what is appended to the last source, until told to stop. Each time all that is there has been read, the page gets it.
    async fn follow(&mut self, outcomes: &mut [Outcome]) {
        let source = u32::try_from(outcomes.len().saturating_sub(1)).unwrap_or(u32::MAX);
        let mut appended = 0;
        loop {
            if self.line.appended.borrow().is_empty() {
                self.catch_up(outcomes, appended).await;
            }
            let Some(outcome) = outcomes.last_mut() else {
                return;
            };
            let Some(blob) = self.line.next_appended().await else {
                return;
            };
            // Its texts are read from the same bytes.
            let offset = self.importer.bytes(source);
            self.line.say(&ToPage::Part { source, offset }, &blob);
            if let Err(words) = self.read_appended(&blob, outcome).await {
                outcome.trouble = Some(Trouble::BrokeOff(words));
                return;
            }
            appended += 1;
        }
    }

    /// Sends what is there so far. A large model takes its time: then what is appended meanwhile waits for a multiple of that.
    async fn catch_up(&mut self, outcomes: &[Outcome], appended: u32) {
        let began = js_sys::Date::now();
        let trace = self.importer.snapshot();
        let failure = unread(&trace, outcomes);
        // The first record may be half written: only what can never become one is a failure.
        let hopeless = outcomes.last().is_some_and(|outcome| {
            let first = outcome.head.trim_ascii_start().first();
            first.is_some_and(|byte| !matches!(byte, b'{' | b'[' | 0xef))
        });
        if failure.is_none() {
            // Ahead of the model, so that the page never shows findings of the one before.
            finder::find(&self.line, &trace, self.importer.evidence()).await;
            self.line.say_troubles(outcomes);
            self.line.send(&trace).await;
        }
        let failure = failure.filter(|_| hopeless);
        self.line
            .say(&ToPage::CaughtUp { failure, appended }, &JsValue::UNDEFINED);
        let took = js_sys::Date::now() - began;
        if took > 20.0 && !self.line.stopped.get() {
            after((took * 4.0) as u32).await;
        }
    }

    async fn read_appended(&mut self, blob: &Blob, outcome: &mut Outcome) -> Result<(), String> {
        let reader: ReadableStreamDefaultReader = blob.stream().get_reader().unchecked_into();
        while let Some(chunk) = crate::stream::read(&reader).await? {
            self.import(&chunk, outcome);
            self.breathe().await;
        }
        Ok(())
    }

    async fn read_source(&mut self, order: Order, blob: Option<Blob>) -> Outcome {
        let mut outcome = Outcome {
            name: order.name,
            url: order.url,
            ..Outcome::default()
        };
        self.progress.name.clone_from(&outcome.name);
        self.say_progress();
        // Begun even if it cannot be read: sources keep the order they were opened in.
        let source = self.importer.begin_source(&outcome.name);
        let mut parts = Parts::default();
        let mut cursor = String::new();
        for _ in 0..PAGES {
            if let Err(trouble) = self
                .read_page(source, &blob, &mut parts, &mut outcome)
                .await
            {
                outcome.trouble = Some(trouble);
                break;
            }
            let next = self.importer.next_page();
            let (Some(url), Some(next)) = (&outcome.url, next.filter(|next| *next != cursor))
            else {
                break;
            };
            if self.line.stopped.get() {
                break;
            }
            outcome.url = Some(store::next_page(url, &next));
            cursor = next;
        }
        if self.line.stopped.get() {
            // What a stop breaks off is no trouble of the source.
            outcome.trouble = None;
        }
        self.line.reading.take();
        self.line.fetching.take();
        outcome
    }

    /// Reads a file, or what an address answers: all of a source, or the next page of it.
    async fn read_page(
        &mut self,
        source: u32,
        blob: &Option<Blob>,
        parts: &mut Parts,
        outcome: &mut Outcome,
    ) -> Result<(), Trouble> {
        let before = self.progress.done;
        let stream = match (blob, &outcome.url) {
            (Some(blob), _) => crate::stream::of_file(blob),
            (None, Some(url)) => {
                let (url, stream) = self.open_url(url.clone()).await?;
                outcome.url = Some(url);
                stream
            }
            (None, None) => return Err(Trouble::NoContent),
        };
        // What has no file behind it is kept as parts of the chunks themselves: these are not used again.
        let fill = blob.is_some();
        let stream = Readable::open(&stream, fill).await?;
        // A plain file is its own part: nothing needs to be kept.
        let parts = match blob {
            Some(blob) if stream.is_plain() => {
                self.line.say(&ToPage::Part { source, offset: 0 }, blob);
                self.marker = Some(Marker::default());
                None
            }
            _ => Some(parts),
        };
        self.read_stream(source, stream, parts, before, outcome)
            .await?;
        Ok(())
    }

    /// What an address answers; if it is that of a page of a trace store, what the answer behind that page holds, and its address.
    async fn open_url(&mut self, url: String) -> Result<(String, ReadableStream), Trouble> {
        if let Some((_, api)) = store::api_of(&url) {
            if let Ok(response) = self.fetch(&api).await {
                let kind = response.headers().get("content-type").ok().flatten();
                let html = kind.is_some_and(|kind| kind.starts_with("text/html"));
                if let Some(stream) = response.body().filter(|_| !html) {
                    return Ok((api, stream));
                }
            }
        }
        let response = self.fetch(&url).await?;
        if self.alone {
            self.progress.total = stored_size(&response);
        }
        match response.body() {
            Some(stream) => Ok((url, stream)),
            None => Err(Trouble::NoBody),
        }
    }

    async fn fetch(&self, url: &str) -> Result<Response, Trouble> {
        // The browser says no more than that it failed.
        let failure = || match web_sys::Url::new(url) {
            Err(_) => Trouble::Address,
            Ok(url) if url.protocol() == "file:" => Trouble::OnDisk,
            Ok(_) => Trouble::Network,
        };
        let init = RequestInit::new();
        // The page's own policy does not hold for its worker.
        init.set_referrer_policy(ReferrerPolicy::NoReferrer);
        if let Ok(abort) = AbortController::new() {
            init.set_signal(Some(&abort.signal()));
            *self.line.fetching.borrow_mut() = Some(abort);
        }
        let answer = JsFuture::from(self.line.scope.fetch_with_str_and_init(url, &init)).await;
        let response: Response = answer.map_err(|_| failure())?.unchecked_into();
        if !response.ok() {
            return Err(Trouble::Status(response.status()));
        }
        Ok(response)
    }

    async fn read_stream(
        &mut self,
        source: u32,
        mut stream: Readable,
        mut parts: Option<&mut Parts>,
        before: u64,
        outcome: &mut Outcome,
    ) -> Result<(), StreamError> {
        let mut whole = false;
        let result = loop {
            // Again each time: every member of a gzip file is a stream of its own.
            *self.line.reading.borrow_mut() = Some(stream.canceller());
            let chunk = match self.next_chunk(&mut stream, source, &mut parts).await {
                Ok(Some(chunk)) if !self.line.stopped.get() => chunk,
                Ok(chunk) => {
                    whole = chunk.is_none() && !self.line.stopped.get();
                    break Ok(());
                }
                Err(error) => break Err(error),
            };
            if let Some((offset, blob)) = parts.as_mut().and_then(|parts| parts.push(&chunk)) {
                self.line.say(&ToPage::Part { source, offset }, &blob);
            }
            self.import(&chunk, outcome);
            if parts.is_none() {
                stream.give_back(&chunk);
            }
            self.set_done(before + stream.stored());
            self.between_chunks(source, &mut parts).await;
        };
        if let Some((offset, blob)) = parts.as_mut().and_then(|parts| parts.flush()) {
            self.line.say(&ToPage::Part { source, offset }, &blob);
        }
        // Where reading broke off inside of a block, that one has no mark.
        if let Some(marker) = self.marker.as_mut().filter(|_| whole) {
            marker.end();
        }
        self.say_marks(source);
        self.marker = None;
        result
    }

    /// Gives a chunk to the importer.
    fn import(&mut self, chunk: &Uint8Array, outcome: &mut Outcome) {
        let len = chunk.length() as usize;
        if self.buffer.len() < len {
            self.buffer.resize(len, 0);
        }
        let Some(bytes) = self.buffer.get_mut(..len) else {
            return;
        };
        chunk.copy_to(bytes);
        let missing = HEAD.saturating_sub(outcome.head.len());
        outcome.head.extend(bytes.iter().take(missing));
        outcome.bytes += len as u64;
        self.imported += len as u64;
        if let Some(marker) = &mut self.marker {
            marker.push(bytes);
        }
        self.importer.push(bytes);
    }

    fn say_marks(&mut self, source: u32) {
        let marks = self.marker.as_mut().map(Marker::take);
        if let Some(marks) = marks.filter(|marks| !marks.is_empty()) {
            self.line
                .say(&ToPage::Marks { source, marks }, &JsValue::UNDEFINED);
        }
    }

    fn set_done(&mut self, done: u64) {
        self.progress.done = done;
        // A server may announce the compressed size of what arrives decompressed: then the size is not known after all.
        self.progress.total = self.progress.total.filter(|&total| total >= done);
    }

    /// The next chunk; while none comes, what came before is shown.
    async fn next_chunk(
        &mut self,
        stream: &mut Readable,
        source: u32,
        parts: &mut Option<&mut Parts>,
    ) -> Result<Option<Uint8Array>, StreamError> {
        let mut next = pin!(stream.next());
        while self.pace.stalled(self.imported) {
            match select(next.as_mut(), pin!(after(STALL_MS))).await {
                Either::Left((chunk, _)) => return chunk,
                Either::Right(_) => {
                    self.say_progress();
                    self.send_partial(source, parts).await;
                }
            }
        }
        next.await
    }

    /// Progress, a partial result and room for other messages, each if it is time.
    async fn between_chunks(&mut self, source: u32, parts: &mut Option<&mut Parts>) {
        let now = js_sys::Date::now();
        if self.pace.progress(now) {
            self.say_progress();
        }
        let total = self.progress.total.filter(|&total| total > 0);
        let part = total.map(|total| self.progress.done as f64 / total as f64);
        if self.pace.partial(now, self.imported, part) && self.importer.records() < PARTIAL_RECORDS
        {
            self.send_partial(source, parts).await;
        }
        self.breathe().await;
    }

    /// Chunks that are there already come without a pass of the event loop, and "stop" would never be heard.
    async fn breathe(&mut self) {
        if js_sys::Date::now() - self.turn_began >= TURN_MS {
            next_turn().await;
            self.turn_began = js_sys::Date::now();
        }
    }

    async fn send_partial(&mut self, source: u32, parts: &mut Option<&mut Parts>) {
        // The texts of a partial result must be readable too.
        if let Some((offset, blob)) = parts.as_mut().and_then(|parts| parts.flush()) {
            self.line.say(&ToPage::Part { source, offset }, &blob);
        }
        self.say_marks(source);
        let trace = self.importer.snapshot();
        self.progress.records = trace.sources.iter().map(|source| source.records).sum();
        if !trace.executions.is_empty() {
            self.line.send(&trace).await;
        }
        self.pace.sent_partial(js_sys::Date::now(), self.imported);
    }

    fn say_progress(&self) {
        self.line.say(
            &ToPage::Progress(self.progress.clone()),
            &JsValue::UNDEFINED,
        );
    }
}

/// If nothing was recognised, what there is to say about that.
fn unread(trace: &Trace, outcomes: &[Outcome]) -> Option<Unread> {
    trace.executions.is_empty().then(|| Unread {
        sources: outcomes.to_vec(),
        warnings: trace.warnings.clone(),
    })
}

/// Bytes of a response on the wire, if they are what will be read: with a content encoding the browser decompresses.
fn stored_size(response: &Response) -> Option<u64> {
    let headers = response.headers();
    if headers.get("content-encoding").ok().flatten().is_some() {
        return None;
    }
    headers
        .get("content-length")
        .ok()
        .flatten()?
        .trim()
        .parse()
        .ok()
}
