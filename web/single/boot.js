// Entry of the single file. xtask/js/single-file.mjs bundles it with all it imports into one inline script; readers are classic Blob workers, from a
// script of their own (reader.js) that lies in the page as text: on file:// browsers refuse module workers from blobs.
import init, { mask_text, onCrash, start_page } from './crewscope.js';
import { once } from '../element/compile.js';
import { crashed, keepTo, lookAfter, reader, why } from '../element/guard.js';
import { offer } from '../element/export.js';
import { samples } from '../page/samples.js';

function decoded(base64) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
  const letters = atob(base64);
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at += 1) bytes[at] = letters.charCodeAt(at);
  return bytes;
}

/** What "Save as HTML" put into this page: gzip in base64. */
function kept() {
  return [...document.querySelectorAll('script.crewscope-trace')].map((block) => {
    const blob = new Blob([decoded(block.textContent)]);
    // Half of the memory is enough.
    block.remove();
    return { name: block.dataset.name, blob };
  });
}

/**
 * A trace that lies beside this file, as a script: pages opened from the disk may not read other files, but they may run scripts.
 * `crewscope.html?src=run.js` runs it, and it calls `crewscope.load("run.jsonl", "text, or base64 of bytes")`.
 */
function beside() {
  const names = location.protocol === 'file:' ? new URLSearchParams(location.search).getAll('src') : [];
  // Plain names only: a link must not make this page run a script from elsewhere.
  if (!names.length || !names.every((name) => /^[\w-][\w.-]*\.js$/.test(name))) return [];
  const found = [];
  globalThis.crewscope = {
    load(name, content) {
      const isBase64 = !/[^A-Za-z0-9+/=\s]/.test(content);
      found.push({ name: String(name), blob: new Blob([isBase64 ? decoded(content) : content]) });
    },
  };
  return Promise.all(names.map((name) => new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = `./${name}`;
    // In the order of the address.
    script.async = false;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
    // One that is missing: the program then says of the address that it cannot be read from the disk, and what would work.
  }))).then(() => found, () => []);
}

/** The gallery of the start page, unpacked when somebody opens one. A page that was saved with a trace has none. */
function gallery() {
  const blocks = [...document.querySelectorAll('script.crewscope-sample')];
  return samples.flatMap(({ path, ...sample }) => {
    const block = blocks.find((one) => one.dataset.name === path);
    return block ? [{ ...sample, get blob() { return new Blob([decoded(block.textContent)]); } }] : [];
  });
}

/** This page as it came, without what was put into it. */
async function template() {
  const copy = document.documentElement.cloneNode(true);
  copy.querySelectorAll('script.crewscope-trace, #crewscope-view, #crewscope-policy, script[src]').forEach((block) => block.remove());
  copy.querySelector('#crewscope').removeAttribute('data-state');
  return `<!doctype html>\n${copy.outerHTML}`;
}

/** A program that lies in the page: gzip in base64. Compiling at once is refused on the main thread above 8 MB; streaming is not. */
function unpacked(id) {
  const bytes = new Blob([decoded(document.getElementById(id).textContent)]).stream().pipeThrough(new DecompressionStream('gzip'));
  return WebAssembly.compileStreaming(new Response(bytes, { headers: { 'content-type': 'application/wasm' } }));
}

(async () => {
  const host = document.getElementById('crewscope');
  keepTo('data: blob:', new URLSearchParams(location.search));
  try {
    const page = unpacked('crewscope-wasm');
    const readerProgram = once(() => unpacked('crewscope-reader-wasm'));
    await init({ module_or_path: await page });
    lookAfter(host);
    onCrash(crashed);
    const program = new Blob([document.getElementById('crewscope-reader').textContent], { type: 'text/javascript' });
    const address = URL.createObjectURL(program);
    const view = document.getElementById('crewscope-view')?.textContent;
    if (view && !location.hash) history.replaceState(history.state, '', `#${view}`);
    const inside = kept();
    const sources = inside.length ? inside : await beside();
    const save = (open, selection) => offer({
      root: host.shadowRoot.querySelector('.cs-root'), template, sources: open, selection, view: location.hash.slice(1), mask: mask_text,
    });
    const spawn = () => {
      const worker = reader(new Worker(address), readerProgram());
      // On file:// the address is not a worker's own, and it may start none from it.
      worker.postMessage({ crewscope: 'script', blob: program });
      return worker;
    };
    start_page(host, spawn, sources, save, gallery());
  } catch (error) {
    // Before the program runs there is nothing else that could say so.
    if (!host.shadowRoot) host.textContent = `crewscope could not start: ${why(error)}`;
    throw error;
  }
})();
