// The built site on real static hosts: nginx below a sub-path and under strict headers, a host that knows no type for wasm, Python's
// http.server as in a folder of CI artifacts.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { byRole, isolatePages, openPage, root, tracePath, waitForState } from './harness.mjs';
import { regionOf } from './report.mjs';

isolatePages();

const NGINX = [process.env.NGINX, '/usr/sbin/nginx', '/usr/local/bin/nginx', '/opt/homebrew/bin/nginx'].find((path) => path && existsSync(path));
const needsNginx = { skip: !NGINX && 'nginx is not installed' };
const PYTHON = ['/usr/bin/python3', '/usr/local/bin/python3', '/opt/homebrew/bin/python3'].find(existsSync);
const needsPython = { skip: !PYTHON && 'python3 is not installed' };

/** A port that was free a moment ago. */
const freePort = () => new Promise((done) => {
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const { port } = probe.address();
    probe.close(() => done(port));
  });
});

/** Waits until something answers. */
async function answers(url) {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await fetch(url).then(() => true, () => false)) return;
    await pause(50);
  }
  throw new Error(`${url} does not answer`);
}

/** Folders and servers stay until all pages are closed: a page asks for some of its files only after seconds. */
const endings = [];
after(async () => {
  for (const end of endings.reverse()) await end();
});

/** A folder with the built site below `site/` and traces beside it. */
function publish(...traces) {
  const folder = mkdtempSync(join(tmpdir(), 'crewscope-host-'));
  endings.push(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(root, 'dist/site'), join(folder, 'site'), { recursive: true });
  mkdirSync(join(folder, 'site/runs'));
  for (const trace of traces) copyFileSync(tracePath(trace), join(folder, 'site/runs', trace.replaceAll('/', '-')));
  return folder;
}

/** Starts a program and ends it with the tests. */
function start(program, args, options) {
  const child = spawn(program, args, { stdio: 'ignore', ...options });
  endings.push(() => new Promise((done) => {
    child.once('exit', done);
    child.kill('SIGTERM');
  }));
}

/** nginx with a `server` block's content; returns its origin. */
async function nginx(folder, server, types = 'text/html html; text/javascript js; text/css css; application/wasm wasm; application/json json;') {
  const port = await freePort();
  const conf = join(folder, 'nginx.conf');
  writeFileSync(conf, `daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;
${process.getuid?.() === 0 ? 'user root;' : ''}
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi; uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  types { ${types} }
  default_type application/octet-stream;
  server { listen 127.0.0.1:${port}; ${server} }
}
`);
  start(NGINX, ['-c', conf, '-p', folder, '-e', join(folder, 'error.log')]);
  const origin = `http://127.0.0.1:${port}`;
  await answers(origin);
  return origin;
}

/** The page shows the run, not just itself. */
async function showsRun(page) {
  const { terms } = await regionOf(page, 'Execution Summary');
  assert.match(terms['Total Tokens'].text, /^6,208/);
}

/** The traces beside the open one can be chosen. */
async function lists(page, count) {
  await showsRun(page);
  assert.match((await regionOf(page, 'Executions')).text, new RegExp(`Traces · ${count}`, 'i'));
}

