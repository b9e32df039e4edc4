// What wasm-bindgen's glue does when the program breaks down. From the first trap on (a panic's abort, no memory, no stack, a part that cannot
// be fetched) nothing of the program is called any more: its memory is in the middle of something. Listeners and timers that are still there do
// nothing, what a page asks for throws, and the page's script is told once.
//   const changed = contained(glue)

const INIT = 'function __wbg_finalize_init(instance, module) {';
const EXPORTS = 'wasm = instance.exports;';

/** The glue with that in it. Names beginning with an underscore, or with its own, are wasm-bindgen's. */
export function contained(glue) {
  for (const once of [INIT, EXPORTS]) {
    if (glue.split(once).length !== 2) throw new Error(`the glue has not exactly one ${once}`);
  }
  const code = `
let crash;
let whenCrashed = () => {};
function guarded(exports) {
    const all = {};
    for (const [name, value] of Object.entries(exports)) {
        all[name] = typeof value !== 'function' ? value : (...given) => {
            if (crash) {
                // What the glue looks for in the answer: no value, no error.
                if (/^(_|wasm_bindgen_)/.test(name)) return [];
                throw crash;
            }
            try {
                return value(...given);
            } catch (error) {
                if (!crash && (error instanceof WebAssembly.RuntimeError || /recursion|call stack|of the viewer/.test(error?.message))) {
                    crash = new Error('crewscope stopped at an error of its own: ' + error);
                    whenCrashed(error);
                }
                throw error;
            }
        };
    }
    return all;
}
export function onCrash(tell) { whenCrashed = tell; }
`;
  return glue.replace(INIT, () => code + INIT).replace(EXPORTS, () => 'wasm = guarded(instance.exports);');
}
