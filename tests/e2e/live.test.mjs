// A run that is still going: what is appended is fetched, and nothing else; the reader's place stays; the server may go and come back.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { byRole, find, openPage, textOf, theServer, tracePath, waitForState } from './harness.mjs';
import { figure, regionOf, reportOf } from './report.mjs';

const RUN = 'research_sequential/events-modeldumpjson-crewai1.15.30.jsonl';
const PORTAL = `<!doctype html><title>portal</title><link rel="icon" href="data:,"><script type="module" src="/define.js"></script>
<div id="before"></div><crew-scope id="crewscope"></crew-scope>`;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** The lines of a trace, each with its end. */
const linesOf = (name) => readFileSync(tracePath(name), 'utf8').split(/(?<=\n)/).filter(Boolean);

/** Waits until `look` finds something on this side. */
async function until(look, what, timeout = 15_000) {
  for (const deadline = Date.now() + timeout; Date.now() < deadline; await pause(50)) {
    const found = await look();
    if (found) return found;
  }
  throw new Error(`${what}: not within ${timeout} ms`);
}

/** Tokens in the summary; undefined while there are none. */
const tokens = async (page) => figure((await regionOf(page, 'Execution Summary')).terms['Total Tokens'].text);

/** The summary shows all of the run. */
const complete = (page) => until(async () => (await tokens(page)) === reportOf(RUN).executions[0].summary.total_tokens, 'all tokens');

/** An element on a page of another's, with the events it sends kept in `__events`. */
async function portal(t, options) {
  const server = await theServer();
  server.put('live-portal.html', PORTAL);
  const page = await openPage(t, '/memory/live-portal.html', options);
  await page.evaluate(async () => {
    await customElements.whenDefined('crew-scope');
    globalThis.__events = [];
    for (const kind of ['load', 'error', 'select']) {
      document.addEventListener(`crewscope-${kind}`, ({ detail }) => globalThis.__events.push({ kind, detail }));
    }
  });
  return page;
}

const events = (page, kind) => page.evaluate((wanted) => globalThis.__events.filter((event) => event.kind === wanted), kind);

/** A server of one growing file that can be stopped and started again on its port. */
async function growing(t) {
  let bytes = Buffer.alloc(0);
  let server;
  let port = 0;
  const asked = [];
  const start = () => new Promise((ready) => {
    server = createServer((request, response) => {
      asked.push(request.headers.range ?? '');
      response.setHeader('Access-Control-Allow-Origin', '*');
      response.setHeader('Access-Control-Allow-Headers', 'range');
      response.setHeader('Access-Control-Expose-Headers', 'Content-Range, Content-Length');
      if (request.method === 'OPTIONS') return void response.writeHead(204).end();
      const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
      if (from >= bytes.length && request.headers.range) return void response.writeHead(416, { 'Content-Range': `bytes */${bytes.length}` }).end();
      const part = bytes.subarray(from);
      response.writeHead(request.headers.range ? 206 : 200, { 'Content-Range': `bytes ${from}-${bytes.length - 1}/${bytes.length}`, 'Content-Length': part.length }).end(part);
      return undefined;
    }).listen(port, '127.0.0.1', () => {
      port = server.address().port;
      ready();
    });
  });
  const stop = () => new Promise((done) => {
    server.close(done);
    server.closeAllConnections();
  });
  await start();
  t.after(stop);
  return { start, stop, asked, append: (text) => void (bytes = Buffer.concat([bytes, Buffer.from(text)])), url: `http://127.0.0.1:${port}/run.jsonl` };
}

/** What was asked of a file in memory: the Range of each request. */
const ranges = (server, name) => server.requests.filter(({ url, method }) => url === `/memory/${name}` && method === 'GET').map(({ headers }) => headers.range ?? '');

