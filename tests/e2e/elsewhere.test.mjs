// What happens elsewhere, in place: MCP servers, agents asked over A2A, routers of a flow. And every value that is shown can be copied.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dropFiles, find, openPage, waitForState } from './harness.mjs';
import { reportOf } from './report.mjs';
import { control, detailsOf, until, wide } from './shadow.mjs';

const REMOTE = (what, form) => `/?src=trace/remote/${what}-${form}-crewai1.15.30.jsonl`;
/** The rows of the timeline that are on the screen, by name. */
const rowNames = (page) => page.$$eval('#crewscope >>> .cs-tl-label', (rows) => rows.map((row) => row.querySelector('bdi').innerText));
/** Goes to a task by its name, and opens all of its calls. */
async function openTask(page, name) {
  await control(page, 'k');
  await page.keyboard.type(`go to task ${name}`);
  await until(page, (root) => root.querySelectorAll('#cs-find-list li').length === 1);
  await page.keyboard.press('Enter');
  await until(page, (root, wanted) => root.querySelector('.cs-details-name h3')?.innerText === wanted, name);
  await until(page, (root) => root.querySelectorAll('.cs-call').length > 1);
  const button = await find(page, '[aria-label="Task Details"] .cs-part-head button');
  await button.click();
  await until(page, (root) => /Close all/.test(root.querySelector('[aria-label="Task Details"] .cs-part-head button').innerText));
  await until(page, (root) => [...root.querySelectorAll('.cs-call-toggle')].filter((toggle) => toggle.closest('.cs-calls')).every((toggle) => toggle.ariaExpanded === 'true' || toggle.getAttribute('aria-expanded') === 'true'));
}
/** A call of the transcript by its name: how it stands, what its head says, what is inside. */
const callsNamed = (page, name) => page.evaluate((wanted) =>
  [...document.querySelector('#crewscope').shadowRoot.querySelectorAll('.cs-call')]
    .filter((call) => call.querySelector('.cs-call-head b').innerText === wanted)
    .map((call) => ({ kind: call.dataset.kind, head: call.querySelector('.cs-call-head').innerText, text: call.innerText })), name);
/** The calls of that name, once their texts are read: one for each pattern, in order. */
async function callsSaying(page, name, ...patterns) {
  let calls = [];
  for (const deadline = Date.now() + 15_000; Date.now() < deadline; await new Promise((done) => setTimeout(done, 50))) {
    calls = await callsNamed(page, name);
    if (calls.length === patterns.length && patterns.every((pattern, at) => pattern.test(calls[at].text))) return calls;
  }
  return assert.fail(`${name} never said ${patterns.join(' and ')}: ${JSON.stringify(calls)}`);
}

for (const [form, connection] of [['otlp', 'connect mcp'], ['events', 'mcp connection']]) {
  test(`MCP in place: the server, its tools, what they answered and how they failed (${form})`, async (t) => {
    const page = await openPage(t, REMOTE('mcp', form), wide);
    const { executions } = reportOf(`remote/mcp-${form}-crewai1.15.30.jsonl`);
    const told = executions.find(({ status }) => status === 'completed');
    // The model asked for two calls; what they did on the server counts no more.
    assert.deepEqual(told.tool_calls.map(({ name, status }) => [name, status]),
      [['python_weather_station_py_forecast', 'completed'], ['python_weather_station_py_forecast', 'failed']]);
    // The crew whose server does not start.
    await until(page, (root) => /Failed/.test(root.querySelector('.cs-title').innerText));
    assert.deepEqual(await rowNames(page), [`${connection}: python tide_gauge.py`]);
    await page.evaluate(() => document.querySelector('#crewscope').shadowRoot.querySelector('.cs-tl-label').click());
    await until(page, (root, wanted) => root.querySelector('.cs-details-name h3')?.innerText === wanted, `${connection}: python tide_gauge.py`);
    await until(page, (root) => /Failed to connect to MCP server: Connection closed/.test(root.querySelector('[aria-label="Task Details"]').innerText));
    assert.match(await detailsOf(page), /Server\s+python tide_gauge\.py/);
    assert.match(await detailsOf(page), /Execution Time\s+\d[\d.]* ms/);
    // The other one, which asked.
    const runs = await page.$$('#crewscope >>> .cs-execution');
    for (const run of runs) if (/Completed/.test(await run.evaluate((element) => element.innerText))) await run.click();
    await until(page, (root) => /Completed/.test(root.querySelector('.cs-title').innerText));
    await until(page, (root) => [...root.querySelectorAll('.cs-tl-label bdi')].some((name) => name.innerText === 'weather'));
    await (await find(page, '.cs-timeline button[aria-label="Expand all"]')).click();
    const server = `${connection}: python weather_station.py`;
    await until(page, (root, wanted) => [...root.querySelectorAll('.cs-tl-label bdi')].filter((name) => name.innerText === wanted).length >= 2, server);
    const rows = await rowNames(page);
    for (const name of ['python_weather_station_py_forecast', 'forecast']) assert.ok(rows.includes(name), `${name} in ${rows}`);
    await openTask(page, 'weather');
    const inside = await callsSaying(page, 'forecast', /python weather_station\.py[\s\S]*Lisbon[\s\S]*Lisbon: rain for 3 days/, /no such city: Atlantis/);
    assert.match(inside[0].head, /\d ms/);
    assert.equal(inside[1].kind, 'failed');
    assert.equal((await callsNamed(page, server)).length, 2);
    const calls = await callsNamed(page, 'python_weather_station_py_forecast');
    assert.deepEqual(calls.map(({ kind }) => kind), ['tool', 'failed']);
  });
}

