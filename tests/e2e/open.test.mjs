// What the page shows after every way in (picker, drop, folder, paste, URL, gzip), while reading, and of what cannot be read.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { byRole, chooseFiles, chromiumOnly, dropFiles, dropPaths, openPage, pasteText, theServer, traceFile, tracePath, waitForState } from './harness.mjs';
import { figure, regionOf, reportOf } from './report.mjs';

const SAMPLE = 'sample.jsonl';
const FAILING = 'failing_task/otlp-crewai1.15.30.json';

/** The page shows the newest execution of these traces. */
async function shows(page, ...names) {
  const report = reportOf(...names);
  const { terms } = await regionOf(page, 'Execution Summary');
  assert.equal(figure(terms['Total Tokens'].text), report.executions[0].summary.total_tokens);
  const { text } = await regionOf(page, 'Executions');
  for (const execution of report.executions) assert.ok(text.includes(execution.name));
}

test('file picker', async (t) => {
  const page = await openPage(t, '/', { state: 'empty' });
  await chooseFiles(page, '#crewscope >>> input[type=file]:not([webkitdirectory])', [tracePath(SAMPLE)]);
  await waitForState(page, 'ready');
  await shows(page, SAMPLE);
});

test('regions come one after the other, and all are there when the state is ready', async (t) => {
  const page = await openPage(t, '/', { state: 'empty' });
  await page.$eval('#crewscope', (host) => {
    globalThis.__regions = [];
    const look = () => [...host.shadowRoot.querySelectorAll('.cs-shell section[aria-label], .cs-shell [role=region], .cs-shell section[aria-labelledby]')]
      .map((region) => region.getAttribute('aria-label') ?? host.shadowRoot.getElementById(region.getAttribute('aria-labelledby')).innerText);
    new MutationObserver(() => globalThis.__regions.push([host.dataset.state, look()])).observe(host, { attributeFilter: ['data-state'] });
  });
  await dropFiles(page, 'body', [traceFile(SAMPLE)]);
  await waitForState(page, 'ready');
  const seen = await page.evaluate(() => globalThis.__regions);
  const [state, regions] = seen.at(-1);
  assert.equal(state, 'ready');
  for (const region of ['Execution Summary', 'Findings', 'Execution Timeline', 'Tasks & Agents', 'Final Output', 'Task Details']) assert.ok(regions.includes(region), `${region}: ${regions}`);
});

test('drop of several files', async (t) => {
  const page = await openPage(t, '/', { state: 'empty' });
  await dropFiles(page, 'body', [traceFile(SAMPLE), traceFile(FAILING)]);
  await waitForState(page, 'ready');
  await shows(page, SAMPLE, FAILING);
});

test('drop of a folder', chromiumOnly, async (t) => {
  const page = await openPage(t, '/', { state: 'empty' });
  await dropPaths(page, [tracePath('lite_agent/otlp-crewai1.15.30.jsonl').replace(/\/[^/]*$/, '')]);
  await waitForState(page, 'ready');
  const { text } = await regionOf(page, 'Executions');
  assert.match(text, /Unit Assistant/);
});

test('batches of one run in five files make five executions', async (t) => {
  const names = ['', '-2', '-3', '-4', '-5'].map((suffix) => `kickoff_for_each/batch${suffix}-crewai1.14.7.json`);
  const page = await openPage(t, '/', { state: 'empty' });
  await dropFiles(page, 'body', names.map(traceFile));
  await waitForState(page, 'ready');
  await shows(page, ...names);
  assert.equal(reportOf(...names).executions.length, 5);
});

test('paste of text', async (t) => {
  const page = await openPage(t, '/', { state: 'empty' });
  await pasteText(page, traceFile(SAMPLE).content.toString('utf8'));
  await waitForState(page, 'ready');
  await shows(page, SAMPLE);
});

// That every kind of answer is read is in sources.test.mjs; here it is what the page shows of it.
for (const route of ['trace', 'fault/gzip']) {
  test(`URL: ${route}`, async (t) => {
    const page = await openPage(t, `/?src=${route}/${SAMPLE}`, { state: 'ready' });
    await shows(page, SAMPLE);
  });
}

test('URL on another origin that allows it, and two at once', async (t) => {
  const { crossOrigin } = await theServer();
  const page = await openPage(t, `/?src=${encodeURIComponent(`${crossOrigin}/trace/${SAMPLE}`)}&src=trace/${FAILING}`, { state: 'ready' });
  await shows(page, SAMPLE, FAILING);
});

