// Splits a program in two: what opening and reading a trace needs, and what is rarely called.
//   node split.mjs GLUE WASM LATER RULES
// WASM keeps its first part, LATER gets the rest, GLUE learns to fetch it. RULES are regular expressions, one a line, for the names of
// functions (without hashes) that go to the second part; what only they call goes with them. After a `!` they name what stays.
//
// Both parts share memory, tables and globals. A function of the second part that the first calls leaves a short one in its place: it
// asks the glue for the second part unless that has come, and calls through a table. The glue fetches it in the background once the
// page works, so the question hardly ever waits; where it must, the request is synchronous, for WebAssembly cannot wait.
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';

const [gluePath, wasmPath, laterPath, rulesPath] = process.argv.slice(2);
const GLUE_MODULE = './crewscope_bg.js';

// --- the program as text: the forms of its module, and which names each uses ---
const text = execFileSync('wasm-dis', [wasmPath], { encoding: 'utf8', maxBuffer: 2 ** 30, stdio: ['ignore', 'pipe', 'ignore'] });
const ID = /\$(?:"(?:[^"\\]|\\.)*"|[^\s()"]+)/g;
const forms = [];
for (const line of text.split('\n').slice(1)) {
  if (line.startsWith(' (')) forms.push({ kind: /\w+/.exec(line)[0], lines: [line] });
  else if (line !== ')' && !line.startsWith(' ;;')) forms.at(-1)?.lines.push(line);
}
for (const form of forms) {
  const ids = form.lines.join('\n').match(ID) ?? [];
  const named = !['elem', 'export', 'start', 'data'].includes(form.kind);
  form.id = named ? ids[0] : undefined;
  form.uses = new Set(named ? ids.slice(1) : ids);
}
const of = (kind) => forms.filter((form) => form.kind === kind);
const byId = (kind) => new Map(of(kind).map((form) => [form.id, form]));
const functions = byId('func');
const imports = byId('import');
const globals = byId('global');
const tables = byId('table');
const [memory] = of('memory');
if (of('start').length || of('tag').length || of('memory').length !== 1) throw new Error('split.mjs does not know this kind of module');

// --- what comes later: what the rules name, and what nobody else calls ---
const lines = readFileSync(rulesPath, 'utf8').split('\n').filter((line) => line && !line.startsWith('#'));
const rules = lines.map((line) => ({ stays: line.startsWith('!'), fits: new RegExp(line.replace(/^!/, '')), used: false }));
const later = new Set();
for (const id of functions.keys()) {
  const name = id.replace(/^\$"?|"$/g, '').replace(/\[[0-9a-f]+\]/g, '');
  const fitting = rules.filter((rule) => rule.fits.test(name));
  for (const rule of fitting) rule.used = true;
  if (fitting.length && !fitting.some((rule) => rule.stays)) later.add(id);
}
const unused = rules.filter((rule) => !rule.used).map((rule) => rule.fits.source);
if (unused.length) console.log(`rules that name no function: ${unused.join('  ')}`);
const callers = new Map();
for (const form of forms) for (const used of form.uses) if (functions.has(used)) callers.set(used, (callers.get(used) ?? []).concat(form.id));
for (let grown = true; grown;) {
  grown = false;
  for (const id of functions.keys()) {
    if (later.has(id) || !(callers.get(id) ?? []).length || !callers.get(id).every((caller) => caller === id || later.has(caller))) continue;
    later.add(id);
    grown = true;
  }
}

// --- what each part needs of the other ---
const wanted = new Set();
const shared = new Set();
for (const form of forms) {
  const isLater = form.kind === 'func' && later.has(form.id);
  for (const used of form.uses) {
    if (isLater ? !later.has(used) : later.has(used)) (isLater ? shared : wanted).add(used);
  }
}
const slots = [...wanted];
const count = `${slots.length} ${slots.length} funcref`;
const stamp = createHash('sha256').update(text).digest('hex').slice(0, 8);

/** Parameters (names, types) and results of a function, from its first line. */
const signature = (form) => ({
  params: [...form.lines[0].matchAll(/\(param (\$\S+) (\w+)\)/g)].map(([, name, type]) => ({ name, type })),
  result: /\(result [^)]*\)/.exec(form.lines[0])?.[0] ?? '',
});
/** Limits and type of a memory or a table: what follows its name. */
const sizes = (form) => form.lines[0].slice(form.lines[0].indexOf(form.id) + form.id.length, -1).trim();
const types = (params) => params.map(({ type }) => `(param ${type})`).join(' ');

/** What stands in the first part for a function of the second. */
function standIn(form) {
  const { params, result } = signature(form);
  return [
    form.lines[0],
    '  (if (i32.eqz (global.get $later.ready)) (then (call $later.load)))',
    `  (call_indirect $later ${types(params)} ${result} ${params.map(({ name }) => `(local.get ${name})`).join(' ')} (i32.const ${slots.indexOf(form.id)}))`,
    ' )',
  ];
}