for (const [form, word] of [['otlp', 'a2a delegate'], ['events', 'a2a delegation']]) {
  test(`A2A in place: whom it asked, what, the answer, and how it failed (${form})`, async (t) => {
    const page = await openPage(t, REMOTE('a2a', form), wide);
    await (await find(page, '.cs-timeline button[aria-label="Expand all"]')).click();
    await until(page, (root, wanted) => [...root.querySelectorAll('.cs-tl-label bdi')].filter((name) => name.innerText === wanted).length === 2, `${word}: Tide desk`);
    assert.equal((await rowNames(page)).filter((name) => name === 'a2a conversation: Tide desk').length, 2);
    await openTask(page, 'tide');
    const [asked] = await callsSaying(page, `${word}: Tide desk`, /When is high tide in Lisbon[\s\S]*High tide at 14:05 in Lisbon/);
    assert.match(asked.head, /\d ms/);
    assert.notEqual(asked.kind, 'failed');
    await openTask(page, 'lost');
    const [failed] = await callsSaying(page, `${word}: Tide desk`, /There is no harbour in Atlantis\./);
    assert.equal(failed.kind, 'failed');
    assert.match(failed.head, /Failed/);
  });
}

for (const form of ['otlp', 'events']) {
  test(`a router in place, with the way it chose (${form})`, async (t) => {
    const page = await openPage(t, REMOTE('router', form), wide);
    const rows = await rowNames(page);
    const order = ['sort', 'choose', 'answer_now'].map((name) => rows.indexOf(name));
    assert.ok(order[0] >= 0 && order[0] < order[1] && order[1] < order[2], rows.join());
    assert.ok(!rows.includes('file_away'));
    await page.evaluate(() => [...document.querySelector('#crewscope').shadowRoot.querySelectorAll('.cs-tl-label')].find((row) => row.querySelector('bdi').innerText === 'choose').click());
    await until(page, (root) => root.querySelector('.cs-details-name h3')?.innerText === 'choose' && /urgent/.test(root.querySelector('[aria-label="Task Details"]').innerText));
  });
}

/** Copies the one value that is found for these words. */
async function copyByKey(page, words) {
  // A key pressed while the last search closes goes nowhere.
  await until(page, (root) => !root.querySelector('dialog[open]'));
  await page.keyboard.press('y');
  await until(page, (root) => root.querySelector('dialog[open] input')?.value === '>copy ');
  await page.keyboard.type(words);
  await until(page, (root) => root.querySelectorAll('#cs-find-list li').length === 1);
  await page.keyboard.press('Enter');
}

