// No bundler and no framework: the browser loads the package as it is.
import { define } from '../../dist/element/crew-scope.js';
import { portal } from './portal.js';

define();
portal();
