// <crew-scope>: the viewer as a custom element. No dependencies and no bundler needed; docs/embedding.md describes it.
import { ATTRIBUTES, asProperties } from './attributes.js';
import { lookAfter, why } from './guard.js';
import { Ends } from './ends.js';
import { addressed, inputsOf, isManifest, piecesOf } from './inputs.js';
import { note } from './note.js';
import { configure, spawnWorker, start, template } from './program.js';
import { Tail } from './tail.js';

export { configure };
export { version } from './version.js';

/** Names of the events, without their prefix `crewscope-`. */
export const events = ['progress', 'load', 'select', 'error'];

/** Seconds between two looks for more, where `live` has no number. */
const LIVE_SECONDS = 2;

const superseded = () => new DOMException('something else was opened, or the viewer was removed', 'AbortError');
const wordsOf = (error) => String(error?.message ?? error);

/** The element. `define()` registers it; it may be subclassed. On a server, where there are no elements, it is only a name. */
export class CrewScope extends (globalThis.HTMLElement ?? Object) {
  static observedAttributes = ATTRIBUTES;
  static configure = configure;
  static define = define;

  /** What the program made, while there is something to be seen. */
  #viewer;
  #mounting;
  /** Ends that it is looked after. */
  #leave = () => {};
  /** Told when the element comes into a document. */
  #arrived = () => {};
  #leaving;
  #watching;
  /** What was handed over: { inputs, more, grows }; undefined: `src` counts; null: nothing is open. */
  #given;
  /** Who waits for the outcome of a load. */
  #waiting;
  #reading = false;
  #idle = [];
  /** What is to be selected once the trace is there; null: nothing, undefined: what the attributes say. */
  #due = null;
  /** Counts what was shown: what the program tells of anything before is not heard. */
  #shows = 0;
  #appending = Promise.resolve();
  /** How often something was appended to what is open. */
  #sent = 0;
  #tail;
  #ends;
  /** The traces of a manifest stand beside what is open. */
  #lists = false;
  #gate = () => {};
  /** The gate of what is being opened: a later one does not speak for what was opened before. */
  #asked = this.#gate;
  #pricing = 0;

  constructor() {
    super();
    this.attachShadow({ mode: 'open' });
    this.#bare();
    // Properties that were set before the element was defined would hide those of the class. The gate is needed first.
    if (Object.hasOwn(this, 'gate')) {
      this.#gate = this.gate;
      delete this.gate;
    }
    for (const name of ATTRIBUTES) {
      if (!Object.hasOwn(this, name)) continue;
      const value = this[name];
      delete this[name];
      // A constructor may not add attributes.
      queueMicrotask(() => { this[name] = value; });
    }
  }