test('gzip by picker, whatever its name', async (t) => {
  const page = await openPage(t, '/', { state: 'empty' });
  await dropFiles(page, 'body', [{ name: 'run.txt', content: gzipSync(traceFile(FAILING).content) }]);
  await waitForState(page, 'ready');
  await shows(page, FAILING);
});

test('opening another trace replaces the first', async (t) => {
  const page = await openPage(t, `/?src=trace/${SAMPLE}`, { state: 'ready' });
  await dropFiles(page, 'body', [traceFile(FAILING)]);
  await page.waitForFunction(() => /market_note/.test(document.querySelector('#crewscope').shadowRoot.querySelector('[aria-label="Executions"]')?.innerText));
  await shows(page, FAILING);
});

test('partial results appear while the file is read, and stop keeps them', async (t) => {
  const page = await openPage(t, `/?src=${encodeURIComponent(`fault/stall/${SAMPLE}?bytes=80000`)}`, { state: 'loading' });
  const tasks = await byRole(page, 'region', 'Tasks & Agents', { timeout: 20_000 });
  assert.match(await tasks.evaluate((region) => region.innerText), /research_market/);
  await (await byRole(page, 'progressbar')).dispose();
  const stop = await byRole(page, 'button', 'Cancel');
  await stop.click();
  await waitForState(page, 'ready');
  const { rows } = await regionOf(page, 'Tasks & Agents');
  assert.ok(rows.length > 0);
});

/** Opens something that cannot be read whole and gives what the page says about it. */
async function said(page) {
  await waitForState(page, ['failed', 'ready']);
  return page.$eval('#crewscope', (host) => host.shadowRoot.querySelector('.cs-root').innerText);
}

const BROKEN = [
  ['an empty file', '', /empty/i],
  ['binary', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3, 255, 254]), /binary|image|PNG|packed/i],
  ['an HTML error page', '<!doctype html><html><body>502 Bad Gateway</body></html>', /web page|HTML/i],
  ['JSON that is no trace', '{"hello":"world"}', /no form of trace|no trace/i],
  ['text that is no trace', 'just some words\nand more words\n', /no form of trace|no trace/i],
];
for (const [what, content, sentence] of BROKEN) {
  test(`what cannot be read: ${what}`, async (t) => {
    const page = await openPage(t, '/', { state: 'empty' });
    await dropFiles(page, 'body', [{ name: 'broken.json', content }]);
    const text = await said(page);
    assert.match(text, sentence);
    assert.match(text, /broken\.json/);
    await dropFiles(page, 'body', [traceFile(SAMPLE)]);
    await waitForState(page, 'ready');
    await shows(page, SAMPLE);
  });
}

test('a truncated document keeps what was readable and says where it ends', async (t) => {
  const whole = traceFile(FAILING).content;
  const page = await openPage(t, '/', { state: 'empty' });
  await dropFiles(page, 'body', [{ name: 'cut.json', content: whole.subarray(0, Math.floor(whole.length * 0.6)) }]);
  await waitForState(page, 'ready');
  const { rows } = await regionOf(page, 'Tasks & Agents');
  assert.ok(rows.length > 0);
  const notes = await page.waitForSelector('#crewscope >>> ::-p-text(note)');
  await notes.click();
  await page.waitForFunction(() => /file ends inside/.test(document.querySelector('#crewscope').shadowRoot.querySelector('.cs-root').innerText));
});

test('HTTP faults and CORS are told apart', async (t) => {
  const { foreignOrigin } = await theServer();
  const allow = [/Failed to load resource/, /CORS policy/, /net::ERR/];
  for (const [src, sentence] of [
    ['fault/404', /404/],
    ['fault/500', /500/],
    ['fault/html', /web page|HTML/i],
    ['fault/empty', /empty/i],
    [`${foreignOrigin}/trace/${SAMPLE}`, /CORS|does not allow/],
    ['http://127.0.0.1:1/none.json', /did not answer|CORS/],
  ]) {
    const page = await openPage(t, `/?src=${encodeURIComponent(src)}`, { state: ['failed', 'ready'], allow });
    const text = await said(page);
    assert.match(text, sentence, src);
    await byRole(page, 'button', 'Open trace…');
  }
});

test('a connection that breaks off keeps what came', async (t) => {
  const page = await openPage(t, `/?src=${encodeURIComponent(`fault/cut/${SAMPLE}?bytes=80000`)}`, { state: ['ready', 'failed'], allow: [/Failed to load resource/, /net::ERR/] });
  const { rows } = await regionOf(page, 'Tasks & Agents');
  assert.ok(rows.length > 0);
});
