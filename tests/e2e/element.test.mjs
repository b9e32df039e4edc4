// The custom element: its contract, in a portal under a strict CSP.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openPage, root, theServer, tracePath } from './harness.mjs';
import { allReady, html, startPortal } from './portal.mjs';
import { reportOf } from './report.mjs';

const SAMPLE = 'sample.jsonl';
const FAILING = 'failing_task/otlp-crewai1.15.30.json';
const RUNNING = 'running/otlp-crewai1.15.30.jsonl';
const DEFINE = 'import "/crew-scope/define.js";';

/** A portal with one page, opened. */
async function open(t, body, script = DEFINE, options = {}) {
  const portal = await startPortal({ pages: { 'index.html': html(body), 'page.js': script, ...options.pages }, policy: options.policy });
  const page = await openPage(t, `${portal.origin}/${options.search ?? ''}`, options);
  return { page, portal };
}

const shadowText = (page, selector) => page.$eval(selector, (element) => element.shadowRoot.querySelector('.cs-root')?.innerText ?? '');

test('two viewers under a strict CSP share the program and touch nothing of their host', async (t) => {
  const { page, portal } = await open(t, `<crew-scope id="a" src="/trace/${SAMPLE}"></crew-scope><crew-scope id="b" theme="dark" src="/trace/${FAILING}"></crew-scope>`, DEFINE, { height: 4000 });
  await allReady(page);
  assert.deepEqual(await page.$$eval('crew-scope', (list) => list.map((element) => element.shadowRoot.querySelectorAll('.cs-root').length)), [1, 1]);
  const titles = [reportOf(SAMPLE), reportOf(FAILING)].map((report) => report.executions[0].name);
  assert.ok((await shadowText(page, '#a')).includes(titles[0]));
  assert.ok((await shadowText(page, '#b')).includes(titles[1]));
  const programs = portal.requests.map(({ url }) => url.split('/').pop()).filter((name) => name.endsWith('_bg.wasm'));
  assert.deepEqual(programs.sort(), ['crewscope-reader_bg.wasm', 'crewscope_bg.wasm']);
  assert.deepEqual(await page.$$eval('crew-scope', (list) => list.map((element) => element.shadowRoot.querySelector('.cs-root').dataset.theme)), ['auto', 'dark']);
  const host = await page.evaluate(() => ({
    url: location.href, history: history.length, local: localStorage.length, session: sessionStorage.length, cookie: document.cookie,
    sheets: document.styleSheets.length + document.adoptedStyleSheets.length, styles: document.querySelectorAll('style, link[rel=stylesheet]').length,
    attributes: document.documentElement.attributes.length + document.body.attributes.length, children: document.body.childElementCount,
    globals: Object.keys(globalThis).filter((name) => /crew/i.test(name)),
  }));
  assert.deepEqual(host, {
    url: `${portal.origin}/`, history: host.history, local: 0, session: 0, cookie: '', sheets: 0, styles: 0, attributes: 1, children: 3, globals: [],
  });
  // What one selects, the other does not.
  const [first] = reportOf(SAMPLE).executions[0].tasks;
  assert.equal(await page.$eval('#a', (element, task) => element.select({ task }), first.key), true);
  await page.waitForFunction((id) => document.querySelector('#a').shadowRoot.querySelector('[aria-label="Task Details"]').innerText.includes(id), {}, first.id);
  assert.ok(!(await shadowText(page, '#b')).includes(first.id));
  assert.equal(await page.evaluate(() => location.href), `${portal.origin}/`);
});

test('nothing heavy is loaded before the element is in view or something is asked of it', async (t) => {
  const { page, portal } = await open(t, `<div id="above"></div><crew-scope id="a" src="/trace/${SAMPLE}"></crew-scope><crew-scope id="b"></crew-scope>`,
    `${DEFINE} document.getElementById("above").style.height = "5000px"; for (const box of document.querySelectorAll('crew-scope')) box.style.marginBottom = "3000px"; document.body.dataset.set = 'yes';`);
  await page.waitForSelector('body[data-set]');
  await new Promise((resolve) => { setTimeout(resolve, 400); });
  assert.deepEqual(portal.requests.map(({ url }) => url).filter((url) => !/favicon|^\/$|page\.js|define\.js|crew-scope\.js$/.test(url)), []);
  assert.equal(await page.$eval('#a', (element) => getComputedStyle(element).display), 'block');
  await page.$eval('#a', (element) => element.scrollIntoView());
  await allReady(page, '#a');
  assert.equal(await page.$eval('#b', (element) => element.shadowRoot.childElementCount), 0);
  // Asked for, it need not be seen.
  await page.$eval('#b', (element, text) => element.load(text), readFileSync(tracePath(SAMPLE), 'utf8'));
  assert.equal(await page.$eval('#b', (element) => element.dataset.state), 'ready');
});

