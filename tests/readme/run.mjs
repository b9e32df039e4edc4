// Does what the README says, as a stranger would: clones the repository into an empty folder with nothing beside it and an empty home, runs the first
// command of "Build it" there on a free port, and opens both addresses that it prints; then the same with plain `trunk serve`. The sample's six figures
// are read from the page and held against the report command. Fails when a script of the page throws.
//   node tests/readme/run.mjs        called by `cargo xtask test readme`, which names the tools in TOOLS (folders) and build folders in
//   CARGO_TARGET_DIR and CREWSCOPE_WASM_TARGET
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { launch } from '../e2e/browser.mjs';
import { root } from '../e2e/server.mjs';

/** Milliseconds for a first build. */
const BUILD_MS = 15 * 60_000;
/** Figures of the summary, and where the report has them. */
const FIGURES = {
  'Total Tokens': 'total_tokens',
  'Prompt Tokens': 'prompt_tokens',
  'Completion Tokens': 'completion_tokens',
  Requests: 'requests',
  'Execution Time': 'execution_time_ms',
  'Estimated Cost': 'estimated_cost_usd',
};

const tools = (process.env.TOOLS ?? '').split(delimiter).filter(Boolean);
const folder = mkdtempSync(join(tmpdir(), 'crewscope-readme-'));
const clone = join(folder, 'clone/crewscope');

/** A stranger's environment: a home without anything. The compiler, and what was downloaded and installed before, are where they were. */
function environment() {
  const home = join(folder, 'home');
  mkdirSync(home, { recursive: true });
  const { CREWSCOPE_CORPUS: _, ...rest } = process.env;
  const old = homedir();
  return {
    ...rest,
    HOME: home,
    RUSTUP_HOME: process.env.RUSTUP_HOME ?? join(old, '.rustup'),
    CARGO_HOME: process.env.CARGO_HOME ?? join(old, '.cargo'),
    XDG_CACHE_HOME: process.env.XDG_CACHE_HOME ?? join(old, '.cache'),
    npm_config_cache: process.env.npm_config_cache ?? join(old, '.npm'),
  };
}

/** The repository as it would be pushed: the last commit, and what was changed in files that git knows. */
function cloneTo(place) {
  const git = (cwd, ...options) => execFileSync('git', options, { cwd, encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['pipe', 'pipe', 'inherit'] });
  git(root, '-c', 'init.defaultBranch=main', 'clone', '--quiet', root, place);
  const changes = git(root, 'diff', 'HEAD', '--binary');
  if (changes) execFileSync('git', ['apply', '--whitespace=nowarn', '-'], { cwd: place, input: changes, stdio: ['pipe', 'inherit', 'inherit'] });
}

/** The first command of the README's section "Build it", as words. */
function firstCommand() {
  const readme = readFileSync(join(clone, 'README.md'), 'utf8');
  const [, block] = /^## Build it$[\s\S]*?^```sh\n([\s\S]*?)^```$/m.exec(readme) ?? assert.fail('the README has no commands in "Build it"');
  return block.split('\n')[0].replace(/\s+#.*/, '').split(' ');
}

const freePort = () => new Promise((done) => {
  const server = createServer();
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => done(port));
  });
});

/** Starts a server in the clone. `printed` waits for a pattern in what it prints, and gives all matches. */
function start(command, options, env) {
  console.log(`$ ${[command, ...options].join(' ')}`);
  // A group of its own: the server and what it started are ended together.
  const child = spawn(command, options, { cwd: clone, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  let look = () => {};
  let ended = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      text += data;
      look();
    });
  }
  child.on('exit', () => {
    ended = true;
    look();
  });
  const printed = (pattern) => new Promise((resolved, rejected) => {
    const late = setTimeout(() => rejected(new Error(`nothing was served in ${BUILD_MS / 60_000} minutes:\n${text}`)), BUILD_MS);
    look = () => {
      const found = [...text.matchAll(pattern)];
      if (!found.length && !ended) return;
      clearTimeout(late);
      if (found.length) resolved(found);
      else rejected(new Error(`the command ended:\n${text}`));
    };
    look();
  });
  const stop = () => new Promise((done) => {
    if (ended) return done();
    child.on('exit', done);
    return process.kill(-child.pid, 'SIGINT');
  });
  return { printed, stop };
}

