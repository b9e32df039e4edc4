// Many traces on a static host: a manifest, or the folder's own listing. Each trace is fetched when it is opened, and not before.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { allByRole, byRole, expectAccessible, openPage, textOf, theServer, tracePath, waitForState } from './harness.mjs';
import { html, startPortal } from './portal.mjs';
import { figure, regionOf, reportOf } from './report.mjs';

const SAMPLE = 'sample.jsonl';
const FAILING = 'failing_task/otlp-crewai1.15.30.json';

const shows = (page, name) => page.waitForFunction((wanted) => document.querySelector('#crewscope').shadowRoot.querySelector('[aria-label="Execution Summary"]')?.innerText.includes(wanted), { timeout: 10_000 },
  reportOf(name).executions[0].summary.total_tokens.toLocaleString('en-US'));

/** Puts the traces and their manifest; returns what was fetched of them. */
async function publish(folder, manifest) {
  const server = await theServer();
  server.put(`${folder}/a.jsonl`, readFileSync(tracePath(SAMPLE)));
  server.put(`${folder}/b.json`, readFileSync(tracePath(FAILING)));
  server.put(`${folder}/manifest.json`, typeof manifest === 'string' ? manifest : JSON.stringify(manifest));
  return () => server.requests.filter(({ url }) => url.startsWith(`/memory/${folder}/`)).map(({ url }) => url.split('/').pop());
}

/** A trace in the list. */
async function entry(page, name) {
  const region = await byRole(page, 'region', 'Executions');
  const found = await region.evaluateHandle((element, wanted) => [...element.querySelectorAll('button')].find((button) => button.innerText.trim() === wanted), name);
  assert.ok(found.asElement(), `${name} is not listed`);
  return found.asElement();
}

test('a manifest: every trace is listed, the first is open, the others are fetched when they are chosen', async (t) => {
  const fetched = await publish('shelf', { crewscope: 'manifest/1', traces: [{ src: 'a.jsonl', name: 'Nightly run' }, 'b.json', { src: 'gone.jsonl' }] });
  const page = await openPage(t, '/?src=memory/shelf/manifest.json', { state: 'ready', width: 1480, height: 1000, allow: [/gone\.jsonl/] });
  await shows(page, SAMPLE);
  assert.deepEqual(fetched(), ['manifest.json', 'a.jsonl']);
  assert.equal(await (await entry(page, 'Nightly run')).evaluate((button) => button.getAttribute('aria-current')), 'true');
  await expectAccessible(page);

  await (await entry(page, 'b.json')).click();
  await shows(page, FAILING);
  assert.deepEqual(fetched(), ['manifest.json', 'a.jsonl', 'b.json']);
  assert.equal(await (await entry(page, 'b.json')).evaluate((button) => button.getAttribute('aria-current')), 'true');

  // One that fails says so, and the others stay within reach.
  await (await entry(page, 'gone.jsonl')).click();
  await waitForState(page, 'failed');
  const [alert] = await allByRole(page, 'alert');
  assert.match(await textOf(alert), /gone\.jsonl/);
  await expectAccessible(page);
  await (await entry(page, 'Nightly run')).click();
  await shows(page, SAMPLE);
});

test('a link into a manifest opens its trace and its selection', async (t) => {
  await publish('linked', { crewscope: 'manifest/1', traces: ['a.jsonl', 'b.json'] });
  const page = await openPage(t, '/?src=memory/linked/manifest.json', { state: 'ready', width: 1480, height: 1000 });
  await (await entry(page, 'b.json')).click();
  await shows(page, FAILING);
  const region = await byRole(page, 'region', 'Tasks & Agents');
  const row = await region.evaluateHandle((element) => [...element.querySelectorAll('.cs-row-button')].at(-1));
  const name = await textOf(row.asElement());
  await row.asElement().click();
  const details = (opened) => opened.waitForFunction((wanted) => document.querySelector('#crewscope').shadowRoot.querySelector('[aria-label="Task Details"]')?.innerText.includes(wanted), { timeout: 10_000 }, name);
  await details(page);
  await page.waitForFunction(() => /trace=b\.json/.test(location.hash) && /span=/.test(location.hash));
  const address = await page.evaluate(() => location.pathname + location.search + location.hash);
  const again = await openPage(t, address, { state: 'ready', width: 1480, height: 1000 });
  await shows(again, FAILING);
  await details(again);
});

