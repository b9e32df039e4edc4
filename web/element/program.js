// The program behind the element: where its files lie, and how it starts, once for all viewers of the page.

import { crashed, reader } from './guard.js';

/** Written so that bundlers see them and carry the files along. */
const places = {
  wasmUrl: new URL('./crewscope_bg.wasm', import.meta.url),
  // The second part of the program. The glue knows where it lies, unless the first lies elsewhere: then beside that.
  laterUrl: undefined,
  // A page to read and not to show: bundlers shorten what is named .html, and its CSP would then refuse its own script.
  templateUrl: new URL('./crewscope-html.txt', import.meta.url),
  workerUrl: undefined,
};

/** Where the files lie, if not beside this script; to be called before the first viewer starts. */
export function configure(given = {}) {
  for (const name of Object.keys(places)) {
    if (given[name] !== undefined) places[name] = new URL(given[name], document.baseURI);
  }
  if (given.wasmUrl !== undefined && given.laterUrl === undefined) places.laterUrl = new URL('crewscope_later.wasm', places.wasmUrl);
}

/** Where the package is. Not the address of this script: that of a bundle may be the path of its source. */
const home = places.wasmUrl;

/** Starts a reading worker, and tells it where the second part of the program lies if it could not know. */
export function spawnWorker() {
  const worker = reader(newWorker());
  if (places.laterUrl) worker.postMessage({ crewscope: 'later', url: places.laterUrl.href });
  return worker;
}

/** A script of another origin may not be a worker itself, but a worker of this page may import it. */
function newWorker() {
  const { workerUrl } = places;
  // In this form bundlers know a worker.
  if (!workerUrl && home.origin === location.origin) return new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  const { href, origin } = workerUrl ?? new URL('worker.js', home);
  if (origin === location.origin) return new Worker(href, { type: 'module' });
  const shim = URL.createObjectURL(new Blob([`import ${JSON.stringify(href)};`], { type: 'text/javascript' }));
  const worker = new Worker(shim, { type: 'module' });
  // By its first message, or its failure, it was fetched.
  const revoke = () => URL.revokeObjectURL(shim);
  worker.addEventListener('message', revoke, { once: true });
  worker.addEventListener('error', revoke, { once: true });
  return worker;
}

let started;

/** The program, loaded and compiled at the first call: `{ module, mount_viewer, mask_text }`. */
export function start() {
  if (!started) {
    started = load();
    // The next call tries again.
    started.catch(() => { started = undefined; });
  }
  return started;
}

async function load() {
  const glue = import('./crewscope.js');
  const response = await fetch(places.wasmUrl);
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
  // Compiling while it downloads needs the right type, which not every static host sends.
  const module = response.headers.get('content-type')?.startsWith('application/wasm')
    ? await WebAssembly.compileStreaming(response)
    : await WebAssembly.compile(await response.arrayBuffer());
  const { default: init, configureLater, mount_viewer, mask_text, onCrash } = await glue;
  if (places.laterUrl) configureLater(places.laterUrl);
  await init({ module_or_path: module });
  onCrash(crashed);
  return { module, mount_viewer, mask_text };
}

/** The single-file viewer, into which a trace is put. */
export async function template() {
  const response = await fetch(places.templateUrl);
  if (!response.ok) throw new Error(`the viewer's single file is missing: ${response.url} answered ${response.status}`);
  return response.text();
}
