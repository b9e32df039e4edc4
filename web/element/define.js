// Registers <crew-scope>: `<script type="module" src="define.js">` is all a page needs.
import { define } from './crew-scope.js';

export * from './crew-scope.js';

define();
