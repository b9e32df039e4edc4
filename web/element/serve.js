// A worker's side, before the program runs in it. A worker is a reader: then the page posts the compiled module. Or it is a feeder, a worker of a
// reader: it takes the bytes of a large file out of the browser while the reader understands those before them, and needs no program.

/** Bytes of a piece of memory; the reader asks for as much at once. */
const CHUNK = 1 << 20;
/** Pieces of memory that go around between the two: how far a feeder may be ahead. */
const AHEAD = 4;
/** So long (ms) a feeder may give nothing. */
const PATIENCE = 3000;

/**
 * Waits for what is said. `init` takes the compiled module, `start` begins to listen, and `another` starts one more worker of this script, which it
 * gets as a `Blob` if the page posted that. Messages that come before the program runs are kept.
 */
export function serve(init, start, another) {
  const early = [];
  let script;
  // The program looks for it by this name.
  self.crewscopeFed = (blob) => fed(blob, another(script));
  self.onmessage = (event) => {
    const { crewscope, module, blob } = event.data ?? {};
    if (crewscope === 'feed') return void feed(blob);
    if (crewscope === 'script') return void (script = blob);
    if (crewscope !== 'module') return void early.push(event);
    self.onmessage = (later) => early.push(later);
    init({ module_or_path: module }).then(() => {
      start();
      early.forEach((kept) => self.onmessage(kept));
      // Thrown outside of the promise: only then does the page's worker object fire `error`.
    }).catch((error) => setTimeout(() => { throw error; }));
  };
}

/** Reads a file and hands its bytes on as long as there is memory, which the reader sends back; at the end `null`, or why it broke off. */
async function feed(blob) {
  const memory = Array.from({ length: AHEAD }, () => new ArrayBuffer(CHUNK));
  let wake = () => {};
  self.onmessage = ({ data }) => {
    memory.push(data);
    wake();
  };
  try {
    const reader = byteReader(blob);
    for (;;) {
      while (!memory.length) await new Promise((resolve) => { wake = resolve; });
      const { value, done } = await reader.read(new Uint8Array(memory.pop()));
      if (done) return void self.postMessage(null);
      self.postMessage(value, [value.buffer]);
    }
  } catch (error) {
    self.postMessage(String(error?.message ?? error));
  }
}

/** A reader that fills the memory it is given, or where a browser has none, one that passes over it. */
function byteReader(blob) {
  try {
    return blob.stream().getReader({ mode: 'byob' });
  } catch {
    return blob.stream().getReader();
  }
}

/** What a feeder reads, for the program: as much of a stream as that needs. Where it breaks down or keeps silent, this thread goes on itself. */
function fed(blob, feeder) {
  const chunks = [];
  let [got, own, wake] = [0, undefined, () => {}];
  const alone = () => {
    feeder.terminate();
    own ??= byteReader(blob.slice(got));
    wake();
  };
  feeder.onmessage = ({ data }) => {
    if (own) return;
    got += data?.byteLength ?? 0;
    chunks.push(data);
    wake();
  };
  feeder.onerror = (event) => {
    event.preventDefault();
    alone();
  };
  feeder.postMessage({ crewscope: 'feed', blob });
  const reader = {
    async read({ buffer }) {
      if (!own) feeder.postMessage(buffer, [buffer]);
      while (!chunks.length && !own) {
        const late = setTimeout(alone, PATIENCE);
        await new Promise((resolve) => { wake = resolve; });
        clearTimeout(late);
      }
      if (!chunks.length) return own.read(new Uint8Array(CHUNK));
      const [value] = chunks;
      if (typeof value === 'string') throw new Error(value);
      if (value) return { value: chunks.shift(), done: false };
      // The end stays where it is.
      feeder.terminate();
      return { done: true };
    },
    async cancel() {
      feeder.terminate();
      chunks.splice(0, chunks.length, null);
      wake();
      await own?.cancel();
    },
  };
  return { getReader: () => reader };
}
