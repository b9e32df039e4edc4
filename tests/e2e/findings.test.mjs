// The region "Findings" says what the report says, leads to the evidence, and can be told to be quiet.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byRole, dropFiles, expectAccessible, openPage, waitForState } from './harness.mjs';
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
  /** Rows with a mark, and what the legend of the timeline says of marks on bars. */
  const marks = () => page.evaluate(() => {
    const root = document.querySelector('#crewscope').shadowRoot;
    const texts = (selector) => [...root.querySelectorAll(selector)].map((element) => element.parentElement.innerText);
    return { rows: root.querySelectorAll('.cs-task-row .cs-mark, .cs-tl-label .cs-mark').length, legend: texts('.cs-tl-legend .cs-tl-finding') };
  });
  const marked = await marks();
  assert.ok(marked.legend.some((text) => /warning/.test(text)), marked.legend.join());
  await (await byRole(page, 'button', 'Dismiss: quote_service failed 2 times')).click();
  assert.equal(await count(), before - 1);
  assert.ok((await marks()).rows < marked.rows, 'its marks stayed on the rows');
  for (let left = before - 1; left > 0; left -= 1) await page.$eval('#crewscope >>> .cs-finding button[aria-label^="Dismiss: "]', (button) => button.click());
  assert.deepEqual(await marks(), { rows: 0, legend: [] });
  await (await byRole(page, 'button', `Show ${before} dismissed findings`)).click();
  assert.equal(await count(), before);
  assert.deepEqual(await marks(), marked);
});

test('findings that say the same are told apart by their tasks', async (t) => {
  let number = 0;
  const event = (type, id, rest) => {
    number += 1;
    return JSON.stringify({ type, timestamp: `2026-11-20T10:00:${String(number).padStart(2, '0')}Z`, emission_sequence: number, event_id: id, ...rest });
  };
  const lines = [event('crew_kickoff_started', 'c', { crew_name: 'crew' })];
  for (const name of ['north', 'south']) {
    const task = { task_id: `id-${name}`, task_name: name };
    lines.push(event('task_started', `t-${name}`, { parent_event_id: 'c', ...task, task: { name, description: `Look in the ${name}.`, id: `id-${name}` } }));
    for (const turn of [1, 2]) {
      const call = { ...task, tool_name: 'search', tool_args: { q: `${name} ${turn}` } };
      lines.push(event('tool_usage_started', `u-${name}${turn}`, { parent_event_id: `t-${name}`, ...call }));
      lines.push(event('tool_usage_error', `v-${name}${turn}`, { parent_event_id: `t-${name}`, started_event_id: `u-${name}${turn}`, ...call, error: 'no answer' }));
    }
    lines.push(event('task_completed', `w-${name}`, { parent_event_id: 'c', started_event_id: `t-${name}`, ...task, output: { raw: 'done' } }));
  }
  lines.push(event('crew_kickoff_completed', 'x', { started_event_id: 'c', crew_name: 'crew', output: { raw: 'done' } }));
  const page = await openPage(t, '/', { state: 'empty', width: 1480, height: 1000 });
  await dropFiles(page, 'body', [{ name: 'two.jsonl', content: lines.join('\n') }]);
  await waitForState(page, 'ready');
  await page.waitForFunction(() => document.querySelector('#crewscope').shadowRoot.querySelectorAll('.cs-finding').length === 2);
  const titles = await page.$$eval('#crewscope >>> .cs-finding p:first-child', (all) => all.map((title) => title.innerText));
  assert.deepEqual(titles.map((title) => title.replace(/ · \d.*$/, '')).sort(), ['search failed 2 times · north', 'search failed 2 times · south']);
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
