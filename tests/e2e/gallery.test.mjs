// The start page's gallery: four real runs, each one click away, on the hosted page and in the single file.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'node:test';
import { expectAccessible, openPage, root, screenshot, textOf, waitForState } from './harness.mjs';
import { regionOf, reportOf } from './report.mjs';

const SAMPLES = ['sample.jsonl', 'failing_task/otlp-crewai1.15.30.jsonl', 'redundant_tools/otlp-crewai1.15.30.jsonl', 'flow_nested/otlp-crewai1.15.30.json'];

async function showsEach(t, path) {
  for (const [at, trace] of SAMPLES.entries()) {
    const page = await openPage(t, path, { state: 'empty' });
    const buttons = await page.$$('#crewscope >>> .cs-samples button');
    assert.equal(buttons.length, SAMPLES.length);
    await buttons[at].click();
    await waitForState(page, 'ready');
    const [run] = reportOf(trace).executions;
    const { terms } = await regionOf(page, 'Execution Summary');
    assert.equal(terms['Total Tokens'].text.split(' ')[0].replaceAll(/\D/g, ''), String(run.summary.total_tokens), trace);
  }
}

test('the hosted page offers four runs', (t) => showsEach(t, '/'));

test('so does the single file, from the disk', (t) => showsEach(t, pathToFileURL(join(root, 'dist/crewscope.html')).href));

for (const [theme, width] of [['light', 1280], ['dark', 400]]) {
  test(`the gallery can be read and reached, ${theme}, ${width} px`, async (t) => {
    const page = await openPage(t, '/', { state: 'empty', theme, width });
    await expectAccessible(page);
    const texts = await Promise.all((await page.$$('#crewscope >>> .cs-samples button')).map(textOf));
    assert.equal(new Set(texts).size, SAMPLES.length);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing to scroll sideways');
    await screenshot(page, `gallery-${theme}-${width}`, { fullPage: true });
  });
}
