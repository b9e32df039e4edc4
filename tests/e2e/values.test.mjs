// The page shows what the report says: for real traces of every form, through the regions' accessible names.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byRole, dropFiles, openPage, waitForState } from './harness.mjs';
import { figure, regionOf, reportOf } from './report.mjs';

const TRACES = [
  'sample.jsonl',
  'failing_task/otlp-crewai1.15.30.json',
  'failing_task/protobuf-crewai1.15.30.binpb',
  'failing_task/batchwire-crewai0.203.2.jsonl',
  'failing_task/events-crewai1.15.30.jsonl',
  'flow_nested/otlp-crewai1.15.30.json',
  'guardrail_retries/otlp-crewai1.15.30.json',
  'hierarchical/otlp-crewai1.15.30.jsonl',
  'hostile_output/otlp-crewai1.15.30.json',
  'human_input/otlp-flow-crewai1.15.30.json',
  'lite_agent/otlp-crewai1.15.30.jsonl',
  'memory_knowledge_reasoning/otlp-crewai1.15.30.jsonl',
  'parallel_async/otlp-crewai1.15.30.jsonl',
  'redundant_tools/otlp-crewai1.15.30.jsonl',
  'running/otlp-crewai1.15.30.jsonl',
  'running/events-crewai1.15.30.jsonl',
  'kickoff_for_each/otlp-crewai1.15.30.jsonl',
];

