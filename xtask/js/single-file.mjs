// Puts page, style, program and wasm into one HTML file that opens by double click.
//   node single-file.mjs TEMPLATE STYLE GLUE BOOT WASM OUT SAMPLES TRACES
// Its CSP names the one script and the one style sheet by their hashes; wasm is a data block, which no browser runs.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';

const [templatePath, stylePath, gluePath, bootPath, wasmPath, outPath, samplesPath, tracesPath] = process.argv.slice(2);
// HTML parsers turn CR LF into LF, and the hashes are of what the parser sees.
const text = (path) => readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
const source = (content) => `'sha256-${createHash('sha256').update(content).digest('base64')}'`;

const style = `\n${text(stylePath)}`;
const program = `\n${text(gluePath)}\n${text(bootPath)}`;
for (const [content, tag] of [[style, 'style'], [program, 'script']]) {
  const end = new RegExp(`</?${tag}|<!--`, 'i').exec(content);
  if (end) throw new Error(`the ${tag} contains ${end[0]}, which would end it inside HTML`);
}
const policy = [
  "default-src 'none'",
  // A trace that lies beside the file comes as a script (web/boot-single.js); served by http, `file:` allows nothing.
  `script-src ${source(program)} 'wasm-unsafe-eval' file:`,
  `style-src ${source(style)}`,
  'img-src data: blob:',
  'connect-src *',
  'worker-src blob:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');
const packed = (path) => gzipSync(readFileSync(path), { level: 9 }).toString('base64');
const { samples } = await import(pathToFileURL(samplesPath).href);
const blocks = samples.map(({ path }) => `<script type="application/gzip;base64" class="crewscope-sample" data-name="${path}">${packed(join(tracesPath, path))}</script>\n`);
const values = { policy, style, program, wasm: packed(wasmPath), samples: blocks.join('') };
writeFileSync(outPath, text(templatePath).replace(/\{\{(\w+)\}\}/g, (_, name) => values[name]));
