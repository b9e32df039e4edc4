// The hosted page without a network: a service worker keeps the page's files of one version, and nothing else.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { byRole, chromiumOnly, dropFiles, isolatePages, openPage, root, textOf, traceFile, waitForState } from './harness.mjs';
import { figure, regionOf, reportOf } from './report.mjs';
import { policyOf } from './server.mjs';

isolatePages();

const SAMPLE = 'sample.jsonl';
const TYPES = { '.css': 'text/css', '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.png': 'image/png', '.svg': 'image/svg+xml', '.wasm': 'application/wasm', '.webmanifest': 'application/manifest+json' };
const GONE = /Failed to load resource|ERR_CONNECTION|NetworkError|Failed to fetch|error loading|can.t establish|ServiceWorker/i;

/** A host with a copy of the built page in two folders. It can go away and come back at the same address. */
async function host(t, site = 'dist/site', cacheControl = 'max-age=600') {
  const folder = mkdtempSync(join(tmpdir(), 'crewscope-offline-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ['one', 'two']) cpSync(join(root, site), join(folder, name), { recursive: true });
  const requests = [];
  const policy = policyOf(readFileSync(join(folder, 'one/index.html'), 'utf8'));
  let server;
  const up = (port = 0) => new Promise((ready) => {
    server = createServer((request, response) => {
      const { pathname } = new URL(request.url, 'http://loopback');
      requests.push(pathname);
      const path = normalize(join(folder, pathname.replace(/\/$/, '/index.html')));
      if (!path.startsWith(folder) || !existsSync(path)) return void response.writeHead(404).end();
      response.setHeader('Content-Type', TYPES[extname(path)] ?? 'application/octet-stream');
      if (/(index|embed)\.html$/.test(path)) response.setHeader('Content-Security-Policy', policy);
      // As careless hosts do: what the browser has for itself must not get into a new version.
      response.setHeader('Cache-Control', cacheControl);
      response.end(readFileSync(path));
    }).listen(port, '127.0.0.1', () => ready(server.address().port));
  });
  const down = () => new Promise((done) => {
    server.close(done);
    server.closeAllConnections();
  });
  const port = await up();
  t.after(() => server.listening && down());
  const version = (name) => /VERSION = '([0-9a-f]+)'/.exec(readFileSync(join(folder, name, 'sw.js'), 'utf8'))[1];
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    folder,
    down,
    up: () => up(port),
    version,
    /** Publishes another version: of a script, and so of the whole. */
    publish(name, change = (at) => appendFileSync(join(at, 'page.css'), '\n/* changed */')) {
      change(join(folder, name));
      execFileSync('node', [join(root, 'xtask/js/offline.mjs'), join(folder, name), join(root, 'web/app')]);
      return version(name);
    },
  };
}

/** Waits until the page's files are kept. */
const kept = (page) => page.waitForFunction(async () => (await navigator.serviceWorker.getRegistration())?.active?.state === 'activated', { timeout: 30_000, polling: 200 });
const caches = (page) => page.evaluate(() => globalThis.caches.keys().then((names) => names.sort()));
const cachedFiles = (page) => page.evaluate(async () => {
  const files = [];
  for (const name of await globalThis.caches.keys()) for (const { url } of await (await globalThis.caches.open(name)).keys()) files.push(new URL(url).pathname);
  return files;
});

async function opensDropped(page) {
  await waitForState(page, 'empty');
  await dropFiles(page, 'body', [traceFile(SAMPLE)]);
  await waitForState(page, 'ready');
  const { terms } = await regionOf(page, 'Execution Summary');
  assert.equal(figure(terms['Total Tokens'].text.split(/\s/)[0]), reportOf(SAMPLE).executions[0].summary.total_tokens);
}

for (const site of ['dist/site', 'dist/site-hashed']) {
  test(`${site}: without the host the page starts, opens a file and saves it`, async (t) => {
    const { origin, down } = await host(t, site);
    const page = await openPage(t, `${origin}/one/?src=samples/${SAMPLE}`, { state: 'ready', allow: [GONE] });
    await kept(page);
    const files = await cachedFiles(page);
    assert.ok(files.length > 8 && files.every((path) => path.startsWith('/one/')), files.join());
    // No trace, also not the one that was opened, and nothing of the ways to embed.
    assert.deepEqual(files.filter((path) => /samples\/|jsonl|embed|crew-scope|define|worker/.test(path)), []);
    await down();
    await page.goto(`${origin}/one/`, { waitUntil: 'load' });
    await opensDropped(page);
    await (await byRole(page, 'button', /* in the header */ 'Save as HTML')).click();
    await byRole(page, 'dialog');
    // A link with a trace that lies on the host: the page is there, and says that the trace is not.
    await page.goto(`${origin}/one/index.html?src=samples/failing_task/otlp-crewai1.15.30.jsonl`, { waitUntil: 'load' });
    await waitForState(page, 'failed');
  });
}

test('no room to keep the page: it works without, leaves nothing half kept, and is kept once there is room', { ...chromiumOnly, timeout: 120_000 }, async (t) => {
  const { origin, down } = await host(t);
  let session;
  const quota = (bytes) => session.send('Storage.overrideQuotaForOrigin', bytes === undefined ? { origin } : { origin, quotaSize: bytes });
  const page = await openPage(t, `${origin}/one/`, {
    state: 'empty',
    allow: [GONE],
    before: async (opened) => {
      session = await opened.createCDPSession();
      // Some of the files have room, all of them have not.
      await quota(300_000);
      await opened.evaluateOnNewDocument(() => {
        const register = navigator.serviceWorker.register.bind(navigator.serviceWorker);
        navigator.serviceWorker.register = async (...given) => {
          const registration = await register(...given);
          const { installing } = registration;
          window.installed = new Promise((done) => installing?.addEventListener('statechange', () => ['installed', 'redundant'].includes(installing.state) && done(installing.state)));
          return registration;
        };
      });
    },
  });
  await page.waitForFunction(() => window.installed, { timeout: 30_000 });
  assert.equal(await page.evaluate(() => window.installed), 'redundant');
  assert.deepEqual(await caches(page), []);
  await opensDropped(page);
  assert.equal(await page.$('#crewscope-update'), null);
  await quota();
  await page.goto(`${origin}/one/`, { waitUntil: 'load' });
  await kept(page);
  await down();
  await page.goto(`${origin}/one/`, { waitUntil: 'load' });
  await opensDropped(page);
});

test('no storage of a trace: a full or forbidden store is no matter to reading', async (t) => {
  const refuse = () => {
    const refused = () => { throw new DOMException('no room', 'QuotaExceededError'); };
    window.asked = [];
    for (const name of ['localStorage', 'sessionStorage', 'indexedDB']) {
      Object.defineProperty(window, name, { configurable: true, get() { window.asked.push(name); return refused(); } });
    }
    if (navigator.storage) navigator.storage.getDirectory = refused;
    document.__defineGetter__('cookie', refused);
    document.__defineSetter__('cookie', refused);
  };
  const { origin } = await host(t);
  const page = await openPage(t, `${origin}/one/?src=samples/${SAMPLE}`, { state: 'ready', allow: [GONE], before: (opened) => opened.evaluateOnNewDocument(refuse) });
  await page.goto(`${origin}/one/`, { waitUntil: 'load' });
  await opensDropped(page);
  assert.deepEqual(await page.evaluate(() => window.asked), []);
});

test('a new version waits, is offered, and takes the place of the old one as a whole', async (t) => {
  const { origin, publish, version, down } = await host(t);
  const page = await openPage(t, `${origin}/one/`, { state: 'empty', allow: [GONE] });
  await kept(page);
  const old = version('one');
  assert.deepEqual(await caches(page), [`crewscope:/one/:${old}`]);
  const fresh = publish('one');
  assert.notEqual(fresh, old);
  // The next visit still is the old one, all of it.
  await page.goto(`${origin}/one/`, { waitUntil: 'load' });
  const sheet = () => page.evaluate(() => fetch('page.css').then((response) => response.text()).then((text) => text.includes('changed')));
  assert.equal(await sheet(), false);
  const line = await page.waitForSelector('#crewscope-update', { timeout: 30_000 });
  assert.match(await textOf(line), /new version/);
  assert.equal(await page.evaluate(() => navigator.serviceWorker.getRegistration().then(({ waiting }) => Boolean(waiting))), true);
  // Another page of the old version is open: it is not left with files of both.
  const second = await page.browserContext().newPage();
  await second.goto(`${origin}/one/`, { waitUntil: 'load' });
  await waitForState(second, 'empty');
  await page.bringToFront();
  await page.$eval('#crewscope-update button', (button) => button.click());
  await page.waitForFunction(() => document.querySelector('#crewscope-update').textContent.includes('closed'), { timeout: 10_000 });
  assert.deepEqual((await caches(page)).length, 2);
  await second.close();
  await page.evaluate(() => { globalThis.stale = true; });
  // The browser may count the closed page for a moment.
  for (let tries = 0; tries < 20; tries += 1) {
    await page.$eval('#crewscope-update button', (button) => button.click()).catch(() => {});
    await new Promise((resolve) => { setTimeout(resolve, 500); });
    if (!await page.evaluate(() => globalThis.stale).catch(() => true)) break;
  }
  assert.equal(await page.evaluate(() => globalThis.stale), undefined);
  await waitForState(page, 'empty');
  await page.waitForFunction(() => globalThis.caches.keys().then((names) => names.length === 1), { timeout: 10_000, polling: 100 });
  assert.deepEqual(await caches(page), [`crewscope:/one/:${fresh}`]);
  assert.equal(await sheet(), true);
  assert.equal(await page.$('#crewscope-update'), null);
  await down();
  await page.goto(`${origin}/one/`, { waitUntil: 'load' });
  await opensDropped(page);
});

test('a host that gives files of two versions changes nothing', async (t) => {
  const { origin, publish, version, folder } = await host(t);
  const page = await openPage(t, `${origin}/one/`, { state: 'empty', allow: [GONE] });
  await kept(page);
  const old = version('one');
  const sheet = join(folder, 'one/page.css');
  const before = readFileSync(sheet);
  publish('one');
  writeFileSync(sheet, before);
  const outcome = await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    const found = new Promise((resolve) => { registration.onupdatefound = () => resolve(registration.installing); });
    registration.update().catch(() => {});
    const worker = await found;
    return new Promise((resolve) => {
      const look = () => worker.state !== 'installing' && resolve(worker.state);
      worker.onstatechange = look;
      look();
    });
  });
  assert.equal(outcome, 'redundant');
  assert.deepEqual(await caches(page), [`crewscope:/one/:${old}`]);
  assert.equal(await page.evaluate(() => navigator.serviceWorker.getRegistration().then(({ active, waiting }) => [active.state, waiting].join())), 'activated,');
});