/** What a person cannot see is shown as a mark: compare what is left when marks and spaces are gone. */
const visible = (text) => text.replace(/[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, '').replace(/\s+/g, ' ').trim();

for (const name of TRACES) {
  test(`the page agrees with the report: ${name}`, async (t) => {
    const report = reportOf(name);
    const page = await openPage(t, `/?src=trace/${name}`, { state: 'ready', width: 1480, height: 1000 });
    const newest = report.executions[0];

    const summary = (await regionOf(page, 'Execution Summary')).terms;
    assert.deepEqual(Object.keys(summary), ['Total Tokens', 'Prompt Tokens', 'Completion Tokens', 'Requests', 'Execution Time', 'Estimated Cost']);
    for (const [term, key] of [['Total Tokens', 'total_tokens'], ['Prompt Tokens', 'prompt_tokens'], ['Completion Tokens', 'completion_tokens'], ['Requests', 'requests']]) {
      assert.equal(figure(summary[term].text), newest.summary[key], term);
    }
    const cost = newest.summary.estimated_cost_usd;
    const shown = figure(summary['Estimated Cost'].text);
    assert.ok(cost === null ? shown === null : Math.abs(shown - cost) < 0.01 * cost + 1e-4, `cost ${summary['Estimated Cost'].text}, the report says ${cost}`);
    if (newest.summary.execution_time_ms !== null && newest.summary.execution_time_ms < 60_000) {
      const text = summary['Execution Time'].text;
      const ms = figure(text) * (/ms$/.test(text) ? 1 : 1000);
      assert.ok(Math.abs(ms - newest.summary.execution_time_ms) < 100, `time ${text}, the report says ${newest.summary.execution_time_ms} ms`);
    }

    const executions = await regionOf(page, 'Executions');
    assert.equal(executions.items, report.executions.length);
    for (const execution of report.executions) {
      // Marks stand where characters cannot be seen: the beginning of a name is enough to know it.
      assert.ok(executions.text.includes(execution.name.slice(0, 20)), execution.name);
      assert.ok(executions.text.toLowerCase().includes(execution.status));
    }

    if (newest.tasks.length > 0) {
      const { rows } = await regionOf(page, 'Tasks & Agents');
      assert.equal(rows.length, newest.tasks.length);
      newest.tasks.forEach((task, index) => {
        const [label, agent, llm, status, , tokens] = rows[index];
        if (task.name) assert.equal(visible(label).slice(0, 40), visible(task.name).slice(0, 40));
        assert.ok(visible(agent).startsWith(visible(task.agents[0] ?? 'not recorded').slice(0, 40)), `${agent} is not ${task.agents[0]}`);
        assert.ok(llm.startsWith(task.models[0] ?? 'not recorded'), `${llm} is not ${task.models[0]}`);
        assert.ok(status.toLowerCase().includes(task.status), `${status} is not ${task.status}`);
        assert.equal(figure(tokens), task.total_tokens);
      });
    }

    const output = await regionOf(page, 'Final Output');
    if (newest.final_output) {
      const word = /[\p{L}\p{N}]{5,}/u.exec(newest.final_output.replace(/https?:\S+|<[^>]*>/g, ''))?.[0];
      await page.waitForFunction((text) => document.querySelector('#crewscope').shadowRoot.querySelector('[aria-label="Final Output"]').innerText.includes(text), {}, word ?? '');
    } else {
      assert.match(output.text, /no final output|failed|still running|not recorded|has not/i);
    }
  });
}

test('every task opens with all the fields of the mission', async (t) => {
  const name = 'failing_task/otlp-crewai1.15.30.json';
  const [execution] = reportOf(name).executions;
  const page = await openPage(t, `/?src=trace/${name}`, { state: 'ready', width: 1480, height: 1000 });
  for (const [index, task] of execution.tasks.entries()) {
    const rows = await page.$$('#crewscope >>> [aria-label="Tasks & Agents"] tbody tr');
    await rows[index].click();
    await page.waitForFunction((id) => document.querySelector('#crewscope').shadowRoot.querySelector('[aria-label="Task Details"]')?.innerText.includes(id), {}, task.id);
    const { terms, text } = await regionOf(page, 'Task Details');
    for (const term of ['Task Key', 'Task ID', 'Status', 'Agent', 'LLM', 'Start Time', 'End Time', 'Execution Time', 'Task Description', 'Expected Output', 'Input', 'Output']) {
      assert.ok(term in terms, `${term} is not among ${Object.keys(terms)}`);
    }
    assert.equal(terms['Task Key'].text, task.key);
    assert.equal(terms['Task ID'].text, task.id);
    assert.ok(terms.Status.text.toLowerCase().includes(task.status));
    assert.ok(terms.Agent.text.includes(task.agents[0]));
    assert.ok(terms.LLM.text.includes(task.models[0]));
    assert.equal(Date.parse(terms['Start Time'].time), Date.parse(task.started_at));
    assert.equal(Date.parse(terms['End Time'].time), Date.parse(task.ended_at));
    await page.waitForFunction((wanted) => document.querySelector('#crewscope').shadowRoot.querySelector('[aria-label="Task Details"]').innerText.includes(wanted), {}, task.description);
    assert.ok((await regionOf(page, 'Task Details')).text.includes(task.expected_output));
    if (task.error) await page.waitForFunction(() => /content policy/.test(document.querySelector('#crewscope').shadowRoot.querySelector('[aria-label="Task Details"]').innerText));
    assert.ok(text.length > 0);
  }
});

test('an execution in the list opens', async (t) => {
  const name = 'kickoff_for_each/otlp-crewai1.15.30.jsonl';
  const report = reportOf(name);
  const page = await openPage(t, `/?src=trace/${name}`, { state: 'ready', width: 1480, height: 1000 });
  const failed = report.executions.findIndex((execution) => execution.status === 'failed');
  const list = await byRole(page, 'region', 'Executions');
  const items = await list.$$('li button, li a, [role="option"]');
  assert.equal(items.length, report.executions.length);
  await items[failed].click();
  await page.waitForFunction((total) => document.querySelector('#crewscope').shadowRoot.querySelector('[aria-label="Execution Summary"] dd').innerText.replace(/\D/g, '') === total, {}, String(report.executions[failed].summary.total_tokens ?? ''));
  const { rows } = await regionOf(page, 'Tasks & Agents');
  assert.equal(rows.length, report.executions[failed].tasks.length);
});

test('secrets in a trace are masked on the screen', async (t) => {
  const secret = 'sk-live0123456789abcdefghij';
  const event = (type, second, id, rest) => JSON.stringify({ type, timestamp: `2026-11-20T10:00:0${second}Z`, emission_sequence: second + 1, event_id: id, ...rest });
  const content = [
    event('crew_kickoff_started', 0, 'c', { crew_name: 'crew' }),
    event('task_started', 1, 't', { parent_event_id: 'c', task_id: 'T', context: `the key is ${secret}`, task: { name: 'call', description: `Use api_key=${secret}`, id: 'T' } }),
    event('tool_usage_started', 2, 'u', { parent_event_id: 't', task_id: 'T', tool_name: 'http', tool_args: { url: 'https://example.org', api_key: 'x1' } }),
    event('tool_usage_finished', 3, 'v', { parent_event_id: 't', started_event_id: 'u', task_id: 'T', tool_name: 'http', output: `Authorization: Bearer ${secret}` }),
    event('task_completed', 4, 'w', { parent_event_id: 'c', started_event_id: 't', task_id: 'T', output: { raw: `done with ${secret}` } }),
    event('crew_kickoff_completed', 5, 'x', { started_event_id: 'c', crew_name: 'crew', output: { raw: `done with ${secret}` } }),
  ].join('\n');
  const page = await openPage(t, '/', { state: 'empty', width: 1480, height: 1000 });
  await dropFiles(page, 'body', [{ name: 'secret.jsonl', content }]);
  await waitForState(page, 'ready');
  const [row] = await page.$$('#crewscope >>> [aria-label="Tasks & Agents"] tbody tr');
  await row.click();
  await (await byRole(page, 'button', 'Open all')).click();
  await page.waitForFunction(() => (document.querySelector('#crewscope').shadowRoot.querySelector('[aria-label="Task Details"]').innerText.match(/••••••/g) ?? []).length >= 4);
  const text = await page.$eval('#crewscope', (host) => host.shadowRoot.querySelector('.cs-root').innerText);
  assert.ok(!text.includes(secret) && !text.includes('x1'), 'a secret is on the screen');
  assert.match((await regionOf(page, 'Final Output')).text, /done with ••••••/);
});