test('live: only new bytes are fetched, selection and place stay, a finished run is asked no more', async (t) => {
  const server = await theServer();
  const name = 'growing.jsonl';
  const lines = linesOf(RUN);
  const cut = Math.floor(lines.length * 0.6);
  server.put(name, lines.slice(0, cut).join(''));
  const page = await portal(t, { width: 1480, height: 500 });
  await page.evaluate((src) => {
    const viewer = document.querySelector('crew-scope');
    viewer.setAttribute('live', '0.3');
    viewer.src = src;
  }, `/memory/${name}`);
  await waitForState(page, 'ready');
  const first = (await events(page, 'load')).at(-1).detail;
  assert.equal(first.executions[0].status, 'running');
  const before = await tokens(page);
  const task = reportOf(RUN).executions[0].tasks[0].name;
  assert.ok(await page.evaluate((wanted) => document.querySelector('crew-scope').select({ task: wanted }), task), 'the task is not there');
  await page.evaluate(() => scrollTo(0, 260));
  const place = await page.evaluate(() => scrollY);
  assert.ok(place > 100, 'the page does not scroll');
  const selected = async () => (await textOf(await find(page, '[aria-label="Task Details"]'))).includes(task);
  await until(selected, 'the details of the task');

  // By lines and by halves of lines.
  const rest = lines.slice(cut).join('');
  const half = Math.floor(rest.length / 2);
  for (const part of [rest.slice(0, half), rest.slice(half)]) {
    const loads = (await events(page, 'load')).length;
    server.append(name, part);
    await until(async () => (await events(page, 'load')).length > loads, 'a load after the append');
  }
  await complete(page);
  assert.ok(before < reportOf(RUN).executions[0].summary.total_tokens, 'nothing was left to come');
  assert.equal(await page.evaluate(() => scrollY), place);
  assert.ok(await selected(), 'the selection is gone');
  assert.equal((await events(page, 'load')).at(-1).detail.executions[0].status, 'completed');

  // The first question is for everything, each later one for what lies after the bytes that are there, and the last of these.
  const asked = ranges(server, name);
  const sizes = new Set([lines.slice(0, cut).join(''), lines.slice(0, cut).join('') + rest.slice(0, half), lines.join('')].map((text) => `bytes=${Buffer.byteLength(text) - 1}-`));
  assert.equal(asked[0], '');
  for (const range of asked.slice(1)) assert.ok(sizes.has(range), `asked for ${range || 'everything'} again`);

  // It ends: some more questions for a last line, then none.
  await pause(1500);
  const then = ranges(server, name).length;
  await pause(1500);
  assert.equal(ranges(server, name).length, then, 'a finished run is still asked for');
  assert.deepEqual(await events(page, 'error'), []);
});

test('live: a server without ranges, and a file that is begun anew', async (t) => {
  const server = await theServer();
  const name = 'anew.jsonl';
  const lines = linesOf(RUN);
  server.put(name, lines.slice(0, Math.floor(lines.length * 0.7)).join(''));
  // The shorter file has no such byte: the one question by which that is found out.
  const page = await portal(t, { allow: [/status of 416 .*anew\.jsonl/] });
  await page.evaluate((src) => {
    const viewer = document.querySelector('crew-scope');
    viewer.setAttribute('live', '0.3');
    viewer.src = src;
  }, `/memory/${name}`);
  await waitForState(page, 'ready');
  // The next run writes into the same file.
  server.put(name, lines.slice(0, Math.floor(lines.length * 0.4)).join(''));
  await until(async () => (await page.evaluate(async () => (await document.querySelector('crew-scope').report()).sources[0]?.bytes)) === Buffer.byteLength(lines.slice(0, Math.floor(lines.length * 0.4)).join('')), 'the new beginning');
  server.put(name, lines.join(''));
  await complete(page);
  const executions = await page.evaluate(async () => (await document.querySelector('crew-scope').report()).executions.length);
  assert.equal(executions, 1);

  await page.evaluate((src) => { document.querySelector('crew-scope').src = src; }, `/fault/norange/${RUN}`);
  await complete(page);
});

