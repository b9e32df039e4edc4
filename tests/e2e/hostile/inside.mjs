// What runs inside of the page under attack: it looks at everything that is drawn, and opens everything that can be opened.
// Both functions are sent to the browser as text, so they stand alone.

/** Watches the viewer's shadow root from now on; `watched()` then gives what was wrong and clears it. */
export function watch() {
  const root = document.querySelector('#crewscope').shadowRoot;
  const ELEMENTS = new Set(('a article aside b bdi blockquote br button canvas caption circle code col colgroup dd del details dialog div dl dt em fieldset footer form g h1 h2 h3 h4 '
    + 'h5 h6 header hr i img input ins kbd label legend li line main mark meter nav ol optgroup option output p path pre progress rect search section select small span strong sub summary '
    + 'sup svg table tbody td text textarea tfoot th thead time title tr ul').split(' '));
  const EVERYWHERE = new Set('class id part role tabindex title hidden style dir lang'.split(' '));
  const OF = {
    a: 'href target rel', img: 'src alt', button: 'type disabled name value', canvas: 'width height', details: 'open name', dialog: 'open', form: 'method', label: 'for',
    input: 'type disabled checked multiple name value webkitdirectory accept placeholder autocomplete spellcheck list min max step readonly required enterkeyhint', li: 'value',
    meter: 'min max low high optimum value', ol: 'start', option: 'value selected disabled label', optgroup: 'label', progress: 'value max', select: 'name', td: 'colspan rowspan headers',
    textarea: 'rows cols readonly placeholder spellcheck', th: 'colspan rowspan scope headers abbr', time: 'datetime',
  };
  const DRAWN = new Set('viewbox width height fill stroke stroke-width stroke-linecap stroke-linejoin d cx cy r x y x1 y1 x2 y2 rx ry focusable transform'.split(' '));
  /** Attributes that people read, or copy from. In all others, words of ours only. */
  const READ = /^(title|alt|placeholder|value|label|abbr|data-whole|aria-(label|valuetext|description|roledescription|placeholder))$/;
  const WORDS = /^[\w\s.,:;%()#/+-]{0,2000}$/;
  const STYLES = /^(--cs-[\w-]+|width|height|min-width|max-width|min-height|max-height|left|right|top|bottom|inset|background|background-color|color|transform|translate|flex-grow|padding-left|padding-inline-start|margin-left|margin-inline-start|opacity|grid-column|grid-row|display|position|z-index|cursor|visibility)$/;
  const HIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b\u2060\u202a-\u202e\u2066-\u2069\u200e\u200f\ufeff]/;
  let bad = [];
  let seen = 0;
  const note = (what, node) => bad.length < 20 && bad.push(`${what}: ${(node.outerHTML ?? node.data ?? '').slice(0, 160)} in ${(node.parentElement?.outerHTML ?? '').slice(0, 120)}`);
  const attribute = (element, { name, value }) => {
    const tag = element.localName;
    const isDrawn = element.namespaceURI === 'http://www.w3.org/2000/svg';
    if (/^on/i.test(name)) return note('a handler', element);
    if (!(EVERYWHERE.has(name) || /^(data|aria)-[a-z-]+$/.test(name) || (OF[tag] ?? '').split(' ').includes(name) || (isDrawn && DRAWN.has(name.toLowerCase())))) return note(`attribute ${name}`, element);
    if (name === 'href' && !(/^(https?|mailto):/i.test(value) && /\bnoopener\b/.test(element.rel) && /\bnoreferrer\b/.test(element.rel) && element.target === '_blank')) return note('href', element);
    if (name === 'src' && !/^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]*$/.test(value)) return note('src', element);
    if (name === 'style') {
      // As it is written: a shorthand with a variable in it has no value that could be asked for.
      for (const [property, written] of value.split(';').filter((part) => part.trim()).map((part) => part.split(/:(.*)/s).map((word) => word.trim()))) {
        if (!STYLES.test(property) || !/^[\w\s.,%()#/*+-]*$/.test(written) || /url|expression|image|attr\(/i.test(written)) return note(`style ${property}`, element);
      }
      return undefined;
    }
    // What is chosen goes back as it was recorded; a person reads the option's text.
    if (name === 'value' && element.localName === 'option') return undefined;
    if (READ.test(name)) return HIDDEN.test(value) ? note(`hidden letters in ${name}`, element) : undefined;
    if (!['href', 'src'].includes(name) && !WORDS.test(value)) return note(`text in ${name}`, element);
    return undefined;
  };
  const node = (at) => {
    seen += 1;
    if (at.nodeType === Node.TEXT_NODE) return HIDDEN.test(at.data) && note(`hidden letters U+${HIDDEN.exec(at.data)[0].codePointAt(0).toString(16)}`, at);
    if (at.nodeType !== Node.ELEMENT_NODE) return at.nodeType === Node.COMMENT_NODE && at.data === '' ? undefined : note(`node of type ${at.nodeType}`, at);
    if (!ELEMENTS.has(at.localName) || (at.localName === 'form' && at.method !== 'dialog')) return note('element', at);
    if (at.namespaceURI !== 'http://www.w3.org/1999/xhtml' && !/svg$/.test(at.namespaceURI)) return note('namespace', at);
    for (const one of at.attributes) attribute(at, one);
    at.childNodes.forEach(node);
    return undefined;
  };
  const take = (records) => {
    for (const { type, target, attributeName, addedNodes } of records) {
      if (type === 'attributes') {
        if (target.hasAttribute(attributeName)) attribute(target, target.getAttributeNode(attributeName));
      } else if (type === 'characterData') node(target);
      else addedNodes.forEach(node);
    }
  };
  const observer = new MutationObserver(take);
  observer.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
  root.childNodes.forEach(node);
  /** All of the page that is not the viewer's own, and what styles apply there. */
  const outside = () => {
    const style = getComputedStyle(document.body);
    return JSON.stringify([
      document.documentElement.outerHTML.replace(/ data-state="\w*"/, ''), document.title, document.styleSheets.length, document.adoptedStyleSheets.length, root.adoptedStyleSheets.length,
      style.backgroundColor, style.color, style.display, style.position, style.cursor, getComputedStyle(root.host).display, getComputedStyle(root.host).position,
      Object.keys(window).sort(), Object.keys(localStorage).sort(), Object.keys(sessionStorage).sort(), document.cookie,
    ]);
  };
  window.watched = () => {
    take(observer.takeRecords());
    const found = bad;
    bad = [];
    if ({}.polluted !== undefined || [].polluted !== undefined) found.push('Object.prototype was changed');
    return { bad: found, seen, outside: outside() };
  };
  window.watched();
}

/** Opens what can be opened: executions, tasks, calls, folds, forms of showing, notes. At most `most` clicks; gives how many it took. */
export async function explore(most) {
  const root = document.querySelector('#crewscope').shadowRoot;
  const settled = () => new Promise((done) => {
    let timer;
    const observer = new MutationObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(end, 12);
    });
    const end = () => {
      observer.disconnect();
      clearTimeout(timer);
      clearTimeout(latest);
      done();
    };
    const latest = setTimeout(end, 400);
    timer = setTimeout(end, 25);
    observer.observe(root, { subtree: true, childList: true, characterData: true });
  });
  /** What opens a file chooser, saves, copies, or leaves the trace. */
  const AWAY = /open trace|open folder|choose|copy|copied|download|save|cancel|prices|theme|light|dark|try |sample|reload|close|remove|clear/i;
  const done = new Set();
  const kinds = new Map();
  let clicks = 0;
  const signature = (element) => {
    const region = element.closest('[role=region], dialog, section, aside, main')?.getAttribute('aria-label') ?? '';
    return `${region}|${element.localName}.${element.className}|${(element.getAttribute('aria-label') ?? '').slice(0, 60)}|${element.textContent.slice(0, 60)}`;
  };
  while (clicks < most) {
    const candidates = [...root.querySelectorAll('button, summary, select, [role=button], [role=treeitem], [role=option], tbody tr, input[type=checkbox]:not([disabled])')].filter((element) => {
      if (!element.isConnected || element.closest('[hidden]') || element.disabled) return false;
      return !AWAY.test(`${element.getAttribute('aria-label') ?? ''} ${element.title ?? ''} ${element.localName === 'tr' ? '' : element.textContent.slice(0, 40)}`) && !done.has(signature(element));
    });
    // The rarest kind first: every kind of thing is met, however many rows there are.
    let chosen;
    let least = Infinity;
    for (const element of candidates) {
      const kind = `${element.localName}.${element.className}`;
      if ((kinds.get(kind) ?? 0) < least) {
        least = kinds.get(kind) ?? 0;
        chosen = element;
      }
    }
    if (!chosen) break;
    done.add(signature(chosen));
    const kind = `${chosen.localName}.${chosen.className}`;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    clicks += 1;
    if (chosen.localName === 'select') {
      // Of a long list some: all of its options are drawn already.
      const step = Math.max(1, Math.floor(chosen.options.length / 8));
      for (let at = 0; at < chosen.options.length; at += step) {
        chosen.selectedIndex = at;
        chosen.dispatchEvent(new Event('input', { bubbles: true }));
        chosen.dispatchEvent(new Event('change', { bubbles: true }));
        await settled();
      }
    } else {
      chosen.click();
      await settled();
    }
    // Whatever lies over the rest goes.
    root.querySelectorAll('dialog[open]').forEach((dialog) => clicks % 3 === 0 && dialog.close());
  }
  root.querySelectorAll('dialog[open]').forEach((dialog) => dialog.close());
  return clicks;
}