  connectedCallback() {
    clearTimeout(this.#leaving);
    this.#arrived();
    if (this.#viewer || this.#mounting) return;
    if (this.#given || typeof IntersectionObserver === 'undefined') this.#start();
    else this.#watch();
  }

  disconnectedCallback() {
    // Moved? Then it comes back within this task.
    this.#leaving = setTimeout(() => { if (!this.isConnected) this.#unmount(); });
  }

  /** Browsers that can move an element without taking it out call this instead of the two above. */
  connectedMoveCallback() {}

  adoptedCallback() {
    // Style sheets belong to a document.
    this.#unmount();
  }

  attributeChangedCallback(name, old, value) {
    if (old === value) return;
    if (name === 'src' || (name === 'live' && !this.#given)) {
      if (name === 'src') this.#given = undefined;
      this.#supersede();
    }
    if (!this.#viewer) return;
    if (name === 'theme') this.#viewer.set_theme(value ?? 'auto');
    else if (name === 'view' || name === 'sections') this.#arrange();
    else if (name === 'prices') void this.#price();
    else if (name === 'src' || name === 'live') { if (!this.#given) this.#show(); }
    else if (this.#reading) this.#due = undefined;
    else this.#selectByAttributes();
  }

  /**
   * Asked before an address is opened, whichever way it came here, with who wants it: `{ by: 'src' | 'load' | 'manifest' | 'prices' }`, and
   * with `manifest` its address as `list`. What it throws refuses that address, and its message is what a person reads. Asked anew for each
   * trace of a manifest or a folder when it is opened.
   */
  get gate() {
    return this.#gate;
  }

  set gate(gate) {
    this.#gate = gate;
  }

  /** Opens what is given, in place of what is open. */
  async load(source) {
    this.#supersede();
    const outcome = new Promise((resolve, reject) => { this.#waiting = { resolve, reject }; });
    // Who does not wait need not be bothered.
    outcome.catch(() => {});
    const { reject } = this.#waiting;
    const mine = this.#waiting;
    try {
      const inputs = await inputsOf(source, this.ownerDocument.baseURI);
      if (mine !== this.#waiting) throw superseded();
      this.#given = { inputs, more: [], grows: false };
      if (this.#viewer) this.#show();
      else this.#start();
    } catch (error) {
      if (mine === this.#waiting) this.#waiting = undefined;
      reject(error);
    }
    return outcome;
  }

  /** Adds to what is open: the next bytes, text or records of a growing trace. */
  append(more) {
    const added = this.#appending.then(() => this.#append(more));
    this.#appending = added.catch(() => {});
    return added;
  }

  async #append(more) {
    const pieces = await piecesOf(more);
    const viewer = await this.#ready();
    await this.#settled();
    for (const piece of pieces) {
      if (!viewer.append(piece)) {
        this.#grow(viewer);
        if (!viewer.append(piece)) throw new Error('the reader cannot be started; load the trace again');
      }
      this.#sent += 1;
      this.#given?.more?.push(piece);
    }
  }

  /** What was opened as finished is read once more, now as something that grows. */
  #grow(viewer) {
    const open = viewer.sources();
    const known = open.length && open.every(({ blob }) => blob);
    const inputs = known ? open : (this.#given?.inputs ?? [{ name: 'trace', blob: new Blob([]) }]);
    const at = viewer.selection();
    this.#given = { inputs, more: [], grows: true };
    this.#ends ??= new Ends(this.shadowRoot);
    this.#show();
    this.#due = at;
    // Where there was no trace there may be none yet: more may be appended at once.
    if (!known) this.#rest();
  }

  /** Closes what is open. */
  clear() {
    this.#supersede();
    this.#given = null;
    this.#shows += 1;
    this.#unlist();
    this.#viewer?.clear();
  }

  /** Selects; returns whether all that was named is there. Before the trace is there, it is kept for then. */
  select({ execution, task, span } = {}) {
    // The program takes texts and nothing else: the glue writes whatever it is given into memory.
    const [ofExecution, ofTask, ofSpan] = [execution, task, span].map((name) => (name === undefined || name === null ? undefined : String(name)));
    const wanted = { execution: ofExecution, task: ofTask, span: ofSpan };
    if (!this.#viewer || this.#reading) {
      this.#due = wanted;
      if (!this.#viewer) return false;
    }
    return this.#viewer.select(wanted.execution, wanted.task, wanted.span);
  }

  /** The report of what is open (docs/report.schema.json). */
  async report() {
    return (await this.#caughtUp()).report();
  }

  /** One HTML file with the viewer, what is open and what is selected, as a Blob. `redact` masks keys, tokens, passwords and e-mail addresses. */
  async exportHtml({ redact = false } = {}) {
    const [{ page }, { mask_text }] = await Promise.all([import('./export.js'), start()]);
    const viewer = await this.#caughtUp();
    return page({ template, sources: viewer.sources(), selection: viewer.selection(), mask: redact ? mask_text : undefined });
  }

  // --- showing ---

  /** Lays out the empty element like the one with a viewer in it. */
  #bare() {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(':host{display:block}');
    this.shadowRoot.adoptedStyleSheets = [sheet];
  }

  /** Nothing heavy before it is in view, or something is asked of it. */
  #watch() {
    if (this.#watching) return;
    this.#watching = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) this.#start();
    }, { rootMargin: '200px' });
    this.#watching.observe(this);
  }

  #unwatch() {
    this.#watching?.disconnect();
    this.#watching = undefined;
  }

  /** Starts without anyone waiting for it: a failure is told by an event. */
  #start() {
    this.#ready().catch(() => {});
  }

  /** The viewer: as soon as the program is loaded and the element stands in a document. */
  #ready() {
    this.#unwatch();
    if (this.#viewer) return Promise.resolve(this.#viewer);
    this.#mounting ??= this.#mount().finally(() => { this.#mounting = undefined; });
    return this.#mounting;
  }

  async #mount() {
    try {
      const { mount_viewer } = await start();
      while (!this.isConnected) await new Promise((resolve) => { this.#arrived = resolve; });
      this.shadowRoot.adoptedStyleSheets = [];
      this.#viewer = mount_viewer(
        this,
        spawnWorker,
        this.theme,
        // In a turn of its own: a listener may ask for anything, and now the program is at work.
        (kind, detail) => {
          const told = this.#shows;
          queueMicrotask(() => told === this.#shows && this.#hear(kind, detail));
        },
        (sources, selection) => void this.#offer(sources, selection),
      );
      this.#leave = lookAfter(this, (detail) => this.#hear('error', detail));
    } catch (error) {
      this.#hear('error', { title: 'crewscope could not start', detail: why(error), hint: '' });
      throw error;
    }
    this.#arrange();
    if (this.prices) void this.#price();
    if (this.#given !== null) this.#show();
    return this.#viewer;
  }

  #unmount() {
    this.#unwatch();
    this.#supersede();
    this.#pricing += 1;
    if (!this.#viewer) return;
    this.#viewer.free();
    this.#leave();
    this.#viewer = undefined;
    this.removeAttribute('data-state');
    this.#bare();
  }

  /** What was asked for before is not waited for any more. */
  #supersede() {
    this.#asked = this.#gate;
    this.#tail?.stop();
    this.#tail = undefined;
    this.#waiting?.reject(superseded());
    this.#waiting = undefined;
    this.#rest();
  }

  #rest() {
    this.#reading = false;
    this.#wake();
  }

  #wake() {
    for (const go of this.#idle.splice(0)) go();
  }

  #changed() {
    return new Promise((resolve) => { this.#idle.push(resolve); });
  }

  /** Waits until what is being read is read. */
  async #settled() {
    while (this.#reading) await this.#changed();
  }

  /** The viewer, once all that was opened and appended before is read. */
  async #caughtUp() {
    const viewer = await this.#ready();
    await this.#appending;
    await this.#settled();
    const [shows, sent] = [this.#shows, this.#sent];
    while (viewer === this.#viewer && shows === this.#shows && viewer.appended() < sent) await this.#changed();
    await this.#settled();
    if (viewer !== this.#viewer) throw superseded();
    return viewer;
  }

  /** Opens what was handed over, else what `src` names. */
  #show() {
    const viewer = this.#viewer;
    this.#shows += 1;
    this.#sent = 0;
    this.#due ??= undefined;
    this.#unlist();
    if (this.#waiting) this.#waiting.shown = true;
    if (!this.#given && !this.src) return void viewer.clear();
    this.#reading = true;
    const { inputs, more, grows } = this.#given ?? { inputs: [addressed(this.src, this.ownerDocument.baseURI)], more: [], grows: false };
    const [first] = inputs;
    if (!this.#pass(inputs, { by: this.#given ? 'load' : 'src' })) return;
    if (inputs.length === 1 && isManifest(first.url)) return void this.#choose(first);
    if (!this.#given) return void this.#follow(first);
    viewer.load(inputs, grows);
    for (const piece of more) {
      viewer.append(piece);
      this.#sent += 1;
    }
  }

  /** Whether all of these may be opened. Where one may not, that is what the viewer shows. */
  #pass(inputs, wanted) {
    try {
      for (const { url } of inputs) if (url !== undefined) this.#asked(url, wanted);
      return true;
    } catch (error) {
      this.#viewer.refuse(wordsOf(error));
      return false;
    }
  }

  /** Lists the traces that a manifest names, and opens the first, or the one that its address names. */
  async #choose(manifest) {
    const mine = this.#shows;
    const traces = await import('./manifest.js').then(({ tracesOf }) => tracesOf(manifest.url)).catch(() => undefined);
    if (mine !== this.#shows || !this.#viewer) return;
    // What is no manifest is opened as what it says it is: a trace, or something of which the viewer says why it cannot be opened.
    if (!traces?.length) return void this.#follow(manifest);
    const wanted = new URLSearchParams(new URL(manifest.url).hash.slice(1)).get('trace');
    const first = Math.max(0, traces.findIndex(({ name }) => name === wanted));
    const open = (at) => { if (this.#pass([traces[at]], { by: 'manifest', list: manifest.url })) this.#follow(traces[at]); };
    this.#lists = true;
    this.#viewer.set_shelf(traces.map(({ name }) => name), first, (at) => {
      const gate = this.#asked;
      this.#supersede();
      // On behalf of whoever opened the list.
      this.#asked = gate;
      this.#shows += 1;
      this.#reading = true;
      this.#due = undefined;
      open(at);
    });
    open(first);
  }

  /** Takes the list of traces away. */
  #unlist() {
    if (this.#lists) this.#viewer?.set_shelf([], 0, () => {});
    this.#lists = false;
  }

  /** Opens an address; with `live` it is followed. */
  #follow(input) {
    const viewer = this.#viewer;
    this.#sent = 0;
    note(this, '');
    const seconds = this.hasAttribute('live') ? Number(this.live || LIVE_SECONDS) : 0;
    if (!(seconds > 0)) return void viewer.load([input], false);
    this.#ends ??= new Ends(this.shadowRoot);
    const mine = new Tail(input.url, seconds, {
      begin: () => {
        this.#sent = 0;
        viewer.load([{ name: input.name, blob: new Blob([]) }], true);
      },
      // Refused once a person has opened something else.
      append: (blob) => {
        this.#sent += 1;
        return viewer.append(blob);
      },
      // What cannot be followed is read once.
      giveUp: () => viewer.load([input], false),
      trouble: (detail) => {
        note(this, detail);
        if (detail) this.#tell('error', { title: 'The trace cannot be read on', detail, hint: 'It is tried again, more and more rarely.' });
      },
    });
    this.#tail = mine;
  }

  #arrange() {
    this.#viewer.arrange(this.sections, this.view);
  }

  async #price() {
    this.#pricing += 1;
    const mine = this.#pricing;
    try {
      let text = '';
      if (this.prices) {
        const { href } = new URL(this.prices, this.ownerDocument.baseURI);
        this.#gate(href, { by: 'prices' });
        const response = await fetch(href);
        if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
        text = await response.text();
      }
      if (mine === this.#pricing) this.#viewer?.set_prices(text);
    } catch (error) {
      if (mine === this.#pricing) this.#tell('error', { title: 'The prices cannot be used', detail: wordsOf(error), hint: 'docs/prices.md has the form of a price file.' });
    }
  }

  #selectByAttributes() {
    if (this.execution || this.task) this.#viewer.select(this.execution || undefined, this.task || undefined, undefined);
  }

  async #offer(sources, selection) {
    try {
      const [{ offer }, { mask_text }] = await Promise.all([import('./export.js'), start()]);
      offer({ root: this.shadowRoot.querySelector('.cs-root'), template, sources, selection, mask: mask_text });
    } catch (error) {
      this.#tell('error', { title: 'The trace cannot be saved', detail: wordsOf(error), hint: '' });
    }
  }

  // --- telling ---

  #hear(kind, detail) {
    if (kind === 'load') {
      // A run that goes on will write more; a finished one will not.
      if (!detail.executions.some(({ status }) => status === 'running')) this.#tail?.finished();
      const due = this.#due;
      this.#due = null;
      if (due) this.#viewer?.select(due.execution ?? undefined, due.task ?? undefined, due.span ?? undefined);
      else if (due === undefined && this.#viewer) this.#selectByAttributes();
      this.#ends?.follow();
    }
    if (kind !== 'progress' && kind !== 'select') {
      this.#rest();
      // A load that still gathers its bytes waits for another outcome than this.
      const waiting = this.#waiting?.shown || !this.#viewer ? this.#waiting : undefined;
      if (waiting) this.#waiting = undefined;
      if (kind === 'load') waiting?.resolve(detail);
      else if (kind === 'empty') waiting?.reject(superseded());
      else waiting?.reject(Object.assign(new Error(`${detail.title}: ${detail.detail}`), { detail }));
    }
    // Each says that something more may have been read.
    this.#wake();
    // Closing is asked for by whoever would be told.
    if (kind !== 'empty') this.#tell(kind, detail);
  }

  #tell(kind, detail) {
    this.dispatchEvent(new CustomEvent(`crewscope-${kind}`, { detail, bubbles: true, composed: true }));
  }
}

asProperties(CrewScope);

let registered = false;

/** Registers the element. A name that is taken, also by another version, is left alone; returns the class that has it. */
export function define(tag = 'crew-scope') {
  if (typeof customElements === 'undefined') return CrewScope;
  const taken = customElements.get(tag);
  if (taken) return taken;
  // A class can be registered once only.
  const own = registered ? class extends CrewScope {} : CrewScope;
  registered = true;
  customElements.define(tag, own);
  return own;
}