test('live: the server goes, one error tells, questions become rare, and it goes on when the server is back', async (t) => {
  const file = await growing(t);
  const lines = linesOf(RUN);
  const cut = Math.floor(lines.length * 0.6);
  file.append(lines.slice(0, cut).join(''));
  const page = await portal(t, { allow: [/ERR_CONNECTION_REFUSED|Failed to load resource|Cross-Origin Request Blocked/] });
  await page.evaluate((src) => {
    const viewer = document.querySelector('crew-scope');
    viewer.setAttribute('live', '0.3');
    viewer.src = src;
  }, file.url);
  await waitForState(page, 'ready');
  await file.stop();
  await until(async () => (await events(page, 'error')).length, 'an error');
  await pause(2500);
  assert.equal((await events(page, 'error')).length, 1, 'one error is enough');
  assert.equal(await page.evaluate(() => document.querySelector('crew-scope').dataset.state), 'ready', 'what was read is gone');
  const seen = file.asked.length;
  file.append(lines.slice(cut).join(''));
  await file.start();
  await complete(page);
  assert.deepEqual(file.asked.slice(seen).filter((range) => range === ''), [], 'what was there was fetched again');
  assert.equal((await events(page, 'error')).length, 1);
});

test('live, on the hosted page: it follows, says that the server is gone, and takes that back', async (t) => {
  const file = await growing(t);
  const lines = linesOf(RUN);
  const cut = Math.floor(lines.length * 0.6);
  file.append(lines.slice(0, cut).join(''));
  const page = await openPage(t, `/?src=${encodeURIComponent(file.url)}&live=0.3`, {
    state: 'ready', width: 1480, height: 1000, allow: [/ERR_CONNECTION_REFUSED|Failed to load resource|Cross-Origin Request Blocked/],
  });
  assert.ok((await tokens(page)) < reportOf(RUN).executions[0].summary.total_tokens);
  await file.stop();
  const said = () => page.evaluate(() => [...document.querySelector('#crewscope').shadowRoot.querySelectorAll('[role="status"]')].map((line) => line.innerText).join('\n'));
  await until(async () => /cannot be read on/.test(await said()), 'words about the server');
  file.append(lines.slice(cut).join(''));
  await file.start();
  await complete(page);
  await until(async () => !/cannot be read on/.test(await said()), 'the words are taken back');
  // The sample ended: nothing more is asked for.
  await pause(1500);
  const then = file.asked.length;
  await pause(1500);
  assert.equal(file.asked.length, then, 'a finished run is still asked for');
});

test('live: who reads at the end stays at the end, who reads elsewhere stays there', async (t) => {
  const server = await theServer();
  const lines = linesOf(RUN);
  const cut = Math.floor(lines.length * 0.6);
  for (const [name, follows] of [['end.jsonl', true], ['elsewhere.jsonl', false]]) {
    server.put(name, lines.slice(0, cut).join(''));
    const page = await openPage(t, `/?src=memory/${name}&live=0.3`, { state: 'ready', width: 1480, height: 500 });
    const place = () => page.evaluate(() => {
      const { scrollTop, scrollHeight, clientHeight } = document.scrollingElement;
      return { scrollTop, scrollHeight, left: scrollHeight - clientHeight - scrollTop };
    });
    // Texts come a moment after the figures.
    for (let height = 0; height !== (await place()).scrollHeight; await pause(300)) height = (await place()).scrollHeight;
    await page.evaluate((end) => scrollTo(0, end ? 1e6 : 120), follows);
    await pause(200);
    const before = await place();
    if (follows) assert.ok(before.left < 4, JSON.stringify(before));
    server.append(name, lines.slice(cut).join(''));
    await complete(page);
    await until(async () => (await place()).scrollHeight > before.scrollHeight + 50, 'a page that grows');
    await pause(900);
    const after = await place();
    if (follows) assert.ok(after.left < 4 && after.scrollTop > before.scrollTop, JSON.stringify({ before, after }));
    else assert.equal(after.scrollTop, before.scrollTop);
  }
});

