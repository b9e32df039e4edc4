// Shortens what wasm-bindgen wrote: names that glue and wasm share lose their hashes, and classes that nothing uses go.
//   node shorten.mjs GLUE WASM
// Both files are changed in place. The hashes cannot be compressed and stand in both: 6 KB of the download.
// The classes belong to a server's streams; leptos brings them, and what is exported is never thrown away as unused. Neither is what
// stands in the table of functions, so the methods behind their pointers leave that too: wasm-opt then sees that nothing calls them.
import { readFileSync, writeFileSync } from 'node:fs';

const [gluePath, wasmPath] = process.argv.slice(2);
const UNUSED = /^IntoUnderlying/i;
// The crate of those classes, in the names of functions.
const UNUSED_CODE = /\bwasm_streams\b/;
const CUSTOM = 0;
const IMPORTS = 2;
const EXPORTS = 7;
const ELEMENTS = 9;

// --- the glue's classes ---
let glue = readFileSync(gluePath, 'utf8');
glue = glue
  .replace(/^( *)(export )?class IntoUnderlying\w+ \{\n[\s\S]*?\n\1\}\n/gm, '')
  .replace(/^.*\bIntoUnderlying\w+\.prototype\[Symbol\.dispose\].*\n/gm, '')
  .replace(/^ *exports\.IntoUnderlying\w+ = .*\n/gm, '')
  .replace(/^ *const IntoUnderlying\w+Finalization = [\s\S]*?;\n/gm, '');
const left = /.*IntoUnderlying.*/.exec(glue);
if (left) throw new Error(`the glue still uses a class that was taken out: ${left[0]}`);

// --- the names of imports and exports ---
const wasm = readFileSync(wasmPath);
let at = 0;
const number = () => {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = wasm[at++];
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return value;
  }
};
const bytesOf = (value) => {
  const bytes = [];
  do {
    const low = value % 128;
    value = Math.floor(value / 128);
    bytes.push(value > 0 ? low | 128 : low);
  } while (value > 0);
  return Buffer.from(bytes);
};
const name = () => {
  const length = number();
  at += length;
  return wasm.toString('utf8', at - length, at);
};
const named = (text) => Buffer.concat([bytesOf(Buffer.byteLength(text)), Buffer.from(text)]);
// What follows the names of an import: its kind and type.
const limits = () => {
  const flags = number();
  number();
  if (flags & 1) number();
};
const typeOf = () => {
  const from = at;
  switch (number()) {
    case 0: number(); break;
    case 1: at += 1; limits(); break;
    case 2: limits(); break;
    case 3: at += 2; break;
    default: throw new Error('an import of a kind that is not known here');
  }
  return wasm.subarray(from, at);
};

const short = new Map();
const shortened = (long) => {
  // Only what wasm-bindgen made up; other names are for people.
  if (!/^(__wbg_|__wbindgen_|wasm_bindgen_|__externref_)/.test(long) || long === '__wbindgen_start') return long;
  if (!short.has(long)) short.set(long, `_${short.size.toString(36)}`);
  return short.get(long);
};

// The functions of the unused code, by the section of names.
const unused = new Set();
for (at = 8; at < wasm.length;) {
  const id = wasm[at++];
  const size = number();
  const end = at + size;
  if (id === CUSTOM && name() === 'name') {
    while (at < end) {
      const of = wasm[at++];
      const length = number();
      const next = at + length;
      if (of === 1) {
        for (let count = number(); count > 0; count -= 1) {
          const index = number();
          if (UNUSED_CODE.test(name())) unused.add(index);
        }
      }
      at = next;
    }
  }
  at = end;
}

// The table with other entries in place of the unused ones; nobody looks at those.
const elements = () => {
  const segments = [];
  const count = number();
  for (let left = count; left > 0; left -= 1) {
    const start = at;
    // The plain kind: an offset (a constant and the end of the expression), then functions.
    if (number() !== 0 || wasm[at++] !== 0x41) throw new Error('a table of a kind that is not known here');
    number();
    if (wasm[at++] !== 0x0b) throw new Error('a table of a kind that is not known here');
    const head = wasm.subarray(start, at);
    const functions = Array.from({ length: number() }, number);
    const kept = functions.find((index) => !unused.has(index)) ?? 0;
    segments.push(head, bytesOf(functions.length), ...functions.map((index) => bytesOf(unused.has(index) ? kept : index)));
  }
  return Buffer.concat([bytesOf(count), ...segments]);
};

const parts = [wasm.subarray(0, 8)];
for (at = 8; at < wasm.length;) {
  const from = at;
  const id = wasm[at++];
  const size = number();
  const end = at + size;
  if (id === ELEMENTS) {
    const body = elements();
    parts.push(Buffer.from([id]), bytesOf(body.length), body);
    at = end;
    continue;
  }
  if (id !== IMPORTS && id !== EXPORTS) {
    parts.push(wasm.subarray(from, end));
    at = end;
    continue;
  }
  const entries = [];
  for (let count = number(); count > 0; count -= 1) {
    if (id === IMPORTS) {
      entries.push(Buffer.concat([named(name()), named(shortened(name())), typeOf()]));
    } else {
      const long = name();
      const target = at;
      at += 1;
      number();
      if (UNUSED.test(long.replace(/^__wbg_/, ''))) continue;
      entries.push(Buffer.concat([named(shortened(long)), wasm.subarray(target, at)]));
    }
  }
  const body = Buffer.concat([bytesOf(entries.length), ...entries]);
  parts.push(Buffer.from([id]), bytesOf(body.length), body);
  at = end;
}
glue = glue.replace(/\b(?:__wbg_|__wbindgen_|wasm_bindgen_|__externref_)\w+/g, (long) => short.get(long) ?? long);

writeFileSync(gluePath, glue);
writeFileSync(wasmPath, Buffer.concat(parts));
