// Which string comes into which field: each into each, whole and alone, however many files that takes.
import { rewrite } from './protobuf.mjs';
import { STRINGS } from './strings.mjs';

/** What one form's fields have held so far. */
export class Plan {
  /** Where each field stands in the list, and how often it was served. Fields begin at different places, so that a file holds many strings. */
  #fields = new Map();

  #dice = 0x2545f491;

  /** One of so many times. Not every so many: what stands at the same place of each file would always have the same luck. */
  chance(of) {
    this.#dice ^= this.#dice << 13;
    this.#dice ^= this.#dice >>> 17;
    this.#dice ^= this.#dice << 5;
    return (this.#dice >>> 0) % of === 0;
  }

  /** The next string for a field. */
  next(path) {
    // Keys that are numbers or ids are not fields of their own.
    const name = path.replace(/\.(\d+|[0-9a-f-]{16,})(?=\.|$)/g, '.0');
    const field = this.#fields.get(name) ?? { first: this.#fields.size * 37, served: 0 };
    this.#fields.set(name, field);
    for (;;) {
      field.served += 1;
      const { text } = STRINGS[(field.first + field.served) % STRINGS.length];
      // The long ones come once.
      if (field.served <= STRINGS.length || text.length < 3_000) return text;
    }
  }

  /** Fields, those that have not had every string yet, and pairs of a field and a string. */
  get state() {
    const served = [...this.#fields.values()].map((field) => Math.min(field.served, STRINGS.length));
    return { fields: served.length, open: [...this.#fields].filter(([, field]) => field.served < STRINGS.length).map(([name]) => name), pairs: served.reduce((sum, one) => sum + one, 0) };
  }
}

const ID = /(?<=\b|0x)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|(?<=\b|0x)([0-9a-f]{32}|[0-9a-f]{16})\b/g;

/** The same trace again, as another one: its ids are others. */
export function another(bytes, turn) {
  if (turn === 0) return bytes;
  const digit = (letter, by) => (Number.parseInt(letter, 16) ^ by).toString(16);
  const other = (id) => (/[a-f]/.test(id) ? digit(id[0], turn & 15) + digit(id[1], (turn >> 4) & 15) + id.slice(2) : id);
  const text = bytes.toString('utf8');
  if (bytes.includes(0)) return rewrite(bytes, (path, value) => value.replace(ID, other), (id) => Buffer.from(other(id.toString('hex')), 'hex'));
  return Buffer.from(text
    .replace(ID, other)
    // As base64: a trace's id and a span's.
    .replace(/"([A-Za-z0-9+/])([A-Za-z0-9+/])([A-Za-z0-9+/]{20}==|[A-Za-z0-9+/]{9}=)"/g, (_, first, second, rest) => `"${turned(first, turn & 15)}${turned(second, turn >> 4)}${rest}"`));
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const turned = (letter, by) => ALPHABET[ALPHABET.indexOf(letter) ^ (by & 63)];
