// Servers on loopback for the end-to-end tests: the built page under its own CSP as a header, traces, and everything that can go
// wrong on a network. Nothing here knows a browser.
//
// Routes of `server.origin`:
//   /…                              the built page (dist/site), CSP header equal to the page's meta tag
//   /trace/<path>                   a trace from tests/traces, or from the folder that CREWSCOPE_CORPUS names;
//                                   answers Range with 206 and If-None-Match with 304
//   /memory/<name>                  what server.put(name, bytes) holds; server.append(name, bytes) makes it grow (live traces)
//   /store/…                        trace stores and their interfaces, see stores.mjs
//   /fault/404  /fault/500          that status with a short text
//   /fault/html                     200 with an HTML page where a trace was expected (login pages do that)
//   /fault/empty                    200 with no bytes
//   /fault/redirect/<trace>         302 to /trace/<trace>
//   /fault/norange/<trace>          ignores Range: 200 and everything
//   /fault/nolength/<trace>         chunked, without Content-Length
//   /fault/slow/<trace>             ?chunk=BYTES (16384) every ?ms=MILLISECONDS (50)
//   /fault/stall/<trace>            the first ?bytes=N (half), then silence until the client leaves
//   /fault/cut/<trace>              full Content-Length, connection closed after ?bytes=N (half)
//   /fault/gzip/<trace>             the gzip bytes as application/gzip, not decoded by the browser
//   /fault/encoded/<trace>          the gzip bytes with Content-Encoding: gzip, decoded by the browser
// `server.crossOrigin` has the same traces, memory and faults, and allows every origin (CORS, preflight, Range headers exposed).
// `server.foreignOrigin` has them too and allows none. Neither serves the page.
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { dirname, extname, join, normalize, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { answerOfStore } from './stores.mjs';

/** The folder of the clone. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.gz': 'application/gzip',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.jsonl': 'application/x-ndjson',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** Where traces are looked for, first match wins. */
const traceFolders = () => [
  join(root, 'tests/traces'),
  ...(process.env.CREWSCOPE_CORPUS ? [resolve(process.env.CREWSCOPE_CORPUS)] : []),
];

/** Absolute path of a trace, by its path below one of the trace folders. */
export function tracePath(name) {
  const found = traceFolders().map((folder) => within(folder, name)).find((path) => path && existsSync(path) && statSync(path).isFile());
  if (!found) throw new Error(`no trace ${name} in ${traceFolders().join(', ')}`);
  return found;
}

/** `folder/name`, unless that leaves the folder. */
function within(folder, name) {
  const path = normalize(join(folder, name));
  return path.startsWith(folder + sep) ? path : undefined;
}

/** The CSP that the page carries in its meta tag. */
export function policyOf(html) {
  const policy = /<meta http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1];
  if (!policy) throw new Error('the page has no Content-Security-Policy meta tag');
  return policy;
}

/**
 * Starts the three servers on free ports. `site` is the built page.
 * Gives { origin, crossOrigin, foreignOrigin, requests, put, append, hold, release, close }; `requests` is every request so far
 * ({ origin, method, url, headers }). What hold(PATTERN) fits is answered after release().
 */
