// Several traces that lie beside each other: a manifest, or the listing of a folder that a static host makes. Each is opened when asked for.

import { parsed } from './inputs.js';

/** Names of files in a listing that may be traces. */
const TRACE = /^(?!.*manifest\.json$).*\.(?:jsonl?|ndjson|txt|log|pb|binpb)(?:\.gz)?$/i;

/** The traces that `url` names, as { name, url } in its order; undefined if it is no manifest and no listing. */
export async function tracesOf(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const text = await response.text();
  const traces = /^\s*</.test(text) ? listed(text, response.url) : named(text, response.url);
  return traces?.filter(({ url: each }, at, all) => all.findIndex((other) => other.url === each) === at);
}

/** `{"crewscope": "manifest/1", "traces": [{"src": "a.jsonl", "name": "Nightly run"}]}`; a trace may be its address alone. */
function named(text, base) {
  let manifest;
  try {
    manifest = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (manifest?.crewscope !== 'manifest/1' || !Array.isArray(manifest.traces)) return undefined;
  return manifest.traces.map((trace) => {
    const src = typeof trace === 'string' ? trace : trace?.src;
    if (typeof src !== 'string') throw new Error('each trace of a manifest needs a "src"');
    const url = new URL(src, base).href;
    return { name: typeof trace.name === 'string' ? trace.name : nameOf(url), url };
  });
}

/** The files of a folder, from the page that nginx, Apache, Python and others make of it. Nothing of that page is run or loaded. */
function listed(text, base) {
  const folder = new URL('.', base).href;
  const page = new DOMParser().parseFromString(text, 'text/html');
  // A store of objects lists the keys of a bucket, with all of their folders.
  const keys = [...page.querySelectorAll('listbucketresult > contents > key')].map(({ textContent }) => textContent).filter((key) => TRACE.test(key));
  if (keys.length) return keys.map((key) => ({ name: key, url: folder + key.split('/').map(encodeURIComponent).join('/') }));
  const links = page.querySelectorAll('a[href]');
  return [...links].flatMap((link) => {
    const url = parsed(link.getAttribute('href'), base);
    if (!url) return [];
    const rest = url.href.slice(folder.length);
    const inside = url.href.startsWith(folder) && !url.search && TRACE.test(url.pathname) && !rest.includes('/');
    return inside ? [{ name: nameOf(url.href), url: url.href }] : [];
  });
}

function nameOf(url) {
  const last = new URL(url).pathname.split('/').pop();
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
