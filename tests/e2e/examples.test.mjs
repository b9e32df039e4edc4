// The examples as they were built by `cargo xtask examples`: portals made in five ways, a notebook, a job of GitHub Actions.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { openPage, root, waitForState } from './harness.mjs';
import { reportOf } from './report.mjs';

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.wasm': 'application/wasm' };

/** What a portal's page needs; its own style sheet beside that of docs/embedding.md. */
const STRICT = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; worker-src 'self'; img-src data:; base-uri 'none'; form-action 'none'";

/** Serves the clone: the plain example takes the package and the traces from where they lie. */
async function serveClone(t, policy = STRICT) {
  const requests = [];
  const server = createServer((request, response) => {
    const path = normalize(join(root, decodeURIComponent(new URL(request.url, 'http://loopback').pathname).replace(/\/$/, '/index.html')));
    requests.push(request.url);
    if (!/^\/(examples|dist|tests\/traces|target\/examples)\//.test(path.slice(root.length)) || !existsSync(path)) return void response.writeHead(404).end();
    response.setHeader('Content-Type', TYPES[extname(path)] ?? 'application/octet-stream');
    if (policy && extname(path) === '.html') response.setHeader('Content-Security-Policy', policy);
    response.end(readFileSync(path));
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { origin: `http://127.0.0.1:${server.address().port}`, requests };
}

const built = (path) => assert.ok(existsSync(join(root, path)), `${path} is missing: run \`cargo xtask examples\` after \`cargo xtask dist\``);

const PORTALS = { plain: 'plain/', react: 'react/dist/', vue: 'vue/dist/', svelte: 'svelte/dist/', webpack: 'webpack/' };

for (const [name, path] of Object.entries(PORTALS)) {
  test(`a portal made with ${name}: choose a run, read its figures, select a task`, async (t) => {
    if (name !== 'plain') {
      built(`examples/${name}/dist`);
      // Built with the package of today.
      const wasmOf = (folder) => readdirSync(join(root, folder), { recursive: true }).filter((file) => file.endsWith('.wasm'))
        .map((file) => createHash('sha256').update(readFileSync(join(root, folder, file))).digest('hex')).sort();
      assert.deepEqual(wasmOf(`examples/${name}/dist`), wasmOf('dist/element'), 'the example was built with another package: run `cargo xtask examples`');
    }
    const { origin } = await serveClone(t);
    const page = await openPage(t, `${origin}/examples/${path}`, { height: 2400 });
    const runs = [['A research crew', 'sample.jsonl'], ['A task that failed', 'failing_task/otlp-crewai1.15.30.json']];
    for (const [at, [title, trace]] of runs.entries()) {
      if (at) await page.locator(`::-p-text(${title})`).click();
      const [execution] = reportOf(trace).executions;
      const wanted = `${execution.name}: ${execution.status}, ${execution.summary.total_tokens ?? 'tokens not recorded'}`;
      await page.waitForFunction((text) => document.querySelector('[role=status]').textContent.startsWith(text), { timeout: 30_000 }, wanted);
      assert.equal(await page.$$eval('nav [aria-pressed=true]', (all) => all.map((each) => each.textContent).join()), title);
      await waitForState(page, 'ready', { host: 'crew-scope' });
      // The portal's own list of tasks drives the viewer.
      const names = await page.$$eval('nav button:not([aria-pressed])', (all) => all.map((each) => each.textContent.trim()));
      assert.deepEqual(names, execution.tasks.map((task) => (task.name || task.description?.slice(0, 60) || 'Unnamed task').trim()));
      const last = execution.tasks.at(-1);
      await page.$$eval('nav button:not([aria-pressed])', (all) => all.at(-1).click());
      await page.waitForFunction((id) => document.querySelector('crew-scope').shadowRoot.querySelector('[aria-label="Task Details"]').textContent.includes(id), {}, last.id);
    }
    // The portal's accent reaches the viewer.
    const [brand, accent] = await page.$eval('crew-scope', (element) => [getComputedStyle(document.documentElement).getPropertyValue('--brand').trim(), getComputedStyle(element.shadowRoot.querySelector('.cs-root')).getPropertyValue('--cs-accent').trim()]);
    assert.equal(accent, brand);
  });
}

/** What Python made; absent where Python or its packages cannot be had, and `cargo xtask examples` said so. */
const made = (path) => join(root, 'target/examples', path);
const needs = (path) => ({ skip: !existsSync(made(path)) && 'not made here: `cargo xtask examples` says why' });
const tokensIn = (frame) => frame.waitForFunction(() => document.querySelector('#crewscope')?.shadowRoot?.querySelector('[aria-label="Execution Summary"]')?.innerText.match(/Total Tokens\s+([\d,]+)/)?.[1].replaceAll(',', ''), { timeout: 30_000 })
  .then((found) => found.jsonValue()).then(Number);

test('the notebook shows the run in a frame beside it, and in one inside', needs('jupyter/crewscope.html'), async (t) => {
  // Without a policy, as a notebook is.
  const { origin } = await serveClone(t, null);
  const wanted = reportOf('sample.jsonl').executions[0].summary.total_tokens;
  const page = await openPage(t, `${origin}/target/examples/jupyter/crewscope.html`, {
    // What nbconvert puts around the cells comes from elsewhere, and there is no network here.
    allow: [/cdnjs|mathjax|require|jquery|mermaid|jsdelivr|unpkg|Failed to load resource|ERR_/i],
    before: async (fresh) => {
      await fresh.setRequestInterception(true);
      fresh.on('request', (request) => (request.url().startsWith(origin) || /^(data|blob|about):/.test(request.url()) ? request.continue() : request.abort()));
    },
  });
  const frames = await page.$$('iframe');
  assert.equal(frames.length, 2);
  for (const element of frames) {
    await element.scrollIntoView();
    assert.equal(await tokensIn(await element.contentFrame()), wanted);
  }
});

for (const name of ['job', 'job-failed']) {
  test(`the artifact of the ${name === 'job' ? 'job' : 'job that failed'} opens from the disk`, needs(`${name}/served.json`), async (t) => {
    const served = JSON.parse(readFileSync(made(`${name}/served.json`), 'utf8'));
    const page = await openPage(t, pathToFileURL(made(`${name}/traces/run.html`)).href, { state: 'ready' });
    const summary = await page.$eval('#crewscope', (element) => element.shadowRoot.querySelector('.cs-root').innerText);
    assert.ok(summary.includes('newsletter'), summary.slice(0, 300));
    assert.match(summary, name === 'job' ? /Completed/ : /Failed/);
    if (name === 'job') assert.equal(await tokensIn(page), served.total);
    else assert.equal(served.total, 0);
  });
}
