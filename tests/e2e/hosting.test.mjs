// The built site on real static hosts: nginx below a sub-path and under strict headers, a host that knows no type for wasm, Python's
// http.server as in a folder of CI artifacts.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { openPage, root, tracePath } from './harness.mjs';
import { regionOf } from './report.mjs';

const NGINX = [process.env.NGINX, '/usr/sbin/nginx', '/usr/local/bin/nginx', '/opt/homebrew/bin/nginx'].find((path) => path && existsSync(path));
const needsNginx = { skip: !NGINX && 'nginx is not installed' };
const PYTHON = ['/usr/bin/python3', '/usr/local/bin/python3', '/opt/homebrew/bin/python3'].find(existsSync);
const needsPython = { skip: !PYTHON && 'python3 is not installed' };

/** A port that was free a moment ago. */
const freePort = () => new Promise((done) => {
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const { port } = probe.address();
    probe.close(() => done(port));
  });
});

/** Waits until something answers. */
async function answers(url) {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await fetch(url).then(() => true, () => false)) return;
    await pause(50);
  }
  throw new Error(`${url} does not answer`);
}

/** A folder with the built site below `site/` and traces beside it. */
function publish(t, ...traces) {
  const folder = mkdtempSync(join(tmpdir(), 'crewscope-host-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(root, 'dist/site'), join(folder, 'site'), { recursive: true });
  mkdirSync(join(folder, 'site/runs'));
  for (const trace of traces) copyFileSync(tracePath(trace), join(folder, 'site/runs', trace.replaceAll('/', '-')));
  return folder;
}

/** Starts a program and ends it with the test. */
function start(t, program, args, options) {
  const child = spawn(program, args, { stdio: 'ignore', ...options });
  t.after(() => new Promise((done) => {
    child.once('exit', done);
    child.kill('SIGTERM');
  }));
}

/** nginx with a `server` block's content; returns its origin. */
async function nginx(t, folder, server, types = 'text/html html; text/javascript js; text/css css; application/wasm wasm; application/json json;') {
  const port = await freePort();
  const conf = join(folder, 'nginx.conf');
  writeFileSync(conf, `daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;
${process.getuid?.() === 0 ? 'user root;' : ''}
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi; uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  types { ${types} }
  default_type application/octet-stream;
  server { listen 127.0.0.1:${port}; ${server} }
}
`);
  start(t, NGINX, ['-c', conf, '-p', folder, '-e', join(folder, 'error.log')]);
  const origin = `http://127.0.0.1:${port}`;
  await answers(origin);
  return origin;
}

/** The page shows the run, not just itself. */
async function showsRun(page) {
  const { terms } = await regionOf(page, 'Execution Summary');
  assert.match(terms['Total Tokens'].text, /^6,208/);
}

const SAMPLE = 'sample.jsonl';

test('nginx, two folders deep, with gzip and a strict policy in the headers', needsNginx, async (t) => {
  const folder = publish(t, SAMPLE);
  const policy = /http-equiv="content-security-policy"\s+content="([^"]+)"/i.exec(readFileSync(join(folder, 'site/index.html'), 'utf8'))?.[1];
  assert.ok(policy, 'the page names its policy');
  const origin = await nginx(t, folder, `
    gzip on; gzip_types text/javascript text/css application/wasm application/json;
    location /tools/traces/ {
      alias ${folder}/site/;
      add_header Content-Security-Policy "${policy}; frame-ancestors 'self'";
      add_header X-Content-Type-Options nosniff;
      add_header Referrer-Policy no-referrer;
      add_header Cross-Origin-Opener-Policy same-origin;
      add_header Cross-Origin-Embedder-Policy require-corp;
    }`);
  const page = await openPage(t, `${origin}/tools/traces/?src=runs/${SAMPLE}`, { state: 'ready' });
  await showsRun(page);
});

test('nginx that knows no type for wasm', needsNginx, async (t) => {
  const folder = publish(t, SAMPLE);
  const origin = await nginx(t, folder, `root ${folder}/site;`, 'text/html html; text/javascript js; text/css css;');
  await showsRun(await openPage(t, `${origin}/index.html?src=runs/${SAMPLE}`, { state: 'ready' }));
});

test('Python in a folder of artifacts: the viewer beside the traces', needsPython, async (t) => {
  const folder = publish(t, SAMPLE);
  const port = await freePort();
  start(t, PYTHON, ['-m', 'http.server', '--bind', '127.0.0.1', String(port)], { cwd: folder });
  await answers(`http://127.0.0.1:${port}/`);
  await showsRun(await openPage(t, `http://127.0.0.1:${port}/site/?src=runs/${SAMPLE}`, { state: 'ready' }));
});
