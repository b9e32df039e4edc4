import { fileURLToPath } from 'node:url';

export default {
  mode: 'production',
  entry: './main.js',
  // Classic scripts would do as well; modules are what the page asks for.
  experiments: { outputModule: true },
  output: { path: fileURLToPath(new URL('dist', import.meta.url)), filename: 'main.js', module: true, clean: true },
  // The wasm is one file, for all viewers and their workers.
  performance: { hints: false },
  stats: 'errors-warnings',
};
