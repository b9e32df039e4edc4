// Pages that carry their trace: "Save as HTML", exportHtml(), what redaction takes out, and a trace that lies beside the file as a script.
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { byRole, chooseFiles, dropFiles, expectAccessible, find, openPage, root, textOf, theServer, tracePath, waitForState } from './harness.mjs';
import { html, startPortal } from './portal.mjs';
import { figure, regionOf, reportOf } from './report.mjs';

const SAMPLE = 'sample.jsonl';
const SECRET = 'sk-live0123456789abcdefghij';
const FAILING = 'failing_task/otlp-crewai1.15.30.json';

/** A page with the element of the npm package. */
async function openPortal(t, pages) {
  const portal = await startPortal({ pages: { 'index.html': html('<crew-scope id="crewscope"></crew-scope>'), 'page.js': 'import "/crew-scope/define.js";', ...pages } });
  return openPage(t, portal.origin);
}

/** A folder that goes with the test. */
function folder(t) {
  const path = mkdtempSync(join(tmpdir(), 'crewscope-save-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Keeps what the page hands to the browser's downloads: { name, text }. */
const keepDownloads = (page) => page.evaluateOnNewDocument(() => {
  const blobs = new Map();
  const make = URL.createObjectURL;
  URL.createObjectURL = (blob) => {
    const url = make.call(URL, blob);
    blobs.set(url, blob);
    return url;
  };
  const click = HTMLAnchorElement.prototype.click;
  HTMLAnchorElement.prototype.click = function clicked() {
    if (!this.download) return click.call(this);
    globalThis.__downloads = [...(globalThis.__downloads ?? []), { name: this.download, blob: blobs.get(this.href) }];
    return undefined;
  };
});

/** Waiting for a selector does not see what changes inside of a shadow root. */
const dialogIs = (page, open) => page.waitForFunction((wanted) => Boolean(document.querySelector('#crewscope').shadowRoot.querySelector('dialog[open] form.cs-save')) === wanted, {}, open);

/** Presses "Save as HTML", chooses whether secrets are hidden, and gives the file. */
async function save(page, { hide = false } = {}) {
  await page.evaluate(() => { globalThis.__downloads = []; });
  await (await byRole(page, 'button', 'Save as HTML')).click();
  await dialogIs(page, true);
  const box = await find(page, 'dialog[open] input[type="checkbox"]');
  assert.ok(await box.evaluate((input) => input.checked), 'hiding is the default');
  if (!hide) await box.click();
  await (await find(page, 'dialog[open] button[type="submit"]')).click();
  await page.waitForFunction(() => globalThis.__downloads.length);
  await dialogIs(page, false);
  return page.evaluate(async () => {
    const { name, blob } = globalThis.__downloads.pop();
    return { name, text: await blob.text() };
  });
}

/** Opens a file of the disk with the network off, under a policy of the file's own; nothing but the file may be asked for. */
async function openSaved(t, path, { search = '', allow = [], ...options } = {}) {
  const asked = [];
  const page = await openPage(t, pathToFileURL(path).href + search, {
    ...options,
    // The last one is the question below, which the file's own policy refuses, too.
    allow: [...allow, /ERR_INTERNET_DISCONNECTED|Cross-Origin Request Blocked/, /\/trace\/sample\.jsonl/],
    offline: true,
    before: async (opened) => {
      opened.on('request', (request) => asked.push(request.url()));
      await keepDownloads(opened);
    },
  });
  assert.deepEqual(asked.filter((url) => !/^(file|data|blob):/.test(url)), []);
  // It is really off: this host allows every origin.
  const { crossOrigin } = await theServer();
  assert.equal(await page.evaluate((url) => fetch(url).then(() => 'reached', () => 'off'), `${crossOrigin}/trace/${SAMPLE}`), 'off');
  return page;
}

/** Saves text in a folder of the test, under the name of the download. */
function keep(t, { name, text }) {
  const path = join(folder(t), name);
  writeFileSync(path, text);
  return path;
}

/** Selects a task in the table and waits for its details. */
async function selectTask(page, name) {
  const region = await byRole(page, 'region', 'Tasks & Agents');
  const button = await region.evaluateHandle((element, wanted) => [...element.querySelectorAll('.cs-row-button')].find((row) => row.innerText.trim() === wanted), name);
  await button.asElement().click();
  await detailsOf(page, name);
}

/** The details, once they are those of `name`. */
async function detailsOf(page, name) {
  await page.waitForFunction((wanted) => document.querySelector('#crewscope').shadowRoot.querySelector('[aria-label="Task Details"]')?.innerText.includes(wanted), { timeout: 10_000 }, name);
  return textOf(await find(page, '[aria-label="Task Details"]'));
}

/** Words of a text that Markdown does not change. */
const words = (text) => text.replace(/[^A-Za-z0-9 ]+/g, '\n').split('\n').map((piece) => piece.trim()).filter((piece) => piece.length > 12).slice(0, 3);

/** The traces inside a saved page: name and bytes, unpacked. */
function inside(text) {
  const blocks = [...text.matchAll(/<script type="application\/gzip;base64" class="crewscope-trace" data-name="([^"]*)">([^<]*)<\/script>/g)];
  return blocks.map(([, name, content]) => ({ name, bytes: gunzipSync(Buffer.from(content, 'base64')) }));
}

test('Save as HTML: the file holds trace and selection, opens from the disk without network, and can be saved again', async (t) => {
  const { origin } = await theServer();
  // What else a link says of the view goes along.
  const page = await openPage(t, `/?src=trace/${SAMPLE}#v=1&kept=yes%20indeed`, { state: 'ready', width: 1480, height: 1000, before: keepDownloads });
  await selectTask(page, 'write_report');
  const file = await save(page);
  assert.equal(file.name, 'sample.html');
  assert.ok(!file.text.includes(origin), 'the file names the server');
  assert.match(/id="crewscope-view"[^>]*>([^<]*)</.exec(file.text)[1], /^v=1&(?:execution=[^&]+&)?span=[^&]+&kept=yes%20indeed$/);
  const [kept, ...others] = inside(file.text);
  assert.deepEqual(others, []);
  assert.equal(kept.name, SAMPLE);
  assert.ok(kept.bytes.equals(readFileSync(tracePath(SAMPLE))), 'the bytes of the trace are not those that were opened');

  const task = reportOf(SAMPLE).executions[0].tasks.find(({ name }) => name === 'write_report');
  let path = keep(t, file);
  for (let generation = 1; generation <= 2; generation += 1) {
    const saved = await openSaved(t, path, { state: 'ready', width: 1480, height: 1000 });
    const details = await detailsOf(saved, 'write_report');
    for (const piece of words(task.output)) assert.ok(details.includes(piece), `generation ${generation}: the details lack ${piece}`);
    const { terms } = await regionOf(saved, 'Execution Summary');
    assert.equal(figure(terms['Total Tokens'].text), reportOf(SAMPLE).executions[0].summary.total_tokens);
    const again = await save(saved);
    assert.equal(inside(again.text).length, 1, `generation ${generation}`);
    assert.ok(inside(again.text)[0].bytes.equals(kept.bytes));
    assert.equal([...again.text.matchAll(/id="crewscope-view"/g)].length, 1);
    // It does not grow from one saving to the next.
    assert.ok(Math.abs(again.text.length - file.text.length) < 2000, `${file.text.length} bytes became ${again.text.length}`);
    path = keep(t, again);
  }
});

test('the single file saves what was opened in it, several sources, with hostile names', async (t) => {
  const page = await openSaved(t, join(root, 'dist/crewscope.html'), { state: 'empty' });
  const dir = folder(t);
  const hostile = join(dir, 'a "b" <script>alert(1)<!--.jsonl');
  copyFileSync(tracePath(SAMPLE), hostile);
  await chooseFiles(page, '#crewscope >>> input[type=file]:not([webkitdirectory])', [hostile, tracePath(FAILING)]);
  await waitForState(page, 'ready');
  const saved = await openSaved(t, keep(t, { name: 'saved.html', text: (await save(page)).text }), { state: 'ready' });
  const { text } = await regionOf(saved, 'Executions');
  for (const execution of reportOf(SAMPLE, FAILING).executions) assert.ok(text.includes(execution.name));
  assert.equal(await saved.evaluate(() => document.querySelectorAll('.crewscope-trace').length), 0, 'the traces stay in the page beside their copies');
});

test('exportHtml() of the element, with what is selected', async (t) => {
  const page = await openPortal(t);
  const text = await page.evaluate(async (address) => {
    await customElements.whenDefined('crew-scope');
    const viewer = document.querySelector('crew-scope');
    await viewer.load(address);
    if (!viewer.select({ task: 'analyse_figures' })) throw new Error('the task is not there');
    return (await viewer.exportHtml()).text();
  }, `/trace/${SAMPLE}`);
  const saved = await openSaved(t, keep(t, { name: 'export.html', text }), { state: 'ready', width: 1480, height: 1000 });
  await detailsOf(saved, 'analyse_figures');
});

test('exportHtml({ redact }) leaves no secret in the bytes, and the trace still reads', async (t) => {
  const secrets = {
    key: `sk-proj-${'Ab1'.repeat(12)}`,
    bearer: `${'Zx9_'.repeat(8)}`,
    mail: 'jane.doe+crew@corp.example.com',
    password: 'correct horse battery staple',
    aws: 'AKIAIOSFODNN7EXAMPLE',
    hidden: 'tr0ub4dor-and-3',
  };
  // One line longer than the block in which the mask works, with a key where such a block could end, and everywhere else.
  const filler = `${'lorem ipsum '.repeat(40)} ${secrets.key} `;
  const line = readFileSync(tracePath(SAMPLE), 'utf8').split('\n')[0];
  const record = JSON.parse(line);
  const attributes = record.resourceSpans[0].scopeSpans[0].spans[0].attributes;
  const put = (key, text) => attributes.push({ key, value: { stringValue: text } });
  put('note.mail', `write to ${secrets.mail}`);
  put('note.headers', JSON.stringify({ Authorization: `Bearer ${secrets.bearer}`, password: secrets.password }));
  put('note.nested', JSON.stringify({ config: JSON.stringify({ api_key: secrets.hidden }) }));
  put('note.aws', secrets.aws);
  put('note.long', filler.repeat(5000));
  const trace = [JSON.stringify(record), ...readFileSync(tracePath(SAMPLE), 'utf8').split('\n').slice(1)].join('\n');
  const page = await openPortal(t, { 'secrets.jsonl': trace });
  const exported = (redact) => page.evaluate(async (wanted) => {
    await customElements.whenDefined('crew-scope');
    const viewer = document.querySelector('crew-scope');
    if (viewer.dataset.state !== 'ready') await viewer.load('/secrets.jsonl');
    return (await viewer.exportHtml({ redact: wanted })).text();
  }, redact);
  const whole = await exported(false);
  const masked = await exported(true);
  const found = (html) => Object.entries(secrets).filter(([, secret]) => inside(html)[0].bytes.includes(secret)).map(([name]) => name);
  assert.deepEqual(found(whole), Object.keys(secrets), 'the test trace lacks a secret');
  assert.deepEqual(found(masked), []);
  // No piece of a key that was cut in two, either.
  assert.ok(!/sk-proj-Ab1|(Ab1){3}/.test(inside(masked)[0].bytes.toString()));
  const saved = await openSaved(t, keep(t, { name: 'masked.html', text: masked }), { state: 'ready' });
  const { terms } = await regionOf(saved, 'Execution Summary');
  assert.equal(figure(terms['Total Tokens'].text), reportOf(SAMPLE).executions[0].summary.total_tokens);
});

test('a trace beside the single file, as a script', async (t) => {
  const dir = folder(t);
  const viewer = join(dir, 'crewscope.html');
  copyFileSync(join(root, 'dist/crewscope.html'), viewer);
  const bytes = readFileSync(tracePath(SAMPLE));
  writeFileSync(join(dir, 'text.js'), `crewscope.load("run.jsonl", ${JSON.stringify(bytes.toString())});`);
  writeFileSync(join(dir, 'packed.js'), `crewscope.load("run.jsonl", "${bytes.toString('base64')}");`);
  for (const name of ['text.js', 'packed.js']) {
    const page = await openSaved(t, viewer, { search: `?src=${name}`, state: 'ready' });
    const { terms } = await regionOf(page, 'Execution Summary');
    assert.equal(figure(terms['Total Tokens'].text), reportOf(SAMPLE).executions[0].summary.total_tokens, name);
  }
});

test('a script that does not lie beside the single file is named, and none from elsewhere is run', async (t) => {
  const dir = folder(t);
  const viewer = join(dir, 'crewscope.html');
  copyFileSync(join(root, 'dist/crewscope.html'), viewer);
  const missing = await openSaved(t, viewer, { search: '?src=gone.js', state: 'failed', allow: [/gone\.js/] });
  assert.match(await textOf(await find(missing, '.cs-root')), /gone\.js/);
  writeFileSync(join(folder(t), 'evil.js'), 'document.title = "run";');
  for (const src of ['../evil.js', `${pathToFileURL(join(dir, 'evil.js')).href}`, '..%2Fevil.js']) {
    const page = await openSaved(t, viewer, { search: `?src=${src}`, allow: [/./] });
    await new Promise((done) => setTimeout(done, 300));
    assert.equal(await page.title(), 'crewscope');
    assert.equal(await page.evaluate(() => typeof globalThis.crewscope?.load), 'undefined');
  }
});

test('the dialog hides secrets unless that is switched off, and goes with Escape', async (t) => {
  const event = (type, second, id, rest) => JSON.stringify({ type, timestamp: `2026-11-20T10:00:0${second}Z`, emission_sequence: second + 1, event_id: id, ...rest });
  const content = [
    event('crew_kickoff_started', 0, 'c', { crew_name: 'crew' }),
    event('task_started', 1, 't', { parent_event_id: 'c', task_id: 'T', context: 'none', task: { name: 'call', description: `Use api_key=${SECRET}`, id: 'T' } }),
    event('tool_usage_started', 2, 'u', { parent_event_id: 't', task_id: 'T', tool_name: 'http', tool_args: { url: 'https://example.org', api_key: 'x1y2z3', password: 12345 } }),
    event('tool_usage_finished', 3, 'v', { parent_event_id: 't', started_event_id: 'u', task_id: 'T', tool_name: 'http', output: `Authorization: Bearer ${SECRET}` }),
    event('task_completed', 4, 'w', { parent_event_id: 'c', started_event_id: 't', task_id: 'T', output: { raw: `done with ${SECRET}` } }),
    event('crew_kickoff_completed', 5, 'x', { started_event_id: 'c', crew_name: 'crew', output: { raw: `finished with ${SECRET}` } }),
  ].join('\n');
  const page = await openPage(t, '/', { state: 'empty', width: 1480, height: 1000, before: keepDownloads });
  await dropFiles(page, 'body', [{ name: 'secret.jsonl', content }]);
  await waitForState(page, 'ready');
  await (await byRole(page, 'button', 'Save as HTML')).click();
  await dialogIs(page, true);
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await dialogIs(page, false);
  // A text that was searched for stands in the address, for example.
  await page.evaluate((secret) => history.replaceState(null, '', `#v=1&note=${secret}&kept=1`), SECRET);
  const bytesOf = ({ text }) => inside(text)[0].bytes.toString('utf8');
  const hidden = await save(page, { hide: true });
  const clean = bytesOf(hidden);
  for (const secret of [SECRET, 'x1y2z3', '12345']) assert.ok(!clean.includes(secret), `${secret} was saved`);
  assert.ok(!hidden.text.includes(SECRET) && hidden.text.includes('kept=1'));
  assert.deepEqual(clean.split('\n').map((line) => JSON.parse(line).type), content.split('\n').map((line) => JSON.parse(line).type));
  assert.equal(JSON.parse(clean.split('\n')[4]).output.raw, 'done with ••••••');
  assert.equal(bytesOf(await save(page)), content);
  const again = await openSaved(t, keep(t, hidden), { state: 'ready', width: 1480, height: 1000 });
  await again.waitForFunction(() => /finished with ••••••/.test(document.querySelector('#crewscope').shadowRoot.querySelector('[aria-label="Final Output"]').innerText));
});
