// Fetching and compiling a WebAssembly program.

export async function compiled(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
  // Compiling while it downloads needs the right type, which not every static host sends.
  return response.headers.get('content-type')?.startsWith('application/wasm')
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}

/** Gives what `make` promises: made once, and anew after it failed. */
export function once(make) {
  let made;
  return () => {
    if (!made) {
      made = make();
      made.catch(() => { made = undefined; });
    }
    return made;
  };
}
