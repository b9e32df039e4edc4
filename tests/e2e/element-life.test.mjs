// The custom element comes, moves, goes and stands beside others: under other names, of other versions, from other origins.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { chromiumOnly, openPage, thorough, tracePath } from './harness.mjs';
import { allReady, html, startPortal } from './portal.mjs';
import { reportOf } from './report.mjs';

const SAMPLE = 'sample.jsonl';
const DEFINE = 'import "/crew-scope/define.js";';

async function open(t, body, script = DEFINE, options = {}) {
  const portal = await startPortal({ pages: { 'index.html': html(body), 'page.js': script }, policy: options.policy });
  const page = await openPage(t, `${portal.origin}/`, options);
  return { page, portal };
}

test('moved, it keeps what it shows; removed, it ends; put back, it begins anew', async (t) => {
  const { page, portal } = await open(t, `<div id="one"><crew-scope src="/trace/${SAMPLE}"></crew-scope></div><div id="other"></div>`);
  await allReady(page);
  const [task] = reportOf(SAMPLE).executions[0].tasks.slice(-1);
  const showsTask = () => page.waitForFunction((id) => document.querySelector('crew-scope').shadowRoot.querySelector('[aria-label="Task Details"]')?.innerText.includes(id), {}, task.id);
  await page.$eval('crew-scope', (element, key) => {
    element.select({ task: key });
    element.kept = element.shadowRoot.querySelector('.cs-root');
  }, task.key);
  await showsTask();
  const asked = portal.requests.length;
  const moves = {
    append: (element, to) => to.append(element),
    later: async (element, to) => { element.remove(); await Promise.resolve(); await Promise.resolve(); to.append(element); },
    twice: (element, to) => { to.append(element); to.prepend(element); to.append(element); },
    moveBefore: (element, to) => (to.moveBefore ? to.moveBefore(element, null) : to.append(element)),
  };
  for (const [name, move] of Object.entries(moves)) {
    await page.evaluate(`(${move})(document.querySelector('crew-scope'), document.querySelector('div:empty'))`);
    await new Promise((resolve) => { setTimeout(resolve, 100); });
    assert.equal(await page.$eval('crew-scope', (element) => element.kept === element.shadowRoot.querySelector('.cs-root') && element.kept.isConnected), true, name);
    await showsTask();
  }
  assert.equal(portal.requests.length, asked);
  await page.evaluate(() => {
    globalThis.gone = document.querySelector('crew-scope');
    globalThis.gone.remove();
  });
  await page.waitForFunction(() => globalThis.gone.shadowRoot.childElementCount === 0 && !globalThis.gone.hasAttribute('data-state'));
  await page.evaluate(() => document.querySelector('#one').append(globalThis.gone));
  await allReady(page);
  assert.equal(await page.$eval('crew-scope', async (element) => (await element.report()).executions[0].tasks.length), reportOf(SAMPLE).executions[0].tasks.length);
});

test('removed while it loads, it lets go of everything', async (t) => {
  const { page } = await open(t, '');
  const outcome = await page.evaluate(async (address) => {
    await customElements.whenDefined('crew-scope');
    const element = document.body.appendChild(document.createElement('crew-scope'));
    const loading = element.load(address).then(() => 'loaded', ({ name }) => name);
    element.remove();
    return loading;
  }, `/trace/${SAMPLE}`);
  assert.equal(outcome, 'AbortError');
  assert.equal(page.workers().length, 0);
});

const TIMES = thorough ? 200 : 30;

