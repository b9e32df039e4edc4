// Puts page, style, program and wasm into one HTML file that opens by double click: a hosted page never opens from file://, where browsers refuse
// modules, fetch and workers from files. Its CSP names the one script and the one style sheet by their hashes; wasm is a data block, which no
// browser runs.
//   await singleFile({ site, out, strength })    site: what Trunk has built; strength: of gzip, 1 to 9
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { samples } from '../../web/page/samples.js';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const web = join(root, 'web');

// HTML parsers turn CR LF into LF, and the hashes are of what the parser sees.
const text = (path) => readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
const hash = (content) => `'sha256-${createHash('sha256').update(content).digest('base64')}'`;

/** An entry with the glue of its program as one script that is no module, for a page from the disk loads none. */
async function bundled(site, entry) {
  const { outputFiles } = await build({
    entryPoints: [join(web, 'single', entry)],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    logLevel: 'warning',
    // Only looked at where no module is handed over.
    define: { 'import.meta.url': 'undefined' },
    plugins: [{ name: 'glue', setup: (each) => each.onResolve({ filter: /\/crewscope(-reader)?\.js$/ }, ({ path }) => ({ path: resolve(site, basename(path)) })) }],
  });
  return outputFiles[0].text;
}

export async function singleFile({ site, out, strength }) {
  const style = `\n${text(join(web, 'page/page.css'))}`;
  const program = `\n${await bundled(site, 'boot.js')}`;
  const reader = await bundled(site, 'reader.js');
  for (const [content, tag] of [[style, 'style'], [program, 'script'], [reader, 'script']]) {
    const end = new RegExp(`</?${tag}|<!--`, 'i').exec(content);
    if (end) throw new Error(`the ${tag} contains ${end[0]}, which would end it inside HTML`);
  }
  const policy = [
    "default-src 'none'",
    // A trace that lies beside the file comes as a script (web/single/boot.js); served by http, `file:` allows nothing.
    `script-src ${hash(program)} 'wasm-unsafe-eval' file:`,
    `style-src ${hash(style)}`,
    'img-src data: blob:',
    'connect-src *',
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const packed = (path) => gzipSync(readFileSync(path), { level: strength }).toString('base64');
  const blocks = samples.map(({ path }) => `<script type="application/gzip;base64" class="crewscope-sample" data-name="${path}">${packed(join(root, 'tests/traces', path))}</script>\n`);
  const values = {
    policy, style, program, reader, wasm: packed(join(site, 'crewscope_bg.wasm')), readerWasm: packed(join(site, 'crewscope-reader_bg.wasm')), samples: blocks.join(''),
  };
  writeFileSync(out, text(join(web, 'single/page.html')).replace(/\{\{(\w+)\}\}/g, (_, name) => values[name]));
}
