// The program comes in two parts (xtask/js/split.mjs): what reading a trace needs, and the rest, fetched when the page works.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { openPage, pasteText, theServer, tracePath, waitForState } from './harness.mjs';
import { regionOf } from './report.mjs';

const LATER = /crewscope_later\.wasm/;

/** How often the second part was asked for since request number `from`. */
const asked = async (from) => (await theServer()).requests.slice(from).filter(({ url }) => LATER.test(url)).length;
const now = async () => (await theServer()).requests.length;

test('the second part is fetched once the page works', async (t) => {
  const from = await now();
  await openPage(t, '/', { state: 'empty' });
  const deadline = Date.now() + 10_000;
  while (!(await asked(from)) && Date.now() < deadline) await new Promise((done) => setTimeout(done, 50));
  assert.equal(await asked(from), 1);
});

for (const name of ['sample.jsonl', 'failing_task/events-crewai1.15.30.jsonl', 'failing_task/batch-crewai1.14.7.json']) {
  test(`a trace of crewai is shown before the second part is there, and findings come with it: ${name}`, async (t) => {
    const server = await theServer();
    const from = await now();
    server.hold(LATER);
    t.after(() => server.release());
    const page = await openPage(t, `/?src=trace/${name}`, { state: 'loading' });
    // Where the page hangs here it asked at once: xtask/js/later.txt names what is not rare.
    await page.waitForFunction(() => document.querySelector('#crewscope').shadowRoot.querySelectorAll('.cs-task-row').length > 1);
    assert.match((await regionOf(page, 'Findings')).text, /when everything is read/);
    server.release();
    await waitForState(page, 'ready');
    assert.doesNotMatch((await regionOf(page, 'Findings')).text, /when everything is read/);
    // The page's own request: its worker gets what came of that.
    assert.equal(await asked(from), 1);
  });
}

test('a form that only the second part reads opens too', async (t) => {
  await openPage(t, '/?src=trace/failing_task/protobuf-crewai1.15.30.binpb', { state: 'ready' });
});

test('a second part of another build is refused with what to do', async (t) => {
  // A module that wants something of another program than this.
  const other = Buffer.from('0061736d01000000' + '010401600000' + '020b01056f746865720170' + '0000', 'hex');
  const said = /parts of the viewer are not of one build; reload the page/;
  const page = await openPage(t, '/', {
    state: 'empty',
    allow: [said, /RuntimeError/],
    before: async (opened) => {
      await opened.setRequestInterception(true);
      opened.on('request', (request) => {
        if (LATER.test(request.url())) request.respond({ status: 200, contentType: 'application/wasm', body: other });
        else request.continue();
      });
    },
  });
  await pasteText(page, readFileSync(tracePath('sample.jsonl'), 'utf8'));
  const deadline = Date.now() + 10_000;
  while (!page.problems.some(({ text }) => said.test(text)) && Date.now() < deadline) await new Promise((done) => setTimeout(done, 50));
  assert.ok(page.problems.some(({ text }) => said.test(text)), JSON.stringify(page.problems));
});
