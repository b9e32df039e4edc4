// What may be given to `load` and `append`, as lists of { name, blob } and { name, url }.

/** Whether a text is the address of a trace, not a trace. */
export function isAddress(text) {
  const address = text.trim();
  if (address.length > 8192 || /[\s{[<"]/.test(address)) return false;
  return /^[a-z][a-z+.-]*:./i.test(address) || /^\.{0,2}\//.test(address) || /^[\w%~-][^:]*[/.?]/.test(address);
}

/** An address, taken apart; undefined if it is none. (`URL.parse` and `URL.canParse` are younger than all else that is needed here.) */
export function parsed(text, base) {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

/** Whether an address looks like that of several traces: a folder, or a file of that name. */
export const isManifest = (url) => /(?:^|\/)(?:[\w.-]*manifest\.json|)$/i.test(parsed(url)?.pathname ?? '-');

/** An address as something to open; one that is none is left as it stands, and the failed reading then names it. */
export function addressed(address, base) {
  try {
    const url = new URL(address.trim(), base);
    return { name: lastPart(url), url: url.href };
  } catch {
    return { name: address, url: address };
  }
}

function lastPart({ pathname, host }) {
  const last = pathname.split('/').filter(Boolean).pop();
  if (!last) return host;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

async function bytesOf(source, name) {
  if (typeof source === 'string') return { name, blob: new Blob([source]) };
  if (source instanceof Blob) return { name: source.name ?? name, blob: source };
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return { name, blob: new Blob([source]) };
  if (source instanceof ReadableStream) return { name, blob: await new Response(source).blob() };
  if (source instanceof Response) return { name: source.url ? lastPart(new URL(source.url)) : name, blob: await source.blob() };
  if (source !== null && typeof source === 'object') return { name, blob: new Blob([JSON.stringify(source), '\n']) };
  throw new TypeError('a trace is an address, a text, an object, a Blob, an ArrayBuffer, a ReadableStream, or an array of these');
}

/** Everything that was given to `load`, in its order. */
export async function inputsOf(source, base) {
  const list = Array.isArray(source) ? source : [source];
  if (!list.length) throw new TypeError('nothing was given to open');
  return Promise.all(list.map((each, at) => {
    if (each instanceof URL) return addressed(each.href, base);
    if (typeof each === 'string' && isAddress(each)) return addressed(each, base);
    return bytesOf(each, list.length === 1 ? 'trace' : `trace ${at + 1}`);
  }));
}

/** Everything that was given to `append`, in its order, as Blobs: a text is always the text of a trace. */
export async function piecesOf(more) {
  const list = Array.isArray(more) ? more : [more];
  return (await Promise.all(list.map((each) => bytesOf(each, '')))).map(({ blob }) => blob);
}
