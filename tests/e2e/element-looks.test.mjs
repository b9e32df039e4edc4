// What a host may change of the element's looks, by docs/embedding.md: custom properties, parts, a box of a fixed height.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openPage, root, theServer } from './harness.mjs';
import { allReady, html, startPortal } from './portal.mjs';

const SAMPLE = 'sample.jsonl';
const LOOKS = readFileSync(join(root, 'docs/embedding.md'), 'utf8').split('### Looks')[1].split('###')[0];
const PROPERTIES = [...new Set(LOOKS.split('Parts, for')[0].match(/--cs-[\w-]*\w/g))];
const PARTS = LOOKS.split('Parts, for')[1].split(')`:')[1].match(/`[\w-]+`/g).map((name) => name.slice(1, -1));

async function open(t, body, script = 'import "/crew-scope/define.js";', options = {}) {
  const portal = await startPortal({ pages: { 'index.html': html(body), 'page.js': script }, policy: options.policy });
  return openPage(t, `${portal.origin}/`, options);
}

test('every documented custom property has its effect, and every one that is read is documented', async (t) => {
  const tokens = readFileSync(join(root, 'style/tokens.css'), 'utf8');
  const read = [...new Set(tokens.match(/(?<=var\()--cs-[a-z-]+/g))];
  // The private names that they stand behind.
  const own = [...new Set(tokens.match(/--[a-z-]+(?=: var\(--cs-)/g))];
  assert.deepEqual([...PROPERTIES].sort(), read.sort());
  for (const theme of ['light', 'dark', 'auto']) {
    const page = await open(t, `<crew-scope src="/trace/${SAMPLE}" theme="${theme}"></crew-scope>`, undefined, { theme: 'dark' });
    await allReady(page);
    const without = await page.$eval('crew-scope', (element, names, own) => {
      const inside = element.shadowRoot.querySelector('.cs-root');
      const tokens = () => {
        const style = getComputedStyle(inside);
        return own.map((name) => style.getPropertyValue(name)).join('|');
      };
      const before = tokens();
      return names.filter((name) => {
        element.style.setProperty(name, 'rgb(1, 2, 3)');
        const after = tokens();
        element.style.removeProperty(name);
        return after === before || tokens() !== before;
      });
    }, PROPERTIES, own);
    assert.deepEqual(without, [], theme);
  }
  // Painted, and inherited from above the element.
  const page = await open(t, `<main><crew-scope src="/trace/${SAMPLE}"></crew-scope></main>`);
  await allReady(page);
  const painted = await page.evaluate(() => {
    const main = document.querySelector('main');
    for (const [name, value] of [['background', 'rgb(1, 2, 3)'], ['panel', 'rgb(4, 5, 6)'], ['radius', '13px'], ['font', 'Portal'], ['header-top', '31px']]) main.style.setProperty(`--cs-${name}`, value);
    const of = (selector) => getComputedStyle(document.querySelector('crew-scope').shadowRoot.querySelector(selector));
    const tile = of('[part~="summary"]');
    return [of('.cs-root').backgroundColor, of('.cs-root').fontFamily, of('.cs-header').top, tile.fontFamily,
      [...document.querySelector('crew-scope').shadowRoot.querySelectorAll('section, .cs-card, [part]')].some((each) => getComputedStyle(each).backgroundColor === 'rgb(4, 5, 6)' && getComputedStyle(each).borderTopLeftRadius === '13px')];
  });
  assert.deepEqual(painted, ['rgb(1, 2, 3)', 'Portal', '31px', 'Portal', true]);
});

test('every documented part can be styled, and every part is documented', async (t) => {
  const { crossOrigin } = await theServer();
  const sheet = PARTS.map((name, at) => `crew-scope::part(${name}) { outline-offset: ${at + 100}px; }`).join('\n');
  const page = await open(t, '<crew-scope></crew-scope>', `import "/crew-scope/define.js";
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(${JSON.stringify(sheet)});
    document.adoptedStyleSheets = [sheet];`, {
    policy: `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' ${crossOrigin}; worker-src 'self'; img-src data:`,
    allow: [/404/],
  });
  const seen = new Map();
  const look = async () => {
    const found = await page.$eval('crew-scope', (element) => [...element.shadowRoot.querySelectorAll('[part]')].flatMap((each) => [...each.part].map((name) => [name, getComputedStyle(each).outlineOffset])));
    for (const [name, offset] of found) seen.set(name, offset);
  };
  await allReady(page, 'crew-scope', 'empty');
  await look();
  await page.$eval('crew-scope', (element, src) => { element.src = src; }, `${crossOrigin}/fault/stall/${SAMPLE}`);
  await page.waitForFunction(() => document.querySelector('crew-scope').shadowRoot.querySelector('[part~="progress"]'));
  await look();
  await page.$eval('crew-scope', (element) => { element.src = '/none.jsonl'; });
  await allReady(page, 'crew-scope', 'failed');
  await look();
  await page.$eval('crew-scope', (element, src) => { element.src = src; }, `/trace/${SAMPLE}`);
  await allReady(page);
  await look();
  assert.deepEqual([...seen.keys()].sort(), [...PARTS].sort());
  for (const [at, name] of PARTS.entries()) assert.equal(seen.get(name), `${at + 100}px`, name);
});

test('in a box of a fixed height it scrolls inside, with its header at the top of the box', async (t) => {
  const page = await open(t, `<crew-scope src="/trace/${SAMPLE}"></crew-scope>`, `import "/crew-scope/define.js";
    document.body.style.margin = '0';
    document.querySelector('crew-scope').style.cssText = 'height: 640px; overflow: auto; --cs-viewport: 640px';`, { width: 1300, height: 900 });
  await allReady(page);
  const box = await page.$eval('crew-scope', async (element) => {
    element.scrollTop = 300;
    await new Promise((resolve) => { requestAnimationFrame(resolve); });
    const header = element.shadowRoot.querySelector('.cs-header').getBoundingClientRect();
    const { top, height } = element.getBoundingClientRect();
    return { height, scrolled: element.scrollTop, header: Math.round(header.top - top), page: document.documentElement.scrollHeight, wide: document.documentElement.scrollWidth };
  });
  assert.deepEqual(box, { height: 640, scrolled: 300, header: 0, page: 900, wide: 1300 });
});