test('load takes texts, objects, Blobs, buffers, streams, addresses and arrays of these', async (t) => {
  const { page } = await open(t, '<crew-scope></crew-scope>');
  const lines = readFileSync(tracePath(RUNNING), 'utf8');
  const object = JSON.parse(readFileSync(tracePath(FAILING), 'utf8'));
  const wanted = reportOf(FAILING).executions[0].summary.total_tokens;
  const loaded = await page.evaluate(async (parsed, text, address) => {
    const viewer = document.querySelector('crew-scope');
    const whole = JSON.stringify(parsed);
    const bytes = new TextEncoder().encode(whole);
    const half = Math.floor(bytes.length / 2);
    const forms = {
      text: whole,
      object: parsed,
      blob: new Blob([whole]),
      file: new File([whole], 'a.json'),
      buffer: bytes.buffer,
      view: new Uint8Array(bytes),
      gzip: await new Response(new Blob([whole]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer(),
      stream: new ReadableStream({
        start(controller) {
          controller.enqueue(bytes.subarray(0, half));
          controller.enqueue(bytes.subarray(half));
          controller.close();
        },
      }),
      address,
      url: new URL(address, location.href),
      several: [whole, text],
    };
    const found = {};
    for (const [name, form] of Object.entries(forms)) {
      const detail = await viewer.load(form);
      const report = await viewer.report();
      found[name] = [detail.executions.length, report.executions.length, Math.max(...report.executions.map(({ summary }) => summary.total_tokens ?? 0)), report.sources[0].name];
    }
    return found;
  }, object, lines, `/trace/${FAILING}`);
  for (const [name, [told, executions, tokens, source]] of Object.entries(loaded)) {
    assert.equal(told, executions, name);
    assert.equal(executions, name === 'several' ? 2 : 1, name);
    assert.ok(tokens >= wanted, `${name}: ${tokens} tokens, ${wanted} in the file`);
    if (name === 'file') assert.equal(source, 'a.json');
    if (name === 'address' || name === 'url') assert.equal(source, FAILING.split('/').pop());
  }
});

test('the report of the element is the report of the command', async (t) => {
  const { page } = await open(t, `<crew-scope src="/trace/${FAILING}"></crew-scope>`);
  await allReady(page);
  const said = await page.$eval('crew-scope', (element) => element.report());
  const command = reportOf(FAILING);
  assert.deepEqual(said, command);
});

test('events bubble out with their details', async (t) => {
  const { page } = await open(t, '<crew-scope></crew-scope>', `${DEFINE}
    globalThis.seen = [];
    for (const kind of ['progress', 'load', 'select', 'error']) {
      document.addEventListener('crewscope-' + kind, (event) => seen.push([kind, event.detail, event.composed, event.target.localName]));
    }`);
  const told = () => page.evaluate(() => globalThis.seen.splice(0));
  await page.$eval('crew-scope', (element, address) => element.load(address), `/trace/${FAILING}`);
  const loading = await told();
  assert.ok(loading.every(([, , composed, target]) => composed && target === 'crew-scope'));
  const [, progress] = loading.find(([kind]) => kind === 'progress');
  assert.equal(progress.name, FAILING.split('/').pop());
  assert.equal(typeof progress.done, 'number');
  const [report] = reportOf(FAILING).executions;
  const [, detail] = loading.find(([kind]) => kind === 'load');
  assert.deepEqual(detail, { cancelled: false, executions: [{ id: report.id, name: report.name, kind: report.kind, status: 'failed' }] });

  const [task] = report.tasks;
  await page.$eval('crew-scope', (element, name) => element.select({ task: name }), task.name);
  await page.waitForFunction(() => globalThis.seen.some(([kind]) => kind === 'select'));
  const [[, selection]] = (await told()).filter(([kind]) => kind === 'select');
  assert.deepEqual([selection.execution, selection.task, typeof selection.span], [report.id, task.key, 'string']);
  assert.equal(await page.$eval('crew-scope', (element) => element.select({ task: 'nobody' })), false);

  const refused = await page.$eval('crew-scope', (element) => element.load('{"no":"trace"}').catch((error) => [error.message, error.detail]));
  assert.match(refused[0], /No trace/);
  const errors = (await told()).filter(([kind]) => kind === 'error');
  assert.deepEqual(errors.map(([, error]) => error), [refused[1]]);
  assert.ok(refused[1].title && refused[1].detail && refused[1].hint);
  // The newest wins; who waited for the older one learns of it.
  const outcomes = await page.$eval('crew-scope', (element, one, other) => Promise.allSettled([element.load(one), element.load(other)])
    .then((all) => all.map(({ status, reason }) => reason?.name ?? status)), `/trace/${SAMPLE}`, `/trace/${FAILING}`);
  assert.deepEqual(outcomes, ['AbortError', 'fulfilled']);
  await page.$eval('crew-scope', (element) => element.clear());
  await allReady(page, 'crew-scope', 'empty');
});

test('attributes choose what is shown, and can be changed', async (t) => {
  const report = reportOf('kickoff_for_each/otlp-crewai1.15.30.jsonl');
  const chosen = report.executions[2];
  const { page } = await open(t, `<crew-scope src="/trace/kickoff_for_each/otlp-crewai1.15.30.jsonl" execution="${chosen.id}" task="${chosen.tasks[0].name}" sections="summary tasks details" prices="/prices.json"></crew-scope>`, DEFINE, {
    pages: { 'prices.json': JSON.stringify({ currency: 'USD', prices: Object.fromEntries(chosen.tasks[0].models.map((model) => [model, { input: 1_000_000, output: 1_000_000 }])) }) },
    width: 1400,
  });
  await allReady(page);
  await page.waitForFunction((id) => document.querySelector('crew-scope').shadowRoot.querySelector('[aria-label="Task Details"]').innerText.includes(id), {}, chosen.tasks[0].id);
  const shown = () => page.$eval('crew-scope', (element) => Object.fromEntries(['Executions', 'Execution Summary', 'Execution Timeline', 'Tasks & Agents', 'Final Output', 'Task Details']
    .map((name) => [name, Boolean(element.shadowRoot.querySelector(`[aria-label="${name}"]`)?.getClientRects().length)])));
  assert.deepEqual(await shown(), { Executions: false, 'Execution Summary': true, 'Execution Timeline': false, 'Tasks & Agents': true, 'Final Output': false, 'Task Details': true });
  await page.waitForFunction(() => /\$9[12]\.00\s+by your prices/.test(document.querySelector('crew-scope').shadowRoot.querySelector('[aria-label="Execution Summary"]').innerText), { timeout: 5000 });
  await page.$eval('crew-scope', (element) => { element.view = 'output'; element.theme = 'dark'; });
  assert.deepEqual(await shown(), { Executions: false, 'Execution Summary': false, 'Execution Timeline': false, 'Tasks & Agents': false, 'Final Output': true, 'Task Details': false });
  assert.equal(await page.$eval('crew-scope', (element) => [element.getAttribute('theme'), element.shadowRoot.querySelector('.cs-root').dataset.theme].join()), 'dark,dark');
  await page.$eval('crew-scope', (element) => { element.removeAttribute('view'); element.removeAttribute('sections'); });
  assert.ok(Object.values(await shown()).every(Boolean));
  const [newest] = report.executions;
  await page.$eval('crew-scope', (element, id) => { element.removeAttribute('task'); element.execution = id; }, newest.id);
  assert.equal((await page.$eval('crew-scope', async (element) => (await element.report()).executions.length)), report.executions.length);
});

test('each region can be shown alone, by view and by sections', async (t) => {
  const { page } = await open(t, '<crew-scope src="/trace/failing_task/otlp-crewai1.15.30.json"></crew-scope>', DEFINE, { width: 1400 });
  await allReady(page);
  const regions = () => page.$eval('crew-scope', (element) => [...element.shadowRoot.querySelectorAll('[role=region][aria-label]')]
    .filter((region) => region.getClientRects().length && !region.parentElement.closest('[role=region]')).map((region) => region.getAttribute('aria-label')));
  const all = await regions();
  const [, types] = /export type Region = ([^;]+);/.exec(readFileSync(join(root, 'web/package/crew-scope.d.ts'), 'utf8'));
  const words = types.split('|').map((word) => word.trim().slice(1, -1)).filter((word) => word !== 'header');
  const seen = [];
  for (const attribute of ['view', 'sections']) {
    for (const word of words) {
      await page.$eval('crew-scope', (element, name, value) => {
        element.view = '';
        element.sections = '';
        element[name] = value;
      }, attribute, word);
      const shown = await regions();
      assert.equal(shown.length, 1, `${attribute}=${word} shows ${shown.join(', ')}`);
      seen.push(shown[0]);
    }
  }
  assert.deepEqual([...new Set(seen)].sort(), all.sort());
});

test('every address passes the gate, with who wants it; what it refuses is not asked for', async (t) => {
  const { page, portal } = await open(t, '<crew-scope></crew-scope>', DEFINE, {
    pages: { 'manifest.json': JSON.stringify({ crewscope: 'manifest/1', traces: ['/trace/sample.jsonl', '/secret/a.jsonl'] }), 'prices.json': '{"currency":"USD","prices":{}}' },
    allow: [/404/],
  });
  const { asked, refused } = await page.evaluate(async () => {
    const element = document.querySelector('crew-scope');
    const asked = [];
    element.gate = (address, wanted) => {
      asked.push([new URL(address).pathname, wanted.by, ...(wanted.list ? [new URL(wanted.list).pathname] : [])]);
      if (/secret/.test(address)) throw new Error('secrets are not shown here');
    };
    const refused = [];
    const load = (source) => element.load(source).catch((error) => refused.push(String(error.message)));
    const settled = () => new Promise((done) => {
      for (const kind of ['load', 'error']) element.addEventListener(`crewscope-${kind}`, done, { once: true });
    });
    const shown = settled();
    element.src = '/trace/sample.jsonl';
    await shown;
    for (const live of [false, true]) {
      element.src = '';
      element.toggleAttribute('live', live);
      const told = settled();
      element.src = `/secret/src-${live}.jsonl`;
      await told;
    }
    element.src = '';
    element.removeAttribute('live');
    await load('/trace/sample.jsonl');
    await load(['/trace/sample.jsonl', new URL('/secret/b.jsonl', location.href)]);
    await load('/manifest.json#trace=a.jsonl');
    element.prices = '/prices.json';
    const told = settled();
    element.prices = '/secret/prices.json';
    await told;
    // A gate that stands before the element is defined.
    const early = document.createElement('late-scope');
    early.gate = element.gate;
    early.setAttribute('src', '/secret/early.jsonl');
    const shut = new Promise((done) => { early.addEventListener('crewscope-error', done, { once: true }); });
    document.body.append(early);
    (await import('/crew-scope/crew-scope.js')).define('late-scope');
    await shut;
    return { asked, refused };
  });
  assert.deepEqual(asked, [
    ['/trace/sample.jsonl', 'src'],
    ['/secret/src-false.jsonl', 'src'],
    ['/secret/src-true.jsonl', 'src'],
    ['/trace/sample.jsonl', 'load'],
    ['/trace/sample.jsonl', 'load'],
    ['/secret/b.jsonl', 'load'],
    ['/manifest.json', 'load'],
    ['/secret/a.jsonl', 'manifest', '/manifest.json'],
    ['/prices.json', 'prices'],
    ['/secret/prices.json', 'prices'],
    ['/secret/early.jsonl', 'src'],
  ]);
  assert.deepEqual(refused, Array(2).fill('This address may not be opened here: secrets are not shown here.'));
  assert.deepEqual(portal.requests.filter(({ url }) => /secret/.test(url)), []);
});

test('prices that cannot be used are told by an event, and the built-in ones stay', async (t) => {
  const { page } = await open(t, `<crew-scope src="/trace/${SAMPLE}"></crew-scope>`, DEFINE, { pages: { 'wrong.json': '{"prices":{"m":{"input":1,"ouput":2}}}' }, allow: [/404/] });
  await allReady(page);
  const told = (address) => page.$eval('crew-scope', (element, prices) => new Promise((resolve) => {
    element.addEventListener('crewscope-error', ({ detail }) => resolve(`${detail.title}: ${detail.detail}`), { once: true });
    element.prices = prices;
  }), address);
  assert.match(await told('/none.json'), /prices cannot be used: .*404/);
  assert.match(await told('/wrong.json'), /prices cannot be used: .*ouput/);
  const cost = await page.$eval('crew-scope', async (element) => (await element.report()).executions[0].summary.estimated_cost_usd);
  assert.equal(cost, reportOf(SAMPLE).executions[0].summary.estimated_cost_usd);
});

test('properties set before the element is defined count', async (t) => {
  const { page } = await open(t, '<crew-scope></crew-scope>', `document.querySelector('crew-scope').src = '/trace/${SAMPLE}'; await import('/crew-scope/define.js');`);
  await allReady(page);
  assert.equal(await page.$eval('crew-scope', (element) => element.getAttribute('src')), `/trace/${SAMPLE}`);
});

test('append continues what is open and keeps the selection', async (t) => {
  const lines = readFileSync(tracePath(SAMPLE), 'utf8').split('\n').filter(Boolean);
  const { page } = await open(t, '<crew-scope></crew-scope>');
  const viewer = await page.$('crew-scope');
  const counted = () => viewer.evaluate((element) => element.report().then(({ sources, executions }) => ({ sources: sources.length, records: sources[0].records, bytes: sources[0].bytes, tasks: executions[0]?.tasks.length })));
  const until = async (bytes) => {
    for (let tries = 0; tries < 100; tries += 1) {
      const now = await counted();
      if (now.bytes === bytes) return now;
      await new Promise((resolve) => { setTimeout(resolve, 50); });
    }
    return counted();
  };
  // Loaded as finished, then it grows after all.
  await viewer.evaluate((element, text) => element.load(text), `${lines[0]}\n`);
  const first = await counted();
  const { span } = await viewer.evaluate((element) => new Promise((resolve) => {
    element.addEventListener('crewscope-select', ({ detail }) => resolve(detail), { once: true });
    element.report().then(({ executions }) => element.select({ task: executions[0].tasks[0]?.name }) || resolve({}));
  }));
  let bytes = Buffer.byteLength(`${lines[0]}\n`);
  for (const [at, line] of lines.slice(1).entries()) {
    // In pieces that end anywhere, as text and as bytes.
    const cut = Math.floor(line.length / 3);
    await viewer.evaluate((element, one, two, asBytes) => {
      element.append(one);
      return element.append(asBytes ? new TextEncoder().encode(two) : two);
    }, line.slice(0, cut), `${line.slice(cut)}\n`, at % 2 === 0);
    bytes += Buffer.byteLength(line) + 1;
  }
  const last = await until(bytes);
  assert.ok(last.records > first.records, `${first.records} then ${last.records}`);
  assert.equal(last.bytes, bytes);
  const whole = reportOf(SAMPLE).executions[0];
  const grown = await viewer.evaluate(async (element) => (await element.report()).executions[0]);
  assert.equal(grown.summary.total_tokens, whole.summary.total_tokens);
  assert.equal(grown.final_output, whole.final_output);
  assert.deepEqual(grown.tasks.map(({ output }) => output), whole.tasks.map(({ output }) => output));
  if (span) assert.equal(await viewer.evaluate((element, id) => element.select({ span: id }), span), true);
  assert.equal(await page.$eval('crew-scope', (element) => element.dataset.state), 'ready');
  // Into an empty viewer, records as objects.
  await viewer.evaluate((element) => element.clear());
  await viewer.evaluate((element, records) => Promise.all(records.map((record) => element.append(record))), lines.map((line) => JSON.parse(line)));
  await allReady(page);
  await viewer.evaluate((element, tokens) => new Promise((resolve, reject) => {
    const look = (tries) => element.report().then(({ executions }) => (executions[0]?.summary.total_tokens === tokens ? resolve() : tries ? setTimeout(look, 50, tries - 1) : reject(new Error('it did not grow'))));
    look(100);
  }), whole.summary.total_tokens);
});

test('a server that is gone is said, tried again, and forgotten when it is back', async (t) => {
  const lines = readFileSync(tracePath(RUNNING), 'utf8').split('\n').filter(Boolean);
  const server = await theServer();
  const { page } = await open(t, '<crew-scope live="0.3"></crew-scope>', DEFINE, {
    policy: `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' ${server.crossOrigin}; worker-src 'self'; img-src data:`,
    allow: [/Failed to load resource|404/],
  });
  const told = page.$eval('crew-scope', (element, url) => new Promise((resolve) => {
    element.addEventListener('crewscope-error', ({ detail }) => resolve(detail), { once: true });
    element.src = url;
  }), `${server.crossOrigin}/memory/late.jsonl`);
  assert.match((await told).detail, /404/);
  await page.waitForFunction(() => document.querySelector('crew-scope').shadowRoot.querySelector('[role=status].cs-trouble')?.textContent.includes('404'));
  server.put('late.jsonl', lines.join('\n'));
  await allReady(page);
  await page.waitForFunction(() => !document.querySelector('crew-scope').shadowRoot.querySelector('.cs-trouble'));
});
