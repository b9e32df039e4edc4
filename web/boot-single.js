// Entry of page and worker of the single file. It stands after the glue of `wasm-bindgen --target no-modules` in one inline script, which
// runs twice: as a module in the page, and, from the same text, as a classic Blob worker. On file:// browsers refuse module workers from
// blobs, so nothing here may use `import` or `await` at the top level.
if (typeof document === 'undefined') {
  // Worker: the page posts the compiled module first; messages that come before the module runs are kept.
  const early = [];
  self.onmessage = (event) => {
    if (event.data?.crewscope !== 'module') return void early.push(event);
    self.onmessage = (later) => early.push(later);
    wasm_bindgen({ module_or_path: event.data.module }).then(() => {
      wasm_bindgen.start_worker();
      early.forEach((kept) => self.onmessage(kept));
    });
  };
} else {
  (async () => {
    const host = document.getElementById('crewscope');
    try {
      const packed = Uint8Array.from(atob(document.getElementById('crewscope-wasm').textContent), (letter) => letter.charCodeAt(0));
      const bytes = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
      // Compiling at once is refused on the main thread above 8 MB; streaming is not.
      const module = await WebAssembly.compileStreaming(new Response(bytes, { headers: { 'content-type': 'application/wasm' } }));
      await wasm_bindgen({ module_or_path: module });
      const program = new Blob([document.getElementById('crewscope-program').textContent], { type: 'text/javascript' });
      const address = URL.createObjectURL(program);
      wasm_bindgen.start_page(host, module, () => new Worker(address));
    } catch (error) {
      // Before the program runs there is nothing else that could say so.
      if (!host.shadowRoot) host.textContent = `crewscope could not start in this browser: ${error}`;
      throw error;
    }
  })();
}
