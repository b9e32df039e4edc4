// Nothing of a trace leaves the page, and nothing of it stays: which requests are made, from the browser's side and from the servers', and what is
// in every kind of storage after a trace was read and looked at.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { explore, watch } from './hostile/inside.mjs';
import { dropFiles, isFirefox, isolatePages, openPage, root, theServer, traceFile, waitForState } from './harness.mjs';

isolatePages();

/** A word that stands in the trace and nowhere else. */
const MARK = 'zqprivatezq';
const marked = () => traceFile('sample.jsonl').content.toString().replaceAll('ACME', MARK);

/** Everything that is kept for this origin, as one text. */
const kept = (page) => page.evaluate(async () => {
  const all = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }), document.cookie, document.title, location.href, JSON.stringify(history.state), window.name];
  for (const name of await caches?.keys() ?? []) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) all.push(request.url, await (await cache.match(request)).text());
  }
  for (const { name } of await indexedDB.databases?.() ?? []) all.push(`database ${name}`);
  const files = async (folder) => {
    for await (const [name] of folder.entries()) all.push(`file ${name}`);
  };
  await navigator.storage?.getDirectory?.().then(files).catch(() => {});
  return all.join('\n');
});

test('a trace that is opened and looked at: no request but for the files of the page, and nothing is kept', { timeout: 90_000 }, async (t) => {
  const asked = [];
  const server = await theServer();
  const served = server.requests.length;
  const page = await openPage(t, '/', { state: 'empty', width: 1480, height: 1000, before: (opened) => opened.on('request', (request) => asked.push(request.url())) });
  await dropFiles(page, 'body', [{ name: `${MARK}.jsonl`, content: marked() }]);
  await waitForState(page, 'ready');
  await page.evaluate(watch);
  await page.evaluate(explore, 60);
  // The page fetches itself once more after three seconds, to be there without a network.
  await new Promise((done) => setTimeout(done, 4_500));
  const own = new RegExp(`^(blob:|data:|${server.origin}/[\\w./-]*$)`);
  assert.deepEqual(asked.filter((url) => !own.test(url)), []);
  const seen = server.requests.slice(served);
  assert.ok(seen.length > 4, 'the page itself was asked for');
  assert.deepEqual(seen.filter(({ url }) => !/^\/[\w./-]*$/.test(url)).map(({ url }) => url), []);
  assert.deepEqual(seen.filter(({ method }) => method !== 'GET').map(({ url }) => url), []);
  assert.ok(!JSON.stringify(seen).includes(MARK), 'a request tells of the trace');
  assert.ok(!(await kept(page)).includes(MARK), 'something of the trace is kept');
  assert.match(await page.$eval('#crewscope', (host) => host.shadowRoot.querySelector('.cs-root').innerText), new RegExp(MARK), 'the mark is shown, so it could have leaked');
});

test('an address is asked for once, without cookies to others, and nothing else is', async (t) => {
  const server = await theServer();
  server.put('private.jsonl', marked());
  const served = server.requests.length;
  const page = await openPage(t, `/?src=${encodeURIComponent(`${server.crossOrigin}/memory/private.jsonl`)}`, { state: 'ready' });
  const others = server.requests.slice(served).filter(({ origin }) => origin !== server.origin);
  assert.deepEqual(others.map(({ url }) => url), ['/memory/private.jsonl']);
  assert.equal(others[0].headers.cookie, undefined);
  // Its host may know that a page asks, and not which one.
  assert.equal(others[0].headers.referer, undefined);
  assert.ok(!(await kept(page)).includes(MARK));
});

test('the single file asks for nothing at all', { timeout: 60_000 }, async (t) => {
  const asked = [];
  const page = await openPage(t, pathToFileURL(join(root, 'dist/crewscope.html')).href, { state: 'empty', offline: !isFirefox, before: (opened) => opened.on('request', (request) => asked.push(request.url())) });
  await dropFiles(page, 'body', [{ name: 'run.jsonl', content: marked() }]);
  await waitForState(page, 'ready');
  await page.evaluate(explore, 30);
  assert.deepEqual(asked.filter((url) => !/^(file:.*crewscope\.html|blob:|data:)/.test(url)), []);
});

test('where no address was given, the policy refuses all others', async (t) => {
  const { crossOrigin } = await theServer();
  const page = await openPage(t, '/', { state: 'empty', allow: [/connect-src|Content Security Policy|Refused|violates/] });
  const tried = await page.evaluate((address) => fetch(address).then(() => 'fetched', (error) => String(error)), `${crossOrigin}/trace/sample.jsonl`);
  assert.notEqual(tried, 'fetched');
});
