// Traces that attack the page that shows them: hostile strings in every text field of every form, read under the page's strict policy, and
// everything opened. No dialog, no navigation, no request, nothing on the page but what is meant to be there, and it works afterwards.
//
// For each form one file (of every eighth form only, unless `CREWSCOPE_THOROUGH` is set), each field with another string. `CREWSCOPE_FULL=1`: every file of tests/traces, and for each form so many traces that
// every string was in every field (`CREWSCOPE_FORMS=otlp,batch` for those alone). It takes about half an hour for a browser and says what it tried.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { mutate } from './hostile/mutate.mjs';
import { explore, watch } from './hostile/inside.mjs';
import { another, Plan } from './hostile/plan.mjs';
import { NAMES, STRINGS } from './hostile/strings.mjs';
import { chooseFiles, dropFiles, expectNoProblems, isFirefox, openPage, pasteText, root, theServer, thorough, traceFile, waitForState } from './harness.mjs';

const full = Boolean(process.env.CREWSCOPE_FULL);
const TURNS = full ? Number(process.env.CREWSCOPE_TURNS ?? 1) : 1;
const CLICKS = full ? 60 : 24;

const folder = join(root, 'tests/traces');
const all = readdirSync(folder, { recursive: true }).map((path) => path.replaceAll('\\', '/'))
  .filter((path) => /\.(jsonl?|txt|binpb)$/.test(path) && !/(^|\/)expected/.test(path) && !/(grant|lastrun)/.test(path)).sort();
/** One file of each form: the beginning of its name says which, and its end how it is laid out. */
const forms = [...new Map(all.filter((path) => path.includes('/')).map((path) => [path.replace(/^.*\/([a-z_]+(?:-[a-z]+)?).*(\.\w+)$/, '$1$2').replace('-crewai', ''), path])).values()];
const some = thorough ? forms : forms.filter((_, at) => at % 8 === 0);
const files = full ? all : some;

/** A page under watch: gives it, and what happened to it. */
async function underWatch(t, path = '/', state = 'empty', allow = []) {
  const happened = { dialogs: [], asked: [], moved: [], opened: 0 };
  const page = await openPage(t, path, {
    state, width: 1480, height: 1000, allow,
    before: (opened) => {
      opened.on('request', (request) => happened.asked.push(request.url()));
      opened.on('dialog', (dialog) => {
        happened.dialogs.push(dialog.message());
        return dialog.dismiss().catch(() => {});
      });
      opened.on('framenavigated', (frame) => happened.moved.push(frame.url()));
      opened.on('popup', () => { happened.opened += 1; });
    },
  });
  await page.evaluate(() => Object.assign(window, { states: [], watching: undefined }));
  await page.evaluate(watch);
  const before = (await page.evaluate(() => window.watched())).outside;
  const { origin } = await theServer();
  const own = new RegExp(`^(blob:(null|${origin})|data:|${origin}/([\\w-]+\\.(js|wasm|css|png|svg|webmanifest|html))?(\\?.*)?$)`);
  happened.asked = [];
  happened.moved = [];
  happened.own = 0;
  const check = async (what) => {
    const { bad, seen, outside } = await page.evaluate(() => window.watched());
    const card = await page.$eval('#crewscope', (host) => host.shadowRoot.querySelector('.cs-panic')?.innerText ?? '');
    assert.equal(card, '', `${what}: the program broke down`);
    assert.deepEqual(bad, [], what);
    assert.deepEqual(JSON.parse(outside), JSON.parse(before), `${what} changed the page around the viewer`);
    assert.deepEqual(happened.dialogs, [], what);
    assert.deepEqual(happened.asked.filter((url) => !own.test(url)), [], what);
    assert.deepEqual(happened.moved.filter((url) => new URL(url).pathname !== '/'), [], what);
    assert.equal(happened.opened, 0, what);
    expectNoProblems(page);
    happened.own += happened.asked.length;
    happened.asked = [];
    return seen;
  };
  return { page, check, happened };
}

