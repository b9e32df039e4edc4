// Which scripts a script of the site brings along, found by following its imports.
//   await imported(folder, 'boot.js')                     names in `folder`, the script itself first: what is loaded before it runs
//   await imported(folder, 'boot.js', { later: true })    also what it may import later
//   node imports.mjs SITE            prints what the page needs, a name a line; --reader: what its readers need; --frame: what the frame needs
import { readFileSync } from 'node:fs';
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

/** The script of a reader: the page's script names it. */
export const workerOf = (site) => /["'`]\.\/(boot-reader[\w-]*\.js)["'`]/.exec(readFileSync(join(site, scriptOf(site, 'index.html')), 'utf8'))[1];

/** The script with which a page of the site begins. */
export const scriptOf = (site, page) => /<script type="module" src="\.\/([^"]+)"/.exec(readFileSync(join(site, page), 'utf8'))[1];

/** The style sheet of a page of the site. */
export const styleOf = (site, page) => /<link rel="stylesheet" href="\.\/([^"]+)"/.exec(readFileSync(join(site, page), 'utf8'))[1];

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [site, option] = process.argv.slice(2);
  const reader = option === '--reader';
  const page = option === '--frame' ? 'embed.html' : 'index.html';
  const scripts = await imported(site, reader ? workerOf(site) : scriptOf(site, page));
  const wasm = { '--frame': [], '--reader': ['crewscope-reader_bg.wasm'] }[option] ?? ['crewscope_bg.wasm'];
  for (const name of [...(reader ? [] : [page]), ...scripts, ...(reader ? [] : [styleOf(site, page)]), ...wasm]) console.log(basename(name));
}