test('copies in two folders of one host do not touch each other', async (t) => {
  const { origin, version } = await host(t);
  const page = await openPage(t, `${origin}/one/`, { state: 'empty' });
  await kept(page);
  await page.goto(`${origin}/two/`, { waitUntil: 'load' });
  await kept(page);
  assert.deepEqual(await caches(page), ['one', 'two'].map((name) => `crewscope:/${name}/:${version(name)}`));
});

test('embedded ways keep nothing: the frame, the element, the page in a frame, the single file', async (t) => {
  const { origin, requests, folder } = await host(t, 'dist/site', 'no-store');
  writeFileSync(join(folder, 'portal.html'), '<!doctype html><title>Portal</title><link rel="icon" href="data:,"><iframe src="one/" width="900" height="600"></iframe>');
  const page = await openPage(t, `${origin}/one/embed.html?src=samples/${SAMPLE}`);
  await waitForState(page, 'ready', { host: 'crew-scope' });
  await page.goto(`${origin}/one/crewscope.html`, { waitUntil: 'load' });
  await waitForState(page, 'empty');
  await page.goto(`${origin}/portal.html`, { waitUntil: 'load' });
  await waitForState(page.frames()[1], 'empty');
  await new Promise((resolve) => { setTimeout(resolve, 4000); });
  assert.deepEqual(await page.evaluate(() => navigator.serviceWorker.getRegistrations().then((all) => all.length)), 0);
  assert.ok(!requests.some((path) => /sw\.js|offline/.test(path)));
  // Once the page has a service worker, the frame still gets its files from the host.
  await page.goto(`${origin}/one/`, { waitUntil: 'load' });
  await kept(page);
  await page.goto(`${origin}/one/`, { waitUntil: 'load' });
  await waitForState(page, 'empty');
  requests.length = 0;
  await page.goto(`${origin}/one/embed.html?src=samples/${SAMPLE}&again`, { waitUntil: 'load' });
  await waitForState(page, 'ready', { host: 'crew-scope' });
  for (const name of ['embed.html', 'crewscope.js', 'crewscope_bg.wasm', 'worker.js', 'crewscope-reader.js', 'crewscope-reader_bg.wasm']) assert.ok(requests.includes(`/one/${name}`), name);
});

test('the page can be installed', chromiumOnly, async (t) => {
  const { origin } = await host(t);
  const page = await openPage(t, `${origin}/one/`, { state: 'empty' });
  const session = await page.createCDPSession();
  const { errors, data, url } = await session.send('Page.getAppManifest');
  assert.deepEqual(errors, []);
  assert.equal(url, `${origin}/one/app.webmanifest`);
  for (const { src, sizes, type } of JSON.parse(data).icons) {
    const size = await page.evaluate((address) => new Promise((resolve, reject) => {
      const image = Object.assign(new Image(), { onload: () => resolve([image.naturalWidth, image.naturalHeight].join('x')), onerror: reject, src: address });
    }), src);
    if (type === 'image/png') assert.equal(size, sizes);
  }
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  assert.deepEqual(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito'), []);
});
