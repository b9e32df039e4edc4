// `?src=` with an address of a trace store: its answers open, its pages lead to its answers, and a refusal says what would help.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { chooseFiles, dropFiles, find, openPage, textOf, theServer, traceFile, tracePath, waitForState } from './harness.mjs';
import { figure, regionOf, reportOf } from './report.mjs';

const OTLP = 'lite_agent/otlp-crewai1.15.30.jsonl';
const ID = JSON.parse(readFileSync(tracePath('lite_agent/jaeger-crewai1.15.30.json'), 'utf8')).data[0].traceID;
const refused = [/Failed to load resource/, /CORS policy/, /ERR_/];

/** What the page shows of the newest run, against the report of the OTLP file that every answer here was made of. */
async function expectTheRun(page, name = OTLP) {
  const { executions } = reportOf(name);
  const { terms } = await regionOf(page, 'Execution Summary');
  for (const [term, key] of [['Total Tokens', 'total_tokens'], ['Prompt Tokens', 'prompt_tokens'], ['Requests', 'requests']]) {
    assert.equal(figure(terms[term].text), executions[0].summary[key], term);
  }
  assert.equal((await regionOf(page, 'Executions')).items, executions.length);
}

const asked = async () => (await theServer()).requests.map(({ url }) => url).filter((url) => url.startsWith('/store/'));

for (const path of [
  `jaeger/api/traces/${ID}`, `jaeger/api/v3/traces/${ID}`, `tempo/api/traces/${ID}`, `tempo/api/v2/traces/${ID}`, 'phoenix/v1/projects/default/spans',
]) {
  test(`?src=store/${path} opens`, async (t) => {
    const page = await openPage(t, `/?src=store/${path}`, { state: ['ready', 'failed'] });
    await expectTheRun(page);
  });
}

test('the pages of an answer are all read', async (t) => {
  const server = await theServer();
  server.requests.length = 0;
  const page = await openPage(t, '/?src=store/phoenix/v1/projects/default/spans?limit=3', { state: ['ready', 'failed'] });
  await expectTheRun(page);
  const pages = (await asked()).map((url) => new URL(url, server.origin).searchParams);
  assert.ok(pages.length > 2, `${pages.length} pages`);
  assert.deepEqual(pages.map((query) => query.get('limit')), pages.map(() => '3'), (await asked()).join('\n'));
  assert.deepEqual(pages.map((query) => query.has('cursor')), pages.map((_, at) => at > 0));
});

test('a page that cannot be had is told, and what came before is shown', async (t) => {
  const page = await openPage(t, '/?src=store/phoenix/broken/v1/projects/default/spans', { state: ['ready', 'failed'], allow: refused });
  assert.equal(await page.evaluate(() => document.getElementById('crewscope').dataset.state), 'ready');
  const shown = await page.evaluate(() => document.getElementById('crewscope').shadowRoot.textContent);
  assert.match(shown, /HTTP status 500/);
});

for (const [path, api] of [
  [`jaeger/trace/${ID}?uiFind=agent`, `/store/jaeger/api/traces/${ID}`],
  [`phoenix/projects/UHJvamVjdDox/traces/${ID}`, `/store/phoenix/v1/projects/UHJvamVjdDox/spans?limit=1000&trace_id=${ID}`],
]) {
  test(`?src= of the page ${path.split('/').slice(0, 2).join('/')} leads to the answer behind it`, async (t) => {
    const server = await theServer();
    server.requests.length = 0;
    const page = await openPage(t, `/?src=${encodeURIComponent(`store/${path}`)}`, { state: ['ready', 'failed'] });
    await expectTheRun(page);
    assert.equal((await asked())[0], api);
  });
}

test('a refusal says what would help', async (t) => {
  const { foreignOrigin } = await theServer();
  for (const [src, words] of [
    [`store/locked/api/traces/${ID}`, [/sign-in needed/, /Authorization: Bearer/, /no cookies and no keys/]],
    ['store/jaeger/api/traces/0123456789abcdef', [/not found/, /may not keep the trace any more/]],
    [`store/proxy/api/traces/${ID}`, [/web page, not a trace/, /wants a sign-in/]],
    [`${foreignOrigin}/store/jaeger/api/traces/${ID}`, [/CORS/, /curl -o trace\.json/, /allowed_origins/]],
    [`${foreignOrigin}/store/phoenix/v1/projects/default/spans`, [/CORS/, /PHOENIX_ALLOWED_ORIGINS/]],
  ]) {
    const page = await openPage(t, `/?src=${encodeURIComponent(src)}`, { state: ['ready', 'failed'], allow: refused });
    const shown = await textOf(await find(page, '[role=alert], .failed, main'));
    for (const word of words) assert.match(shown, word, src);
  }
});

test('protobuf opens from everywhere, compressed too', async (t) => {
  const { gzipSync } = await import('node:zlib');
  const name = 'failing_task/protobuf-crewai1.15.30.binpb';
  const page = await openPage(t, `/?src=trace/${name}`, { state: ['ready', 'failed'] });
  await expectTheRun(page, 'failing_task/otlp-crewai1.15.30.json');
  const { content } = traceFile('failing_task/protobuf-collector-crewai1.15.30.binpb');
  await dropFiles(page, 'body', [{ name: 'traces.proto.gz', content: gzipSync(content) }]);
  await waitForState(page, 'ready');
  await expectTheRun(page, 'failing_task/otlp-crewai1.15.30.jsonl');
  // A text of it can be read: its place is that in the unpacked JSON.
  await page.waitForFunction(() => /ACME/.test(document.getElementById('crewscope').shadowRoot.textContent));
  await chooseFiles(page, '#crewscope >>> input[type=file]', [tracePath(name)]);
  await waitForState(page, 'ready');
});