export async function startServer({ site = join(root, 'dist/site') } = {}) {
  const index = join(site, 'index.html');
  if (!existsSync(index)) throw new Error(`${index} is missing: run \`cargo xtask dist\` first`);
  const policy = policyOf(readFileSync(index, 'utf8'));
  const memory = new Map();
  const requests = [];
  const servers = [];
  let held;

  const listen = async (answer, decorate) => {
    const server = createServer(async (request, response) => {
      const url = new URL(request.url, 'http://loopback');
      requests.push({ origin, method: request.method, url: request.url, headers: request.headers });
      while (held?.test(request.url) && !response.destroyed) await pause(20);
      response.setHeader('Cache-Control', 'no-cache');
      decorate?.(request, response);
      try {
        if (request.method === 'OPTIONS') return void response.writeHead(204).end();
        if (!['GET', 'HEAD'].includes(request.method)) return plain(response, 405, 'only GET and HEAD');
        await answer(request, response, url);
      } catch (error) {
        if (response.headersSent) response.destroy();
        else plain(response, 404, String(error.message));
      }
    });
    await new Promise((ready, failed) => server.once('error', failed).listen(0, '127.0.0.1', ready));
    const origin = `http://127.0.0.1:${server.address().port}`;
    servers.push(server);
    return origin;
  };

  const data = async (request, response, url) => {
    const [, kind, ...rest] = decodeURIComponent(url.pathname).split('/');
    const name = rest.join('/');
    if (kind === 'trace') return sendFile(request, response, tracePath(name));
    if (kind === 'memory') {
      if (!memory.has(name)) return plain(response, 404, `nothing was put at ${name}`);
      return sendBytes(request, response, memory.get(name), TYPES[extname(name)]);
    }
    if (kind === 'store') return answerOfStore(request, response, url, tracePath) ?? true;
    if (kind === 'fault') return fault(request, response, rest[0], rest.slice(1).join('/'), url.searchParams);
    return undefined;
  };
  const page = async (request, response, url) => {
    response.setHeader('Content-Security-Policy', policy);
    response.setHeader('X-Content-Type-Options', 'nosniff');
    if (/^\/(trace|memory|store|fault)\//.test(url.pathname)) return data(request, response, url);
    const path = within(site, decodeURIComponent(url.pathname).replace(/\/$/, '/index.html'));
    if (!path || !existsSync(path)) return plain(response, 404, 'no such file');
    return sendFile(request, response, path);
  };
  const only = async (request, response, url) => (await data(request, response, url)) ?? (response.headersSent || plain(response, 404, 'no such route'));

  const origin = await listen(page);
  const crossOrigin = await listen(only, (request, response) => {
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Access-Control-Allow-Headers', request.headers['access-control-request-headers'] ?? '*');
    response.setHeader('Access-Control-Expose-Headers', 'Content-Length, Content-Range, Content-Encoding, ETag, Accept-Ranges');
  });
  const foreignOrigin = await listen(only);

  return {
    origin,
    crossOrigin,
    foreignOrigin,
    requests,
    hold: (pattern) => void (held = pattern),
    release: () => void (held = undefined),
    put: (name, bytes) => void memory.set(name, Buffer.from(bytes)),
    append: (name, bytes) => void memory.set(name, Buffer.concat([memory.get(name) ?? Buffer.alloc(0), Buffer.from(bytes)])),
    close: () => Promise.all(servers.map((server) => new Promise((done) => {
      server.close(done);
      server.closeAllConnections();
    }))),
  };
}

/** A short text with a status. */
function plain(response, status, text) {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(text);
}

/** The range that a request asks for, as [first, last]; undefined without one, null when it cannot be met. */
function rangeOf(request, size) {
  const match = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const first = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const last = match[1] === '' || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  return first > last || first >= size ? null : [first, last];
}

/** Answers with a whole or a part: `body(first, last)` writes the bytes. */
function send(request, response, size, type, tag, body) {
  response.setHeader('Content-Type', type ?? 'application/octet-stream');
  response.setHeader('Accept-Ranges', 'bytes');
  response.setHeader('ETag', tag);
  if (request.headers['if-none-match'] === tag) return void response.writeHead(304).end();
  const range = rangeOf(request, size);
  if (range === null) return void response.writeHead(416, { 'Content-Range': `bytes */${size}` }).end();
  const [first, last] = range ?? [0, size - 1];
  response.writeHead(range ? 206 : 200, {
    'Content-Length': last - first + 1,
    ...(range && { 'Content-Range': `bytes ${first}-${last}/${size}` }),
  });
  if (request.method === 'HEAD' || size === 0) return void response.end();
  return body(first, last);
}

/** A file, streamed. */
function sendFile(request, response, path) {
  const { size, mtimeMs } = statSync(path);
  return send(request, response, size, TYPES[extname(path)], `"${size}-${Math.round(mtimeMs)}"`, (start, end) =>
    void createReadStream(path, { start, end }).on('error', () => response.destroy()).pipe(response));
}

/** Bytes from memory. */
function sendBytes(request, response, bytes, type) {
  const tag = `"${createHash('sha1').update(bytes).digest('hex')}"`;
  return send(request, response, bytes.length, type, tag, (first, last) => void response.end(bytes.subarray(first, last + 1)));
}

/** The answers of a bad network. */
async function fault(request, response, kind, name, options) {
  if (kind === '404') return plain(response, 404, 'not found');
  if (kind === '500') return plain(response, 500, 'the server failed');
  if (kind === 'empty') return void response.writeHead(200, { 'Content-Length': 0 }).end();
  if (kind === 'html') {
    return void response.writeHead(200, { 'Content-Type': TYPES['.html'] }).end('<!doctype html><title>Sign in</title><h1>Please sign in</h1>');
  }
  if (kind === 'redirect') return void response.writeHead(302, { Location: `/trace/${name}` }).end();
  const bytes = readFileSync(tracePath(name));
  const type = TYPES[extname(name)] ?? 'application/octet-stream';
  const part = Number(options.get('bytes') ?? Math.floor(bytes.length / 2));
  if (kind === 'norange') return void response.writeHead(200, { 'Content-Type': type, 'Content-Length': bytes.length }).end(bytes);
  if (kind === 'nolength') {
    response.writeHead(200, { 'Content-Type': type, 'Transfer-Encoding': 'chunked' });
    return void response.end(bytes);
  }
  if (kind === 'gzip') return void response.writeHead(200, { 'Content-Type': 'application/gzip' }).end(gzipSync(bytes));
  if (kind === 'encoded') return void response.writeHead(200, { 'Content-Type': type, 'Content-Encoding': 'gzip' }).end(gzipSync(bytes));
  if (kind === 'stall' || kind === 'cut') {
    response.writeHead(200, { 'Content-Type': type, 'Content-Length': bytes.length });
    response.write(bytes.subarray(0, part), () => kind === 'cut' && setTimeout(() => response.destroy(), 50));
    return undefined;
  }
  if (kind === 'slow') {
    const chunk = Number(options.get('chunk') ?? 16384);
    response.writeHead(200, { 'Content-Type': type, 'Content-Length': bytes.length });
    for (let at = 0; at < bytes.length && !response.destroyed; at += chunk) {
      response.write(bytes.subarray(at, at + chunk));
      await pause(Number(options.get('ms') ?? 50));
    }
    return void response.end();
  }
  return plain(response, 404, `no such fault: ${kind}`);
}