test(`hostile strings in every text field: ${files.length} files${TURNS > 1 ? `, ${TURNS} times` : ''}`, { timeout: full ? 7_200_000 : 480_000 }, async (t) => {
  const sums = { files: 0, read: 0, strings: 0, clicks: 0, nodes: 0, fields: 0 };
  for (let turn = 0; turn < TURNS; turn += 1) {
    let page;
    let check;
    for (const [at, path] of files.entries()) {
      // A fresh page now and then: not all shall depend on the first.
      if (at % 12 === 0) ({ page, check } = await underWatch(t));
      const { content, changed, fields } = mutate(readFileSync(join(folder, path)), turn * 1000 + at);
      const name = at % 3 ? path.split('/').pop() : NAMES[(at / 3 + turn) % NAMES.length];
      await dropFiles(page, 'body', [{ name, content }]);
      await page.waitForFunction(() => ['loading', 'ready', 'failed'].includes(document.querySelector('#crewscope').dataset.state));
      await waitForState(page, ['ready', 'failed']);
      const clicks = await page.evaluate(explore, CLICKS);
      const ready = await page.$eval('#crewscope', (host) => host.dataset.state === 'ready');
      const seen = await check(`${path}, turn ${turn}`);
      sums.files += 1;
      sums.read += ready ? 1 : 0;
      sums.strings += changed;
      sums.fields += fields.size;
      sums.clicks += clicks;
      sums.nodes = seen;
      // It works: a good trace opens and shows its tasks.
      if (at % 12 === 11 || at === files.length - 1) {
        await dropFiles(page, 'body', [traceFile('sample.jsonl')]);
        await page.waitForFunction(() => {
          const host = document.querySelector('#crewscope');
          return host.dataset.state === 'ready' && /research_market/.test(host.shadowRoot.querySelector('[aria-label="Tasks & Agents"]')?.innerText);
        });
        await page.$eval('#crewscope', (host) => host.shadowRoot.querySelector('.cs-root [tabindex], .cs-root button').focus());
        await page.keyboard.press('?');
        await page.waitForSelector('#crewscope >>> dialog[open]');
        await page.keyboard.press('Escape');
        await check(`the good trace after ${path}`);
      }
    }
  }
  t.diagnostic(`${sums.files} files (${sums.read} of them read), ${STRINGS.length} strings of ${new Set(STRINGS.map(({ kind }) => kind)).size} kinds put into ${sums.strings} values of ${sums.fields} fields, ${sums.clicks} things opened`);
  assert.ok(sums.read > sums.files * 0.8, `${sums.read} of ${sums.files} were read: the rest tested nothing`);
  assert.ok(sums.clicks > sums.files * 6, `${sums.clicks} things opened of ${sums.files} files`);
});

