// The table of the benchmark: medians of the runs, each beside its baselines, and the budgets they are held against.
//
//   node table.mjs results.jsonl
import { readFileSync } from 'node:fs';
import { cpus, totalmem, type, release } from 'node:os';

const lines = readFileSync(process.argv[2], 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
const median = (values) => {
  const sorted = values.filter((value) => typeof value === 'number').sort((a, b) => a - b);
  return sorted.length ? sorted[sorted.length >> 1] : null;
};
const of = (input, what) => lines.filter((line) => line.input === input && line.what === what);
const value = (input, what, key) => median(of(input, what).map((line) => line[key]));
const whole = (number, unit = '') => (number === null || number === undefined ? '-' : `${Math.round(number)}${unit}`);
const ratio = (number) => (Number.isFinite(number) && number > 0 ? `${number.toFixed(2)}x` : '-');
const failed = (input, what) => of(input, what).find((line) => line.failed)?.failed;

const inputs = [...new Set(lines.map((line) => line.input))];
const table = (heads, rows) => {
  console.log(`| ${heads.join(' | ')} |`);
  console.log(`|${heads.map(() => '---').join('|')}|`);
  for (const row of rows) console.log(`| ${row.join(' | ')} |`);
  console.log();
};

console.log(`Machine: ${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release()}; ${new Date().toISOString().slice(0, 10)}.\n`);

table(
  ['input', 'first task row ms', 'complete ms', 'processor ms', 'longest block ms', 'the same in processor time', 'tab MB over empty', 'frame p50 / p95 ms'],
  inputs.map((input) => {
    const most = median(of(input, 'open').map((line) => line.memory - line.empty));
    const zoom = of(input, 'open').find((line) => line.p95 !== undefined);
    return [input, whole(value(input, 'open', 'firstRow')), failed(input, 'open') ?? whole(value(input, 'open', 'complete')), whole(value(input, 'open', 'cpu')), whole(value(input, 'open', 'block')), whole(value(input, 'open', 'blockCpu')), whole(most), zoom ? `${zoom.p50} / ${zoom.p95}` : '-'];
  }),
);

const WAYS = { parse: 'decode + JSON.parse', json: 'Response.json()', fetch: 'fetch + json()', byob: 'read, BYOB', stream: 'read, stream', slices: 'read, 8 MB slices' };
table(
  ['input', ...Object.values(WAYS).map((name) => `${name} ms`), 'faster than JSON.parse', 'in processor time', 'of the fastest read', 'of reading slices'],
  inputs.map((input) => {
    const own = value(input, 'open', 'complete');
    const reads = ['byob', 'stream', 'slices'].map((way) => value(input, way, 'ms')).filter(Boolean);
    return [
      input,
      ...Object.keys(WAYS).map((way) => (failed(input, way) ? 'fails' : whole(value(input, way, 'ms')))),
      ratio(value(input, 'parse', 'ms') / own),
      ratio(value(input, 'parse', 'cpu') / value(input, 'open', 'cpu')),
      ratio(own / Math.min(...reads)),
      ratio(own / value(input, 'slices', 'ms')),
    ];
  }),
);

const peers = inputs.filter((input) => of(input, 'speedscope').length);
if (peers.length) {
  table(
    ['input', 'start to interactive ms', 'speedscope', 'open ms', 'speedscope', 'tab MB', 'speedscope'],
    peers.map((input) => [
      input,
      whole(value(input, 'interactive', 'ms')),
      whole(value(input, 'speedscope', 'interactive')),
      whole(value(input, 'open', 'complete')),
      failed(input, 'speedscope') ?? whole(value(input, 'speedscope', 'ms')),
      whole(value(input, 'open', 'memory')),
      whole(value(input, 'speedscope', 'memory')),
    ]),
  );
}
for (const line of lines.filter((line) => line.what === 'same')) {
  console.log(`${line.input}: ${line.failed ?? `the page (SIMD) and the native command (scalar) give the same report of ${line.executions} executions`}.`);
}
for (const line of lines.filter((line) => line.what === 'many')) {
  console.log(`${line.input}, opened ${line.held?.length} times after one another: ${whole(line.first, ' MB')} after the first, ${whole(line.last, ' MB')} after the last.`);
}
for (const line of lines.filter((line) => line.endText !== undefined)) {
  console.log(`${line.input}: a text at the very end was ${line.endText ? `read in ${line.endMs} ms` : 'NOT read'}.`);
}
for (const line of lines.filter((line) => line.problems?.length)) console.log(`${line.input}, ${line.what}: ${line.problems.join('; ')}`);
