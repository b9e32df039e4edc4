// The page starts: under the strict CSP, with nothing in the console and no request to anyone else.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { isFirefox, openPage, root, theServer } from './harness.mjs';

/** Something is shown: the viewer in its shadow root, or text. */
const shown = (page) => page.waitForFunction(() => {
  const host = document.getElementById('crewscope');
  return host.shadowRoot?.childElementCount > 0 || host.childNodes.length > 0;
});

test('the page starts under its CSP', async (t) => {
  const page = await openPage(t, '/');
  await shown(page);
  assert.equal(await page.title(), 'crewscope');
});

test('the page asks only its own origin', async (t) => {
  const asked = [];
  await openPage(t, '/', { before: (page) => page.on('request', (request) => asked.push(request.url())) });
  const { origin } = await theServer();
  assert.deepEqual(asked.filter((url) => !url.startsWith(`${origin}/`) && !/^(data|blob):/.test(url)), []);
  assert.ok(asked.some((url) => url.endsWith('.wasm')));
});

test('the header CSP of the test server is the one that the page ships with', async () => {
  const { origin } = await theServer();
  const answer = await fetch(origin);
  const policy = answer.headers.get('content-security-policy');
  assert.match(policy, /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/);
  assert.ok(!policy.includes('unsafe-inline') && !policy.includes("'unsafe-eval'"));
  assert.ok((await answer.text()).includes(`content="${policy}"`));
});

test('the single file starts from the disk, page and worker, under its CSP', async (t) => {
  const file = join(root, 'dist/crewscope.html');
  assert.ok(existsSync(file), 'dist/crewscope.html is missing: run `cargo xtask dist` first');
  const asked = [];
  const page = await openPage(t, pathToFileURL(file).href, { before: (opened) => opened.on('request', (request) => asked.push(request.url())) });
  await shown(page);
  // Firefox does not tell of requests for files.
  if (!isFirefox) assert.deepEqual(asked.filter((url) => !/^(data|blob):/.test(url)), [pathToFileURL(file).href]);
  // The reader's script lies in the page as text: it must run without a page around it.
  const alive = await page.evaluate(async () => {
    const program = document.getElementById('crewscope-reader').textContent;
    const worker = new Worker(URL.createObjectURL(new Blob([`${program}\npostMessage('alive');`])));
    const answer = await new Promise((done) => {
      worker.onmessage = ({ data }) => done(data);
      worker.onerror = ({ message }) => done(message);
    });
    worker.terminate();
    return answer;
  });
  assert.equal(alive, 'alive');
});
