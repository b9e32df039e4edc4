// What the viewer is compared with: the browser's own ways of reading the same file, measured in the same run.
import { handFile, inFreshTab } from './browser.mjs';

/** Ways of reading, each run in a worker of a blank page. They get the file, and give how long it took (or why it failed). */
const WAYS = {
  // Decoding and JSON.parse alone. Above about 512 MB `text()` fails or gives nothing.
  parse: async (file) => {
    const text = await file.text();
    if (text.length === 0) throw new Error('decoding gave an empty string');
    return Object.keys(JSON.parse(text)).length;
  },
  // The same through a response.
  json: async (file) => Object.keys(await new Response(file).json()).length,
  // Every byte, and nothing done with it.
  stream: async (file) => {
    const reader = file.stream().getReader();
    let total = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return total;
      total += value.length;
    }
  },
  byob: async (file) => {
    const reader = file.stream().getReader({ mode: 'byob' });
    let buffer = new ArrayBuffer(1 << 20);
    let total = 0;
    for (;;) {
      const { done, value } = await reader.read(new Uint8Array(buffer));
      if (done) return total;
      total += value.length;
      buffer = value.buffer;
    }
  },
  slices: async (file) => {
    let total = 0;
    for (let at = 0; at < file.size; at += 8 << 20) total += (await file.slice(at, at + (8 << 20)).arrayBuffer()).byteLength;
    return total;
  },
};

/** Measures one way in a fresh tab. `blank` is the address of an empty page without a policy. */
export function baseline(blank, path, way) {
  return inFreshTab(blank, async (page) => {
    await handFile(page, path);
    return page.evaluate(
      (source) =>
        new Promise((resolve) => {
          const script = `onmessage = async ({ data }) => {
            const began = performance.now();
            try { const result = await (${source})(data); postMessage({ ms: performance.now() - began, result }); }
            catch (error) { postMessage({ failed: String(error).slice(0, 120) }); }
          };`;
          const worker = new Worker(URL.createObjectURL(new Blob([script])));
          worker.onerror = (event) => resolve({ failed: event.message || 'the worker ended' });
          worker.onmessage = ({ data }) => resolve(data);
          worker.postMessage(globalThis.benchFile);
        }),
      WAYS[way].toString(),
    );
  });
}

/** `fetch` and `json()` of the same file from a server, on the page itself. */
export function fetched(blank, url) {
  return inFreshTab(blank, (page) =>
    page.evaluate(async (address) => {
      const began = performance.now();
      try {
        const result = Object.keys(await (await fetch(address)).json()).length;
        return { ms: performance.now() - began, result };
      } catch (error) {
        return { failed: String(error).slice(0, 120) };
      }
    }, url),
  );
}
