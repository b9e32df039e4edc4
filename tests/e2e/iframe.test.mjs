// The viewer in an iframe: the protocol of messages, and who may speak it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { openPage, theServer, tracePath } from './harness.mjs';
import { html, startPortal } from './portal.mjs';
import { reportOf } from './report.mjs';

const SAMPLE = 'sample.jsonl';

/** What a host page does, in a few lines; docs/embedding.md shows the same. */
const HOST = `
const frame = document.querySelector('iframe');
const { origin } = new URL(frame.dataset.src);
const waiting = new Map();
globalThis.events = [];
let ready;
globalThis.ready = new Promise((resolve) => { ready = resolve; });
addEventListener('message', ({ data, origin: from, source }) => {
  if (source !== frame.contentWindow || from !== origin || data?.crewscope !== 1) return;
  if (data.ready) {
    globalThis.greetings = (globalThis.greetings ?? 0) + 1;
    ready(data);
  }
  else if (data.event) events.push([data.event, data.detail]);
  else (waiting.get(data.id) ?? (() => {}))(data);
});
const post = (message) => frame.contentWindow.postMessage({ crewscope: 1, ...message }, origin);
globalThis.ask = (verb, rest) => new Promise((resolve) => {
  const id = waiting.size + 1;
  waiting.set(id, resolve);
  post({ verb, id, ...rest });
});
globalThis.hello = () => post({ verb: 'hello' });
// Only now: before, nobody would hear that it is ready.
frame.src = frame.dataset.src;
`;

/** A portal with a frame of the hosted viewer (another origin), opened. */
async function open(t, query, options = {}) {
  const { origin } = await theServer();
  const frame = (portalOrigin) => `<iframe data-src="${origin}/embed.html?${query(portalOrigin)}" width="1200" height="700"></iframe>`;
  const pages = { 'page.js': HOST };
  const portal = await startPortal({ pages, policy: `default-src 'none'; script-src 'self'; img-src data:; frame-src ${origin}` });
  pages['index.html'] = html(frame(portal.origin));
  const page = await openPage(t, `${portal.origin}/`, options);
  return { page, portal, frame: () => page.frames().find((each) => each.url().includes('/embed.html')) };
}

test('a page of an allowed origin loads, selects, asks and is told', async (t) => {
  const { page, frame } = await open(t, (origin) => `origin=${encodeURIComponent(origin)}&theme=dark`);
  const { version } = await page.evaluate(() => globalThis.ready);
  assert.match(version, /^\d+\.\d+\.\d+$/);
  // A part of the host that came later asks again.
  await page.evaluate(() => globalThis.hello());
  await page.waitForFunction(() => globalThis.greetings === 2);
  const lines = readFileSync(tracePath(SAMPLE), 'utf8').split('\n').filter(Boolean);
  const loaded = await page.evaluate((source) => globalThis.ask('load', { source }), `${lines[0]}\n`);
  assert.equal(loaded.error, undefined);
  assert.equal(loaded.result.executions.length, 1);
  for (const line of lines.slice(1)) assert.equal((await page.evaluate((source) => globalThis.ask('append', { source: new Blob([source]) }), `${line}\n`)).error, undefined);
  const [whole] = reportOf(SAMPLE).executions;
  const tokens = () => page.evaluate(() => globalThis.ask('report').then(({ result }) => result.executions[0].summary.total_tokens));
  for (let tries = 0; tries < 100 && await tokens() !== whole.summary.total_tokens; tries += 1) await new Promise((resolve) => { setTimeout(resolve, 50); });
  assert.equal(await tokens(), whole.summary.total_tokens);

  const [task] = whole.tasks;
  assert.equal((await page.evaluate((key) => globalThis.ask('select', { task: key }), task.key)).result, true);
  await page.waitForFunction((key) => globalThis.events.some(([kind, detail]) => kind === 'select' && detail.task === key), {}, task.key);
  assert.ok(await page.evaluate(() => ['progress', 'load'].every((kind) => globalThis.events.some(([seen]) => seen === kind))));
  const themeOf = () => frame().$eval('crew-scope', (element) => element.shadowRoot.querySelector('.cs-root').dataset.theme);
  assert.equal(await themeOf(), 'dark');
  await page.evaluate(() => globalThis.ask('theme', { theme: 'light' }));
  assert.equal(await themeOf(), 'light');
  await page.evaluate(() => globalThis.ask('view', { view: 'output' }));
  assert.equal(await frame().$eval('crew-scope', (element) => element.shadowRoot.querySelector('[aria-label="Execution Summary"]')?.getClientRects().length ?? 0), 0);

  const saved = await page.evaluate(() => globalThis.ask('exportHtml', { redact: true }).then(async ({ result }) => [result instanceof Blob, (await result.text()).includes('crewscope-trace')]));
  assert.deepEqual(saved, [true, true]);
  assert.match((await page.evaluate(() => globalThis.ask('dance'))).error, /no verb/);
  const other = await page.evaluate(() => globalThis.ask('report', { crewscope: 2 }));
  assert.match(other.error, /version 1 .* not 2/);
  assert.match((await page.evaluate(() => globalThis.ask('load', { source: '{}' }))).error, /No trace/);
  await page.evaluate(() => globalThis.ask('clear'));
  assert.equal(await frame().$eval('crew-scope', (element) => element.dataset.state), 'empty');
});