test(`mounted and removed ${TIMES} times it leaves nothing behind`, { ...chromiumOnly, timeout: 240_000 }, async (t) => {
  const { page } = await open(t, '<div id="place"></div>');
  const client = await page.createCDPSession();
  await client.send('HeapProfiler.enable');
  const measure = async () => {
    for (let again = 0; again < 3; again += 1) {
      await client.send('HeapProfiler.collectGarbage');
      await new Promise((resolve) => { setTimeout(resolve, 200); });
    }
    const { nodes, jsEventListeners, documents } = await client.send('Memory.getDOMCounters');
    const { usedSize } = await client.send('Runtime.getHeapUsage');
    // The glue gives out what it started with.
    const wasm = await page.evaluate(async () => (await (await import('/crew-scope/crewscope.js')).default()).memory.buffer.byteLength);
    return { nodes, jsEventListeners, documents, usedSize, wasm, workers: page.workers().length };
  };
  const rounds = (count, text) => page.evaluate(async (times, trace) => {
    for (let at = 0; at < times; at += 1) {
      const element = document.createElement('crew-scope');
      document.querySelector('#place').append(element);
      await element.load(trace);
      element.select({ task: (await element.report()).executions[0].tasks[0].key });
      await new Promise((resolve) => { requestAnimationFrame(resolve); });
      element.remove();
      // Every second one also while it is still reading.
      if (at % 2) {
        const other = document.querySelector('#place').appendChild(document.createElement('crew-scope'));
        const loading = other.load(trace).catch(() => {});
        await new Promise((resolve) => { setTimeout(resolve, at % 20); });
        other.remove();
        await loading;
      }
      await new Promise((resolve) => { setTimeout(resolve); });
    }
    // Models of old are let go of in steps, some seconds later.
    await new Promise((resolve) => { setTimeout(resolve, 3000); });
  }, count, text);
  const trace = readFileSync(tracePath(SAMPLE), 'utf8');
  // What is kept once (compiled code, caches) is there after some.
  await rounds(thorough ? 40 : 20, trace);
  const before = await measure();
  await rounds(TIMES, trace);
  const after = await measure();
  t.diagnostic(`before ${JSON.stringify(before)}`);
  t.diagnostic(`after  ${JSON.stringify(after)}`);
  assert.equal(after.workers, 0);
  assert.equal(after.documents, before.documents);
  assert.ok(after.nodes <= before.nodes + 20, `${after.nodes - before.nodes} nodes more`);
  assert.ok(after.jsEventListeners <= before.jsEventListeners + 5, `${after.jsEventListeners - before.jsEventListeners} listeners more`);
  // One viewer with this trace takes some megabytes: as many of 10 KB (17 KB, if it is few times) would show.
  assert.ok(after.usedSize < before.usedSize + Math.max(500_000, TIMES * 10_000), `${after.usedSize - before.usedSize} bytes of heap more`);
  assert.ok(after.wasm <= before.wasm + 1_048_576, `${after.wasm - before.wasm} bytes of wasm memory more`);
});

const MORE = thorough ? 40 : 10;

test('every worker is ended, no listener stays on the page, the wasm memory stays flat', async (t) => {
  const { page } = await open(t, '<div id="place"></div>', `
    const OwnWorker = globalThis.Worker;
    globalThis.counts = { made: 0, ended: 0, listeners: 0 };
    globalThis.Worker = class extends OwnWorker {
      constructor(...given) { super(...given); counts.made += 1; }
      terminate() { counts.ended += 1; super.terminate(); }
    };
    for (const target of [globalThis, document, document.documentElement, document.body]) {
      const { addEventListener: add, removeEventListener: remove } = target;
      target.addEventListener = function added(...given) { counts.listeners += 1; return add.apply(this, given); };
      target.removeEventListener = function removed(...given) { counts.listeners -= 1; return remove.apply(this, given); };
    }
    await import('/crew-scope/define.js');`);
  const rounds = (count, trace) => page.evaluate(async (times, text) => {
    await customElements.whenDefined('crew-scope');
    for (let at = 0; at < times; at += 1) {
      const element = document.querySelector('#place').appendChild(document.createElement('crew-scope'));
      await element.load(text);
      await element.append('\n');
      await element.report();
      element.remove();
      await new Promise((resolve) => { setTimeout(resolve); });
    }
    await new Promise((resolve) => { setTimeout(resolve, 1500); });
    const { memory } = await (await import('/crew-scope/crewscope.js')).default();
    return { ...globalThis.counts, wasm: memory.buffer.byteLength };
  }, count, trace);
  const trace = readFileSync(tracePath(SAMPLE), 'utf8');
  const before = await rounds(10, trace);
  const after = await rounds(MORE, trace);
  // Two each: one that was read as finished, and one that grew.
  assert.equal(after.made, 2 * (10 + MORE));
  assert.equal(after.ended, after.made);
  assert.equal(after.listeners, before.listeners);
  assert.ok(after.wasm <= before.wasm + 1_048_576, `${after.wasm - before.wasm} bytes of wasm memory more`);
});

