// Copies a built page, with the hash of each file's content in its name, so that hosts may let browsers keep the files for ever.
//   node hash-names.mjs SITE OUT
// Pages keep their names, for they are what links name, and so does what a browser knows a page by: its service worker, its manifest.
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';

const [site, out] = process.argv.slice(2);
const KEPT = /\.(html|webmanifest)$|^(sw|service-worker)\.js$/;
const TEXTS = ['.html', '.js', '.css', '.webmanifest'];

const files = readdirSync(site, { withFileTypes: true }).filter((entry) => entry.isFile()).map(({ name }) => name);
const hashed = files.filter((name) => !KEPT.test(name));
const escape = (name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** A name as scripts and pages write it: a whole string, or a whole attribute. */
const mention = (name) => new RegExp(`(?<=["'\`=](?:\\./)?)${escape(name)}(?=["'\`\\s>])`, 'g');

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const renamed = new Map();
const pending = new Set();

/** The content of a file with the new names of the files that it mentions. */
function content(name) {
  const bytes = readFileSync(join(site, name));
  // The one-file viewer needs no other file.
  if (!TEXTS.includes(extname(name)) || name === 'crewscope.html') return bytes;
  let text = bytes.toString();
  for (const other of hashed) if (other !== name && mention(other).test(text)) text = text.replace(mention(other), nameOf(other));
  return text;
}

/** The new name of a file, which is written then: what it mentions is a part of its hash. */
function nameOf(name) {
  if (renamed.has(name)) return renamed.get(name);
  if (pending.has(name)) throw new Error(`${[...pending, name].join(' mentions ')}: none of these can have a hash in its name`);
  pending.add(name);
  const made = content(name);
  pending.delete(name);
  const hash = createHash('sha256').update(made).digest('hex').slice(0, 10);
  const extension = extname(name);
  const fresh = `${name.slice(0, -extension.length)}-${hash}${extension}`;
  writeFileSync(join(out, fresh), made);
  renamed.set(name, fresh);
  return fresh;
}

for (const name of hashed) nameOf(name);
for (const name of files) if (!hashed.includes(name)) writeFileSync(join(out, name), content(name));
for (const { name } of readdirSync(site, { withFileTypes: true }).filter((entry) => entry.isDirectory())) cpSync(join(site, name), join(out, name), { recursive: true });
