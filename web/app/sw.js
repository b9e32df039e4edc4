// The service worker of the hosted page: keeps the page's own files, of one version, and nothing else. `cargo xtask dist` fills in
// VERSION (of all files together) and FILES (name to SHA-256; '' for pages, which a host may change).
const VERSION = '{{version}}';
const FILES = {/* files */};

const SCOPE = new URL(self.registration.scope);
/** Caches are shared by all pages of an origin, and so by copies of this page in other folders. */
const PREFIX = `crewscope:${SCOPE.pathname}:`;
const CACHE = PREFIX + VERSION;
const PAGE = 'index.html';
/** Entries of the page and of its readers. */
const BOOT = /^boot\b.*\.js$/;
const ACTIVATE = 'crewscope-activate';

/** The name of an own file; undefined for anything else. What a page asks for with parameters is no file of its own. */
function nameOf(address, isPage) {
  const url = new URL(address);
  if (url.origin !== SCOPE.origin || !url.pathname.startsWith(SCOPE.pathname) || (url.search && !isPage)) return undefined;
  const name = url.pathname.slice(SCOPE.pathname.length) || PAGE;
  return Object.hasOwn(FILES, name) ? name : undefined;
}

/** Fetches a file past all caches, and refuses it if it is of another version: a host that is being updated gives some of both. */
async function fetched(name, hash) {
  const response = await fetch(new URL(name, SCOPE), { cache: 'no-cache' });
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
  const bytes = await response.arrayBuffer();
  if (hash) {
    const digest = await crypto.subtle.digest('SHA-256', bytes);
    const found = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
    if (found !== hash) throw new Error(`${response.url} is of another version`);
  }
  // A plain answer: one that was redirected may not be given to a navigation, and the bytes are unpacked.
  const headers = new Headers(response.headers);
  headers.delete('content-encoding');
  headers.delete('content-length');
  return new Response(bytes, { headers });
}

async function keep() {
  const files = await Promise.all(Object.entries(FILES).map(async ([name, hash]) => [name, await fetched(name, hash)]));
  const cache = await caches.open(CACHE);
  try {
    await Promise.all(files.map(([name, response]) => cache.put(new URL(name, SCOPE), response)));
  } catch (error) {
    // No room: some of them are of no use, and take what room there is.
    await caches.delete(CACHE);
    throw error;
  }
}

async function forget() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)));
}

/** Workers of the page that are still loading: no list has them yet, and asking for one by its id would wait for it, and it for us. */
const starting = new Set();

/** Whether the page itself or its worker asks: other pages below this folder, and the frame, get their files from the host. */
async function isOwn(asked, id) {
  // Nothing else uses it.
  if (BOOT.test(asked) || starting.has(id)) return true;
  const clients = await self.clients.matchAll({ type: 'all', includeUncontrolled: true });
  const client = clients.find((each) => each.id === id);
  const name = client ? nameOf(client.url, true) : undefined;
  return name === PAGE || BOOT.test(name ?? '');
}

async function answer(request, name, id) {
  if (request.mode === 'navigate' || await isOwn(name, id)) {
    const kept = await (await caches.open(CACHE)).match(new URL(name, SCOPE));
    if (kept) return kept;
  }
  return fetch(request);
}

self.addEventListener('install', (event) => event.waitUntil(keep()));
self.addEventListener('activate', (event) => event.waitUntil(forget()));
self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET') return;
  const isPage = request.mode === 'navigate';
  const name = nameOf(request.url, isPage);
  if (!name || (isPage && name !== PAGE)) return;
  if (event.resultingClientId && BOOT.test(name)) starting.add(event.resultingClientId);
  event.respondWith(answer(request, name, event.clientId));
});
self.addEventListener('message', (event) => {
  if (event.data !== ACTIVATE) return;
  const [port] = event.ports;
  event.waitUntil((async () => {
    // Another page still runs the old version, and would get files of the new one.
    const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
    const others = pages.filter(({ id, url }) => id !== event.source?.id && nameOf(url, true) === PAGE);
    if (others.length) return void port?.postMessage('busy');
    self.skipWaiting();
  })());
});
