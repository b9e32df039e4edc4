// The viewer in an iframe, driven by messages; docs/embedding.md has the protocol.
import { configure, define, events, version } from './crew-scope.js';
import { Ends } from './ends.js';
import { parsed } from './inputs.js';

/** Version of the protocol. */
const PROTOCOL = 1;

const originOf = (text) => {
  try {
    return new URL(text).origin;
  } catch {
    return 'null';
  }
};
const options = new URLSearchParams(location.search);
const listed = document.querySelector('meta[name="crewscope-origins"]')?.content.split(/\s+/).filter(Boolean) ?? [];
/** May have this frame open addresses of its own origin: what lies behind them may be meant for that origin only. */
const trusted = new Set([location.origin, ...listed.map(originOf)]);
/** May send messages, and get answers. `?origin=` is said by whoever made the frame, so it gives no more than that. */
const known = new Set([...trusted, ...options.getAll('origin').map(originOf)]);
known.delete('null');

const framed = window.parent !== window;
/** Of the page around this frame; 'null' if the browser does not tell. */
let host = framed ? (location.ancestorOrigins?.[0] ?? originOf(document.referrer)) : location.origin;

/** Refuses an address that a page of that origin may not have opened here: this frame would fetch it with its own cookies. */
function allow(address, origin) {
  if (trusted.has(origin)) return;
  let own = true;
  try {
    own = new URL(address, document.baseURI).origin === location.origin;
  } catch {
    // No address: it will say so itself.
  }
  if (own) throw new Error(`pages of ${origin} may not have addresses of ${location.origin} opened here; see crewscope-origins in embed.html`);
}

configure({ templateUrl: new URL('./crewscope.html', import.meta.url) });
const viewer = new (define())();
/** Whatever is opened from now on is opened for a page of that origin: also what a manifest of its lists, when somebody chooses it. */
const openFor = (origin) => { viewer.gate = (address) => allow(address, origin); };
openFor(host);
document.body.append(viewer);
const ends = new Ends(document);
viewer.addEventListener('crewscope-load', () => ends.follow());
for (const kind of events) viewer.addEventListener(`crewscope-${kind}`, ({ detail }) => tell({ event: kind, detail }));

function tell(message) {
  if (!framed) return;
  const packed = { crewscope: PROTOCOL, ...message };
  if (known.has(host)) return void window.parent.postMessage(packed, host);
  // The browser hands it to the one that it names, if that is the page around.
  if (host === 'null') for (const origin of known) window.parent.postMessage(packed, origin);
}

const verbs = {
  load({ source }, origin) {
    openFor(origin);
    return viewer.load(source);
  },
  append: ({ source }) => viewer.append(source),
  clear: () => viewer.clear(),
  select: ({ execution, task, span }) => viewer.select({ execution, task, span }),
  theme: ({ theme }) => { viewer.theme = theme; },
  view: ({ view }) => { viewer.view = view; },
  sections: ({ sections }) => { viewer.sections = sections; },
  report: () => viewer.report(),
  exportHtml: ({ redact }) => viewer.exportHtml({ redact }),
};

addEventListener('message', async ({ data, origin, source }) => {
  if (source !== window.parent || !known.has(origin) || typeof data?.crewscope !== 'number') return;
  host = origin;
  if (data.crewscope !== PROTOCOL) return void tell({ id: data.id, error: `this frame speaks version ${PROTOCOL} of the protocol, not ${data.crewscope}` });
  if (data.verb === 'hello') return void tell({ ready: true, version });
  const { id } = data;
  try {
    if (!Object.hasOwn(verbs, data.verb)) throw new Error(`there is no verb ${JSON.stringify(data.verb)}`);
    const result = await verbs[data.verb](data, origin);
    if (id !== undefined) tell({ id, result });
  } catch (error) {
    if (id !== undefined) tell({ id, error: String(error?.message ?? error) });
  }
});
tell({ ready: true, version });

// What the address of the frame says, as attributes.
for (const name of ['theme', 'sections', 'view', 'execution', 'task', 'live', 'prices']) {
  if (options.has(name)) viewer.setAttribute(name, options.get(name));
}
const sources = options.getAll('src').filter(Boolean);
if (sources.length === 1) viewer.src = sources[0];
else if (sources.length) viewer.load(sources.map((source) => parsed(source, document.baseURI) ?? source)).catch(() => {});
