// The program behind the element: where its files lie, and how it starts, once for all viewers of the page.

import { compiled, once } from './compile.js';
import { crashed, reader } from './guard.js';

/** Written so that bundlers see them and carry the files along. */
const places = {
  wasmUrl: new URL('./crewscope_bg.wasm', import.meta.url),
  readerUrl: new URL('./crewscope-reader_bg.wasm', import.meta.url),
  // A page to read and not to show: bundlers shorten what is named .html, and its CSP would then refuse its own script.
  templateUrl: new URL('./crewscope-html.txt', import.meta.url),
  workerUrl: undefined,
};

/** Where the files lie, if not beside this script; to be called before the first viewer starts. */
export function configure(given = {}) {
  for (const name of Object.keys(places)) {
    if (given[name] !== undefined) places[name] = new URL(given[name], document.baseURI);
  }
  if (given.wasmUrl !== undefined && given.readerUrl === undefined) places.readerUrl = new URL('crewscope-reader_bg.wasm', places.wasmUrl);
}

/** Where the package is. Not the address of this script: that of a bundle may be the path of its source. */
const home = places.wasmUrl;

/** The reader's program, once for all viewers of the page. */
const program = once(() => compiled(places.readerUrl));

/** Starts a reader. */
export const spawnWorker = () => reader(newWorker(), program());

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

/** The page's program, loaded and compiled at the first call: `{ mount_viewer, mask_text }`. That of its readers is asked for beside it. */
export const start = once(async () => {
  const glue = import('./crewscope.js');
  const page = compiled(places.wasmUrl);
  program().catch(() => {});
  const { default: init, mount_viewer, mask_text, onCrash } = await glue;
  await init({ module_or_path: await page });
  onCrash(crashed);
  return { mount_viewer, mask_text };
});

/** The single-file viewer, into which a trace is put. */
export async function template() {
  const response = await fetch(places.templateUrl);
  if (!response.ok) throw new Error(`the viewer's single file is missing: ${response.url} answered ${response.status}`);
  return response.text();
}
