// Puts hostile strings into the text fields of a trace of any form, and leaves enough in place for it to be read as that form.
//
// Every text field is hit every time (`turn` decides with which string); what tells forms, kinds and times apart only now and then, or
// nothing but "this is no trace" would be tested. Strings that hold JSON are taken apart and put together again.
//
// With a `plan` (plan.mjs) it is the plan that says which string comes into which field, until each has been in each.
import { rewrite } from './protobuf.mjs';
import { STRINGS, NUMBERS } from './strings.mjs';

/** Names of fields that say what something is, and not what somebody wrote. */
const STRUCTURAL = /(^|[._-])(id|ids|uuid|guid|key|type|kind|operation|name|operationName|op|status|status_?code|code|version|schema|schema_?url|format|timestamp|time|date|role|level|system|provider|instrumentation|process|encoding|fingerprint)$|_at$|_?time$|_(id|uuid|type)$|^(\$|crewai\.op|openinference\.|ls_|dotted_order|start|end|spanId|traceId|parentId|parentSpanId|spanID|traceID|flags|scope|otel)/i;
/** Values that look like ids, times, or numbers. */
const VALUE = /^([0-9a-f-]{8,}|[A-Za-z0-9+/]{22}==|[\d.:TZ +-]+|\d{4}-\d\d-\d\d[T ].*|)$/i;
/** Of what is structural, one in so many is changed. */
const RARELY = 23;
/** Structural, but also what somebody chose: a plan changes one of two, so that the rest still says what it is. */
const CHOSEN = /(^|[._-])(name|operation|operationName|op|role|level|system|provider|status|status_?code|code|process)$/i;

const MARK = '\uE000raw:';

/** A trace that is changed, and how many values were. `bytes` is what the file holds, `turn` any whole number. */
export function mutate(bytes, turn, plan) {
  const state = { at: turn * 7919, structural: turn, numbers: turn, changed: 0, fields: new Set(), long: 0, plan };
  const text = Buffer.from(bytes).toString('utf8');
  const content = json(text, state) ?? (isText(bytes) ? log(text, state) : binary(Buffer.from(bytes), state));
  return { content, changed: state.changed, fields: state.fields };
}

const isText = (bytes) => !bytes.subarray(0, 4000).includes(0) && Buffer.from(bytes.toString('utf8')).equals(Buffer.from(bytes));

/** The next string. Of the long ones a few in a file are enough, where no plan wants them all. */
function next(state, path) {
  if (state.plan && path !== undefined) return state.plan.next(path);
  for (;;) {
    const { kind, text } = STRINGS[state.at % STRINGS.length];
    state.at += 1;
    if (text.length < 3_000) return text;
    state.long += 1;
    if (state.long <= 12 || kind === 'none') return text;
  }
}

/** A document, or lines of them; undefined if it is neither. */
function json(text, state) {
  const parse = (one) => JSON.parse(!/NaN|Infinity/.test(one) ? one : one.replace(/(?<=[:,[]\s*)(-?Infinity|NaN)(?=\s*[,}\]])/g, '0'));
  const marked = new RegExp(`"${MARK}((?:[^"\\\\]|\\\\.)*)"`, 'g');
  const write = (value) => {
    const written = JSON.stringify(value);
    return written.includes(MARK) ? written.replace(marked, (_, raw) => JSON.parse(`"${raw}"`)) : written;
  };
  try {
    return write(change(parse(text), '', state));
  } catch {
    // Lines, perhaps.
  }
  try {
    const lines = text.split('\n').filter((line) => line.trim());
    if (lines.length < 2) return undefined;
    return `${lines.map((line) => write(change(parse(line), '', state))).join('\n')}\n`;
  } catch {
    return undefined;
  }
}

/** `path` names the field: keys joined by dots, and for attributes their own names. `inside` of JSON that is a text itself. */
function change(value, path, state, inside = false) {
  if (Array.isArray(value)) return value.map((item) => change(item, path, state, inside));
  if (value && typeof value === 'object') {
    // {"key": …, "value": {…}} is a field of its own name.
    const named = typeof value.key === 'string' && 'value' in value ? value.key : undefined;
    const out = {};
    for (const [key, inner] of Object.entries(value)) {
      const name = named !== undefined && key === 'value' ? `${path}.${named}` : /^(string|int|double|bool|array|kvlist)?_?values?$/i.test(key) ? path : `${path}.${key}`;
      const changed = named !== undefined && key === 'key' ? inner : change(inner, name, state, inside);
      Object.defineProperty(out, key, { value: changed, enumerable: true, configurable: true, writable: true });
    }
    // Keys are text, too.
    if (named === undefined && /arg|input|output|result|metadata|message|param/i.test(path) && state.changed % 5 === 0) {
      Object.defineProperty(out, '__proto__', { value: { polluted: true }, enumerable: true, configurable: true, writable: true });
      out[next(state).slice(0, 200)] = { constructor: { prototype: { polluted: true } } };
      count(state, `${path}.{}`);
    }
    return out;
  }
  if (typeof value === 'number') {
    state.numbers += 1;
    if (state.numbers % RARELY) return value;
    count(state, path);
    return MARK + NUMBERS[(state.at += 1) % NUMBERS.length];
  }
  if (typeof value !== 'string') return value;
  if (/^\s*[{[]/.test(value)) {
    try {
      const inner = JSON.parse(value);
      if (state.plan ? state.plan.chance(2) : state.changed % 3) return JSON.stringify(change(inner, path, state, true)).replaceAll(MARK, '');
    } catch {
      // A text that only begins like JSON.
    }
  }
  return hostile(value, path, state, inside);
}

/** What stands in the place of a text. */
function hostile(value, path, state, inside) {
  const last = path.slice(path.lastIndexOf('.') + 1);
  if (STRUCTURAL.test(last) || STRUCTURAL.test(path.replace(/^\./, '')) || VALUE.test(value)) {
    if (!state.plan || VALUE.test(value) || !CHOSEN.test(last)) {
      state.structural += 1;
      if (state.structural % RARELY) return value;
      count(state, path, true);
      return next(state);
    }
    if (!inside && state.plan.chance(2)) return value;
  }
  count(state, path);
  // Some around what was there, so that what is known by its content is.
  return state.plan || state.changed % 4 ? next(state, path) : `${value} ${next(state)}`;
}

function count(state, path, isStructural = false) {
  state.changed += 1;
  if (state.plan && isStructural) return;
  state.fields.add(path.replace(/\.\d+(?=\.|$)/g, '.0'));
}

/** crewai's log as text: what stands in quotes. */
function log(text, state) {
  return text.replace(/(\w+)="([^"]*)"/g, (all, name, value) => {
    if (VALUE.test(value) || (name === 'status' && (state.plan ? state.plan.chance(2) : (state.structural += 1) % RARELY))) return all;
    count(state, `log.${name}`);
    return `${name}="${next(state, `log.${name}`).replaceAll('"', "'")}"`;
  });
}

/** Protobuf: each text is one, and may hold JSON. */
function binary(bytes, state) {
  return rewrite(bytes, (path, value) => change(value, path, state));
}
