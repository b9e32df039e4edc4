// OTLP as protobuf, taken apart and put together again with other texts in it: lengths stay true, so what is tested is what the texts do.

/** The fields of each message: which are texts (`true`), ids (`'id'`), or messages of their own. */
const MESSAGES = {
  Traces: { 1: 'ResourceSpans' },
  ResourceSpans: { 1: 'Resource', 2: 'ScopeSpans', 3: true },
  Resource: { 1: 'KeyValue' },
  ScopeSpans: { 1: 'Scope', 2: 'Span', 3: true },
  Scope: { 1: true, 2: true, 3: 'KeyValue' },
  Span: { 1: 'id', 2: 'id', 3: true, 4: 'id', 5: true, 9: 'KeyValue', 11: 'Event', 13: 'Link', 15: 'Status' },
  Event: { 2: true, 3: 'KeyValue' },
  Link: { 1: 'id', 2: 'id', 3: true, 4: 'KeyValue' },
  Status: { 2: true },
  KeyValue: { 2: 'AnyValue' },
  AnyValue: { 1: true, 5: 'ArrayValue', 6: 'KeyValueList' },
  ArrayValue: { 1: 'AnyValue' },
  KeyValueList: { 1: 'KeyValue' },
};

/** The bytes with each text as `text(path, value)` gives it, and each id as `id(bytes)` does. */
export function rewrite(bytes, text, id = (same) => same) {
  // A collector writes the length of each export before it, in four bytes.
  if (bytes[0] !== 0) return message(bytes, 'Traces', '', text, id);
  const out = [];
  for (let at = 0; at + 4 <= bytes.length;) {
    const size = bytes.readUInt32BE(at);
    const one = message(bytes.subarray(at + 4, at + 4 + size), 'Traces', '', text, id);
    const head = Buffer.alloc(4);
    head.writeUInt32BE(one.length);
    out.push(head, one);
    at += 4 + size;
  }
  return Buffer.concat(out);
}

function message(bytes, kind, path, text, id) {
  const out = [];
  let at = 0;
  const number = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at];
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  // The key of an attribute names the field that its value is.
  let named = '';
  while (at < bytes.length) {
    const start = at;
    const tag = Number(number());
    const [field, wire] = [tag >> 3, tag & 7];
    if (wire === 2) {
      const head = bytes.subarray(start, at);
      const size = Number(number());
      const value = bytes.subarray(at, at + size);
      at += size;
      if (kind === 'KeyValue' && field === 1) named = `.${value}`;
      const what = MESSAGES[kind][field];
      const below = `${path}${kind === 'AnyValue' || kind === 'KeyValue' ? named : `.${kind}${field}`}`;
      let changed = value;
      if (what === true) changed = Buffer.from(text(below, value.toString('utf8')));
      else if (what === 'id') changed = id(value);
      else if (what) changed = message(value, what, below, text, id);
      out.push(head, varint(changed.length), changed);
    } else {
      if (wire === 0) number();
      else at += wire === 1 ? 8 : 4;
      out.push(bytes.subarray(start, at));
    }
  }
  return Buffer.concat(out);
}

function varint(value) {
  const out = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) {
      out.push(left);
      return Buffer.from(out);
    }
    out.push((left % 128) | 0x80);
  }
}
