/** Version of this package. */
export const version: string;

/** Names of the events, without their prefix `crewscope-`. */
export const events: readonly ['progress', 'load', 'select', 'error'];

/** Where the package's files lie, if not beside its script. Call it before the first viewer starts. */
export function configure(places: {
  /** `crewscope_bg.wasm`. */
  wasmUrl?: string | URL;
  /** `crewscope-reader_bg.wasm`; beside `wasmUrl` unless said. */
  readerUrl?: string | URL;
  /** `worker.js`, with `crewscope-reader.js` beside it; of another origin it is started through a Blob. */
  workerUrl?: string | URL;
  /** `crewscope-html.txt`, the one-file viewer, into which `exportHtml()` puts the trace. */
  templateUrl?: string | URL;
}): void;

/** Registers the element under a name; returns the class that has it, also where the name was taken before. */
export function define(tag?: string): CustomElementConstructor;

/** One thing to open: a URL or the text of a trace, bytes, a stream, or a parsed trace. */
export type Source = string | URL | Blob | ArrayBuffer | ArrayBufferView | ReadableStream<Uint8Array> | Response | object;

/** What is selected, by the ids of the trace. */
export interface Selection {
  /** Execution id. */
  execution?: string | null;
  /** Task key, task id or task name. */
  task?: string | null;
  /** Span id. */
  span?: string | null;
}

/** Detail of `crewscope-progress`. */
export interface ProgressDetail {
  /** The source being read. */
  name: string;
  /** Bytes read of all sources together, as they are stored. */
  done: number;
  /** Bytes of all sources, where every size is known. */
  total: number | null;
  /** Spans and events found so far. */
  records: number;
}

/** Detail of `crewscope-load`. With `live` or `append()` it comes again each time more was read. */
export interface LoadDetail {
  /** A person stopped the reading. */
  cancelled: boolean;
  executions: { id: string; name: string; kind: 'crew' | 'flow' | 'agent' | 'trace'; status: 'completed' | 'failed' | 'running' | 'unknown' }[];
}

/** Detail of `crewscope-error`: a sentence each. */
export interface ErrorDetail {
  title: string;
  detail: string;
  hint: string;
}

/** Who wants an address opened: an attribute, a call of `load()`, or the manifest (or folder) at `list`. */
export type Wanted = { by: 'src' | 'load' | 'prices' } | { by: 'manifest'; list: string };

/** A region of the viewer, as `view` and `sections` name it. */
export type Region = 'header' | 'executions' | 'summary' | 'findings' | 'timeline' | 'usage' | 'tasks' | 'output' | 'details';

/** `<crew-scope src theme execution task view live prices sections>`; each attribute is a property, too. */
export class CrewScope extends HTMLElement {
  /** {@link configure} */
  static configure: typeof configure;
  /** {@link define} */
  static define: typeof define;
  /** URL of the trace, or of a manifest or folder of traces. */
  src: string;
  /** `light`, `dark` or `auto`. */
  theme: string;
  /** Id of the execution to show first; without it the newest. */
  execution: string;
  /** Key, id or name of the task to select first. */
  task: string;
  /** One {@link Region} that is shown alone. */
  view: string;
  /** Seconds between two looks for more, for a trace that grows; `''`: it is read once, or (with the attribute) every 2 seconds. */
  live: string;
  /** URL of a price file (docs/prices.md). */
  prices: string;
  /** {@link Region}s to show, separated by spaces; empty: all. */
  sections: string;
  /**
   * Asked before an address is opened, whichever way it came: what it throws refuses the address, and its message is shown. Asked for each trace of a
   * manifest or a folder, too, when that is opened. Allows everything unless it is set; what is being opened keeps the gate that it began with.
   */
  gate: (address: string, wanted: Wanted) => void;
  /** Opens what is given, in place of what is open. Rejects when nothing could be read, and with an `AbortError` when something else is opened meanwhile. */
  load(source: Source | Source[]): Promise<LoadDetail>;
  /** Adds to what is open: the next bytes, text or records of a growing trace. A string is always text, never an address. */
  append(more: Source | Source[]): Promise<void>;
  /** Closes what is open. */
  clear(): void;
  /** Selects; returns whether all that was named is there. Called before the trace is there, it is kept for then. */
  select(selection?: Selection): boolean;
  /** The report of what was opened and appended so far (docs/report.schema.json). */
  report(): Promise<Report>;
  /** One HTML file with the viewer, what is open and what is selected, for a machine without network. `redact` masks keys, tokens, passwords and e-mail addresses. */
  exportHtml(options?: { redact?: boolean }): Promise<Blob>;
}

/** The report; docs/report.schema.json describes every member. What a trace does not hold is `null`. */
export interface Report {
  schema: 'crewscope.report/1';
  sources: { name: string; bytes: number; format: string; records: number }[];
  executions: ({ id: string; name: string; kind: string; status: string; duration_ms: number | null; final_output: string | null } & Record<string, any>)[];
  warnings: ({ kind: string; message: string; count: number } & Record<string, any>)[];
  prices: Record<string, any>;
}

declare global {
  interface HTMLElementTagNameMap {
    'crew-scope': CrewScope;
  }
  interface HTMLElementEventMap {
    'crewscope-progress': CustomEvent<ProgressDetail>;
    'crewscope-load': CustomEvent<LoadDetail>;
    'crewscope-select': CustomEvent<{ execution: string; task: string | null; span: string | null }>;
    'crewscope-error': CustomEvent<ErrorDetail>;
  }
}
