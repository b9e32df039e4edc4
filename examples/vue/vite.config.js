import { defineConfig } from 'vite';
import vue from '@vitejs/plugin-vue';

export default defineConfig({
  // Works below any path.
  base: './',
  plugins: [
    // Without this Vue looks for a component of that name.
    vue({ template: { compilerOptions: { isCustomElement: (tag) => tag === 'crew-scope' } } }),
  ],
  // The development server bundles dependencies into a folder of its own, away from their wasm and workers. Not this one.
  optimizeDeps: { exclude: ['crew-scope'] },
  // Only here: package and traces lie outside of this folder.
  server: { fs: { allow: ['../..'] } },
});
