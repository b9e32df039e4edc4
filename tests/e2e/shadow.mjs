// What tests of the viewer's inside share: waiting for something in its shadow root, looking at it, keys, colours and frames.
import assert from 'node:assert/strict';

/** A page in which all regions stand beside each other. */
export const wide = { state: 'ready', width: 1480, height: 1000 };

/** Waits until a function of the viewer's shadow root says something true. */
export async function until(page, see, ...given) {
  const text = `Boolean((${see})(document.querySelector('#crewscope').shadowRoot, ...${JSON.stringify(given)}))`;
  for (const deadline = Date.now() + 15_000; Date.now() < deadline; await new Promise((done) => setTimeout(done, 50))) {
    if (await page.evaluate(text)) return;
  }
  const shown = await page.evaluate(() => document.querySelector('#crewscope').shadowRoot.querySelector('dialog[open], [aria-label="Task Details"]')?.innerText);
  assert.fail(`never true: ${see}\n${shown?.slice(0, 1500)}`);
}

/** What Task Details says. */
export const detailsOf = (page) => page.evaluate(() => document.querySelector('#crewscope').shadowRoot.querySelector('[aria-label="Task Details"]').innerText);

/** Presses a key with Control. */
export async function control(page, key) {
  await page.keyboard.down('Control');
  await page.keyboard.press(key);
  await page.keyboard.up('Control');
}

/** What a function of the viewer's shadow root gives. */
export const inside = (page, look, ...more) => page.$eval('#crewscope', (host, source, rest) => (0, eval)(`(${source})`)(host.shadowRoot, ...rest), look.toString(), more);

/** The colour of a token of the viewer's style, as `r,g,b`. */
export const token = (page, name) => inside(page, (root, property) => {
  const probe = root.querySelector('.cs-root').appendChild(document.createElement('i'));
  probe.style.color = `var(${property})`;
  const colour = getComputedStyle(probe).color.match(/\d+/g).slice(0, 3).join(',');
  probe.remove();
  return colour;
}, name);

/** What was asked for is painted. */
export const frames = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
