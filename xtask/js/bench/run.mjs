// One input of the benchmark: every measurement of it in one run, side by side. Prints a line of JSON for each.
//
//   node run.mjs '{"name":"payload 100 MB","path":"…","runs":3,"zoom":true,"baselines":["parse","byob"],"speedscope":"<folder>","chrome":"…"}'
import { createReadStream, statSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import { root, startServer } from '../../../tests/e2e/server.mjs';
import { baseline, fetched } from './baselines.mjs';
import { openInSpeedscope } from './speedscope.mjs';
import { openFile, openMany, readTextAtEnd, reportInPage, startToInteractive, zoomTimeline } from './viewer.mjs';

const job = JSON.parse(process.argv[2]);
const rounded = (key, value) => (typeof value === 'number' ? Math.round(value * 10) / 10 : value);
const tell = (what, result) => console.log(JSON.stringify({ input: job.name, bytes: statSync(job.path).size, what, ...result }, rounded));

/** An empty page without a policy, and the file. */
async function plainServer() {
  const server = createServer((request, response) => {
    if (request.url !== '/file') return void response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>blank</title><body>');
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': statSync(job.path).size, 'Cache-Control': 'no-store' });
    createReadStream(job.path, { highWaterMark: 1 << 20 }).pipe(response);
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return { origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

const server = await startServer();
const plain = await plainServer();
const attempt = async (what, work) => {
  try {
    tell(what, await work());
  } catch (error) {
    tell(what, { failed: String(error).slice(0, 200) });
  }
};
// Interleaved: what disturbs the machine for a while disturbs all alike.
for (let run = 0; run < job.runs; run++) {
  const last = run === job.runs - 1;
  await attempt('open', () => openFile(server.origin, job.path, async (page, tools) => ({
    ...(job.zoom && last ? await zoomTimeline(page) : {}),
    ...(job.end && last ? await readTextAtEnd(page) : {}),
    after: tools.memoryNow(),
  })));
  for (const way of job.baselines ?? []) {
    await attempt(way, () => (way === 'fetch' ? fetched(plain.origin, `${plain.origin}/file`) : baseline(plain.origin, job.path, way)));
  }
  if (job.speedscope) {
    await attempt('interactive', () => startToInteractive(server.origin));
    await attempt('speedscope', () => openInSpeedscope(job.speedscope, job.chrome));
  }
}
if (job.many) await attempt('many', () => openMany(server.origin, job.path, job.many));
if (job.check) {
  // The page reads with SIMD, the native command with ordinary words: they must say the same of every execution, task and call.
  await attempt('same', async () => {
    server.put('bench.html', '<!doctype html><title>bench</title><script type="module" src="/define.js"></script><crew-scope></crew-scope>');
    const args = ['run', '-q', '--release', '-p', 'crewscope-cli', '--', 'report', job.path];
    const native = JSON.parse(execFileSync('cargo', args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'inherit'] }));
    const { report } = await reportInPage(`${server.origin}/memory/bench.html`, job.path);
    const same = isDeepStrictEqual(report, native);
    return same ? { same, executions: report.executions.length } : { failed: 'the page (SIMD) and the native command (scalar) do not agree' };
  });
}
plain.close();
await server.close();