test('every hostile string in an answer, a prompt, an argument and a name', { timeout: 240_000 }, async (t) => {
  const { page, check } = await underWatch(t);
  const span = (name, id, parent, from, attributes) => ({
    traceId: 'a'.repeat(32), spanId: id, parentSpanId: parent, name, startTimeUnixNano: `${1795217561944776960n + BigInt(from) * 1000000n}`, endTimeUnixNano: `${1795217561944776960n + BigInt(from + 900) * 1000000n}`,
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value: { stringValue: value } })), status: {},
  });
  // Sixteen strings at once: each is a task whose name, agent, description, prompt, arguments and output say it.
  for (let from = 0; from < STRINGS.length; from += thorough ? 16 : 48) {
    const some = STRINGS.slice(from, from + 16);
    const spans = [span('crew.kickoff', '1'.padStart(16, 'f'), '', 0, { 'openinference.span.kind': 'CHAIN', crew_name: some[0].text, 'crewai.crew.name': some[0].text, 'output.value': some[0].text })];
    some.forEach(({ text }, at) => {
      const id = (kind) => `${kind}${String(at).padStart(15, '0')}`;
      spans.push(
        span(`${text.slice(0, 40)}._execute_core`, id('a'), '1'.padStart(16, 'f'), at * 1000, {
          'openinference.span.kind': 'AGENT', task_name: text, 'input.value': text, 'output.value': text, 'agent.role': text, 'graph.node.id': text, formatted_description: text, formatted_expected_output: text, agent: text,
        }),
        span('OpenAI.chat', id('b'), id('a'), at * 1000 + 1, {
          'openinference.span.kind': 'LLM', 'llm.model_name': text, 'llm.input_messages.0.message.role': 'user', 'llm.input_messages.0.message.content': text, 'llm.output_messages.0.message.role': text,
          'llm.output_messages.0.message.content': text, 'input.value': JSON.stringify({ messages: [{ role: 'user', content: text }] }), 'llm.invocation_parameters': JSON.stringify({ [text]: text }),
        }),
        span(text.slice(0, 60) || 'x', id('c'), id('a'), at * 1000 + 2, {
          'openinference.span.kind': 'TOOL', 'tool.name': text, 'tool.parameters': JSON.stringify({ [text]: text }), 'input.value': JSON.stringify({ a: text }), 'output.value': text, 'exception.message': text,
        }),
      );
    });
    await dropFiles(page, 'body', [{ name: 'all.json', content: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ scope: { name: 'openinference.instrumentation.crewai' }, spans }] }] }) }]);
    await page.waitForFunction(() => document.querySelector('#crewscope').dataset.state !== 'empty');
    await waitForState(page, 'ready');
    await page.evaluate(explore, full ? 120 : 22);
    await check(`strings from ${from} on: ${some.map(({ text }) => JSON.stringify(text.slice(0, 30))).join(', ')}`);
  }
});

