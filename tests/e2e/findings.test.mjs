// The region "Findings" says what the report says, leads to the evidence, and can be told to be quiet.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byRole, expectAccessible, openPage } from './harness.mjs';
import { regionOf, reportOf } from './report.mjs';

const open = (t, name, more = '') => openPage(t, `/?src=trace/${name}${more}`, { state: 'ready', width: 1480, height: 1000 });

/** Kind, severity and text of each finding that is shown, by heading. */
const shown = (page) =>
  page.evaluate(() => {
    const region = document.querySelector('#crewscope').shadowRoot.querySelector('[aria-label="Findings"]');
    return [...region.querySelectorAll('.cs-use')].map((use) => ({
      use: use.querySelector('h3').innerText,
      list: [...use.querySelectorAll('li')].map((item) => ({ kind: item.dataset.kind, severity: item.dataset.severity, text: item.innerText })),
    }));
  });

for (const name of [
  'findings/tools-otlp-crewai1.15.30.jsonl',
  'findings/prompts-otlp-crewai1.15.30.jsonl',
  'findings/time-events-crewai1.15.30.jsonl',
  'failing_task/otlp-crewai1.15.30.json',
  'redundant_tools/otlp-crewai1.15.30.jsonl',
]) {
  test(`findings agree with the report: ${name}`, async (t) => {
    const wanted = reportOf(name).executions[0].findings;
    assert.ok(wanted.length > 1);
    const page = await open(t, name);
    for (const { use, list } of await shown(page)) {
      const of = wanted.filter((finding) => finding.use === use);
      assert.equal(list.length, Math.min(of.length, 5), use);
      list.forEach((item, at) => {
        assert.equal(item.kind, of[at].kind);
        assert.equal(item.severity, of[at].severity);
        assert.ok(item.text.includes(of[at].title), `${item.text} is not ${of[at].title}`);
        assert.ok(item.text.includes(of[at].advice.replaceAll('`', '')), of[at].advice);
      });
    }
    const uses = (await shown(page)).map(({ use }) => use);
    assert.deepEqual(uses, ['Identify failure points', 'Optimise performance', 'Improve cost efficiency'].filter((use) => wanted.some((finding) => finding.use === use)));
  });
}

test('evidence is one click away, and the row of the task is marked', async (t) => {
  const page = await open(t, 'failing_task/otlp-crewai1.15.30.json');
  const evidence = await page.$('#crewscope >>> [data-kind="task-failed"] .cs-actions button');
  assert.match(await evidence.evaluate((button) => button.textContent), /^Show 2 places of forecast failed: LLM call claude-3-5-sonnet-20241022/);
  await evidence.click();
  await page.waitForFunction(() => /claude-3-5-sonnet/.test(document.querySelector('#crewscope').shadowRoot.querySelector('[aria-label="Task Details"]').innerText));
  assert.match(await evidence.evaluate((button) => button.innerText), /^1 of 2/);
  const marks = await page.$$eval('#crewscope >>> .cs-task-row', (rows) => rows.map((row) => row.querySelector('.cs-mark')?.dataset.severity ?? null));
  assert.deepEqual(marks, ['warning', null, 'error']);
  const bars = await page.$$eval('#crewscope >>> .cs-tl-label', (rows) => rows.map((row) => [row.querySelector('bdi').innerText, row.querySelector('.cs-mark')?.dataset.severity ?? null]));
  const marked = (name) => bars.filter(([label]) => label === name).map(([, severity]) => severity);
  assert.deepEqual(marked('quote_service'), ['warning']);
  assert.deepEqual(marked('comment_price'), [null]);
  assert.ok(marked('claude-3-5-sonnet-20241022').includes('error'), JSON.stringify(bars));
});

test('a dismissed finding goes and comes back', async (t) => {
  const page = await open(t, 'failing_task/otlp-crewai1.15.30.json');
  const count = async () => (await shown(page)).flatMap(({ list }) => list).length;
  const before = await count();
  await (await byRole(page, 'button', 'Dismiss: quote_service failed 2 times')).click();
  assert.equal(await count(), before - 1);
  await (await byRole(page, 'button', 'Show 1 dismissed finding')).click();
  assert.equal(await count(), before);
});

test('a clean run says so and lists what was looked for', async (t) => {
  const name = 'guardrail_retries/otlp-crewai1.15.30.json';
  const clean = 'parallel_async/otlp-crewai1.15.30.jsonl';
  assert.ok(reportOf(name).executions[0].findings.length > 0);
  assert.equal(reportOf(clean).executions[0].findings.length, 0);
  const page = await open(t, clean);
  const { text } = await regionOf(page, 'Findings');
  assert.match(text, /Nothing found\./);
  await page.$eval('#crewscope >>> .cs-clean summary', (summary) => summary.click());
  assert.match((await regionOf(page, 'Findings')).text, /failed tasks and their cause/);
});

test('lineage tells what was recorded from what was found', async (t) => {
  const page = await open(t, 'findings/time-events-crewai1.15.30.jsonl');
  await page.$eval('#crewscope >>> .cs-lineage summary', (summary) => summary.click());
  const { rows } = await regionOf(page, 'Findings');
  const wanted = reportOf('findings/time-events-crewai1.15.30.jsonl').executions[0].lineage;
  assert.equal(rows.length, wanted.length);
  wanted.forEach((edge, at) => assert.match(rows[at][3], edge.evidence === 'context' ? /recorded as its context/ : /found in its prompts/));
  const dashed = await page.$$eval('#crewscope >>> .cs-lineage-graph .cs-found', (paths) => paths.length);
  assert.equal(dashed, wanted.filter((edge) => edge.evidence === 'text').length);
  await expectAccessible(page);
});

test('thresholds come from the address', async (t) => {
  const page = await open(t, 'findings/time-events-crewai1.15.30.jsonl', '&thresholds=parallel_ms=60000,outside_ms=60000');
  const kinds = (await shown(page)).flatMap(({ list }) => list.map(({ kind }) => kind));
  assert.ok(!kinds.includes('sequential-tasks') && !kinds.includes('time-outside-calls'), kinds.join());
});