/** Opens a page; fails when one of its scripts throws, or when it is not `state` in the end. */
async function look(browser, address, state, read) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const wrong = [];
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('console', (message) => { if (message.type() === 'error') wrong.push(message.text()); });
  await page.goto(address, { waitUntil: 'load' });
  const host = await page.waitForFunction((wanted) => document.querySelector('#crewscope')?.dataset.state === wanted && document.querySelector('#crewscope'), { timeout: 30_000 }, state)
    .catch(async () => assert.fail(`${address} is ${await page.$eval('#crewscope', (element) => element.dataset.state ?? 'blank').catch(() => 'no page of ours')}: ${wrong.join('\n')}`));
  const found = await host.evaluate(read);
  assert.deepEqual(wrong, [], `problems at ${address}`);
  await context.close();
  return found;
}

const readText = (host) => host.shadowRoot.querySelector('.cs-root').innerText;
const readFigures = (host) => Object.fromEntries([...host.shadowRoot.querySelectorAll('[aria-label="Execution Summary"] dt')]
  .map((term) => [term.textContent, term.nextElementSibling.innerText.split('\n')[0]]));

/** A figure in the report's unit. */
function valueOf(text) {
  const number = Number(text.replace(/[^0-9.]/g, ''));
  return / s$/.test(text) ? number * 1000 : number;
}

/** What the report command says of the sample, from the sources of this clone. */
function truth() {
  const printed = execFileSync('cargo', ['run', '-q', '--locked', '-p', 'crewscope-cli', '--', 'report', join(root, 'tests/traces/sample.jsonl')], {
    cwd: root, encoding: 'utf8', maxBuffer: 1 << 26, env: { ...process.env, CARGO_TARGET_DIR: join(root, 'target') },
  });
  return JSON.parse(printed).executions[0].summary;
}

async function check(browser, empty, sample, wanted) {
  assert.match(await look(browser, empty, 'empty', readText), /Drop trace files here/);
  const figures = await look(browser, sample, 'ready', readFigures);
  for (const [name, member] of Object.entries(FIGURES)) {
    const [shown, real] = [valueOf(figures[name]), wanted[member]];
    // Shown with at least two digits.
    assert.ok(real > 0 && Math.abs(shown - real) <= real * 0.01, `${name}: ${figures[name]} on the page, ${real} in the report`);
  }
  console.log(`  ${empty}: the start page\n  ${sample}: ${Object.entries(figures).map((pair) => pair.join(' ')).join(', ')}`);
}

const browser = await launch();
const servers = [];
try {
  cloneTo(clone);
  const env = environment();
  const wanted = truth();

  const [command, ...options] = firstCommand();
  const served = start(command, [...options, '--port', String(await freePort())], env);
  servers.push(served);
  await served.printed(/Ctrl\+C stops the server/g);
  const addresses = (await served.printed(/^ {2}.* (http:\S+)$/gm)).map(([, address]) => address);
  assert.equal(addresses.length, 2, `two addresses, and not ${addresses}`);
  await check(browser, ...addresses, wanted);
  await served.stop();

  if (tools.length) {
    const port = await freePort();
    const trunk = start('trunk', ['serve', '--port', String(port)], { ...env, PATH: [...tools, env.PATH].join(delimiter), CARGO_TARGET_DIR: env.CREWSCOPE_WASM_TARGET, NO_COLOR: undefined });
    servers.push(trunk);
    await trunk.printed(/server listening at/g);
    const origin = `http://127.0.0.1:${port}/`;
    await check(browser, origin, `${origin}?src=samples/sample.jsonl`, wanted);
    await trunk.stop();
  }
} finally {
  await browser.close();
  for (const { stop } of servers) await stop();
  rmSync(resolve(folder), { recursive: true, force: true });
}
