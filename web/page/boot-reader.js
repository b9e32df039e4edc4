// A reader of the hosted site, under a name of its own: by that the service worker knows it from the frame's (web/app/sw.js).
import init, { start_reader } from './crewscope-reader.js';
import { serve } from './serve.js';

serve(init, start_reader, () => new Worker(self.location.href, { type: 'module' }));