test('it works under another name, and beside another version', async (t) => {
  const { page, portal } = await open(t, `<crew-scope src="/trace/${SAMPLE}"></crew-scope><run-viewer src="/trace/${SAMPLE}"></run-viewer><old-scope src="/trace/${SAMPLE}"></old-scope>`, `
    import { define, CrewScope, version } from '/crew-scope/crew-scope.js';
    import * as other from '/other/crew-scope.js';
    const mine = define();
    globalThis.facts = {
      version,
      again: define() === mine,
      class: mine === CrewScope,
      taken: other.define() === mine,
      named: define('run-viewer') !== mine && customElements.get('run-viewer').prototype instanceof CrewScope,
      apart: !(other.define('old-scope').prototype instanceof CrewScope),
    };`, { height: 4000 });
  await allReady(page, 'crew-scope, run-viewer, old-scope');
  const { version, ...facts } = await page.evaluate(() => globalThis.facts);
  assert.match(version, /^\d+\.\d+\.\d+$/);
  assert.deepEqual(facts, { again: true, class: true, taken: true, named: true, apart: true });
  const wasm = portal.requests.filter(({ url }) => url.endsWith('_bg.wasm')).map(({ url }) => url).sort();
  assert.deepEqual(wasm, ['/crew-scope/crewscope-reader_bg.wasm', '/crew-scope/crewscope_bg.wasm', '/other/crewscope-reader_bg.wasm', '/other/crewscope_bg.wasm']);
});

test('it loads from another origin, and its files may lie elsewhere', async (t) => {
  const cdn = await startPortal({ cors: true });
  const files = await startPortal({ cors: true });
  const policy = `default-src 'none'; script-src 'self' ${cdn.origin} ${files.origin} 'wasm-unsafe-eval'; connect-src 'self' ${cdn.origin} ${files.origin}; worker-src 'self' blob: ${cdn.origin} ${files.origin}; img-src data:`;
  const first = await open(t, `<crew-scope src="/trace/${SAMPLE}"></crew-scope>`, `import "${cdn.origin}/crew-scope/define.js";`, { policy });
  await allReady(first.page);
  assert.ok(cdn.requests.some(({ url }) => url.endsWith('worker.js')));
  const saved = await first.page.$eval('crew-scope', async (element) => (await element.exportHtml()).size);
  assert.ok(saved > 300_000);

  const script = `import { CrewScope, define } from "${cdn.origin}/crew-scope/crew-scope.js";
    CrewScope.configure({ wasmUrl: "${files.origin}/crew-scope/crewscope_bg.wasm", workerUrl: "${files.origin}/crew-scope/worker.js", templateUrl: "${files.origin}/crew-scope/crewscope-html.txt" });
    define();`;
  const asked = cdn.requests.length;
  const second = await open(t, `<crew-scope src="/trace/${SAMPLE}"></crew-scope>`, script, { policy });
  await allReady(second.page);
  assert.ok(await second.page.$eval('crew-scope', async (element) => (await element.exportHtml()).size) > 300_000);
  const elsewhere = files.requests.map(({ url }) => url.split('/').pop());
  for (const name of ['crewscope_bg.wasm', 'crewscope-reader_bg.wasm', 'worker.js', 'crewscope-html.txt']) assert.ok(elsewhere.includes(name), `${name} was not asked for`);
  assert.ok(cdn.requests.slice(asked).every(({ url }) => !/wasm$|worker\.js$|txt$/.test(url)));
});

test('a program that does not come is told by an event, and tried again', async (t) => {
  const { page } = await open(t, '<crew-scope></crew-scope>', `import { configure, define } from '/crew-scope/crew-scope.js';
    globalThis.configure = configure;
    configure({ wasmUrl: '/nowhere.wasm' });
    define();`, { allow: [/404/] });
  const told = await page.$eval('crew-scope', (element, text) => Promise.all([
    new Promise((resolve) => { element.addEventListener('crewscope-error', ({ detail }) => resolve(detail.detail), { once: true }); }),
    element.load(text).then(() => 'loaded', ({ message }) => message),
  ]), readFileSync(tracePath(SAMPLE), 'utf8'));
  assert.match(told[0], /404/);
  assert.match(told[1], /could not start/);
  await page.evaluate(() => globalThis.configure({ wasmUrl: '/crew-scope/crewscope_bg.wasm' }));
  await page.$eval('crew-scope', (element, text) => element.load(text), readFileSync(tracePath(SAMPLE), 'utf8'));
  await allReady(page);
});
