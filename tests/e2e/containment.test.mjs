// What breaks stays where it breaks: a crash of the reader costs its load, a crash of the page's program shows a card in each viewer, and the
// page around them goes on. The crashes are real traps, put into a copy of the built program (wasm.mjs); what is shipped has no hook for them.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import { dropFiles, isFirefox, openPage, startServer, traceFile, waitForState } from './harness.mjs';
import { brokenSite, READER, withMemory, withTrap } from './wasm.mjs';

/** What the browser says of a crash that a test makes. */
const crash = [/unreachable/, /out of bounds|memory|allocation/i, /RuntimeError/, /stopped at an error/, /too much recursion|call stack/i, /Failed to load resource/];

/** The page with another program. */
async function served(t, change, program) {
  const site = brokenSite(change, program);
  const server = await startServer({ site });
  t.after(async () => {
    await server.close();
    rmSync(site, { recursive: true });
  });
  return server;
}

const count = (page) => page.evaluateOnNewDocument(() => {
  window.workers = { started: 0, ended: 0 };
  window.Worker = class extends Worker {
    constructor(...given) {
      super(...given);
      window.workers.started += 1;
    }
  };
  const end = Worker.prototype.terminate;
  Object.getPrototypeOf(Worker.prototype).terminate = function terminate() {
    window.workers.ended += 1;
    return end.call(this);
  };
});
const textOf = (page) => page.$eval('#crewscope', (host) => host.shadowRoot.querySelector('.cs-mount').innerText);

test('a reader that crashes at its start says so, and ends', async (t) => {
  const { origin } = await served(t, (wasm) => withTrap(wasm, 'start_reader'), READER);
  const page = await openPage(t, `${origin}/`, { state: 'empty', allow: crash, before: count });
  await dropFiles(page, 'body', [traceFile('sample.jsonl')]);
  await waitForState(page, 'failed');
  assert.match(await textOf(page), /Reading broke down/);
  assert.equal(await page.$('#crewscope >>> .cs-panic'), null);
  await page.waitForFunction(() => window.workers.ended === window.workers.started);
});

test('a reader of another build is refused with what to do', async (t) => {
  const { origin } = await served(t, (wasm) => {
    const text = wasm.toString('latin1');
    const stamp = /crewscope-wire-([0-9a-f]{16})/.exec(text)[1];
    return Buffer.from(text.replaceAll(stamp, [...stamp].reverse().join('')), 'latin1');
  }, READER);
  const opened = await openPage(t, `${origin}/`, { state: 'empty', allow: crash });
  await dropFiles(opened, 'body', [traceFile('sample.jsonl')]);
  await waitForState(opened, 'failed');
  assert.match(await textOf(opened), /of another version[\s\S]*Reload the page/);
});

