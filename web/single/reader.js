// Entry of a reader of the single file: xtask/js/single-file.mjs bundles it into a classic script, so nothing here may use `await` at the top level.
import init, { start_reader } from './crewscope-reader.js';
import { serve } from '../element/serve.js';

serve(init, start_reader, (script) => new Worker(URL.createObjectURL(script)));
