// Makes a built page installable, and able to work without a network: its icons, its web app manifest, and a service worker that knows
// the page's files by their hashes.
//   node offline.mjs SITE WEB        WEB is the folder web/app; may be run again after files have changed
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [site, web] = process.argv.slice(2);
/** The page's own, without traces, and without what only embedding needs. */
const OWN = /^(index\.html|page[\w-]*\.css|app\.webmanifest|icon[\w-]*\.(svg|png)|crewscope\.html|crewscope[\w-]*\.(js|wasm)|(boot|ends|export|follow|inputs|manifest|mask|note|offline|samples|serve|tail)(-[0-9a-f]{10})?\.js)$/;

// Not again: the copy with hashes in its names has icons of other names.
if (!existsSync(join(site, 'app.webmanifest'))) {
  for (const name of ['app.webmanifest', 'icon.svg', 'icon-192.png', 'icon-512.png', 'icon-maskable.png']) copyFileSync(join(web, name), join(site, name));
}

const page = join(site, 'index.html');
const html = readFileSync(page, 'utf8');
if (!/rel="?manifest/.test(html)) writeFileSync(page, html.replace('</title>', '</title>\n<link rel="manifest" href="app.webmanifest">'));

const hashOf = (bytes) => createHash('sha256').update(bytes).digest('hex');
const files = readdirSync(site).filter((name) => OWN.test(name)).sort().map((name) => [name, hashOf(readFileSync(join(site, name)))]);
for (const needed of ['index.html', 'app.webmanifest']) {
  if (!files.some(([name]) => name === needed)) throw new Error(`${site} has no ${needed}`);
}
const program = readFileSync(join(web, 'sw.js'), 'utf8');
const version = hashOf(JSON.stringify([files, program])).slice(0, 16);
// A host may change the page's policy; it then has to change the version, too (docs/offline.md).
const listed = Object.fromEntries(files.map(([name, hash]) => [name, name.endsWith('.html') && name !== 'crewscope.html' ? '' : hash]));
const filled = program.replace('{{version}}', version).replace('{/* files */}', JSON.stringify(listed, null, 1));
if (filled.includes('{{') || filled.includes('/* files */')) throw new Error('web/app/sw.js has changed');
writeFileSync(join(site, 'sw.js'), filled);