test('a reader without memory costs its load only', async (t) => {
  // 8 MiB more than at the start.
  const { origin } = await served(t, (wasm) => withMemory(wasm, 128), READER);
  const page = await openPage(t, `${origin}/`, { state: 'empty', allow: crash, before: count });
  const line = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"${'x'.repeat(24 << 20)}"}]}]}]}\n`;
  await dropFiles(page, 'body', [{ name: 'large.jsonl', content: line }]);
  await waitForState(page, 'failed');
  assert.match(await textOf(page), /ran out of memory|memory allocation|capacity/i);
  assert.equal(await page.$('#crewscope >>> .cs-panic'), null, 'the page itself did not crash');
  await dropFiles(page, 'body', [traceFile('sample.jsonl')]);
  await waitForState(page, 'ready');
  await page.waitForFunction(() => window.workers.ended === window.workers.started);
});

test('a reader that is gone without a word: cancel still works', async (t) => {
  const page = await openPage(t, '/?src=fault/stall/sample.jsonl?bytes=80000', { state: 'loading', before: count, allow: [/Failed to load resource/] });
  await page.waitForFunction(() => /research_market/.test(document.querySelector('#crewscope').shadowRoot.querySelector('[aria-label="Tasks & Agents"]')?.innerText));
  if (isFirefox) return;
  const [worker] = page.workers();
  await worker.evaluate('self.close()').catch(() => {});
  for (let press = 0; press < 2; press += 1) {
    const state = await page.$eval('#crewscope', (host) => host.dataset.state);
    if (state !== 'loading') break;
    await page.$eval('#crewscope', (host) => [...host.shadowRoot.querySelectorAll('button')].find((button) => /cancel|stop/i.test(button.innerText))?.click());
    await new Promise((done) => setTimeout(done, 300));
  }
  await waitForState(page, 'ready');
  assert.match(await textOf(page), /research_market/);
  await dropFiles(page, 'body', [traceFile('sample.jsonl')]);
  await waitForState(page, 'ready');
});

test('a reader that breaks down while it searches or compares says so', async (t) => {
  const page = await openPage(t, '/?src=trace/kickoff_for_each/otlp-crewai1.15.30.jsonl', { state: 'ready', width: 1600, allow: crash });
  await page.evaluate(() => {
    window.Worker = class extends Worker {
      constructor(...given) {
        super(...given);
        setTimeout(() => this.dispatchEvent(new ErrorEvent('error', { message: 'gone' })), 50);
      }

      postMessage() {}
    };
  });
  const says = (pattern) => page.waitForFunction((source) => new RegExp(source).test(document.querySelector('#crewscope').shadowRoot.querySelector('.cs-mount').innerText), {}, pattern);
  await page.keyboard.press('/');
  await page.keyboard.type('the');
  await says('not all was searched');
  await page.keyboard.press('Escape');
  await page.keyboard.press('c');
  await page.waitForSelector('#crewscope >>> .cs-compare-calls, #crewscope >>> .cs-compare-buttons button');
  await page.evaluate(() => [...document.querySelector('#crewscope').shadowRoot.querySelectorAll('.cs-compare button')].find((button) => button.innerText === 'output diff').click());
  await says('The worker that compares broke down');
});

test('the page without memory shows a card', async (t) => {
  const { origin } = await served(t, (wasm) => withTrap(wasm, 'mask_text'));
  const page = await openPage(t, `${origin}/?src=trace/sample.jsonl`, { state: 'ready', allow: crash, before: count });
  await page.evaluate(async () => {
    const { mask_text: mask } = await import('./crewscope.js');
    try {
      mask('x');
    } catch {
      // It is told by a card.
    }
  });
  await page.waitForSelector('#crewscope >>> .cs-panic');
  assert.match(await textOf(page), /stopped at an error of its own[\s\S]*Reload the page[\s\S]*unreachable/);
  assert.equal(await page.$eval('#crewscope', (host) => host.dataset.state), 'failed');
  // What listens still does nothing, and nothing more goes wrong.
  const before = page.problems.length;
  await page.keyboard.press('j');
  await page.mouse.move(400, 400);
  await page.mouse.click(400, 400);
  await page.setViewport({ width: 900, height: 700 });
  await new Promise((done) => setTimeout(done, 300));
  assert.deepEqual(page.problems.slice(before), []);
});

test('two viewers on a page: a crash shows a card in both, who waits is told, and the page goes on', async (t) => {
  const site = brokenSite((wasm) => withTrap(wasm, 'mounted_report'));
  t.after(() => rmSync(site, { recursive: true }));
  const inner = await startServer({ site });
  t.after(() => inner.close());
  inner.put('portal.html', `<!doctype html><html lang="en"><title>Portal</title><link rel="icon" href="data:,"><body><p id="host">0</p>
    <crew-scope id="a" src="/trace/sample.jsonl"></crew-scope><crew-scope id="b"></crew-scope><script type="module" src="/memory/portal.js"></script></body></html>`);
  inner.put('portal.js', `import '/define.js';
    globalThis.told = [];
    document.addEventListener('crewscope-error', ({ target, detail }) => told.push([target.id, detail.title]));
    const read = Blob.prototype.arrayBuffer;
    const late = new Promise((go) => { globalThis.bringTexts = go; });
    Blob.prototype.arrayBuffer = function () { return late.then(() => read.call(this)); };
    setInterval(() => { document.querySelector('#host').textContent = Number(document.querySelector('#host').textContent) + 1; }, 20);`);
  const page = await openPage(t, `${inner.origin}/memory/portal.html`, { allow: crash, before: count });
  await page.waitForFunction(() => customElements.get('crew-scope'));
  await page.evaluate((text) => document.querySelector('#b').load(text), traceFile('sample.jsonl').content.toString());
  await page.waitForFunction(() => [...document.querySelectorAll('crew-scope')].every((element) => element.dataset.state === 'ready'));
  // The first is reading when the second crashes.
  const refused = await page.evaluate(async () => {
    const [a, b] = document.querySelectorAll('crew-scope');
    const pending = a.load(new ReadableStream({ pull: () => new Promise(() => {}) })).then(() => 'loaded', (error) => String(error));
    pending.catch(() => {});
    const report = await b.report().then(() => 'reported', (error) => String(error));
    const later = await b.report().then(() => 'reported', (error) => String(error));
    return { report, later };
  });
  assert.match(refused.report, /unreachable/);
  assert.match(refused.later, /stopped at an error/);
  for (const id of ['a', 'b']) {
    const text = await page.$eval(`#${id}`, (element) => [element.dataset.state, element.shadowRoot.querySelector('.cs-panic')?.innerText ?? '']);
    assert.equal(text[0], 'failed', id);
    assert.match(text[1], /stopped at an error of its own/, id);
  }
  assert.deepEqual((await page.evaluate(() => globalThis.told)).map(([id]) => id).sort(), ['a', 'b']);
  // The texts it waits for come after all: nobody hears of them, and that is no error.
  await page.evaluate(() => globalThis.bringTexts());
  await page.waitForFunction(() => window.workers.ended === window.workers.started);
  const ticks = await page.$eval('#host', (element) => Number(element.textContent));
  await page.waitForFunction((before) => Number(document.querySelector('#host').textContent) > before + 3, {}, ticks);
  // The page may take them away.
  await page.evaluate(() => document.querySelectorAll('crew-scope').forEach((element) => element.remove()));
  await new Promise((done) => setTimeout(done, 100));
});
