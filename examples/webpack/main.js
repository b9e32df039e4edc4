// webpack 5 finds the worker, the wasm and the other files by `new URL('…', import.meta.url)`; no loader and no plugin is needed.
import { define } from 'crew-scope';
import { portal } from '../plain/portal.js';

define();
portal();
