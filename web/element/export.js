// One HTML file with the viewer and a trace inside. Loaded when somebody asks for it.
import { masked } from './mask.js';

/** Bytes that become one piece of base64: a multiple of three, so that the pieces join. */
const BLOCK = 3 << 16;

/** Above this many letters browsers do not read a text back from a page. */
const LONGEST = 480_000_000;

/** Base64 of a Blob in pieces: a trace may be large, and each piece is a text. */
async function base64(blob) {
  const pieces = [];
  for (let at = 0; at < blob.size; at += BLOCK) {
    const bytes = new Uint8Array(await blob.slice(at, at + BLOCK).arrayBuffer());
    let letters = '';
    for (let from = 0; from < bytes.length; from += 8192) letters += String.fromCharCode(...bytes.subarray(from, from + 8192));
    pieces.push(btoa(letters));
  }
  return pieces;
}

/** Whether the blob still holds what `marks` were made of: Firefox reads on in a file that was written anew (src/source/marks.rs). */
async function same(blob, packed = new Uint8Array()) {
  const MARKED = 1 << 16;
  const marks = new Uint32Array(packed.slice().buffer);
  for (const [at, mark] of marks.entries()) {
    const bytes = new Uint8Array(await blob.slice(at * MARKED, (at + 1) * MARKED).arrayBuffer());
    let now = 0x811c9dc5;
    for (let from = 0; from < bytes.length; from += 32) now = Math.imul(now ^ bytes[from], 0x01000193);
    if (now >>> 0 !== mark) return false;
  }
  return true;
}

/** The runs that the start page offers: of no use in a page with a run of its own. (A tag as such may not stand in a script.) */
const SAMPLES = /[<]script type="application\/gzip;base64" class="crewscope-sample"[^>]*>[^<]*[<]\/script>\n?/g;

/** A data block around `content`. The browser writes the tags: this text itself lies inside a page, where they would end it. */
function block(attributes, content) {
  const element = document.createElement('script');
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  const tags = element.outerHTML;
  const at = tags.lastIndexOf('<');
  return [tags.slice(0, at), ...content, tags.slice(at), '\n'];
}

/** Whether a part of a fragment holds a secret: a text that was searched for, perhaps. */
function tells(pair, mask) {
  try {
    const words = decodeURIComponent(pair);
    return mask(words) !== words;
  } catch {
    return true;
  }
}

/** The single-file viewer with `sources` and `selection` inside, as a Blob; `view` is the fragment of a page that has one, and says more than the
 *  selection. `mask` is what hides the secrets of a text, if they are to be. */
export async function page({ template, sources, selection, view = '', mask }) {
  const open = sources.filter(({ blob }) => blob);
  if (!open.length) throw new Error('nothing is open that could be saved');
  const viewer = (await template()).replace(SAMPLES, '');
  const end = viewer.lastIndexOf('</body>');
  if (end < 0 || !viewer.includes('id="crewscope-wasm"')) throw new Error('this is not the single file of the viewer');
  const parts = [viewer.slice(0, end)];
  for (const { name, blob, marks } of open) {
    if (!await same(blob, marks)) throw new Error(`${name} was changed since it was opened: open it again`);
    const clean = mask ? await masked(blob, mask) : blob;
    const packed = await new Response(clean.stream().pipeThrough(new CompressionStream('gzip'))).blob();
    if (packed.size * (4 / 3) > LONGEST) throw new Error(`${name} is too large for one page`);
    parts.push(...block({ type: 'application/gzip;base64', class: 'crewscope-trace', 'data-name': mask ? mask(name) : name }, await base64(packed)));
  }
  const { execution, span } = selection ?? {};
  const link = Object.entries({ v: 1, execution, span }).filter(([, value]) => value !== undefined && value !== null);
  // Beside which traces this one lay, is of no use in a file of its own.
  const shown = view.split('&').filter((pair) => pair && !pair.startsWith('trace=') && !(mask && tells(pair, mask)));
  const fragment = (shown.length ? shown : link.map((pair) => pair.map(encodeURIComponent).join('='))).join('&');
  if (fragment !== 'v=1') {
    parts.push(...block({ type: 'text/plain', id: 'crewscope-view' }, [fragment]));
  }
  parts.push(viewer.slice(end));
  return new Blob(parts, { type: 'text/html' });
}

/** Hands a page to the browser's downloads, named after the trace. */
export function download(blob, name = '') {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = `${name.replace(/^.*[\\/]/, '').replace(/(\.(gz|jsonl?|ndjson|txt|html|pb|binpb))+$/i, '') || 'trace'}.html`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

const made = (name, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
};

/** Asks a person how to save, in a dialog inside the viewer's `root`, and saves. */
export function offer({ root, template, sources, selection, view, mask }) {
  const hide = made('input', { type: 'checkbox', checked: true });
  const trouble = made('p', { className: 'cs-save-trouble' });
  trouble.setAttribute('role', 'alert');
  const save = made('button', { type: 'submit', className: 'cs-button' }, 'Save');
  save.dataset.look = 'main';
  const cancel = made('button', { type: 'button', className: 'cs-button' }, 'Cancel');
  const title = made('h2', { id: 'cs-save-title' }, 'Save as HTML');
  const form = made('form', { className: 'cs-save' }, made('p', {}, 'One file with the viewer and this trace. It opens in any browser, without a network.'),
    made('label', {}, hide, ' Hide API keys, tokens, passwords and e-mail addresses'), trouble, made('p', { className: 'cs-save-buttons' }, save, ' ', cancel));
  const dialog = made('dialog', { className: 'cs-help' }, title, form);
  dialog.setAttribute('aria-labelledby', 'cs-save-title');
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    save.disabled = true;
    trouble.textContent = '';
    try {
      download(await page({ template, sources, selection, view, mask: hide.checked ? mask : undefined }), sources[0]?.name);
      dialog.close();
    } catch (error) {
      trouble.textContent = `This trace could not be saved: ${error?.message ?? error}`;
      save.disabled = false;
    }
  });
  cancel.addEventListener('click', () => dialog.close());
  // The viewer has keys of its own.
  dialog.addEventListener('keydown', (event) => event.stopPropagation());
  dialog.addEventListener('close', () => dialog.remove());
  root.append(dialog);
  dialog.showModal();
}