test('a page of an origin that was not named is not heard and hears nothing', async (t) => {
  const { page, frame } = await open(t, () => 'origin=https%3A%2F%2Fportal.example', { allow: [/postMessage/] });
  await page.waitForFunction(() => true);
  const heard = await page.evaluate((source) => Promise.race([
    globalThis.ready.then(() => 'ready'),
    globalThis.ask('load', { source }).then(() => 'answered'),
    new Promise((resolve) => { setTimeout(resolve, 1500, 'nothing'); }),
  ]), readFileSync(tracePath(SAMPLE), 'utf8'));
  assert.equal(heard, 'nothing');
  assert.notEqual(await frame().$eval('crew-scope', (element) => element.dataset.state), 'ready');
});

test("a page of another origin may not have the viewer's own origin opened, with an origin parameter of its own making", async (t) => {
  const server = await theServer();
  server.put('private.jsonl', readFileSync(tracePath(SAMPLE)));
  const asked = () => server.requests.filter(({ url }) => url.startsWith('/memory/private')).length;
  const { page, frame } = await open(t, (origin) => `origin=${encodeURIComponent(origin)}`);
  await page.evaluate(() => globalThis.ready);
  for (const source of ['/memory/private.jsonl', `${server.origin}/memory/private.jsonl`, ' memory/private.jsonl', [`${server.origin}/memory/private.jsonl`]]) {
    assert.match((await page.evaluate((given) => globalThis.ask('load', { source: given }), source)).error, /may not/, String(source));
  }
  // What anybody may read may be opened for anybody.
  const public_ = await page.evaluate((source) => globalThis.ask('load', { source }), `${server.crossOrigin}/trace/${SAMPLE}`);
  assert.equal(public_.error, undefined);
  assert.equal(asked(), 0);

  const linked = await open(t, (origin) => `origin=${encodeURIComponent(origin)}&src=${encodeURIComponent('/memory/private.jsonl')}`);
  await told(linked.page);
  assert.match(await cardOf(linked.frame()), /may not/);
  assert.equal(asked(), 0);
  assert.equal(await frame().$eval('crew-scope', (element) => element.dataset.state), 'ready');
});

/** What an attacker's page can have: a manifest of its own that lists what only the viewer's origin can read, and a trace that anybody can. */
async function manifests() {
  const server = await theServer();
  server.put('private.jsonl', readFileSync(tracePath(SAMPLE)));
  const entry = `${server.origin}/memory/private.jsonl`;
  const open = { src: `${server.crossOrigin}/trace/${SAMPLE}`, name: 'open' };
  server.put('first/manifest.json', JSON.stringify({ crewscope: 'manifest/1', traces: [{ src: entry, name: 'private' }, open] }));
  server.put('second/manifest.json', JSON.stringify({ crewscope: 'manifest/1', traces: [open, { src: entry, name: 'private' }] }));
  // A listing names what lies below it only; a link that pretends to is resolved first.
  server.put('listing/', `<a href="${entry}">private.jsonl</a><a href="../private.jsonl">private.jsonl</a>`);
  return {
    first: `${server.crossOrigin}/memory/first/manifest.json`,
    second: `${server.crossOrigin}/memory/second/manifest.json`,
    listing: `${server.crossOrigin}/memory/listing/`,
    asked: () => server.requests.filter(({ url }) => url.startsWith('/memory/private')).map(({ headers }) => headers.cookie ?? 'no cookie'),
  };
}

const cardOf = (frame) => frame.$eval('crew-scope', (element) => element.shadowRoot.querySelector('.cs-root').innerText);
const told = (page) => page.waitForFunction(() => globalThis.events.some(([kind, detail]) => kind === 'error' && /may not/.test(detail.detail)));

