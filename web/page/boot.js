// Entry of the hosted site. Readers are workers (boot-reader.js) and get their own program from here.
import { compiled, once } from './compile.js';
import { crashed, keepTo, lookAfter, reader, why } from './guard.js';
import init, { mask_text, onCrash, start_page } from './crewscope.js';
import { samples } from './samples.js';

/** The viewer's single file lies beside this script. */
async function template() {
  const response = await fetch(new URL('./crewscope.html', import.meta.url));
  if (!response.ok) throw new Error(`the viewer's single file is missing: ${response.url} answered ${response.status}`);
  return response.text();
}

/** Whether it can be asked for. (`URL.canParse` is younger than all else here.) */
function isAddress(text) {
  try {
    return Boolean(new URL(text, document.baseURI));
  } catch {
    return false;
  }
}

const host = document.getElementById('crewscope');
const save = async (sources, selection) => {
  const { offer } = await import('./export.js');
  offer({ root: host.shadowRoot.querySelector('.cs-root'), template, sources, selection, view: location.hash.slice(1), mask: mask_text });
};
const asked = new URLSearchParams(location.search);
keepTo("'self' data: blob:", asked);
try {
  // Where there is something to read, both programs are asked for at once; else the first reader starts when the page is up.
  const page = compiled(new URL('./crewscope_bg.wasm', import.meta.url));
  const program = once(() => compiled(new URL('./crewscope-reader_bg.wasm', import.meta.url)));
  const spawn = () => reader(new Worker(new URL('./boot-reader.js', import.meta.url), { type: 'module' }), program());
  let first = asked.has('src') ? spawn() : undefined;
  // Of one that failed before anybody listens to it nobody would hear.
  first?.addEventListener('error', () => { first = undefined; });
  await init({ module_or_path: await page });
  lookAfter(host);
  onCrash(crashed);
  const gallery = samples.map(({ path, ...sample }) => ({ ...sample, url: new URL(`./samples/${path}`, import.meta.url).href }));
  const [src, ...more] = asked.getAll('src').filter(Boolean);
  // A trace that grows, and several to choose from; everything else is the program's own.
  const special = src && !more.length && (asked.has('live') || /(\/|manifest\.json)$/.test(src)) && isAddress(src);
  const { follow } = special ? await import('./follow.js') : {};
  const takeReader = () => {
    const taken = first ?? spawn();
    first = undefined;
    return taken;
  };
  let tell;
  const nothing = [{ name: src, blob: new Blob([]) }];
  const mounted = start_page(host, takeReader, special ? nothing : [], save, gallery,
    special ? (...what) => tell?.(...what) : undefined);
  if (special) tell = follow(host, mounted, new URL(src, document.baseURI).href, asked.has('live') && (Number(asked.get('live')) || 2));
  // A page that stands for itself, and was published with a service worker. Not at once: what somebody waits for goes first.
  if (window === top && navigator.serviceWorker && document.querySelector('link[rel=manifest]')) {
    setTimeout(() => import('./offline.js').then(({ offline }) => offline()).catch(() => {}), 3000);
  }
} catch (error) {
  // Before the program runs there is nothing else that could say so.
  if (!host.shadowRoot) host.textContent = `crewscope could not start: ${why(error)}`;
  throw error;
}
