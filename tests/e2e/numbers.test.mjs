// How far figures can be trusted: the mark beside the sums, prices and where they come from, notes with their places.
import assert from 'node:assert/strict';
import { writeFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { chooseFiles, expectAccessible, find, openPage, textOf, theServer } from './harness.mjs';
import { figure, regionOf, reportOf } from './report.mjs';

const clean = async (handle) => (await textOf(handle)).replace(/\s+/g, ' ');
const opened = async (page, part) => {
  await (await find(page, `[data-part="${part}"] summary`)).click();
  return find(page, `[data-part="${part}"][open] .cs-trust-panel`);
};
const costOf = async (page) => figure((await regionOf(page, 'Execution Summary')).terms['Estimated Cost'].text);

test('sums that agree say so, with both numbers', async (t) => {
  const page = await openPage(t, '/?src=trace/flow_nested/otlp-crewai1.15.30.json', { state: 'ready' });
  assert.equal(await clean(await find(page, '[data-part="verdict"] summary')), "Sums agree with the run's own totals");
  const panel = await opened(page, 'verdict');
  assert.match(await clean(panel), /The sum over 5 LLM calls \(1,096 tokens\) agrees with what the run itself counted\./);
  const rows = await panel.$$eval('tbody tr', (rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent)));
  assert.deepEqual(rows[0].slice(1), ['tokens', '1,096', '1,096']);
  await expectAccessible(page);
});

test('sums that differ show both numbers and the reason', async (t) => {
  const name = 'memory_knowledge_reasoning/otlp-crewai1.15.30.jsonl';
  const page = await openPage(t, `/?src=trace/${name}`, { state: 'ready' });
  const panel = await clean(await opened(page, 'verdict'));
  assert.match(panel, /reports 12,840 tokens; its calls add up to 11,505, 1,335 fewer\. Likely because 4 answered calls recorded no usage\./);
  for (const line of reportOf(name).executions[0].reconciliation.details) assert.ok(panel.includes(line), line);
  // Opening the other mark closes this one. What the four calls cost is not known either.
  assert.match(await clean(await opened(page, 'prices')), /4 calls are not in the sum/);
  assert.equal(await page.$('#crewscope >>> [data-part="verdict"][open]'), null);
});

test('cumulative totals are explained', async (t) => {
  const page = await openPage(t, '/?src=trace/kickoff_for_each/otlp-onesession-crewai1.15.30.jsonl', { state: 'ready' });
  assert.equal(await clean(await find(page, '[data-part="verdict"] summary')), "Sums differ from the run's own totals: explained");
});

test('prices: source and date, a price file, a mistake in it, and back', async (t) => {
  const name = 'sample.jsonl';
  const report = reportOf(name);
  const page = await openPage(t, `/?src=trace/${name}`, { state: 'ready' });
  const before = await costOf(page);
  assert.ok(Math.abs(before - report.executions[0].summary.estimated_cost_usd) < 1e-3);
  const mark = await clean(await find(page, '[data-part="prices"] summary'));
  assert.ok(mark.includes(report.prices.date) && mark.includes(report.prices.source.split(' (')[0]), mark);

  const folder = mkdtempSync(join(tmpdir(), 'prices-'));
  // Each under a name of its own: Firefox may not tell of the same path chosen again.
  const file = (name, content) => {
    const path = join(folder, name);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };
  const models = report.executions[0].tasks.flatMap((task) => task.models);
  const prices = Object.fromEntries(models.map((model) => [model, { input: 1000, output: 1000 }]));
  await opened(page, 'prices');
  const input = '#crewscope >>> input.cs-prices-input';
  await chooseFiles(page, input, [file('prices.json', { source: 'our contract', prices })]);
  await page.waitForFunction(() => /our contract/.test(document.querySelector('#crewscope').shadowRoot.querySelector('[data-part="prices"] summary').textContent));
  // Every token at 1,000 USD for a million.
  const { prompt_tokens, completion_tokens } = report.executions[0].summary;
  const wanted = (prompt_tokens + completion_tokens) / 1000;
  assert.ok(Math.abs((await costOf(page)) - wanted) < 0.01 * wanted, `${await costOf(page)} is not ${wanted}`);

  await chooseFiles(page, input, [file('wrong.json', '{"prices":{"m":{"input":1,"ouput":2}}}')]);
  const fault = await clean(await find(page, '.cs-trust-fault'));
  assert.match(fault, /Line 1, column 35: .*unknown entry .ouput./);
  assert.ok(Math.abs((await costOf(page)) - wanted) < 0.01 * wanted, 'a file with a mistake changes nothing');
  await expectAccessible(page);

  const buttons = await page.$$('#crewscope >>> .cs-trust-actions button');
  await buttons[1].click();
  await page.waitForFunction(() => !/our contract/.test(document.querySelector('#crewscope').shadowRoot.querySelector('[data-part="prices"] summary').textContent));
  assert.equal(await costOf(page), before);
});