/** A host of files by a function of the request: `(path, request) => { status, headers, body }`. */
async function host(answer) {
  const server = createHttpServer((request, response) => {
    const { status = 200, headers = {}, body = '' } = answer(decodeURIComponent(new URL(request.url, 'http://loopback').pathname), request);
    response.writeHead(status, headers).end(body);
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  endings.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

const fileOf = (path) => (existsSync(path) && statSync(path).isFile() ? readFileSync(path) : undefined);

/** A command of docs/hosting.md, below the words before it. */
function command(before) {
  const docs = readFileSync(join(root, 'docs/hosting.md'), 'utf8');
  return /```sh\n([^`]+)```/.exec(docs.slice(docs.indexOf(before)))[1];
}

const SAMPLE = 'sample.jsonl';

test('nginx, two folders deep, with gzip and a strict policy in the headers', needsNginx, async (t) => {
  const folder = publish(SAMPLE);
  const policy = /http-equiv="content-security-policy"\s+content="([^"]+)"/i.exec(readFileSync(join(folder, 'site/index.html'), 'utf8'))?.[1];
  assert.ok(policy, 'the page names its policy');
  const origin = await nginx(folder, `
    gzip on; gzip_types text/javascript text/css application/wasm application/json;
    location /tools/traces/ {
      alias ${folder}/site/;
      add_header Content-Security-Policy "${policy}; frame-ancestors 'self'";
      add_header X-Content-Type-Options nosniff;
      add_header Referrer-Policy no-referrer;
      add_header Cross-Origin-Opener-Policy same-origin;
      add_header Cross-Origin-Embedder-Policy require-corp;
    }`);
  const page = await openPage(t, `${origin}/tools/traces/?src=runs/${SAMPLE}`, { state: 'ready' });
  await showsRun(page);
});

test('nginx that knows no type for wasm', needsNginx, async (t) => {
  const folder = publish(SAMPLE);
  const origin = await nginx(folder, `root ${folder}/site;`, 'text/html html; text/javascript js; text/css css;');
  await showsRun(await openPage(t, `${origin}/index.html?src=runs/${SAMPLE}`, { state: 'ready' }));
});

test('Python in a folder of artifacts: the viewer beside the traces', needsPython, async (t) => {
  const folder = publish(SAMPLE);
  const port = await freePort();
  start(PYTHON, ['-m', 'http.server', '--bind', '127.0.0.1', String(port)], { cwd: folder });
  await answers(`http://127.0.0.1:${port}/`);
  await showsRun(await openPage(t, `http://127.0.0.1:${port}/site/?src=runs/${SAMPLE}`, { state: 'ready' }));
  // Its own listing of the folder.
  await lists(await openPage(t, `http://127.0.0.1:${port}/site/?src=runs/`, { state: 'ready', width: 1480 }), 1);
});

test('nginx as docs/hosting.md sets it up: types, a listing, and ranges for a trace that grows', needsNginx, async (t) => {
  const folder = publish(SAMPLE, 'failing_task/otlp-crewai1.15.30.json');
  const docs = readFileSync(join(root, 'docs/hosting.md'), 'utf8');
  const block = /```nginx\n([^`]+)```/.exec(docs)[1].replaceAll('/srv/crewscope/', `${folder}/site/`);
  const origin = await nginx(folder, block, 'text/html html; text/javascript js; text/css css;');
  const base = `${origin}/crewscope/`;
  assert.equal((await fetch(`${base}crewscope_bg.wasm`)).headers.get('content-type'), 'application/wasm');
  await lists(await openPage(t, `${base}?src=runs/`, { state: 'ready', width: 1480 }).then(async (page) => {
    const region = await page.$('#crewscope >>> [aria-label="Executions"]');
    await region.evaluate((element, name) => [...element.querySelectorAll('button')].find((button) => button.innerText.trim() === name).click(), SAMPLE);
    await page.waitForFunction(() => /6,208/.test(document.querySelector('#crewscope').shadowRoot.querySelector('[aria-label="Execution Summary"]')?.innerText));
    return page;
  }), 2);
  // The first answer is compressed, those to ranges are not.
  const lines = readFileSync(tracePath(SAMPLE), 'utf8').split(/(?<=\n)/);
  const growing = join(folder, 'site/runs/growing.jsonl');
  writeFileSync(growing, lines[0]);
  const answered = [];
  const page = await openPage(t, 'about:blank', { before: (opened) => void opened.on('response', (response) => response.url().endsWith('growing.jsonl') && answered.push([response.status(), response.headers()['content-encoding'] ?? ''].join(' '))) });
  await page.goto(`${base}?src=runs/growing.jsonl&live=0.3`);
  await waitForState(page, 'ready');
  appendFileSync(growing, lines.slice(1).join(''));
  await page.waitForFunction(() => /6,208/.test(document.querySelector('#crewscope').shadowRoot.querySelector('[aria-label="Execution Summary"]')?.innerText));
  assert.deepEqual([answered[0], ...new Set(answered.slice(1))], ['200 gzip', '206 ']);
});

test('a store of objects: keys and no folders, octet-stream for everything, XML where nothing is', async (t) => {
  const folder = publish(SAMPLE);
  const origin = await host((path) => {
    const body = path.endsWith('/') ? undefined : fileOf(join(folder, path.replace('/bucket/viewer/', '/site/')));
    if (!body || !path.startsWith('/bucket/viewer/')) return { status: 403, headers: { 'Content-Type': 'application/xml' }, body: '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>' };
    // Pages, scripts and style sheets are uploaded with their types (browsers insist), everything else without.
    const types = { html: 'text/html', js: 'text/javascript', css: 'text/css' };
    return { headers: { 'Content-Type': types[path.split('.').pop()] ?? 'binary/octet-stream', ETag: '"1"', 'Accept-Ranges': 'bytes' }, body };
  });
  await showsRun(await openPage(t, `${origin}/bucket/viewer/index.html?src=runs/${SAMPLE}`, { state: 'ready' }));
  const missing = await openPage(t, `${origin}/bucket/viewer/index.html?src=runs/none.jsonl`, { state: 'failed', allow: [/403/] });
  assert.match(await missing.$eval('#crewscope', (element) => element.shadowRoot.querySelector('[role="alert"]').innerText), /none\.jsonl[^]*403/);
});

test('GitHub Pages: a project below its name, with a manifest made by the command of docs/hosting.md', needsPython, async (t) => {
  const folder = publish(SAMPLE, 'failing_task/otlp-crewai1.15.30.json');
  execFileSync('sh', ['-c', command('makes the manifest')], { cwd: join(folder, 'site') });
  const { traces } = JSON.parse(readFileSync(join(folder, 'site/runs/manifest.json'), 'utf8'));
  assert.deepEqual(traces.map((trace) => trace.src ?? trace).sort(), ['failing_task-otlp-crewai1.15.30.json', SAMPLE].sort());
  const types = { html: 'text/html; charset=utf-8', js: 'application/javascript; charset=utf-8', css: 'text/css; charset=utf-8', wasm: 'application/wasm', json: 'application/json; charset=utf-8' };
  const origin = await host((path) => {
    if (path === '/project') return { status: 301, headers: { Location: '/project/' } };
    const body = path.startsWith('/project/') && fileOf(join(folder, path.replace('/project/', '/site/').replace(/\/$/, '/index.html')));
    if (!body) return { status: 404, headers: { 'Content-Type': 'text/html' }, body: '<h1>404</h1>' };
    return { headers: { 'Content-Type': types[path.split('.').pop()] ?? (path.endsWith('/') ? types.html : 'application/octet-stream'), 'Access-Control-Allow-Origin': '*', 'Cache-Control': 'max-age=600' }, body };
  });
  const page = await openPage(t, `${origin}/project?src=x`, { allow: [/404/] });
  assert.equal(await page.evaluate(() => location.pathname), '/project/');
  await lists(await openPage(t, `${origin}/project/?src=runs/manifest.json#v=1&trace=${SAMPLE}`, { state: 'ready', width: 1480 }), 2);
});

