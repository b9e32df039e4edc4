// What the address of the hosted page asks for beside plain traces: one that grows (`?live=2`), or several to choose from.
import { Ends } from './ends.js';
import { isManifest } from './inputs.js';
import { tracesOf } from './manifest.js';
import { note } from './note.js';
import { Tail } from './tail.js';

/** Which of several traces a link selects. It stands beside the viewer's own keys, which leave it as it is. */
const KEY = 'trace';

/** Opens `url` in a viewer that is mounted. Returns what it must be told of: `tell(kind, detail)`. */
export function follow(host, mounted, url, live) {
  let tail;
  const ends = live ? [new Ends(host.shadowRoot), new Ends(document)] : [];
  const open = (each) => {
    tail?.stop();
    tail = undefined;
    note(host, '');
    if (!live) return void mounted.load([each], false);
    tail = new Tail(each.url, live, {
      begin: () => mounted.load([{ name: each.name, blob: new Blob([]) }], true),
      // Refused once a person has opened something else.
      append: (blob) => mounted.append(blob),
      // What cannot be followed is read once.
      giveUp: () => mounted.load([each], false),
      trouble: (words) => note(host, words),
    });
  };
  if (isManifest(url)) void choose(mounted, url, open);
  else open(plain(url));
  return (kind, detail) => {
    if (kind !== 'load') return;
    for (const each of ends) each.follow();
    // A run that goes on will write more; a finished one will not.
    if (!detail.executions.some(({ status }) => status === 'running')) tail?.finished();
  };
}

const plain = (url) => ({ name: new URL(url).pathname.split('/').pop() || url, url });

async function choose(mounted, url, open) {
  const traces = await tracesOf(url).catch(() => undefined);
  // What is no manifest is opened as what it says it is: a trace, or something of which the viewer says why it cannot be opened.
  if (!traces?.length) return open(plain(url));
  const linked = traces.findIndex(({ name }) => name === chosen());
  const first = Math.max(0, linked);
  mounted.set_shelf(traces.map(({ name }) => name), first, (at) => {
    const { pathname, search } = location;
    history.replaceState(null, '', `${pathname}${search}#v=1&${KEY}=${encodeURIComponent(traces[at].name)}`);
    open(traces[at]);
  });
  open(traces[first]);
}

/** The trace that the fragment names. */
const chosen = () => new URLSearchParams(location.hash.slice(1)).get(KEY);
