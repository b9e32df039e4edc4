import { fileURLToPath } from 'node:url';

export default {
  mode: 'production',
  entry: './main.js',
  output: { path: fileURLToPath(new URL('dist', import.meta.url)), clean: true },
  // The wasm is one file, for all viewers and their workers.
  performance: { hints: false },
  stats: 'errors-warnings',
};
