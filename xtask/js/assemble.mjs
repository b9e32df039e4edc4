// Makes a page of what Trunk has compiled and bound: the last step of every build, the hook `post_build` of Trunk.toml. `trunk serve`, `cargo xtask
// serve` and `cargo xtask dist` all come through here, in this order; with CREWSCOPE_OPTIMIZE=1, as `dist` sets it, the same page is made small.
//   TRUNK_STAGING_DIR=FOLDER node xtask/js/assemble.mjs
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { samples } from '../../web/page/samples.js';
import { contained } from './contain.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const site = process.env.TRUNK_STAGING_DIR;
if (!site) throw new Error('TRUNK_STAGING_DIR is not set: Trunk calls this script, see Trunk.toml');
const optimize = process.env.CREWSCOPE_OPTIMIZE === '1';

/** The two programs, by the names of their files. */
const PROGRAMS = ['crewscope', 'crewscope-reader'];

/** Programs of node_modules come first: Debian's own wasm-opt (108) breaks the module without a word. */
const env = { ...process.env, PATH: [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter) };
const run = (program, ...options) => execFileSync(program, options, { env, stdio: ['ignore', 'inherit', 'inherit'], shell: process.platform === 'win32' });

// The page cannot do without these two.
for (const name of PROGRAMS) {
  const glue = join(site, `${name}.js`);
  writeFileSync(glue, contained(readFileSync(glue, 'utf8')));
}
for (const { path } of samples) {
  const to = join(site, 'samples', path);
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(join(root, 'tests/traces', path), to);
}

// Without the names of functions, which nobody reads in a browser.
if (optimize) for (const wasm of PROGRAMS.map((name) => join(site, `${name}_bg.wasm`))) run('wasm-opt', '-Os', '--strip-debug', '--strip-target-features', wasm, '-o', wasm);
if (await hasTools()) {
  const { singleFile } = await import('./single-file.mjs');
  await singleFile({ site, out: join(site, 'crewscope.html'), strength: optimize ? 9 : 1 });
}
if (optimize) {
  // Names that other scripts import stay.
  for (const name of readdirSync(site).filter((each) => each.endsWith('.js'))) {
    run('esbuild', '--minify', '--format=esm', '--log-level=warning', '--allow-overwrite', `--outfile=${join(site, name)}`, join(site, name));
  }
}

/** Whether the tools of package.json are there. Who called Trunk by hand may not have them yet; without a network the page works all the same. */
async function hasTools() {
  const lock = join(root, 'package-lock.json');
  if (!existsSync(join(root, 'node_modules/esbuild'))) {
    console.log('npm ci: esbuild, for the one-file viewer (about 10 seconds, once in this clone)');
    try {
      execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], shell: process.platform === 'win32' });
      // Told to `cargo xtask`, which would install them once more.
      copyFileSync(lock, join(root, 'node_modules/.installed-lock.json'));
    } catch (error) {
      if (optimize) throw error;
      console.log(`no one-file viewer, and no "Save as HTML": ${error.message}`);
      return false;
    }
  }
  return true;
}
