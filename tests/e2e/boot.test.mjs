// The page starts: under the strict CSP, with nothing in the console and no request to anyone else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, theServer } from './harness.mjs';

test('the page starts under its CSP', async (t) => {
  const page = await openPage(t, '/');
  await page.waitForFunction(() => {
    const host = document.getElementById('crewscope');
    return host.shadowRoot?.childElementCount > 0 || host.childNodes.length > 0;
  });
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
