import { createApp } from 'vue';
import { define } from 'crew-scope';
import Portal from './Portal.vue';
import '../portal.css';

define();
createApp(Portal).mount('#root');
