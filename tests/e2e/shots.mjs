// Takes screenshots of the built page, for looking at it: `cargo xtask dist`, then
//   node tests/e2e/shots.mjs --out DIR [--traces a.jsonl,https://…] [--theme light,dark] [--width 1480,400] [--site dist/serve] [--full]
// Each trace (a path on the disk, a path below tests/traces, or a URL; `empty` for the start page) is opened in each theme and width and
// saved as DIR/<trace>-<theme>-<width>.png. `--full` saves the whole page instead of the window. Exits with 1 when a page did not get ready.
import { mkdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { launch } from './browser.mjs';
import { root, startServer, tracePath } from './server.mjs';

const { values: options } = parseArgs({
  options: {
    out: { type: 'string' },
    traces: { type: 'string', default: 'sample.jsonl' },
    theme: { type: 'string', default: 'light,dark' },
    width: { type: 'string', default: '1480,400' },
    site: { type: 'string', default: 'dist/site' },
    timeout: { type: 'string', default: '20000' },
    full: { type: 'boolean', default: false },
  },
});
if (!options.out) {
  console.error('usage: node tests/e2e/shots.mjs --out DIR [--traces a,b] [--theme light,dark] [--width 1480,400] [--site DIR] [--full]');
  process.exit(2);
}
const list = (text) => text.split(',').map((part) => part.trim()).filter(Boolean);
/** A phone is taller than wide. */
const heightOf = (width) => (width < 700 ? 900 : 1000);

mkdirSync(options.out, { recursive: true });
const server = await startServer({ site: resolve(root, options.site) });
const browser = await launch();
let failed = false;

/** Where the page finds a trace, and what its pictures are called. */
function place(trace) {
  if (trace === 'empty') return { name: 'empty', query: '' };
  if (/^https?:/.test(trace)) return { name: basename(new URL(trace).pathname) || 'url', query: `?src=${encodeURIComponent(trace)}` };
  let bytes;
  try {
    bytes = readFileSync(resolve(trace));
  } catch {
    bytes = readFileSync(tracePath(trace));
  }
  const name = trace.split(/[\\/]/).slice(-2).join('-');
  server.put(name, bytes);
  return { name, query: `?src=${encodeURIComponent(`memory/${name}`)}` };
}

for (const trace of list(options.traces)) {
  const { name, query } = place(trace);
  for (const theme of list(options.theme)) {
    for (const width of list(options.width).map(Number)) {
      const page = await browser.newPage();
      page.on('console', (message) => ['error', 'warn'].includes(message.type()) && console.log(`  ${message.type()}: ${message.text()}`));
      page.on('pageerror', (error) => console.log(`  uncaught: ${error}`));
      await page.setViewport({ width, height: heightOf(width) });
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: theme }]);
      await page.goto(`${server.origin}/${query}`, { waitUntil: 'load' });
      const wanted = trace === 'empty' ? 'empty' : 'ready';
      const ready = await page
        .waitForFunction((state) => document.getElementById('crewscope')?.dataset.state === state, { timeout: Number(options.timeout) }, wanted)
        .then(() => true, () => false);
      // Two frames: the canvas draws in the one after the state changed.
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      const path = join(options.out, `${name.replaceAll(/[^\w.-]/g, '_')}-${theme}-${width}.png`);
      await page.screenshot({ path, fullPage: options.full });
      const state = await page.evaluate(() => document.getElementById('crewscope')?.dataset.state);
      console.log(`${ready ? 'ok    ' : 'FAILED'} ${path}${ready ? '' : ` (data-state is ${state}, not ${wanted})`}`);
      failed ||= !ready;
      await page.close();
    }
  }
}
await browser.close();
await server.close();
process.exitCode = failed ? 1 : 0;
