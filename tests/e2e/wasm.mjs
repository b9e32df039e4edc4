// Breaks the built program on purpose, in the copy that a test serves: no crash is built into what is shipped.
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './server.mjs';

const MEMORY = 5;
const EXPORT = 7;
const CODE = 10;
const IMPORT = 2;

const leb = (value) => {
  const bytes = [];
  do {
    const low = value % 128;
    value = Math.floor(value / 128);
    bytes.push(value > 0 ? low | 128 : low);
  } while (value > 0);
  return Buffer.from(bytes);
};

/** Reads numbers and names from a place on. */
function reader(bytes, at) {
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  const skip = (count) => bytes.subarray(at, (at += count));
  return { number, skip, byte: () => bytes[at++], name: () => { const length = number(); return skip(length).toString(); }, get at() { return at; } };
}

/** Rewrites the sections that `change` has a function for. */
function rewritten(wasm, change) {
  const parts = [wasm.subarray(0, 8)];
  for (let at = 8; at < wasm.length;) {
    const head = reader(wasm, at);
    const id = head.byte();
    const size = head.number();
    const body = wasm.subarray(head.at, head.at + size);
    const changed = change[id]?.(body) ?? body;
    parts.push(Buffer.from([id]), leb(changed.length), changed);
    at = head.at + size;
  }
  return Buffer.concat(parts);
}

/** The names that the program exports. */
export function exportsOf(wasm) {
  const found = new Map();
  rewritten(wasm, {
    [EXPORT]: (body) => {
      const list = reader(body, 0);
      for (let count = list.number(); count > 0; count -= 1) {
        const name = list.name();
        const kind = list.byte();
        const index = list.number();
        if (kind === 0) found.set(name, index);
      }
    },
  });
  return found;
}

/** The program with so many pages of memory (64 KiB) more than it begins with, and none after that. */
export function withMemory(wasm, more) {
  return rewritten(wasm, {
    [MEMORY]: (body) => {
      const list = reader(body, 0);
      list.number();
      list.byte();
      const least = list.number();
      return Buffer.concat([Buffer.from([1, 1]), leb(least), leb(least + more)]);
    },
  });
}

/** The program in which a function that it exports does nothing but trap: what a panic ends in. */
export function withTrap(wasm, name) {
  const index = exportsOf(wasm).get(name);
  if (index === undefined) throw new Error(`the program exports no function ${name}`);
  let imported = 0;
  return rewritten(wasm, {
    [IMPORT]: (body) => {
      const list = reader(body, 0);
      for (let count = list.number(); count > 0; count -= 1) {
        list.name();
        list.name();
        const kind = list.byte();
        if (kind === 0) imported += 1;
        if (kind === 3) list.skip(2);
        else {
          if (kind === 1) list.byte();
          const flags = list.number();
          if (kind !== 0) {
            list.number();
            if (flags & 1) list.number();
          }
        }
      }
    },
    [CODE]: (body) => {
      const list = reader(body, 0);
      const count = list.number();
      const out = [leb(count)];
      for (let at = 0; at < count; at += 1) {
        const code = list.skip(list.number());
        // No locals, `unreachable`, `end`.
        const kept = at === index - imported ? Buffer.from([0, 0, 0x0b]) : code;
        out.push(leb(kept.length), kept);
      }
      return Buffer.concat(out);
    },
  });
}

/** The reader's program, beside that of the page. */
export const READER = 'crewscope-reader_bg.wasm';

/** A copy of the built page with another program; the folder is the test's to remove. */
export function brokenSite(change, program = 'crewscope_bg.wasm') {
  const folder = mkdtempSync(join(tmpdir(), 'crewscope-broken-'));
  cpSync(join(root, 'dist/site'), folder, { recursive: true });
  const path = join(folder, program);
  const changed = change(readFileSync(path));
  if (!WebAssembly.validate(changed)) throw new Error('the broken program is no program');
  writeFileSync(path, changed);
  return folder;
}
