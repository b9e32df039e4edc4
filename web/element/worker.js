// A worker of the viewer: the page says what for.
import init, { start_reader } from './crewscope-reader.js';
import { serve } from './serve.js';

// By its address, and not as bundlers know a worker: they would put a worker into the worker.
serve(init, start_reader, () => new Worker(self.location.href, { type: 'module' }));
