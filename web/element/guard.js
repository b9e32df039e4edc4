// What a page does around the program: it keeps requests to what was asked for, and it is there when the program cannot start or breaks down.
// Then a card stands in every viewer of the page, the readers are ended, and whoever waits is told. The program is one for all viewers and
// cannot go on; nothing here asks it for anything, since it may be out of memory or of stack.

/** The oldest browsers that have all that the viewer needs; docs/hosting.md says what that is. */
const OLDEST = 'Chrome or Edge 96, Firefox 113, Safari 16.4';
/** A function that takes a reference to an object, with a SIMD instruction in it. */
const SIMD = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 111, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11);

const TITLE = 'crewscope stopped at an error of its own';
const HINT = 'Your file is untouched. Reload the page to go on, and please report this message:';
const LOOK = {
  position: 'relative', 'z-index': '2147483647', padding: '12px 16px', background: 'Canvas', color: 'CanvasText', border: '2px solid #c0392b', 'white-space': 'pre-wrap',
};

const wordsOf = (error) => String(error?.message ?? error);

const viewers = new Map();
const workers = new Set();

/**
 * Where the address of the page names no other to be asked, none needs to be: from now on the browser refuses all but these, whatever a trace
 * or a mistake of ours may want. For pages of the viewer alone.
 */
export function keepTo(sources, asked) {
  if (asked.has('src') || asked.has('prices')) return;
  const policy = document.createElement('meta');
  policy.id = 'crewscope-policy';
  policy.httpEquiv = 'Content-Security-Policy';
  policy.content = `connect-src ${sources}`;
  document.head.append(policy);
}

/** A viewer to look after: its host element, and who is to be told. Gives what ends that. */
export function lookAfter(host, tell = () => {}) {
  viewers.set(host, tell);
  return () => viewers.delete(host);
}

/** A reader: it gets its compiled program when that is there, and must not outlive the program that listens to it. */
export function reader(worker, program) {
  workers.add(worker);
  worker.terminate = () => {
    workers.delete(worker);
    Worker.prototype.terminate.call(worker);
  };
  program.then(
    (module) => worker.postMessage({ crewscope: 'module', module }),
    (error) => worker.dispatchEvent(Object.assign(new Event('error'), { why: wordsOf(error) })),
  );
  return worker;
}

/** Why the program did not start, for a person: what the browser lacks, or else its own words. */
export function why(error) {
  let lack;
  if (typeof WebAssembly === 'undefined') lack = 'WebAssembly';
  else if (!WebAssembly.validate(SIMD)) lack = 'WebAssembly with SIMD';
  else if (typeof DecompressionStream === 'undefined') lack = 'DecompressionStream';
  else if (!globalThis.Document?.prototype || !('adoptedStyleSheets' in Document.prototype)) lack = 'adoptedStyleSheets';
  else return wordsOf(error);
  return `this browser has no ${lack}, or its settings forbid it. It takes ${OLDEST}, or a later version (${wordsOf(error)})`;
}

/** The program broke down; the glue calls this once. */
export function crashed(error) {
  for (const worker of [...workers]) worker.terminate();
  for (const [host, tell] of [...viewers]) {
    const root = host.shadowRoot?.querySelector('.cs-mount') ?? host.shadowRoot;
    // A panic has said so already, in better words.
    let card = root?.querySelector(':scope > .cs-panic');
    if (root && !card) {
      card = document.createElement('div');
      card.className = 'cs-panic';
      card.setAttribute('role', 'alert');
      for (const [name, text] of [['strong', TITLE], ['p', HINT], ['pre', String(error)]]) card.appendChild(document.createElement(name)).textContent = text;
      for (const [property, value] of Object.entries(LOOK)) card.style.setProperty(property, value);
      root.prepend(card);
    }
    host.setAttribute('data-state', 'failed');
    tell({ title: TITLE, detail: card?.querySelector('pre')?.textContent ?? String(error), hint: 'Reload the page to go on.' });
  }
}