test('live: Task Details stays where it is scrolled to while its task grows', async (t) => {
  const server = await theServer();
  const lines = linesOf(RUN);
  server.put('details.jsonl', lines.slice(0, Math.floor(lines.length * 0.3)).join(''));
  const page = await openPage(t, '/?src=memory/details.jsonl&live=0.3', { state: 'ready', width: 1480, height: 500 });
  const details = (scroll) => page.evaluate((to) => {
    const panel = document.querySelector('#crewscope').shadowRoot.querySelector('[aria-label="Task Details"]');
    if (to) panel.scrollTop = to;
    return panel.scrollTop;
  }, scroll);
  await until(async () => (await details(150)) === 150, 'details that can be scrolled');
  server.append('details.jsonl', lines.slice(Math.floor(lines.length * 0.3)).join(''));
  await complete(page);
  await pause(500);
  assert.equal(await details(), 150);
});

test('a report holds all that was appended before it was asked for', async (t) => {
  const page = await portal(t);
  const lines = linesOf(RUN);
  const counts = await page.evaluate(async (all) => {
    const viewer = document.querySelector('crew-scope');
    const seen = [];
    for (const [at, line] of all.entries()) {
      void viewer.append(line);
      if (at % 3 === 0 || at === all.length - 1) seen.push([at + 1, (await viewer.report()).sources[0]?.records ?? 0]);
    }
    return seen;
  }, lines);
  const whole = reportOf(RUN).sources[0].records;
  assert.equal(whole, lines.length, 'one record for each line');
  // Before the first execution there is nothing to report.
  for (const [appended, records] of counts) assert.ok(records === appended || records === 0, `${records} records of ${appended}`);
  assert.ok(counts.filter(([, records]) => records).length > counts.length / 2);
  assert.deepEqual(counts.at(-1), [lines.length, whole]);
});

test('append(): pieces of lines, bytes, whole records, in the order of the calls', async (t) => {
  const page = await portal(t, { width: 1480, height: 1000 });
  const text = readFileSync(tracePath(RUN), 'utf8');
  const last = text.trimEnd().lastIndexOf('\n') + 1;
  await page.evaluate(async (all, end) => {
    const viewer = document.querySelector('crew-scope');
    const bytes = new TextEncoder().encode(all.slice(0, end));
    // Cut anywhere, also within characters; a stream takes longer than what is appended after it.
    const cuts = [0, 1, 700, Math.floor(bytes.length / 3), Math.floor(bytes.length / 2), bytes.length];
    const pieces = cuts.slice(1).map((to, at) => bytes.slice(cuts[at], to));
    const slow = (piece) => new ReadableStream({
      async start(controller) {
        await new Promise((done) => setTimeout(done, 200));
        controller.enqueue(piece);
        controller.close();
      },
    });
    const wrapped = [pieces[0], new Blob([pieces[1]]), slow(pieces[2]), pieces[3].buffer, pieces[4]];
    await Promise.all(wrapped.map((piece) => viewer.append(piece)));
    await viewer.append(JSON.parse(all.slice(end)));
  }, text, last);
  await complete(page);
  const report = await page.evaluate(() => document.querySelector('crew-scope').report());
  assert.equal(report.executions.length, 1);
  assert.deepEqual(report.warnings, reportOf(RUN).warnings);
  const { output } = reportOf(RUN).executions[0].tasks.at(-1);
  assert.equal(report.executions[0].tasks.at(-1).output, output);
});

test('append() to what load() opened as finished', async (t) => {
  const page = await portal(t);
  const lines = linesOf(RUN);
  const cut = Math.floor(lines.length * 0.6);
  await page.evaluate(async (first, rest) => {
    const viewer = document.querySelector('crew-scope');
    await viewer.load(first);
    await viewer.append(rest);
  }, lines.slice(0, cut).join(''), lines.slice(cut).join(''));
  await complete(page);
});
