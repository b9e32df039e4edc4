// Which scripts a script of the site brings along, found by following its imports.
//   await imported(folder, 'boot.js')                     names in `folder`, the script itself first: what is loaded before it runs
//   await imported(folder, 'boot.js', { later: true })    also what it may import later
//   node imports.mjs SITE            prints what the page needs, a name a line; --frame: what the frame needs
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

export async function imported(folder, script, { later = false } = {}) {
  const { metafile } = await build({
    absWorkingDir: resolve(folder), entryPoints: [script], bundle: true, write: false, metafile: true, format: 'esm', outdir: 'out', logLevel: 'error',
  });
  const found = [script];
  for (const name of found) {
    for (const { path, kind } of metafile.inputs[name].imports) {
      if ((kind === 'import-statement' || (later && kind === 'dynamic-import')) && !found.includes(path)) found.push(path);
    }
  }
  return found;
}

/** The script with which a page of the site begins. */
export const scriptOf = (site, page) => /<script type="module" src="\.\/([^"]+)"/.exec(readFileSync(join(site, page), 'utf8'))[1];

/** The style sheet of a page of the site. */
export const styleOf = (site, page) => /<link rel="stylesheet" href="\.\/([^"]+)"/.exec(readFileSync(join(site, page), 'utf8'))[1];

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [site, option] = process.argv.slice(2);
  const page = option === '--frame' ? 'embed.html' : 'index.html';
  const scripts = await imported(site, scriptOf(site, page));
  // What is fetched in the background counts, too: there is no part that does not.
  const wasm = option === '--frame' ? [] : readdirSync(site).filter((name) => name.endsWith('.wasm')).sort();
  for (const name of [page, ...scripts, styleOf(site, page), ...wasm]) console.log(basename(name));
}
