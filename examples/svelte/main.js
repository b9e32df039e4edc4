import { mount } from 'svelte';
import { define } from 'crew-scope';
import Portal from './Portal.svelte';
import '../portal.css';

define();
mount(Portal, { target: document.getElementById('root') });
