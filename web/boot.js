// Entry of page and worker of the hosted site: one script, one WebAssembly module for both.
import init, { start_page, start_worker } from './crewscope.js';

if (typeof document === 'undefined') {
  // Worker: the page posts the compiled module first; messages that come before the module runs are kept.
  const early = [];
  self.onmessage = (event) => {
    if (event.data?.crewscope !== 'module') return void early.push(event);
    self.onmessage = (later) => early.push(later);
    init({ module_or_path: event.data.module }).then(() => {
      start_worker();
      early.forEach((kept) => self.onmessage(kept));
    });
  };
} else {
  const module = await WebAssembly.compileStreaming(fetch(new URL('./crewscope_bg.wasm', import.meta.url)));
  await init({ module_or_path: module });
  start_page(document.getElementById('crewscope'), module, () => new Worker(import.meta.url, { type: 'module' }));
}
