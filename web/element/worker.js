// The reading worker: the page posts the compiled module first; messages that come before the module runs are kept.
import init, { start_worker } from './crewscope.js';

const early = [];
self.onmessage = (event) => {
  if (event.data?.crewscope !== 'module') return void early.push(event);
  self.onmessage = (later) => early.push(later);
  init({ module_or_path: event.data.module }).then(() => {
    start_worker();
    early.forEach((kept) => self.onmessage(kept));
    // Thrown outside of the promise: only then does the page's worker object fire `error`.
  }).catch((error) => setTimeout(() => { throw error; }));
};
