// A portal that embeds the viewer: pages of its own under a strict CSP, and the npm package (dist/element) beside them.
//
//   const portal = await startPortal({ pages: { 'index.html': '…', 'page.js': '…' }, policy: '…', cors: true });
//       portal.origin     http://127.0.0.1:PORT
//       portal.requests   every request so far: { url, headers, status }
//   Routes: /<page>; /crew-scope/… the package; /other/… the package again, as if it were of another version; /site/… the hosted page;
//   /trace/… a trace. With `cors` every origin may read everything (a CDN does that).
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { after } from 'node:test';
import { root, tracePath } from './server.mjs';

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.json': 'application/json', '.css': 'text/css; charset=utf-8', '.wasm': 'application/wasm' };

/** All that a page with viewers needs; docs/embedding.md says which directive is for what. */
export const STRICT = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'; img-src data:; base-uri 'none'; form-action 'none'";

const FOLDERS = { 'crew-scope': 'dist/element', other: 'dist/element', site: 'dist/site' };

/** They stay until the pages of all tests are closed: what a page still asks for then is no fault of it. */
const servers = [];
after(() => servers.forEach((server) => {
  server.close();
  server.closeAllConnections();
}));

/** Starts one. */
export async function startPortal({ pages = {}, policy = STRICT, cors = false } = {}) {
  const requests = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://loopback');
    const [, first, ...rest] = decodeURIComponent(pathname).split('/');
    const name = normalize(rest.join('/'));
    const page = pages[first || 'index.html'];
    let path;
    if (FOLDERS[first] && !name.startsWith('..')) path = join(root, FOLDERS[first], name);
    else if (first === 'trace') path = tracePath(name);
    const found = page !== undefined || (path && existsSync(path));
    requests.push({ url: request.url, headers: request.headers, status: found ? 200 : 404 });
    if (cors) response.setHeader('Access-Control-Allow-Origin', '*');
    if (!found) return void response.writeHead(404).end();
    response.setHeader('Content-Type', TYPES[extname(path ?? (first || 'index.html'))] ?? 'application/octet-stream');
    if (page !== undefined && policy) response.setHeader('Content-Security-Policy', policy);
    response.end(page ?? readFileSync(path));
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  servers.push(server);
  return { origin: `http://127.0.0.1:${server.address().port}`, requests };
}

/** A page with `body`, that runs /page.js as a module. */
export const html = (body = '', script = '/page.js') => `<!doctype html><html lang="en"><meta charset="utf-8"><title>Portal</title><link rel="icon" href="data:,"><body>${body}<script type="module" src="${script}"></script></body></html>`;

/** Waits until every one of these elements is ready. */
export const allReady = (page, selector = 'crew-scope', state = 'ready') => page.waitForFunction(
  (wanted, said) => [...document.querySelectorAll(wanted)].every((element) => element.dataset.state === said) && document.querySelector(wanted),
  { timeout: 30_000 }, selector, state,
);
