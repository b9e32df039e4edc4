// Every way to bring a trace to the page ends in a model, and everything that can go wrong ends in a state and not in silence.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { chromiumOnly, dropFiles, dropPaths, openPage, pasteText, root, theServer, traceFile, tracePath, waitForState } from './harness.mjs';

const sample = 'sample.jsonl';
const over = ['ready', 'failed'];
const stateOf = (page) => page.evaluate(() => document.getElementById('crewscope').dataset.state);
/** What the browser itself logs when a request fails. */
const refused = [/Failed to load resource/, /CORS policy/, /ERR_/];

/** Counts workers, those of them that were ended, and what they said. */
const countWorkers = (page) => page.evaluateOnNewDocument(() => {
  window.workers = { started: 0, ended: 0 };
  window.said = 0;
  window.Worker = class extends Worker {
    constructor(...given) {
      super(...given);
      window.workers.started += 1;
      this.addEventListener('message', () => { window.said += 1; });
    }
    terminate() {
      super.terminate();
      window.workers.ended += 1;
    }
  };
});

for (const route of [
  `trace/${sample}`, `fault/redirect/${sample}`, `fault/norange/${sample}`, `fault/nolength/${sample}`, `fault/slow/${sample}?ms=1`,
  `fault/gzip/${sample}`, `fault/encoded/${sample}`, `trace/${sample}&src=fault/404`,
]) {
  test(`?src=${route} opens`, async (t) => {
    const page = await openPage(t, `/?src=${route}`, { state: over, allow: refused });
    assert.equal(await stateOf(page), 'ready');
  });
}

for (const route of ['fault/404', 'fault/500', 'fault/html', 'fault/empty', 'http://127.0.0.1:1/nobody', 'http://[bad']) {
  test(`?src=${route} says what is wrong`, async (t) => {
    const page = await openPage(t, `/?src=${route}`, { state: over, allow: refused });
    assert.equal(await stateOf(page), 'failed');
  });
}

test('a trace of another origin opens if that allows it', async (t) => {
  const { crossOrigin, foreignOrigin } = await theServer();
  const allowed = await openPage(t, `/?src=${crossOrigin}/trace/${sample}`, { state: over });
  assert.equal(await stateOf(allowed), 'ready');
  const forbidden = await openPage(t, `/?src=${foreignOrigin}/trace/${sample}`, { state: over, allow: refused });
  assert.equal(await stateOf(forbidden), 'failed');
});

test('drop, paste, and the worker is gone when it is done', async (t) => {
  const page = await openPage(t, '/', { state: 'empty', before: countWorkers });
  const { content } = traceFile(sample);
  // One is there before there is anything to read, and reads the first trace.
  await page.waitForFunction(() => window.workers.started === 1);
  await dropFiles(page, 'body', [traceFile(sample)]);
  await waitForState(page, 'ready');
  assert.equal(await page.evaluate(() => window.workers.started), 1);
  await dropFiles(page, 'body', [{ name: 'no-trace.json', content: '{"a":1}' }]);
  await waitForState(page, 'failed');
  await pasteText(page, content.toString());
  await waitForState(page, 'ready');
  // A paste by accident does not close what is open.
  await pasteText(page, 'some words');
  assert.equal(await stateOf(page), 'ready');
  await page.waitForFunction(() => window.workers.ended === window.workers.started);
  assert.deepEqual(await page.evaluate(() => window.workers), { started: 3, ended: 3 });
});

test('folders, compressed and appended files open by content', chromiumOnly, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'crewscope-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const { content } = traceFile(sample);
  const lines = content.toString().trimEnd().split('\n');
  const half = Math.ceil(lines.length / 2);
  const members = [lines.slice(0, half), lines.slice(half)].map((some) => gzipSync(`${some.join('\n')}\n`));
  mkdirSync(join(folder, 'runs/monday'), { recursive: true });
  writeFileSync(join(folder, 'runs/monday/no-suffix'), Buffer.concat(members));
  writeFileSync(join(folder, 'runs/.DS_Store'), 'hidden');
  const page = await openPage(t, '/', { state: 'empty' });
  await dropPaths(page, [join(folder, 'runs')]);
  await waitForState(page, 'ready');
  mkdirSync(join(folder, 'empty'));
  await dropPaths(page, [join(folder, 'empty')]);
  await waitForState(page, 'failed');
});

test('what came of a broken file is kept', async (t) => {
  const { content } = traceFile(sample);
  const packed = gzipSync(Buffer.concat([content, content]));
  const page = await openPage(t, '/', { state: 'empty' });
  await dropFiles(page, 'body', [{ name: 'cut.gz', content: packed.subarray(0, packed.length - 20) }]);
  await waitForState(page, 'ready');
  const cut = await openPage(t, `/?src=fault/cut/${sample}`, { state: over, allow: refused });
  assert.equal(await stateOf(cut), 'ready');
});

test('opening again ends what was being read', async (t) => {
  const page = await openPage(t, `/?src=fault/stall/${sample}?bytes=100`, { state: 'loading', before: countWorkers });
  await dropFiles(page, 'body', [traceFile(sample)]);
  await waitForState(page, 'ready');
  await page.waitForFunction(() => window.workers.ended === 2);
});

test('a reader that crashes costs only its load', chromiumOnly, async (t) => {
  const page = await openPage(t, `/?src=fault/stall/${sample}`, { state: 'loading', before: countWorkers, allow: [/crash/] });
  await page.waitForFunction(() => window.said > 0);
  const [worker] = page.workers();
  await worker.evaluate("setTimeout(() => { Promise.reject(new Error('a crash for the test')); })");
  await waitForState(page, 'failed');
  await dropFiles(page, 'body', [traceFile(sample)]);
  await waitForState(page, 'ready');
});

test('the fragment goes with the trace that is open', async (t) => {
  const page = await openPage(t, `/?src=trace/${sample}#v=1&execution=x&span=y&view=z`, { state: 'ready' });
  const hash = () => page.evaluate(() => location.hash);
  assert.equal(await hash(), '#v=1&execution=x&span=y&view=z');
  await dropFiles(page, 'body', [traceFile(sample)]);
  await page.waitForFunction(() => !location.hash.includes('execution'));
});

test('the single file reads on file:// too', async (t) => {
  const page = await openPage(t, pathToFileURL(join(root, 'dist/crewscope.html')).href, { state: 'empty' });
  await dropFiles(page, 'body', [traceFile(sample)]);
  await waitForState(page, 'ready');
});