test('names with hashes: everything is found, also what is loaded when it is asked for', async (t) => {
  const folder = publish(SAMPLE);
  const types = { html: 'text/html', js: 'text/javascript', css: 'text/css', wasm: 'application/wasm', json: 'application/json' };
  const asked = new Set();
  const origin = await host((path) => {
    asked.add(path);
    const body = fileOf(path.startsWith('/v/runs/') ? join(folder, 'site', path.slice(3)) : join(root, 'dist/site-hashed', path.slice(3)));
    return body ? { headers: { 'Content-Type': types[path.split('.').pop()] ?? 'application/octet-stream', 'Cache-Control': 'max-age=31536000, immutable' }, body } : { status: 404 };
  });
  writeFileSync(join(folder, 'site/runs/manifest.json'), JSON.stringify({ crewscope: 'manifest/1', traces: [SAMPLE] }));
  const page = await openPage(t, `${origin}/v/index.html?src=runs/manifest.json&live`, { state: 'ready', width: 1480 });
  await lists(page, 1);
  await (await byRole(page, 'button', 'Save as HTML')).click();
  await page.waitForFunction(() => document.querySelector('#crewscope').shadowRoot.querySelector('dialog[open] form.cs-save'));
  const frame = await openPage(t, `${origin}/v/embed.html?src=runs/${SAMPLE}`);
  await frame.waitForFunction(() => document.querySelector('crew-scope')?.dataset.state === 'ready');
  assert.ok(await frame.$eval('crew-scope', async (element) => (await element.exportHtml()).size) > 300_000);
  const own = [...asked].map((path) => path.slice(3)).filter((path) => !/^runs\/|\.html$|favicon/.test(path));
  for (const name of own) assert.match(name, /-[0-9a-f]{10}\.(js|css|wasm)$/, name);
  for (const name of ['boot', 'crewscope', 'crewscope_bg', 'boot-reader', 'worker', 'crewscope-reader', 'crewscope-reader_bg', 'page', 'follow', 'manifest', 'export', 'embed', 'crew-scope']) assert.ok(own.some((path) => path.startsWith(`${name}-`)), `${name} was not asked for`);
});
