import { defineConfig } from 'vite';
import react from '@vitejs/plugin-react';

export default defineConfig({
  // Works below any path.
  base: './',
  plugins: [react()],
  // The development server bundles dependencies into a folder of its own, away from their wasm and workers. Not this one.
  optimizeDeps: { exclude: ['crew-scope'] },
  // Only here: package and traces lie outside of this folder.
  server: { fs: { allow: ['../..'] } },
});
