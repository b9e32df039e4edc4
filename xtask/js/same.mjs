// Compares two folders byte by byte, and fails where they differ: node same.mjs ONE OTHER. `release` holds archives,
// whose files have times; `serve` and `trunk` are what was served.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const [one, other] = process.argv.slice(2);
const files = (folder) => readdirSync(folder, { recursive: true }).map((path) => path.replaceAll('\\', '/'))
  .filter((path) => !/^(release|serve|trunk)(\/|$)/.test(path) && statSync(join(folder, path)).isFile()).sort();
const [mine, theirs] = [files(one), files(other)];
const wrong = [...mine.filter((path) => !theirs.includes(path)), ...theirs.filter((path) => !mine.includes(path))].map((path) => `${path}: in one of them only`);
const all = createHash('sha256');
let bytes = 0;
for (const path of mine.filter((name) => theirs.includes(name))) {
  const [a, b] = [one, other].map((folder) => readFileSync(join(folder, path)));
  const at = a.findIndex((byte, index) => byte !== b[index]);
  if (at >= 0 || a.length !== b.length) wrong.push(`${path}: ${a.length} and ${b.length} bytes, different from byte ${at < 0 ? a.length : at} on`);
  all.update(path).update(a);
  bytes += a.length;
}
if (!mine.length) wrong.push(`${one} is empty`);
for (const line of wrong) console.error(line);
console.log(`${mine.length} files, ${bytes} bytes, ${wrong.length} different; SHA-256 over all: ${all.digest('hex')}`);
process.exitCode = wrong.length ? 1 : 0;
