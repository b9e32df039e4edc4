// The hosted page without a network: registers the service worker, and says when a new version is there. Only the page of its own
// loads this, never the element, the frame or the single file.

/** What the service worker and this script say to each other. */
const ACTIVATE = 'crewscope-activate';

const STYLE = `#crewscope-update { position: fixed; inset: auto 1rem 1rem; width: fit-content; max-width: calc(100vw - 4rem); margin: 0 auto; padding: .5rem .5rem .5rem 1rem;
  border: 1px solid GrayText; border-radius: 8px; background: Canvas; color: CanvasText; font: 14px/1.5 system-ui, sans-serif; box-shadow: 0 6px 24px rgb(0 0 0 / 20%); }
#crewscope-update button { margin-inline-start: .25rem; padding: .25rem .75rem; font: inherit; }`;

/** Starts it once the page is at work: keeping its files for later must not slow down what somebody waits for. */
export async function offline() {
  try {
    const registration = await navigator.serviceWorker.register(new URL('./sw.js', import.meta.url), { updateViaCache: 'none' });
    const look = (worker) => worker?.addEventListener('statechange', () => offer(registration));
    look(registration.installing);
    registration.addEventListener('updatefound', () => look(registration.installing));
    offer(registration);
  } catch {
    // Storage is forbidden or full, or this copy has no service worker. The page works without.
  }
}

/** Shows that a new version waits. It begins when no page shows the old one any more, or when somebody asks for it here. */
function offer(registration) {
  // Without a controller the first version has just arrived.
  if (!registration.waiting || !navigator.serviceWorker.controller || document.getElementById('crewscope-update')) return;
  const line = document.createElement('p');
  line.id = 'crewscope-update';
  line.setAttribute('role', 'status');
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Reload';
  button.onclick = () => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { line.firstChild.data = 'The new version starts when the other pages of crewscope are closed. '; };
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
    registration.waiting?.postMessage(ACTIVATE, [port2]);
  };
  const later = document.createElement('button');
  later.type = 'button';
  later.textContent = 'Later';
  later.onclick = () => line.remove();
  // A link names its trace and opens it again; a file would have to be opened again.
  const loses = document.getElementById('crewscope')?.dataset.state === 'ready' && !new URLSearchParams(location.search).has('src');
  line.append(`There is a new version of crewscope. ${loses ? 'Reloading closes the trace that is open here. ' : ''}`, button, later);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  document.adoptedStyleSheets.push(sheet);
  document.body.append(line);
}