test("a manifest of another origin may not have the viewer's own origin opened: as a parameter", async (t) => {
  const { first, second, listing, asked } = await manifests();
  for (const list of [first, listing]) {
    for (const more of ['', '&live=1']) {
      const { page, frame } = await open(t, (origin) => `origin=${encodeURIComponent(origin)}&src=${encodeURIComponent(list)}${more}`, { allow: [/Failed to load resource/, /404/] });
      await page.evaluate(() => globalThis.ready);
      if (list === first) {
        await told(page);
        assert.match(await cardOf(frame()), /may not be opened here[\s\S]*may not have addresses of/);
      } else await page.waitForFunction(() => globalThis.events.some(([kind]) => kind === 'error'));
      const { result, error } = await page.evaluate(() => globalThis.ask('report'));
      assert.deepEqual(error ? [] : result.executions, []);
      assert.deepEqual(asked(), []);
    }
  }
  // From the list, by a person who is made to click.
  const { page, frame } = await open(t, (origin) => `origin=${encodeURIComponent(origin)}&src=${encodeURIComponent(second)}`);
  await page.evaluate(() => globalThis.ready);
  await page.waitForFunction(() => globalThis.events.some(([kind]) => kind === 'load'));
  await frame().evaluate(() => [...document.querySelector('crew-scope').shadowRoot.querySelectorAll('button')].find((button) => button.innerText.trim() === 'private').click());
  await told(page);
  assert.match(await cardOf(frame()), /may not/);
  assert.match((await page.evaluate(() => globalThis.ask('exportHtml', {}))).error, /nothing is open/);
  assert.deepEqual(asked(), []);
});

test("a manifest of another origin may not have the viewer's own origin opened: as a message", async (t) => {
  const { first, second, asked } = await manifests();
  const { page } = await open(t, (origin) => `origin=${encodeURIComponent(origin)}`);
  await page.evaluate(() => globalThis.ready);
  assert.match((await page.evaluate((source) => globalThis.ask('load', { source }), first)).error, /may not/);
  const { result, error } = await page.evaluate((source) => globalThis.ask('load', { source }), second);
  assert.equal(error, undefined);
  assert.equal(result.executions.length, 1);
  assert.deepEqual(asked(), []);
});

test('a price file of the viewer\'s own origin is not fetched for another', async (t) => {
  const server = await theServer();
  server.put('prices.json', '{}');
  const { page } = await open(t, (origin) => `origin=${encodeURIComponent(origin)}&prices=${encodeURIComponent('/memory/prices.json')}&src=${encodeURIComponent(`${server.crossOrigin}/trace/${SAMPLE}`)}`);
  await page.evaluate(() => globalThis.ready);
  await told(page);
  await page.waitForFunction(() => globalThis.events.some(([kind]) => kind === 'load'));
  assert.equal(server.requests.filter(({ url }) => url.startsWith('/memory/prices')).length, 0);
});

test('a page of the same origin needs no permission', async (t) => {
  const { origin } = await theServer();
  // The frame as a page of its own: what its address says is opened.
  const page = await openPage(t, `${origin}/embed.html?src=trace/${SAMPLE}&sections=summary%20tasks`);
  await page.waitForFunction(() => document.querySelector('crew-scope')?.dataset.state === 'ready');
  assert.equal(await page.$eval('crew-scope', (element) => element.shadowRoot.querySelector('.cs-header')?.getClientRects().length ?? 0), 0);
});

test('the frame takes the size that its host gives it', async (t) => {
  const { page, frame } = await open(t, (origin) => `origin=${encodeURIComponent(origin)}`);
  await page.evaluate(() => globalThis.ready);
  await page.evaluate((source) => globalThis.ask('load', { source }), readFileSync(tracePath(SAMPLE), 'utf8'));
  const size = () => frame().$eval('crew-scope', (element) => ({
    width: element.getBoundingClientRect().width, beyond: document.documentElement.scrollWidth - document.documentElement.clientWidth, size: element.shadowRoot.querySelector('.cs-root').dataset.size,
    scrolls: document.documentElement.scrollHeight > innerHeight, height: innerHeight,
  }));
  const wide = await size();
  assert.deepEqual([wide.height, wide.beyond, wide.scrolls], [700, 0, true]);
  await page.$eval('iframe', (element) => { element.width = 400; element.height = 500; });
  await frame().waitForFunction(() => document.querySelector('crew-scope').shadowRoot.querySelector('.cs-root').dataset.size === 's');
  const narrow = await size();
  assert.deepEqual([narrow.height, narrow.beyond, narrow.width <= 400], [500, 0, true]);
});