test('the listing of a folder, as nginx and Python write it', async (t) => {
  const server = await theServer();
  server.put('runs/a.jsonl', readFileSync(tracePath(SAMPLE)));
  server.put('runs/', `<html><head><title>Index of /runs/</title></head><body><h1>Index of /runs/</h1><hr><pre><a href="../">../</a>
<a href="a.jsonl">a.jsonl</a> <a href="b.json">b.json</a> <a href="notes.pdf">notes.pdf</a> <a href="?C=M;O=A">Last modified</a> <a href="sub/">sub/</a>
<a href="http://127.0.0.1:9/evil.json">evil.json</a><img src="/nothing.png"><script>document.title = 'run'</script></pre></body></html>`);
  const page = await openPage(t, '/?src=memory/runs/', { state: 'ready', width: 1480, height: 1000 });
  await shows(page, SAMPLE);
  const { text } = await regionOf(page, 'Executions');
  assert.match(text, /Traces · 2/i);
  assert.ok(!/evil|notes|sub/.test(text), text);
  assert.equal(await page.title(), 'crewscope');
  assert.ok(!server.requests.some(({ url }) => url === '/nothing.png'));
});

test('a file named manifest.json that is a trace opens as a trace', async (t) => {
  await publish('plain', readFileSync(tracePath(FAILING), 'utf8'));
  const page = await openPage(t, '/?src=memory/plain/manifest.json', { state: 'ready', width: 1480, height: 1000 });
  assert.equal(figure((await regionOf(page, 'Execution Summary')).terms['Total Tokens'].text), reportOf(FAILING).executions[0].summary.total_tokens);
});

test('a manifest in the element: listed, opened one at a time, and gone with the next trace', async (t) => {
  const { crossOrigin } = await theServer();
  const fetched = await publish('element', { crewscope: 'manifest/1', traces: [{ src: 'a.jsonl', name: 'Nightly run' }, 'b.json'] });
  const portal = await startPortal({
    pages: { 'index.html': html('<crew-scope id="crewscope"></crew-scope>'), 'page.js': 'import "/crew-scope/define.js";' },
    policy: `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' ${crossOrigin}; worker-src 'self'; img-src data:`,
  });
  const page = await openPage(t, portal.origin, { state: 'empty', width: 1480, height: 1000 });
  const manifest = `${crossOrigin}/memory/element/manifest.json`;
  await page.$eval('crew-scope', (element, src) => { element.src = src; }, manifest);
  await shows(page, SAMPLE);
  assert.deepEqual(fetched(), ['manifest.json', 'a.jsonl']);
  await (await entry(page, 'b.json')).click();
  await shows(page, FAILING);
  assert.deepEqual(fetched(), ['manifest.json', 'a.jsonl', 'b.json']);
  assert.equal(await page.$eval('crew-scope', async (element) => (await element.report()).sources[0].name), 'b.json');
  assert.equal(await page.evaluate(() => location.href), `${portal.origin}/`);
  const listed = () => page.$eval('crew-scope', (element) => /Traces · 2/i.test(element.shadowRoot.querySelector('[aria-label="Executions"]')?.innerText ?? ''));
  assert.equal(await listed(), true);
  // The fragment chooses; a promise is for the trace that is opened.
  const detail = await page.$eval('crew-scope', (element, src) => element.load(src), `${manifest}#trace=b.json`);
  assert.equal(detail.executions[0].id, reportOf(FAILING).executions[0].id);
  assert.equal(await listed(), true);
  await page.$eval('crew-scope', (element, text) => element.load(text), readFileSync(tracePath(SAMPLE), 'utf8'));
  await shows(page, SAMPLE);
  assert.equal(await listed(), false);
  // Closed before the manifest came: then nothing is opened.
  await page.$eval('crew-scope', (element, src) => {
    element.load(src).catch(() => {});
    setTimeout(() => element.clear());
  }, manifest);
  await waitForState(page, 'empty');
  await new Promise((resolve) => { setTimeout(resolve, 600); });
  assert.equal(await page.$eval('crew-scope', (element) => element.dataset.state), 'empty');
});

test('the listing of a bucket', async (t) => {
  const server = await theServer();
  server.put('bucket/runs/a b.jsonl', readFileSync(tracePath(SAMPLE)));
  server.put('bucket/', `<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket</Name><Prefix>runs/</Prefix><IsTruncated>false</IsTruncated>
<Contents><Key>runs/</Key><Size>0</Size></Contents><Contents><Key>runs/a b.jsonl</Key><Size>1</Size></Contents><Contents><Key>runs/logo.png</Key></Contents>
<Contents><Key>runs/deep/b.json</Key></Contents></ListBucketResult>`);
  const page = await openPage(t, `/?src=${encodeURIComponent('memory/bucket/?list-type=2&prefix=runs/')}`, { state: 'ready', width: 1480, height: 1000 });
  await shows(page, SAMPLE);
  const { text } = await regionOf(page, 'Executions');
  assert.match(text, /Traces · 2/i);
  assert.ok(text.includes('runs/a b.jsonl') && text.includes('runs/deep/b.json') && !text.includes('logo'), text);
});
