// A large file is taken out of the browser by a thread of its own (web/element/serve.js), a worker of the one that understands it: the same trace comes
// of it, and whatever happens on the way, both end.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { byRole, chooseFiles, chromiumOnly, dropFiles, isFirefox, openPage, root, traceFile, tracePath, waitForState } from './harness.mjs';
import { regionOf } from './report.mjs';

const FIRST = 'sample.jsonl';
const LAST = 'failing_task/otlp-crewai1.15.30.jsonl';
const PICKER = '#crewscope >>> input[type=file]:not([webkitdirectory])';
const text = (name) => readFileSync(tracePath(name), 'utf8');

/** Waits until so many workers are there, a worker's own among them. */
const workers = async (page, count) => {
  if (isFirefox) return;
  const until = Date.now() + 10_000;
  while (page.workers().length !== count && Date.now() < until) await new Promise((done) => setTimeout(done, 5));
  assert.equal(page.workers().length, count);
};
const textOf = (page) => page.$eval('#crewscope', (host) => host.shadowRoot.querySelector('.cs-root').innerText);

/** Drops a file that the page makes itself: two traces, and so many megabytes of white space between them. */
const dropLarge = (page, megabytes) => page.evaluate((first, last, size) => {
  const space = new Blob([`${' '.repeat(999)}\n`.repeat(1000)]);
  const file = new File([first, '\n', ...Array(size).fill(space), last], 'large.jsonl');
  const data = new DataTransfer();
  data.items.add(file);
  document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true, composed: true }));
}, text(FIRST), text(LAST), megabytes);
const summaries = async (page) => [(await regionOf(page, 'Execution Summary')).text, (await regionOf(page, 'Executions')).text];

test('a large file gives what its parts give, texts at its end can be read, and both threads end', async (t) => {
  const page = await openPage(t, '/', { state: 'empty' });
  await dropFiles(page, 'body', [traceFile(FIRST), traceFile(LAST)]);
  await waitForState(page, 'ready');
  const small = await summaries(page);
  await workers(page, 0);
  await dropLarge(page, 200);
  await workers(page, 2);
  await waitForState(page, 'ready');
  assert.deepEqual(await summaries(page), small);
  await workers(page, 0);
  // The failed run stands at the very end.
  await page.keyboard.press('/');
  await page.keyboard.type('sits mid-range');
  await page.waitForFunction(() => /sits mid-range/.test(document.querySelector('#crewscope').shadowRoot.querySelector('#cs-find-list')?.innerText));
});

test('Cancel in the middle of a large file keeps what was read, and another one opens', async (t) => {
  const page = await openPage(t, '/', { state: 'empty' });
  // Enough that it is still being read when the button is found.
  await dropLarge(page, 1500);
  await workers(page, 2);
  await (await byRole(page, 'button', 'Cancel')).click();
  await waitForState(page, ['ready', 'empty']);
  await workers(page, 0);
  await dropLarge(page, 40);
  await waitForState(page, 'loading');
  await waitForState(page, 'ready');
  assert.match((await summaries(page))[1], /^executions · 2/i);
  await workers(page, 0);
});

test('a large file that another takes the place of is let go of', async (t) => {
  const page = await openPage(t, '/', { state: 'empty' });
  await dropLarge(page, 1500);
  await workers(page, 2);
  await dropFiles(page, 'body', [traceFile(FIRST)]);
  await waitForState(page, 'ready');
  await workers(page, 0);
});

test('a large file that changed before it is read says so', chromiumOnly, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'crewscope-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'large.jsonl');
  writeFileSync(path, `${text(FIRST)}\n${`${' '.repeat(999)}\n`.repeat(40_000)}`);
  const page = await openPage(t, '/', { state: 'empty', allow: [/ERR_UPLOAD_FILE_CHANGED|Failed to load|NotReadable|could not be read/] });
  // The page gets the file, which is cut before the viewer hears of it.
  await page.evaluate(() => {
    document.querySelector('#crewscope').shadowRoot.querySelector('input[type=file]:not([webkitdirectory])').addEventListener('change', (event) => {
      if (!event.isTrusted) return;
      event.stopImmediatePropagation();
      const { target } = event;
      window.release = () => target.dispatchEvent(new Event('change', { bubbles: true }));
    }, { capture: true });
  });
  await chooseFiles(page, PICKER, [path]);
  await page.waitForFunction(() => window.release);
  truncateSync(path, 1000);
  await page.evaluate(() => window.release());
  await waitForState(page, 'failed');
  assert.match(await textOf(page), /large\.jsonl/);
  await workers(page, 0);
});

test('where a feeder breaks down the reader goes on itself', chromiumOnly, async (t) => {
  const page = await openPage(t, '/', { state: 'empty', allow: [/a crash for the test/] });
  await dropLarge(page, 800);
  await workers(page, 2);
  // Some of it is there.
  await page.waitForFunction(() => document.querySelector('#crewscope').shadowRoot.querySelector('.cs-task-row'));
  const feeder = page.workers().at(-1);
  await feeder.evaluate("setTimeout(() => { throw new Error('a crash for the test'); })");
  await workers(page, 1);
  await waitForState(page, 'ready');
  assert.match((await summaries(page))[1], /^executions · 2/i);
  assert.doesNotMatch(await textOf(page), /note on this trace/);
  await workers(page, 0);
});

test('the single file has it too, from the disk', async (t) => {
  const page = await openPage(t, pathToFileURL(join(root, 'dist/crewscope.html')).href, { state: 'empty' });
  await dropLarge(page, 200);
  await workers(page, 2);
  await waitForState(page, 'ready');
  assert.match((await summaries(page))[1], /^executions · 2/i);
  await workers(page, 0);
});

test('where no other thread starts, the reader takes the bytes itself', async () => {
  const { serve } = await import(pathToFileURL(join(root, 'web/element/serve.js')));
  globalThis.self = globalThis;
  const blob = new Blob(['some ', 'bytes']);
  /** Workers whose script cannot be loaded, that never answer, and that stop after some bytes. */
  const kinds = [
    (worker) => worker.onerror({ message: '', preventDefault() {} }),
    () => {},
    (worker) => worker.onmessage({ data: new Uint8Array(Buffer.from('some')) }),
  ];
  for (const answer of kinds) {
    const feeder = { ended: 0, terminate() { this.ended += 1; }, postMessage(message) { if (message.blob) setTimeout(() => answer(this)); } };
    serve(async () => {}, () => {}, () => feeder);
    const reader = globalThis.crewscopeFed(blob).getReader();
    const read = [];
    for (let part = await reader.read(new Uint8Array(1 << 20)); !part.done; part = await reader.read(new Uint8Array(1 << 20))) read.push(Buffer.from(part.value));
    assert.equal(Buffer.concat(read).toString(), 'some bytes');
    assert.ok(feeder.ended > 0);
  }
});
