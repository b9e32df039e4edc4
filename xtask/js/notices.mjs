// The notices of everything that is linked into the program: node notices.mjs ROOT FILE
// Walks from our crate over what is compiled for the browser, without macros (they run while compiling), and writes each licence text once with
// the crates that it belongs to. Fails where a crate comes without a text that can be found.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const [root, out] = process.argv.slice(2);
const metadata = JSON.parse(execFileSync('cargo', ['metadata', '--format-version', '1', '--locked', '--filter-platform', 'wasm32-unknown-unknown'], {
  cwd: root, encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'inherit'],
}));
const packages = new Map(metadata.packages.map((one) => [one.id, one]));
const nodes = new Map(metadata.resolve.nodes.map((node) => [node.id, node]));
const linked = new Set();
const walk = (id) => {
  if (linked.has(id) || packages.get(id).targets.some(({ kind }) => kind.includes('proc-macro'))) return;
  linked.add(id);
  for (const { pkg, dep_kinds: kinds } of nodes.get(id).deps) if (kinds.some(({ kind }) => kind === null)) walk(pkg);
};
walk(metadata.packages.find(({ name, source }) => name === 'crewscope' && !source).id);

/** Of several licences to choose from, MIT; its text, or all that there are. */
function textsOf({ manifest_path: manifest, license }) {
  const folder = dirname(manifest);
  const files = readdirSync(folder).filter((name) => /^(licen[sc]e|copying|unlicense|notice)/i.test(name));
  const mit = /\bMIT\b/.test(license) ? files.filter((name) => /mit/i.test(name)) : [];
  const chosen = mit.length ? mit : files;
  return chosen.map((name) => readFileSync(join(folder, name), 'utf8').replace(/\r/g, '').trim());
}

const groups = new Map();
const bare = [];
for (const id of linked) {
  const one = packages.get(id);
  if (!one.source) continue;
  const texts = textsOf(one);
  if (!texts.length) bare.push(one);
  for (const text of texts) {
    const key = text.replace(/\s+/g, ' ');
    const group = groups.get(key) ?? { text, crates: [] };
    group.crates.push(`${one.name} ${one.version}`);
    groups.set(key, group);
  }
}
const line = '-'.repeat(80);
const parts = [...groups.values()].sort((a, b) => (a.crates[0] < b.crates[0] ? -1 : 1)).map(({ text, crates }) => `${line}\n${crates.sort().join(', ')}\n${line}\n\n${text}\n`);
// Some crates of a workspace leave their licence to its repository: what they name, and where, is what there is.
const named = bare.map(({ name, version, license, authors, repository }) => `${name} ${version}: ${license}; ${authors.join(', ') || 'its authors'}; ${repository ?? ''}\n`);
const rust = 'The program also has parts of the standard library of Rust (MIT OR Apache-2.0; The Rust Project Developers; https://github.com/rust-lang/rust).\n';
writeFileSync(out, `crewscope is under MIT or Apache-2.0. What it is built on:\n\n${rust}\n${named.length ? `Named by their manifests only:\n\n${named.join('')}\n` : ''}${parts.join('\n')}`);
if (!existsSync(out) || linked.size < 30) throw new Error(`only ${linked.size} crates are linked?`);
console.log(`notices: ${linked.size} crates, ${groups.size} texts, ${bare.length} named by their manifests only`);