/** Each form once, by a file with many of its fields. */
const kinds = [
  ...['batch-crewai1.14.7.json', 'batchwire-uploadfailed-crewai1.14.7.jsonl', 'otlp-crewai1.15.30.json', 'openinference-crewai1.15.30.jsonl', 'protobuf-crewai1.15.30.binpb',
    'protobuf-collector-crewai1.15.30.binpb', 'pyotel-lines-crewai1.15.30.jsonl', 'report-crewai1.15.30.json', 'log-crewai1.15.30.txt'].map((name) => `failing_task/${name}`),
  ...forms.filter((path) => /^(lite_agent|stores|remote)\//.test(path)),
  'human_input/events-flow-crewai1.15.30.jsonl', 'human_input/otlp-flow-crewai1.15.30.json', 'parallel_async/log-crewai1.15.30.json', 'running/events-crewai1.15.30.jsonl',
  'parallel_async/openllmetry-crewai1.15.30.jsonl', 'hierarchical/openinference-eventlistener-crewai1.15.30.jsonl', 'research_sequential/checkpoint-crewai1.15.30.json',
].filter((path) => (process.env.CREWSCOPE_FORMS ?? '').split(',').some((name) => path.includes(name)));

if (full) {
  test(`every hostile string in every text field of ${kinds.length} forms`, { timeout: 14_400_000 }, async (t) => {
    const sums = { forms: 0, traces: 0, shown: 0, fields: 0, pairs: 0, loads: 0, clicks: 0, nodes: 0, own: 0 };
    const folderOf = mkdtempSync(join(tmpdir(), 'crewscope-hostile-'));
    t.after(() => rmSync(folderOf, { recursive: true, force: true }));
    for (const path of kinds) {
      await t.test(path, async (one) => {
        const began = Date.now();
        const bytes = readFileSync(join(folder, path));
        const plan = new Plan();
        const { page, check, happened } = await underWatch(one);
        const of = { traces: 0, shown: 0, loads: 0, clicks: 0, nodes: 0 };
        while (of.traces === 0 || plan.state.open.length > 0) {
          assert.ok(of.traces < 2_000, `these fields never had every string: ${plan.state.open.join(', ')}`);
          // As many as are quickly read at once.
          const paths = [];
          for (let size = 0; paths.length < 192 && size < 16_000_000 && (paths.length < 4 || plan.state.open.length > 0);) {
            const { content } = mutate(another(bytes, of.traces % 256), of.traces, plan);
            paths.push(join(folderOf, paths.length ? `${paths.length}.json` : NAMES[of.loads % NAMES.length]));
            writeFileSync(paths.at(-1), content);
            size += content.length;
            of.traces += 1;
          }
          await page.$eval('#crewscope', (host) => {
            window.states = [];
            window.watching?.disconnect();
            window.watching = new MutationObserver(() => window.states.push(host.dataset.state));
            window.watching.observe(host, { attributeFilter: ['data-state'] });
          });
          await chooseFiles(page, '#crewscope >>> input[type=file]:not([webkitdirectory])', paths);
          await page.waitForFunction(() => ['ready', 'failed'].includes(window.states.at(-1)), { timeout: 120_000 });
          of.shown += await page.$eval('#crewscope', (host) => host.shadowRoot.querySelectorAll('[aria-label="Executions"] li').length);
          of.clicks += await page.evaluate(explore, 30);
          of.nodes = await check(`${path}, ${of.traces} traces`);
          of.loads += 1;
        }
        const { fields, pairs } = plan.state;
        console.log(`${path}: ${pairs} pairs of ${STRINGS.length} strings and ${fields} fields in ${of.traces} traces (${of.shown} executions listed), ${of.loads} loads, ${of.clicks} things opened, ${of.nodes} nodes looked at, ${Math.round((Date.now() - began) / 1000)} s`);
        sums.forms += 1;
        sums.fields += fields;
        sums.pairs += pairs;
        sums.own += happened.own;
        for (const key of Object.keys(of)) sums[key] += of[key];
      });
    }
    t.diagnostic(`${STRINGS.length} strings in each of ${sums.fields} fields of ${sums.forms} forms: ${sums.pairs} pairs in ${sums.traces} traces, ${sums.loads} times read (${sums.shown} executions listed), ${sums.clicks} things opened, ${sums.nodes} nodes looked at`);
    t.diagnostic(`requests to elsewhere 0, own files ${sums.own}; dialogs 0; navigations 0; windows 0; violations of the policy 0`);
    assert.equal(sums.forms, kinds.length);
  });
}

test('hostile addresses: fragment, source, prices, manifest', async (t) => {
  const server = await theServer();
  const chosen = STRINGS.filter(({ text }) => text.length < 600);
  // The fragment, changed while a trace is open: as links do.
  const { page, check } = await underWatch(t, '/?src=trace/sample.jsonl', 'ready');
  await page.evaluate(async (texts) => {
    const keys = ['execution', 'span', 'view', 'q', 'lanes', 'colour', 'rows', 'time', 'mark', 'level', 'theme', 'sections', '__proto__'];
    for (const [at, text] of texts.entries()) {
      const encoded = encodeURIComponent(text.toWellFormed?.() ?? 'x');
      const key = keys[at % keys.length];
      for (const hash of [`#v=1&${key}=${encoded}`, `#v=1&${encoded}=1&${key}=${text.slice(0, 80)}`]) {
        history.replaceState(null, '', hash);
        window.dispatchEvent(new HashChangeEvent('hashchange'));
        await new Promise((done) => setTimeout(done, 2));
      }
    }
    history.replaceState(null, '', '#');
  }, chosen.map(({ text }) => text));
  await check('fragments');
  await pasteText(page, 'javascript:alert(1)');
  await check('a pasted address');
  // A manifest names traces and says things about them.
  server.put('hostile-manifest.json', JSON.stringify({
    traces: chosen.map(({ text }, at) => ({ url: at % 2 ? text : `trace/sample.jsonl?${at}`, src: at % 2 ? text : 'trace/sample.jsonl', name: text, title: text, description: text, started_at: text, size: text })),
  }));
  const listed = await underWatch(t, '/?src=memory/hostile-manifest.json', ['ready', 'failed', 'empty', 'loading'], [/Failed to load resource/, /trap\.invalid/, /ERR_/, /CSP|Content Security Policy/]);
  await new Promise((done) => setTimeout(done, 500));
  const { bad } = await listed.page.evaluate(() => window.watched());
  assert.deepEqual(bad, []);
});