test('?prices= names a price file; one that is not there is told', async (t) => {
  const server = await theServer();
  const models = reportOf('sample.jsonl').executions[0].tasks.flatMap((task) => task.models);
  const prices = Object.fromEntries(models.map((model) => [model, { input_cost_per_token: 0.001, output_cost_per_token: 0.001 }]));
  server.put('prices.json', Buffer.from(JSON.stringify(prices)));
  const page = await openPage(t, '/?src=trace/sample.jsonl&prices=memory/prices.json', { state: 'ready' });
  await page.waitForFunction(() => /your file/.test(document.querySelector('#crewscope').shadowRoot.querySelector('[data-part="prices"] summary')?.textContent));
  const { prompt_tokens, completion_tokens } = reportOf('sample.jsonl').executions[0].summary;
  const wanted = (prompt_tokens + completion_tokens) / 1000;
  assert.ok(Math.abs((await costOf(page)) - wanted) < 0.01 * wanted);

  const missing = await openPage(t, '/?src=trace/sample.jsonl&prices=memory/none.json', { state: 'ready', allow: [/404/] });
  await opened(missing, 'prices');
  assert.match(await clean(await find(missing, '.cs-trust-fault')), /could not be fetched: memory\/none\.json/);
});

test('a note opens the raw record at its place', async (t) => {
  const page = await openPage(t, '/?src=trace/hierarchical/batchwire-crewai1.6.1.jsonl', { state: 'ready' });
  await (await find(page, '.cs-notes summary')).click();
  const list = await find(page, '.cs-notes-list');
  assert.match(await clean(list), /LLM calls record no token usage in this form \(crewai-batch\)\. The run's own total is shown instead/);
  assert.match(await clean(list), /no-usage · affects tokens, cost/);
  const place = await find(page, '.cs-notes-list .cs-record button');
  assert.match(await clean(place), /byte [\d,]+/);
  await place.click();
  await page.waitForFunction(() => /llm_call/.test(document.querySelector('#crewscope').shadowRoot.querySelector('.cs-notes-list .cs-call-body')?.innerText));
  await expectAccessible(page);
});

test('what was skipped is shown as it stands', async (t) => {
  const server = await theServer();
  const good = '{"type":"crew_kickoff_started","timestamp":"2026-11-20T23:32:43Z","crew_name":"demo"}';
  server.put('broken.jsonl', Buffer.from(`${good}\n{"type": "this line breaks\n${good.replace('started', 'completed')}\n`));
  const page = await openPage(t, '/?src=memory/broken.jsonl', { state: 'ready' });
  await (await find(page, '.cs-notes summary')).click();
  const places = await page.$$('#crewscope >>> .cs-notes-list li');
  assert.ok(places.length > 0);
  await (await find(page, '.cs-notes-list li:first-child .cs-record button')).click();
  await page.waitForFunction(() => /this line breaks/.test(document.querySelector('#crewscope').shadowRoot.querySelector('.cs-notes-list .cs-call-body')?.innerText));
});
