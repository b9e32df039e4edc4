// The page for everybody: accessibility, keyboard only, narrow screens, and text that wants to be more than text.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { imported, scriptOf, workerOf } from '../../xtask/js/imports.mjs';
import { allByRole, dropFiles, expectAccessible, openPage, root, traceFile, waitForState } from './harness.mjs';
import { regionOf } from './report.mjs';

for (const theme of ['light', 'dark']) {
  for (const width of [1480, 400]) {
    test(`accessible: a failed run, ${theme}, ${width} px`, async (t) => {
      const page = await openPage(t, '/?src=trace/failing_task/otlp-crewai1.15.30.json', { state: 'ready', theme, width, height: 900 });
      await expectAccessible(page);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `the page is ${wide} px wider than the window`);
    });
  }
}

test('accessible: start page and error card', async (t) => {
  const page = await openPage(t, '/', { state: 'empty' });
  await expectAccessible(page);
  await dropFiles(page, 'body', [{ name: 'x.json', content: '{"no":"trace"}' }]);
  await waitForState(page, 'failed');
  await expectAccessible(page);
});

/** What has the focus, inside the shadow root. */
const focused = (page) => page.evaluate(() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return { text: at?.innerText ?? '', label: at?.getAttribute('aria-label') ?? '', inside: at?.closest('[role=region]')?.getAttribute('aria-label') ?? '' };
});

test('keyboard only: from the start of the page to the details of a task', async (t) => {
  const page = await openPage(t, '/?src=trace/failing_task/otlp-crewai1.15.30.json', { state: 'ready', width: 1480, height: 1000 });
  const seen = new Set();
  for (let pressed = 0; pressed < 80; pressed += 1) {
    await page.keyboard.press('Tab');
    const { text, inside } = await focused(page);
    seen.add(inside);
    if (inside === 'Tasks & Agents' && text.startsWith('comment_price')) break;
  }
  assert.equal((await focused(page)).text.split('\n')[0], 'comment_price');
  for (const region of ['Executions', 'Execution Timeline']) assert.ok(seen.has(region), `${region} was not reached`);
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => /Comment on the price/.test(document.querySelector('#crewscope').shadowRoot.querySelector('[aria-label="Task Details"]')?.innerText));
  await page.keyboard.press('j');
  await page.waitForFunction(() => /Forecast the close/.test(document.querySelector('#crewscope').shadowRoot.querySelector('[aria-label="Task Details"]')?.innerText));
  await page.keyboard.press('?');
  await page.waitForSelector('#crewscope >>> dialog[open]');
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => !document.querySelector('#crewscope').shadowRoot.querySelector('dialog[open]'));
});

test('the timeline opens what is clicked', async (t) => {
  const page = await openPage(t, '/?src=trace/failing_task/otlp-crewai1.15.30.json', { state: 'ready', width: 1480, height: 1000 });
  const canvas = await page.waitForSelector('#crewscope >>> .cs-tl-window canvas');
  const box = await canvas.boundingBox();
  // The first row is the first task; it takes more than half of the time.
  await page.mouse.click(box.x + box.width * 0.3, box.y + 12);
  await page.waitForFunction(() => /Get the latest price of ACME/.test(document.querySelector('#crewscope').shadowRoot.querySelector('[aria-label="Task Details"]')?.innerText));
});

test('hostile text stays text', async (t) => {
  const asked = [];
  const dialogs = [];
  const page = await openPage(t, '/', {
    state: 'empty',
    width: 1480,
    height: 1000,
    before: (opened) => {
      opened.on('request', (request) => asked.push(request.url()));
      opened.on('dialog', (dialog) => {
        dialogs.push(dialog.message());
        return dialog.dismiss();
      });
    },
  });
  const before = asked.length;
  const site = join(root, 'dist/site');
  const own = new Set([...await imported(site, scriptOf(site, 'index.html')), ...await imported(site, workerOf(site)), 'crewscope_bg.wasm', 'crewscope-reader_bg.wasm']);
  await dropFiles(page, 'body', [traceFile('hostile_output/otlp-crewai1.15.30.json'), traceFile('hostile_output/events-crewai1.15.30.jsonl')]);
  await waitForState(page, 'ready');
  for (const row of await page.$$('#crewscope >>> [aria-label="Tasks & Agents"] tbody tr')) {
    await row.click();
    const open = (await allByRole(page, 'button', 'Open all'))[0];
    await open?.click();
    await new Promise((done) => setTimeout(done, 300));
  }
  const bad = await page.$eval('#crewscope', (host) => {
    const root = host.shadowRoot;
    return [...root.querySelectorAll('script, iframe, object, embed, img, video, audio, link, base, form:not([method=dialog]), [onerror], [onclick], [onload], [style*=url]')]
      .concat([...root.querySelectorAll('a[href]')].filter((a) => !/^(https?|mailto):/.test(a.protocol) || !/noopener/.test(a.rel)))
      .map((element) => element.outerHTML.slice(0, 200));
  });
  assert.deepEqual(bad, []);
  assert.deepEqual(dialogs, []);
  assert.deepEqual(asked.slice(before).filter((url) => !own.has(url.split('/').pop()) && !/^blob:|^data:/.test(url)), []);
  assert.match((await regionOf(page, 'Tasks & Agents')).text, /__proto__/);
});