const first = [];
const second = of('type').flatMap((form) => form.lines);
const exported = [' (export "_later" (global $later.ready))', ' (export "_slots" (table $later))'];
let names = 0;
/** Exports something of the first part and returns the words that import it. */
const share = (kind, id) => {
  const name = `_s${(names++).toString(36)}`;
  exported.push(` (export "${name}" (${kind} ${id}))`);
  return `(import "${stamp}" "${name}"`;
};
for (const id of shared) {
  if (imports.has(id)) second.push(...imports.get(id).lines);
  else if (functions.has(id)) {
    const { params, result } = signature(functions.get(id));
    second.push(` ${share('func', id)} (func ${id} ${types(params)} ${result}))`);
  } else if (globals.has(id)) {
    const [, type] = /\(global \S+ (\(mut \w+\)|\w+)/.exec(globals.get(id).lines[0]);
    second.push(` ${share('global', id)} (global ${id} ${type}))`);
  }
}
second.push(` ${share('memory', memory.id)} (memory ${memory.id} ${sizes(memory)}))`);
for (const [id, table] of tables) {
  // The text leaves the only table of functions unnamed in some calls, so each comes along.
  second.push(` ${share('table', id)} (table ${id} ${sizes(table)}))`);
}
second.push(` (import "${stamp}" "_slots" (table $later ${count}))`, ` (elem (table $later) (i32.const 0) func ${slots.join(' ')})`);
for (const id of later) second.push(...functions.get(id).lines);

let begun = false;
for (const form of forms) {
  if (form.kind === 'import' && !begun) first.push(` (import "${GLUE_MODULE}" "_later" (func $later.load))`);
  begun ||= form.kind === 'import';
  if (form.kind === 'export' && exported.length) first.push(...exported.splice(0));
  if (form.kind === 'func' && later.has(form.id)) {
    if (wanted.has(form.id)) first.push(...standIn(form));
  } else first.push(...form.lines);
  if (form === [...tables.values()].at(-1)) first.push(` (table $later ${count})`, ' (global $later.ready (mut i32) (i32.const 0))');
}

// Some features have another name on the command line.
const OPTIONS = { simd128: 'simd', atomics: 'threads' };
const features = (/;; features section: (.*)/.exec(text)?.[1] ?? '').split(', ').filter(Boolean).map((name) => `--enable-${OPTIONS[name] ?? name}`);
for (const [path, lines] of [[wasmPath, first], [laterPath, second]]) {
  const source = `${path}.wat`;
  writeFileSync(source, `(module\n${lines.join('\n')}\n)\n`);
  execFileSync('wasm-as', [source, ...features, '-o', path], { stdio: ['ignore', 'inherit', 'inherit'] });
  rmSync(source);
}

// --- the glue ---
let glue = readFileSync(gluePath, 'utf8');
const replace = (from, to) => {
  if (glue.split(from).length !== 2) throw new Error(`the glue has not exactly one ${from}`);
  glue = glue.replace(from, () => to);
};
replace('const import0 = {\n', 'const import0 = {\n        _later: loadLater,\n');
glue = glue.replaceAll('const imports = __wbg_get_imports();', 'const imports = laterImports = __wbg_get_imports();');
replace('    wasm.__wbindgen_start();', '    wasm.__wbindgen_start();\n    expectLater(module);');
glue += `
let laterUrl = new URL('./${basename(laterPath)}', import.meta.url);
let laterModule;
let laterImports;

/** Where the second part lies, if not beside this script. */
export function configureLater(url) {
  laterUrl = url;
}

/** Settles when the page has said how it went; only in a worker. */
const toldLater = typeof document === 'undefined' && new Promise((resolve) => {
  self.addEventListener('message', ({ data }) => {
    if (data?.crewscope !== 'later') return;
    if (data.url) return void configureLater(data.url);
    laterModule ??= data.module;
    resolve();
  });
});

/**
 * A page fetches it now, and gives it to its workers. Both may wait for it: property later of the program, and whole once it is there.
 * Who calls for it earlier fetches it then.
 */
function expectLater(program) {
  if (toldLater) return void (program.later = toldLater);
  if (laterModule) return;
  program.later = fetch(laterUrl, { priority: 'low' })
    .then((response) => (response.ok ? response.arrayBuffer() : Promise.reject()))
    .then(WebAssembly.compile)
    .then((module) => { laterModule ??= module; })
    .catch(() => {})
    .then(() => { program.whole = laterModule; });
}

/** Called by the first part when it needs the second. */
function loadLater() {
  if (!laterModule) {
    const request = new XMLHttpRequest();
    request.open('GET', laterUrl, false);
    // Every byte as a character: a page may not ask for a buffer here.
    request.overrideMimeType('text/plain; charset=x-user-defined');
    request.send();
    if (request.status !== 200) throw new Error(\`a part of the viewer is missing: \${laterUrl} answered \${request.status}\`);
    laterModule = new WebAssembly.Module(Uint8Array.from(request.response, (character) => character.charCodeAt(0) & 255));
  }
  try {
    new WebAssembly.Instance(laterModule, { ...laterImports, '${stamp}': wasmInstance.exports });
  } catch (error) {
    laterModule = undefined;
    throw new Error(\`the parts of the viewer are not of one build; reload the page: \${error}\`);
  }
  wasm._later.value = 1;
}
`;
writeFileSync(gluePath, glue);
console.log(`the second part has ${later.size} of ${functions.size} functions, ${slots.length} of them called from the first`);
