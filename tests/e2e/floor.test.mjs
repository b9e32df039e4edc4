// Browsers that are too old, or locked down: one sentence says what is missing, on the page, in the single file and in an element. What is
// missing is taken away before any script of ours runs.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { gzipSync } from 'node:zlib';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { dropFiles, openPage, root, theServer, traceFile, waitForState } from './harness.mjs';

const allow = [/is not defined|is not a constructor|WebAssembly|CompileError|no (SIMD|such)|undefined|could not start|DecompressionStream/];

const without = {
  WebAssembly: () => { delete globalThis.WebAssembly; },
  'WebAssembly with SIMD': () => {
    const refuse = () => Promise.reject(new WebAssembly.CompileError('invalid SIMD opcode'));
    Object.assign(WebAssembly, { validate: () => false, compile: refuse, compileStreaming: refuse, instantiate: refuse, instantiateStreaming: refuse });
  },
  // What a policy without 'wasm-unsafe-eval' does.
  'the right to run WebAssembly': () => {
    const refuse = () => Promise.reject(new WebAssembly.CompileError("Refused to compile because 'unsafe-eval' is not allowed"));
    Object.assign(WebAssembly, { compile: refuse, compileStreaming: refuse, instantiate: refuse, instantiateStreaming: refuse });
  },
};

for (const [what, take] of Object.entries(without)) {
  test(`without ${what}`, async (t) => {
    const { origin, put } = await theServer();
    const said = what.startsWith('WebAssembly') ? new RegExp(`could not start: this browser has no ${what}, or its settings forbid it\\. It takes Chrome or Edge \\d+, Firefox \\d+, Safari [\\d.]+`) : /could not start: Refused to compile/;
    for (const address of [`${origin}/?src=trace/sample.jsonl`, pathToFileURL(join(root, 'dist/crewscope.html')).href]) {
      const page = await openPage(t, address, { before: (opened) => opened.evaluateOnNewDocument(take), allow });
      await page.waitForFunction(() => document.querySelector('#crewscope').textContent);
      assert.match(await page.$eval('#crewscope', (host) => host.innerText), said, address);
    }
    put('floor.html', '<!doctype html><title>portal</title><link rel="icon" href="data:,"><script type="module" src="/memory/floor.js"></script><crew-scope src="/trace/sample.jsonl"></crew-scope>');
    put('floor.js', "document.addEventListener('crewscope-error', ({ detail }) => { globalThis.told = detail; }); import('/define.js');");
    const page = await openPage(t, '/memory/floor.html', { before: (opened) => opened.evaluateOnNewDocument(take), allow });
    await page.waitForFunction(() => globalThis.told);
    const { title, detail } = await page.evaluate(() => globalThis.told);
    assert.match(`${title.replace('crewscope ', '')}: ${detail}`, said);
  });
}

test('the programs ask WebAssembly for no more than the stated browsers have', () => {
  // Chrome 91, 85 and 96; Firefox 89, 78 and 79; Safari 16.4, 13.1 and 15: SIMD, several values, references. The rest is older.
  const has = ['simd', 'multivalue', 'reference-types', 'bulk-memory', 'bulk-memory-opt', 'sign-ext', 'mutable-globals', 'nontrapping-float-to-int', 'call-indirect-overlong'];
  const check = (path, features) => spawnSync(process.execPath, [join(root, 'node_modules/.bin/wasm-opt'), '--mvp-features', ...features.map((name) => `--enable-${name}`), path, '-o', devNull], { encoding: 'utf8' });
  for (const name of ['crewscope_bg.wasm', 'crewscope-reader_bg.wasm']) {
    const path = join(root, 'dist/site', name);
    const { status, stderr } = check(path, has);
    assert.equal(status, 0, `${name}: ${stderr.split('\n').filter((line) => line.startsWith('[wasm-validator')).slice(0, 3).join('\n')}`);
    // It does refuse: without references the same file is none.
    assert.notEqual(check(path, has.filter((feature) => feature !== 'reference-types')).status, 0);
  }
  const said = /Chrome or Edge (\d+), Firefox (\d+), Safari ([\d.]+)/.exec(readFileSync(join(root, 'web/element/guard.js'), 'utf8'));
  assert.match(readFileSync(join(root, 'docs/hosting.md'), 'utf8'), new RegExp(`Chrome and Edge ${said[1]}, Firefox ${said[2]}, Safari ${said[3]}, and later ones`));
});

test('without DecompressionStream plain files open, and packed ones say why not', async (t) => {
  const take = () => { delete globalThis.DecompressionStream; };
  const page = await openPage(t, '/', {
    state: 'empty', allow,
    before: async (opened) => {
      await opened.evaluateOnNewDocument(take);
      // In the reader, too.
      await opened.evaluateOnNewDocument(() => {
        const Real = Worker;
        globalThis.Worker = class extends Real {
          constructor(address, options) {
            const shim = new Blob([`delete globalThis.DecompressionStream; import ${JSON.stringify(String(address))};`], { type: 'text/javascript' });
            super(URL.createObjectURL(shim), options);
          }
        };
      });
    },
  });
  await dropFiles(page, 'body', [traceFile('sample.jsonl')]);
  await waitForState(page, 'ready');
  await dropFiles(page, 'body', [{ name: 'run.jsonl.gz', content: gzipSync(traceFile('sample.jsonl').content) }]);
  await waitForState(page, 'failed');
  assert.match(await page.$eval('#crewscope', (host) => host.shadowRoot.querySelector('.cs-root').innerText), /gzip|unpack|compress/i);
  const single = await openPage(t, pathToFileURL(join(root, 'dist/crewscope.html')).href, { before: (opened) => opened.evaluateOnNewDocument(take), allow });
  await single.waitForFunction(() => document.querySelector('#crewscope').textContent);
  assert.match(await single.$eval('#crewscope', (host) => host.innerText), /has no DecompressionStream/);
});
