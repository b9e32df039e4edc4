// The region "Usage": its rows are the agents of the report, and add up to the Execution Summary.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, theServer } from './harness.mjs';
import { reportOf } from './report.mjs';

const number = (text) => (text === 'not recorded' ? null : Number(text.replace(/,/g, '')));

for (const path of ['hierarchical/otlp-crewai1.15.30.jsonl', 'failing_task/otlp-crewai1.15.30.json', 'memory_knowledge_reasoning/otlp-crewai1.15.30.jsonl']) {
  test(`what each agent used adds up: ${path}`, async (t) => {
    const { origin } = await theServer();
    const page = await openPage(t, `${origin}/?src=trace/${path}`, { state: 'ready' });
    await page.waitForSelector('#crewscope >>> [aria-label="Usage"] tbody tr');
    const rows = await page.$eval('#crewscope', (element) => [...element.shadowRoot.querySelectorAll('[aria-label="Usage"] tbody tr')]
      .map((row) => [...row.cells].map((cell) => cell.innerText.trim())));
    const [{ agents, summary }] = reportOf(path).executions;
    const named = rows.filter(([name]) => name !== 'Outside of agents');
    assert.deepEqual(named.map(([name, , , requests, tokens]) => [name, number(requests), number(tokens)]), agents.map(({ role, requests, total_tokens: tokens }) => [role, requests, tokens]));
    const sum = (column) => rows.reduce((all, row) => all + (number(row[column]) || 0), 0);
    assert.deepEqual([sum(3), sum(4)], [summary.requests, summary.total_tokens]);
  });
}
