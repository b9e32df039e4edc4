// A trace saved with the viewer as one HTML file, and opened on a machine without network.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { byRole, dropFiles, expectAccessible, isFirefox, openPage, waitForState } from './harness.mjs';
import { reportOf } from './report.mjs';

const SAMPLE = 'sample.jsonl';
const SECRET = 'sk-live0123456789abcdefghij';

/** Keeps what the page would hand to the browser's downloads. */
const keepDownloads = (page) => page.evaluateOnNewDocument(() => {
  const made = URL.createObjectURL.bind(URL);
  URL.createObjectURL = (blob) => {
    globalThis.lastBlob = blob;
    return made(blob);
  };
  HTMLAnchorElement.prototype.click = function click() {
    globalThis.saved = { name: this.download, text: globalThis.lastBlob.text() };
  };
});

function folder(t) {
  const path = mkdtempSync(join(tmpdir(), 'crewscope-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Waiting for a selector does not see what changes inside of a shadow root. */
const dialogOpen = (page) => page.waitForFunction(() => document.querySelector('#crewscope').shadowRoot.querySelector('dialog[open] form.cs-save'));

/** Presses "Save as HTML" and writes what comes to a file. */
async function save(t, page, { hide = true, within = folder(t) } = {}) {
  await page.evaluate(() => { globalThis.saved = undefined; });
  await (await byRole(page, 'button', 'Save as HTML')).click();
  await dialogOpen(page);
  if (!hide) await (await page.$('#crewscope >>> form.cs-save input[type=checkbox]')).click();
  await (await page.$('#crewscope >>> form.cs-save button[type=submit]')).click();
  await page.waitForFunction(() => globalThis.saved, { timeout: 30_000 });
  const { name, text } = await page.evaluate(async () => ({ name: globalThis.saved.name, text: await globalThis.saved.text }));
  await page.waitForFunction(() => !document.querySelector('#crewscope').shadowRoot.querySelector('dialog.cs-help form.cs-save'));
  const path = join(within, name);
  writeFileSync(path, text);
  return { path, name, text };
}

/** Opens a file of the disk, with the network off and every request noted. */
async function openOffline(t, path, { search = '', ...options } = {}) {
  const asked = [];
  const page = await openPage(t, pathToFileURL(path).href + search, {
    ...options,
    before: async (opened) => {
      opened.on('request', (request) => asked.push(request.url()));
      await keepDownloads(opened);
      if (!isFirefox) await opened.setOfflineMode(true);
    },
  });
  page.asked = asked;
  return page;
}

test('saved from the hosted page, it opens from the disk without a network, with the same view', async (t) => {
  const page = await openPage(t, `/?src=trace/${SAMPLE}`, { state: 'ready', width: 1480, height: 1000, before: keepDownloads });
  const [execution] = reportOf(SAMPLE).executions;
  const [task] = execution.tasks;
  const [row] = await page.$$('#crewscope >>> [aria-label="Tasks & Agents"] tbody tr');
  await row.click();
  await page.waitForFunction(() => /span=/.test(location.hash));
  await (await byRole(page, 'button', 'Save as HTML')).click();
  await dialogOpen(page);
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => !document.querySelector('#crewscope').shadowRoot.querySelector('form.cs-save'));
  const { path, name } = await save(t, page);
  assert.equal(name, 'sample.html');

  const again = await openOffline(t, path, { state: 'ready', width: 1480, height: 1000 });
  const details = () => again.$eval('#crewscope', (host) => host.shadowRoot.querySelector('[aria-label="Task Details"]').innerText);
  await again.waitForFunction((id) => document.querySelector('#crewscope').shadowRoot.querySelector('[aria-label="Task Details"]').innerText.includes(id), {}, task.id);
  const word = /[\p{L}\p{N}]{6,}/u.exec(task.output.slice(task.output.length / 2))[0];
  await again.waitForFunction((text) => document.querySelector('#crewscope').shadowRoot.querySelector('[aria-label="Task Details"]').innerText.includes(text), {}, word);
  assert.ok((await details()).includes(task.id));
  assert.deepEqual(again.asked.filter((url) => !/^(data|blob|file):/.test(url)), []);

  // Saved once more from there it is the same.
  const second = await save(t, again);
  const third = await openOffline(t, second.path, { state: 'ready', width: 1480, height: 1000 });
  await third.waitForFunction((text) => document.querySelector('#crewscope').shadowRoot.querySelector('[aria-label="Task Details"]').innerText.includes(text), {}, word);
  assert.equal(await third.evaluate(() => document.querySelectorAll('.crewscope-trace').length), 0, 'the bytes stay in the page');
});

test('secrets are hidden in the saved file, or kept if that is wanted', async (t) => {
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
  const inside = async ({ text }) => {
    const base64 = /class="crewscope-trace"[^>]*>([^<]+)</.exec(text)[1];
    return gunzipSync(Buffer.from(base64, 'base64')).toString('utf8');
  };
  const hidden = await save(t, page);
  const clean = await inside(hidden);
  for (const secret of [SECRET, 'x1y2z3', '12345']) assert.ok(!clean.includes(secret), `${secret} was saved`);
  assert.deepEqual(clean.split('\n').map((line) => JSON.parse(line).type), content.split('\n').map((line) => JSON.parse(line).type));
  assert.equal(JSON.parse(clean.split('\n')[4]).output.raw, 'done with ••••••');
  const kept = await save(t, page, { hide: false });
  assert.equal(await inside(kept), content);
  const again = await openOffline(t, hidden.path, { state: 'ready', width: 1480, height: 1000 });
  await again.waitForFunction(() => /finished with ••••••/.test(document.querySelector('#crewscope').shadowRoot.querySelector('[aria-label="Final Output"]').innerText));
});
