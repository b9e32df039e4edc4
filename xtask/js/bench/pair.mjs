// Two built pages side by side: the same file in turn in each, so that what disturbs the machine disturbs both. Prints medians, and the ratio.
//
//   node pair.mjs '{"name":"payload 10 MB","path":"…","runs":5,"sites":{"before":"<folder>","now":"<folder>"}}'
import { startServer } from '../../../tests/e2e/server.mjs';
import { quantile } from './browser.mjs';
import { openFile, startToInteractive } from './viewer.mjs';

/** A person looks at the page before they drop a file. */
const IDLE_MS = 1500;

const job = JSON.parse(process.argv[2]);
const MEASURES = {
  firstRow: 'first row, ms', complete: 'complete, ms', cpu: 'processor, ms', blockCpu: 'longest block, processor ms', held: 'tab over an empty one, MB', interactive: 'start to interactive, ms',
};

const sites = await Promise.all(Object.entries(job.sites).map(async ([name, site]) => ({ name, server: await startServer({ site }), seen: [] })));
for (let run = 0; run < job.runs; run += 1) {
  // Each goes first as often as the other.
  for (const { server, seen } of run % 2 ? [...sites].reverse() : sites) {
    const opened = await openFile(server.origin, job.path, undefined, IDLE_MS);
    if (opened.failed || !opened.complete) throw new Error(`${job.path} did not open: ${JSON.stringify(opened)}`);
    const started = await startToInteractive(server.origin);
    seen.push({ ...opened, held: opened.memory - opened.empty, interactive: started.ms });
  }
}
for (const { server } of sites) await server.close();

const [before, now] = sites.map(({ seen }) => Object.fromEntries(Object.keys(MEASURES).map((key) => {
  const values = seen.map((one) => one[key]).filter((value) => typeof value === 'number');
  return [key, values.length ? quantile(values, 0.5) : undefined];
})));
const figure = (value) => (value === undefined ? '–' : value.toFixed(0));
console.log(`| ${job.name}, medians of ${job.runs} | ${sites.map(({ name }) => name).join(' | ')} | ratio |\n|---|---|---|---|`);
for (const [key, label] of Object.entries(MEASURES)) {
  const ratio = before[key] && now[key] ? (now[key] / before[key]).toFixed(2) : '–';
  console.log(`| ${label} | ${figure(before[key])} | ${figure(now[key])} | ${ratio} |`);
}