test('any value that is shown can be copied, by key or button', async (t) => {
  const page = await openPage(t, '/?src=trace/failing_task/otlp-crewai1.15.30.json', {
    ...wide,
    before: (fresh) => fresh.evaluateOnNewDocument(() => {
      Clipboard.prototype.writeText = async (text) => void (globalThis.copied = text);
    }),
  });
  const [execution] = reportOf('failing_task/otlp-crewai1.15.30.json').executions;
  const taken = async (what) => {
    await page.waitForFunction(() => globalThis.copied !== undefined).catch(() => assert.fail(`nothing was copied for ${what}`));
    return page.evaluate(() => {
      const { copied } = globalThis;
      delete globalThis.copied;
      return copied;
    });
  };
  const byKey = async (words) => {
    await copyByKey(page, words);
    return taken(words);
  };
  for (const key of 'jkk') await page.keyboard.press(key);
  await until(page, (root) => root.querySelector('.cs-details-name h3')?.innerText === 'get_quote');
  // Summary, ids, facts.
  assert.equal(await byKey('total tokens'), execution.summary.total_tokens.toLocaleString('en'));
  assert.equal(await byKey('id of the execution'), execution.id);
  assert.equal(await byKey('task key'), execution.tasks[0].key);
  // A tool's argument, from the tree.
  await page.keyboard.press('.');
  await until(page, (root) => root.querySelector('.cs-details-name h3')?.innerText === 'gpt-4o-mini');
  assert.equal(await byKey('finish reason'), 'tool_call');
  await page.keyboard.press('.');
  await until(page, (root) => root.querySelector('.cs-json-value')?.innerText === '"ACME"');
  assert.equal(await byKey('symbol'), 'ACME');
  assert.equal(await byKey('failure reason'), 'exception');
  // All of the arguments, by their button.
  const button = await find(page, '.cs-block .cs-copy button');
  await button.click();
  assert.equal(JSON.parse(await taken('arguments')).symbol, 'ACME');
  // A message.
  await page.keyboard.press(',');
  await until(page, (root) => root.querySelector('.cs-message button[aria-label="Copy the message of User"]'));
  const message = await find(page, '.cs-message button[aria-label="Copy the message of User"]');
  await message.click();
  assert.match(await taken('a message'), /ACME|quote/);
});

test('a value that is shown in part is copied whole, and a refused copy says so', async (t) => {
  const long = `begin ${'word '.repeat(2000)}end`;
  const event = (type, second, id, rest) => JSON.stringify({ type, timestamp: `2026-11-20T10:00:0${second}Z`, emission_sequence: second + 1, event_id: id, ...rest });
  const call = { parent_event_id: 't', task_id: 'T', tool_name: 'write', tool_args: { essay: long, title: 'short' } };
  const content = [
    event('crew_kickoff_started', 0, 'c', { crew_name: 'crew' }),
    event('task_started', 1, 't', { parent_event_id: 'c', task_id: 'T', task: { name: 'essay', description: 'Write.', id: 'T' } }),
    event('tool_usage_started', 2, 'u', call),
    event('tool_usage_finished', 3, 'v', { ...call, started_event_id: 'u', output: 'done' }),
    event('task_completed', 4, 'w', { parent_event_id: 'c', started_event_id: 't', task_id: 'T', output: { raw: 'done' } }),
    event('crew_kickoff_completed', 5, 'x', { started_event_id: 'c', crew_name: 'crew', output: { raw: 'done' } }),
  ].join('\n');
  const page = await openPage(t, '/', {
    state: 'empty',
    width: 1480,
    height: 1000,
    before: (fresh) => fresh.evaluateOnNewDocument(() => {
      Clipboard.prototype.writeText = async (text) => {
        if (globalThis.refuse) throw new DOMException('no', 'NotAllowedError');
        globalThis.copied = text;
      };
    }),
  });
  await dropFiles(page, 'body', [{ name: 'long.jsonl', content }]);
  await waitForState(page, 'ready');
  await page.keyboard.press('.');
  await until(page, (root) => root.querySelector('.cs-details-name h3')?.innerText === 'write' && root.querySelectorAll('.cs-json-value').length > 1);
  await copyByKey(page, 'essay begin');
  await page.waitForFunction(() => globalThis.copied !== undefined);
  assert.equal(await page.evaluate(() => globalThis.copied), long);
  await until(page, (root) => root.querySelector('.cs-said[role="status"]')?.innerText === 'Copied');
  await page.evaluate(() => { globalThis.refuse = true; });
  await copyByKey(page, 'title short');
  await until(page, (root) => /not allow/.test(root.querySelector('.cs-said[role="alert"]')?.innerText));
});
