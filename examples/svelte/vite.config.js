import { defineConfig } from 'vite';
import { svelte } from '@sveltejs/vite-plugin-svelte';

export default defineConfig({
  // Works below any path.
  base: './',
  plugins: [svelte()],
  // The development server bundles dependencies into a folder of its own, away from their wasm and workers. Not this one.
  optimizeDeps: { exclude: ['crew-scope'] },
  // Only here: package and traces lie outside of this folder.
  server: { fs: { allow: ['../..'] } },
});
