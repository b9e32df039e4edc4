// Hides keys, tokens and passwords in the bytes of a trace, in pieces, without changing what else is there.

/** Bytes of text that are looked at together, about. */
const PIECE = 1 << 20;

const MASK = '••••••';

/** A number that was hidden needs quotes: what is hidden inside of a string has its key in escaped ones. */
const BARE = new RegExp(`([^\\\\]"\\s*:\\s*)${MASK}(?=\\s*[,}\\]\\n\\r]|\\s*$)`, 'g');

const IN_NAME = /[\w.+-]/;
const DOMAIN = /@[\w-]+(?:\.[\w-]+)+/y;
/** The rest of an escape of JSON, which is no part of a name. */
const ESCAPE = /u[\da-fA-F]{4}|[^]/y;

/** A text without its e-mail addresses. */
function withoutMail(text) {
  const out = [];
  let from = 0;
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    DOMAIN.lastIndex = at;
    if (!DOMAIN.test(text)) continue;
    let start = at;
    while (start > from && IN_NAME.test(text[start - 1])) start -= 1;
    if (text[start - 1] === '\\') {
      ESCAPE.lastIndex = start;
      ESCAPE.test(text);
      start = ESCAPE.lastIndex;
    }
    if (start >= at) continue;
    out.push(text.slice(from, start), MASK);
    from = DOMAIN.lastIndex;
  }
  out.push(text.slice(from));
  return out.join('');
}

/** The Blob's text with its secrets hidden by `mask`, as a Blob. */
export async function masked(blob, mask) {
  const hidden = (text) => withoutMail(mask(text)).replace(BARE, `$1"${MASK}"`);
  const reader = blob.stream().pipeThrough(new TextDecoderStream()).getReader();
  const pieces = [];
  let kept = [];
  let length = 0;
  let enough = PIECE;
  for (;;) {
    const { done, value = '' } = await reader.read();
    kept.push(value);
    length += value.length;
    if (!done && length < enough) continue;
    const text = kept.join('');
    // A secret ends with its line, or with the object that it is in.
    const cut = done ? text.length : Math.max(text.lastIndexOf('\n'), text.lastIndexOf('}')) + 1;
    pieces.push(hidden(text.slice(0, cut)));
    kept = [text.slice(cut)];
    length = text.length - cut;
    // Where nothing ends, the same text is not looked at with every chunk.
    enough = Math.max(PIECE, 2 * length);
    if (done) return new Blob(pieces);
  }
}
