// What we build on, checked without a network: node supply.mjs ROOT
//
//   crates    licences, no crate in two versions, no source but crates.io: the rules of deny.toml; a checksum for each in every Cargo.lock
//   our own   no `unsafe`: the workspace forbids it, and every crate of it says that the workspace's lints are its own
//   npm       exact versions in package.json; in package-lock.json a SHA-512 and a licence for each, and no other source than the registry
//
//   actions   named by their commits in our workflows and in the one of the examples
//
// Prints what it counted; fails with every rule that is broken.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const [root] = process.argv.slice(2);
const read = (path) => readFileSync(join(root, path), 'utf8');
const wrong = [];

/** A list of deny.toml, one entry a line. */
function listed(name) {
  const rules = read('deny.toml');
  const body = new RegExp(`^${name} = \\[\\n([^\\]]*?)^\\]`, 'm').exec(rules)?.[1] ?? '';
  const entries = [...body.matchAll(/"([^"]+)"/g)].map(([, text]) => text);
  if (!entries.length) throw new Error(`deny.toml has no list \`${name}\` with an entry a line`);
  return { entries, body };
}

/** Whether an SPDX expression can be met with licences of the list. `/` is how it was written before. */
function met(expression, allowed) {
  const words = expression.replaceAll('/', ' OR ').match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const one = () => {
    if (words[at] === '(') {
      at += 1;
      const inside = either();
      if (words[at] !== ')') throw new Error(`no licence: ${expression}`);
      at += 1;
      return inside;
    }
    const name = words[at];
    at += 1;
    // An exception gives more rights, never less.
    if (words[at] === 'WITH') at += 2;
    return allowed.has(name);
  };
  const both = () => {
    let all = one();
    while (words[at] === 'AND') {
      at += 1;
      all = one() && all;
    }
    return all;
  };
  const either = () => {
    let any = both();
    while (words[at] === 'OR') {
      at += 1;
      any = both() || any;
    }
    return any;
  };
  const verdict = either();
  return verdict && at === words.length;
}

const licences = new Set(listed('allow').entries);
const REGISTRY = 'registry+https://github.com/rust-lang/crates.io-index';

const metadata = JSON.parse(execFileSync('cargo', ['metadata', '--format-version', '1', '--locked', '--all-features'], {
  cwd: root, encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'inherit'],
}));
const members = new Set(metadata.workspace_members);
const versions = new Map();
for (const { name, version, license, source, id } of metadata.packages) {
  versions.set(name, [...(versions.get(name) ?? []), version]);
  if (!license || !met(license, licences)) wrong.push(`crate ${name} ${version}: the licence ${license} is not in deny.toml`);
  if (source !== (members.has(id) ? null : REGISTRY)) wrong.push(`crate ${name} ${version} comes from ${source}`);
}
const { entries, body } = listed('skip');
const skipped = new Set(entries.filter((_, at) => at % 2 === 0));
if (entries.length !== skipped.size * 2 || body.trimEnd().split('\n').some((line) => !/crate = "[^"]+@[^"]+", reason = "[^"]+"/.test(line))) {
  wrong.push('deny.toml: an entry of `skip` has no crate@version and reason');
}
for (const [name, found] of versions) {
  const kept = found.filter((version) => !skipped.delete(`${name}@${version}`));
  if (kept.length > 1) wrong.push(`crate ${name} is there in ${found.length} versions: ${found.join(', ')}; deny.toml says nothing of it`);
}
for (const old of skipped) wrong.push(`deny.toml: nothing uses ${old} any more`);

let checksums = 0;
for (const lock of ['Cargo.lock', 'fuzz/Cargo.lock']) {
  for (const block of read(lock).split('[[package]]').slice(1)) {
    const name = /^name = "(.+)"$/m.exec(block)?.[1];
    if (!/^source = /m.test(block)) continue;
    if (!block.includes(`source = "${REGISTRY}"`)) wrong.push(`${lock}: ${name} is not of crates.io`);
    if (/^checksum = "[0-9a-f]{64}"$/m.test(block)) checksums += 1;
    else wrong.push(`${lock}: ${name} has no checksum`);
  }
}

if (!/^\[workspace\.lints\.rust\]\nunsafe_code = "forbid"$/m.test(read('Cargo.toml'))) wrong.push('Cargo.toml does not forbid `unsafe`');
for (const { manifest_path: path, id, name } of metadata.packages) {
  if (members.has(id) && !/^\[lints\]\nworkspace = true$/m.test(readFileSync(path, 'utf8'))) wrong.push(`${name}: the workspace's lints are not its own`);
}

const EXACT = /^(\d+\.\d+\.\d+(-[\w.]+)?|file:.+|\*)$/;
let npm = 0;
const manifests = ['package.json', 'examples/package.json', ...readdirSync(join(root, 'examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && readdirSync(join(root, 'examples', entry.name)).includes('package.json'))
  .map((entry) => `examples/${entry.name}/package.json`)];
for (const path of manifests) {
  const { dependencies, devDependencies, optionalDependencies, license } = JSON.parse(read(path));
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })) {
    if (!EXACT.test(version)) wrong.push(`${path}: ${name} ${version} is no exact version`);
  }
  if (path === 'package.json' && license !== 'MIT OR Apache-2.0') wrong.push(`${path}: licence ${license}`);
}
/** Of tools that are run and not shipped, licences that ask for more are no matter; these are what is there. */
const forTools = new Set([...licences, 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'MPL-2.0', 'CC-BY-4.0', 'Python-2.0']);
for (const path of ['package-lock.json', 'examples/package-lock.json']) {
  for (const [place, { version, resolved, integrity, license, link }] of Object.entries(JSON.parse(read(path)).packages)) {
    if (!place.includes('node_modules/') || link) continue;
    npm += 1;
    if (!/^sha512-[\w+/]+=*$/.test(integrity ?? '')) wrong.push(`${path}: ${place} ${version} has no SHA-512`);
    if (resolved && !resolved.startsWith('https://registry.npmjs.org/')) wrong.push(`${path}: ${place} comes from ${resolved}`);
    if (!license || !met(license, forTools)) wrong.push(`${path}: ${place} ${version} has the licence ${license}`);
  }
}
const element = JSON.parse(read('web/package/package.json'));
if (element.license !== 'MIT OR Apache-2.0' || element.dependencies) wrong.push('web/package/package.json: a licence, and no dependencies');

/** What runs in workflows is named by its commit, for a tag may move; which one that was, a person reads behind it. */
let actions = 0;
const workflows = readdirSync(join(root, '.github/workflows')).map((name) => `.github/workflows/${name}`);
for (const path of [...workflows, 'examples/github-actions/crew.yml']) {
  for (const [, named] of read(path).matchAll(/^\s*(?:- )?uses: *(.*)$/gm)) {
    actions += 1;
    if (!/^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(named)) wrong.push(`${path}: ${named} is not named by its commit, with its version behind it`);
  }
}

console.log(`supply: ${metadata.packages.length} crates, ${checksums} checksums, ${npm} npm packages; ${listed('skip').entries.length / 2} crates in two versions, each with its reason; no unsafe; ${actions} uses of actions by their commit`);
if (wrong.length) {
  console.error(wrong.map((line) => `  ${line}`).join('\n'));
  process.exit(1);
}
