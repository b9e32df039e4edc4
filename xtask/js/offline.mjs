// Makes a built page installable, and able to work without a network: its icons, its web app manifest, and a service worker that knows
// the page's files by their hashes.
//   node offline.mjs SITE WEB        WEB is the folder web/app; may be run again after files have changed
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { imported, scriptOf, styleOf, workerOf } from './imports.mjs';

const [site, web] = process.argv.slice(2);
// Not again: the copy with hashes in its names has icons of other names.
if (!existsSync(join(site, 'app.webmanifest'))) {
  for (const name of ['app.webmanifest', 'icon.svg', 'icon-192.png', 'icon-512.png', 'icon-maskable.png']) copyFileSync(join(web, name), join(site, name));
}

const page = join(site, 'index.html');
const html = readFileSync(page, 'utf8');
if (!/rel="?manifest/.test(html)) writeFileSync(page, html.replace('</title>', '</title>\n<link rel="manifest" href="app.webmanifest">'));

const hashOf = (bytes) => createHash('sha256').update(bytes).digest('hex');
/** The page's own, without traces, and without what only embedding needs. */
const own = new Set(['index.html', 'crewscope.html', 'app.webmanifest', styleOf(site, 'index.html'), ...await imported(site, scriptOf(site, 'index.html'), { later: true }), ...await imported(site, workerOf(site))]);
const files = readdirSync(site).filter((name) => own.has(name) || /^icon[\w-]*\.(svg|png)$|\.wasm$/.test(name)).sort().map((name) => [name, hashOf(readFileSync(join(site, name)))]);
for (const needed of own) {
  if (!files.some(([name]) => name === needed)) throw new Error(`${site} has no ${needed}`);
}
const program = readFileSync(join(web, 'sw.js'), 'utf8');
const version = hashOf(JSON.stringify([files, program])).slice(0, 16);
// A host may change the page's policy; it then has to change the version, too (docs/offline.md).
const listed = Object.fromEntries(files.map(([name, hash]) => [name, name.endsWith('.html') && name !== 'crewscope.html' ? '' : hash]));
const filled = program.replace('{{version}}', version).replace('{/* files */}', JSON.stringify(listed, null, 1));
if (filled.includes('{{') || filled.includes('/* files */')) throw new Error('web/app/sw.js has changed');
writeFileSync(join(site, 'sw.js'), filled);
