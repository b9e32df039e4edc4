// Runs files of end-to-end tests: `node tests/e2e/run.mjs FILE…` (names in this folder), as `cargo xtask test e2e` does after it has built the page.
//
// Two files at a time, for much of a test is waiting: for a frame, a timer, a worker. Those that took longest come first, so that none is left alone at
// the end. What fails in a few files is run once more, alone: two pages on two cores may slow each other into a time-out, and that is no mistake of the page.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { run } from 'node:test';
import { spec as Spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

/** Of so many files a failure may be one of time; of more it is not. */
const MOST_AGAIN = 3;

const here = dirname(fileURLToPath(import.meta.url));
const timesFile = join(here, '../../target', `e2e-times-${process.env.BROWSER ?? 'chromium'}.json`);

/** Milliseconds that each file took when it last ran. */
function knownTimes() {
  try {
    return JSON.parse(readFileSync(timesFile, 'utf8'));
  } catch {
    return {};
  }
}

/** Runs these; gives the names of those in which a test failed, and what each took. */
async function runFiles(names, atOnce) {
  const failed = new Set();
  const times = {};
  const began = new Map();
  const seen = (data) => data.file && began.set(basename(data.file), began.get(basename(data.file)) ?? Date.now());
  const stream = run({ files: names.map((name) => join(here, name)), concurrency: atOnce })
    .on('test:dequeue', seen)
    .on('test:fail', (data) => data.file && failed.add(basename(data.file)));
  for (const kind of ['test:pass', 'test:fail']) {
    stream.on(kind, ({ file, nesting, details }) => {
      if (file && nesting === 0) times[basename(file)] = (times[basename(file)] ?? 0) + details.duration_ms;
    });
  }
  const shown = stream.compose(new Spec());
  for await (const text of shown) process.stdout.write(text);
  return { failed: [...failed], times };
}

const names = process.argv.slice(2);
const known = knownTimes();
const slowestFirst = names.toSorted((a, b) => (known[b] ?? Infinity) - (known[a] ?? Infinity) || (a < b ? -1 : 1));
const first = await runFiles(slowestFirst, 2);
mkdirSync(dirname(timesFile), { recursive: true });
writeFileSync(timesFile, JSON.stringify({ ...known, ...first.times }, (_, value) => (typeof value === 'number' ? Math.round(value) : value), 1));
let { failed } = first;
if (failed.length && failed.length <= MOST_AGAIN) {
  console.log(`\nAgain, alone, for something in them failed: ${failed.join(', ')}`);
  ({ failed } = await runFiles(failed, 1));
}
if (failed.length) console.log(`Failed: ${failed.join(', ')}`);
process.exitCode = failed.length ? 1 : 0;
