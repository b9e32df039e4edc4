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
      // Thrown outside of the promise: only then does the page's worker object fire `error`.
    }).catch((error) => setTimeout(() => { throw error; }));
  };
} else {
  const host = document.getElementById('crewscope');
  try {
    const response = await fetch(new URL('./crewscope_bg.wasm', import.meta.url));
    if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
    // Compiling while it downloads needs the right type, which not every static host sends.
    const module = response.headers.get('content-type')?.startsWith('application/wasm')
      ? await WebAssembly.compileStreaming(response)
      : await WebAssembly.compile(await response.arrayBuffer());
    await init({ module_or_path: module });
    start_page(host, module, () => new Worker(import.meta.url, { type: 'module' }));
  } catch (error) {
    // Before the program runs there is nothing else that could say so.
    if (!host.shadowRoot) host.textContent = `crewscope could not start in this browser: ${error}`;
    throw error;
  }
}
