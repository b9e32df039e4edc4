// Keys reach the viewer whatever was pressed before: after each button of the page `?` shows the list of keys. What is pressed may be gone, hidden or
// disabled then; the focus goes to the heading of what replaced it. On the hosted page keys also work while nothing has the focus.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, waitForState } from './harness.mjs';
import { allReady, html, startPortal, STRICT } from './portal.mjs';

const RUNS = ['kickoff_for_each/otlp-crewai1.15.30.jsonl', 'failing_task/otlp-crewai1.15.30.json'];
const DEFINE = "import '/crew-scope/define.js';";

/** What goes on in the page: presses what was not pressed before, until there is nothing of it. */
const INSIDE = () => {
  const host = document.querySelector('#crewscope, crew-scope');
  const root = () => host.shadowRoot;
  const dialogs = () => [...root().querySelectorAll('dialog[open]')];
  const shown = (element) => element.getClientRects().length > 0 && !element.disabled;
  /** What a person would call the same button; each node of a JSON tree is like every other. */
  const nameOf = (element) => (element.closest('[class*=cs-json]') ? 'a node of a JSON tree' : [
    element.closest('dialog')?.getAttribute('aria-labelledby') ?? element.closest('[role=region]')?.getAttribute('aria-label') ?? '',
    (element.getAttribute('aria-label') ?? element.innerText).replace(/[\d.,:]+/g, '#').replace(/\s+/g, ' ').trim().slice(0, 60),
  ].join(' | '));
  const pressed = new Set();
  Object.assign(globalThis, {
    /** Presses the next button, in the dialog that is open or else in a part of the page; its name, or undefined. */
    pressNext(part, skip) {
      const scopes = dialogs().length ? [dialogs().at(-1)] : [...root().querySelectorAll(part)];
      const next = scopes.flatMap((scope) => [...scope.querySelectorAll('button, summary')]).find((element) => shown(element) && !pressed.has(nameOf(element)) && !new RegExp(skip).test(nameOf(element)));
      if (!next) return undefined;
      const name = nameOf(next);
      pressed.add(name);
      next.focus();
      next.click();
      return name;
    },
    openDialogs: () => dialogs().length,
    keysAreListed: () => dialogs().some((dialog) => /step|search|theme/i.test(dialog.innerText) && dialog.querySelector('kbd')),
    whereFocusIs: () => [root().activeElement, document.activeElement].map((element) => element?.outerHTML.slice(0, 120)).join(' in '),
  });
};

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Presses every button there is, and `?` after each. Gives the names of those pressed. */
async function pressAll(page, { part = '.cs-root', skip = '^$', most = 200 } = {}) {
  await page.evaluate(INSIDE);
  const names = [];
  const dead = [];
  while (names.length < most) {
    const name = await page.evaluate((...given) => globalThis.pressNext(...given), part, skip);
    if (name === undefined) {
      if (!(await page.evaluate(() => globalThis.openDialogs()))) break;
      // All of this dialog was pressed.
      await page.keyboard.press('Escape');
      await pause(60);
      continue;
    }
    names.push(name);
    await pause(60);
    // A dialog has keys of its own; what is in it is pressed first.
    if (await page.evaluate(() => globalThis.openDialogs())) continue;
    await page.keyboard.press('?');
    const opened = await page.waitForFunction(() => globalThis.openDialogs(), { timeout: 3000, polling: 20 }).catch(() => undefined);
    // The pressed button's own dialog, which took its time.
    if (opened && !(await page.evaluate(() => globalThis.keysAreListed()))) continue;
    if (!opened) {
      dead.push(`${name}; the focus is at ${await page.evaluate(() => globalThis.whereFocusIs())}`);
      await page.evaluate(() => document.querySelector('#crewscope, crew-scope').shadowRoot.querySelector('.cs-root').focus());
    }
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => !globalThis.openDialogs(), { timeout: 5000, polling: 20 });
  }
  assert.deepEqual(dead, [], `after these no key is heard:\n${dead.join('\n')}`);
  return names;
}

/** A page with the runs open in the element. */
async function embedded(t) {
  const portal = await startPortal({ pages: { 'index.html': html('<crew-scope></crew-scope>'), 'page.js': DEFINE } });
  const page = await openPage(t, `${portal.origin}/`, { width: 1480, height: 1000, allow: [/[Cc]lipboard/] });
  await page.waitForFunction(() => customElements.get('crew-scope'));
  await page.evaluate((runs) => document.querySelector('crew-scope').load(runs.map((run) => `/trace/${run}`)), RUNS);
  await allReady(page);
  await page.evaluate(() => document.querySelector('crew-scope').shadowRoot.querySelector('.cs-root').focus());
  return page;
}

const hosted = (t) => openPage(t, `/?${RUNS.map((run) => `src=trace/${run}`).join('&')}`, { state: 'ready', width: 1480, height: 1000, allow: [/[Cc]lipboard/] });

/** States of the page with buttons of their own: the keys that lead there, the part to press, which button ends it, and some that must be among them. */
const STATES = [
  { name: 'at a call', keys: ['k', '.'], part: '.cs-details', expected: [/Next# calls/, /Copy this/, /Overview/] },
  { name: 'comparing', keys: ['c'], part: '[aria-label=Compare]', last: 'Close', expected: [/Compare \| Close/, /show other/, /output diff/] },
];
const expectPressed = (names, expected) => {
  for (const wanted of expected) assert.ok(names.some((each) => wanted.test(each)), `${wanted} was not pressed:\n${names.join('\n')}`);
};

test('after every button of the embedded viewer keys are heard', async (t) => {
  const names = await pressAll(await embedded(t));
  expectPressed(names, [/Show this call alone/, /Group by agent/, /Close details/, /Compare$/, /Compare \| Close/, /Dismiss/, /cs-save-title \| Save/]);
});

for (const [where, open] of Object.entries({ hosted, embedded })) {
  for (const { name, keys, part, last = '$^', expected } of STATES) {
    test(`after every button keys are heard, ${where}, ${name}`, async (t) => {
      const page = await open(t);
      for (const key of keys) await page.keyboard.press(key);
      const names = await pressAll(page, { part, skip: last });
      names.push(...await pressAll(page, { part, skip: `^(?!.*${last})` }));
      expectPressed(names, expected);
    });
  }
}

test('after every button keys are heard: narrow, where details and executions lie over the page', async (t) => {
  const page = await openPage(t, `/?src=trace/${RUNS[1]}`, { state: 'ready', width: 400, height: 800, allow: [/[Cc]lipboard/] });
  await page.keyboard.press('j');
  await pressAll(page);
});

test('after every button keys are heard: the start page, and a file that cannot be opened', async (t) => {
  const page = await openPage(t, '/', { state: 'empty' });
  // Each of the runs to try leads away from here.
  await pressAll(page, { skip: 'A run that|A flow' });
  const failed = await openPage(t, '/?src=fault/404', { state: 'failed', allow: [/Failed to load resource/] });
  await pressAll(failed, { skip: 'A run that|A flow' });
  const sample = await openPage(t, '/', { state: 'empty' });
  await sample.evaluate(INSIDE);
  await sample.evaluate(() => globalThis.pressNext('.cs-root', '^(?!.*A run that failed)'));
  await waitForState(sample, 'ready');
  await sample.keyboard.press('?');
  await sample.waitForFunction(() => globalThis.keysAreListed());
});

test('what replaced the pressed button has the focus, and its heading is read', async (t) => {
  const page = await openPage(t, `/?src=trace/${RUNS[1]}`, { state: 'ready', width: 1480, height: 1000 });
  const focused = () => page.evaluate(() => {
    const at = document.querySelector('#crewscope').shadowRoot.activeElement;
    return [at?.tagName, at?.closest('[role=region]')?.getAttribute('aria-label'), at?.innerText.trim()];
  });
  const press = (name) => page.evaluate((wanted) => {
    const button = [...document.querySelector('#crewscope').shadowRoot.querySelectorAll('button')].find((each) => (each.getAttribute('aria-label') ?? each.innerText).startsWith(wanted));
    button.focus();
    button.click();
  }, name);
  await press('Show this call alone');
  await page.waitForFunction(() => document.querySelector('#crewscope').shadowRoot.activeElement?.matches('h2, h3'));
  const [, region, text] = await focused();
  assert.equal(region, 'Task Details');
  assert.ok(text.length > 0);
});

test('who left the viewer is not called back when what had the focus there goes', async (t) => {
  const portal = await startPortal({ pages: {
    'index.html': html('<crew-scope src="/trace/sample.jsonl"></crew-scope><p>The portal</p><input id="field">'), 'page.js': DEFINE,
  } });
  const page = await openPage(t, `${portal.origin}/`, { width: 1280, height: 850 });
  const where = () => page.evaluate(() => document.activeElement.localName);
  /** Gives the focus to a button of a region, leaves it as said, and takes the region away. */
  const leave = async (how) => {
    await page.$eval('crew-scope', (element) => element.removeAttribute('sections'));
    await allReady(page);
    await (await page.waitForSelector('crew-scope >>> [aria-label="Final Output"] button')).focus();
    assert.equal(await where(), 'crew-scope');
    await how();
    await page.$eval('crew-scope', (element) => element.setAttribute('sections', 'summary'));
    await page.waitForFunction(() => !document.querySelector('crew-scope').shadowRoot.querySelector('[aria-label="Final Output"]')?.getClientRects().length);
    await pause(200);
    return where();
  };
  assert.equal(await leave(() => {}), 'crew-scope', 'who stayed stays');
  assert.equal(await leave(() => page.click('p')), 'body', 'pressed beside it');
  assert.equal(await leave(() => page.evaluate(() => {
    document.querySelector('#field').focus();
    document.querySelector('#field').remove();
  })), 'body', 'was in a field that is gone, too');
});

test('who left a frame is not called back into it', async (t) => {
  const portal = await startPortal({ pages: {
    'index.html': html('<p>The portal</p><iframe id="frame" title="run" src="/site/embed.html?src=/trace/sample.jsonl" width="1200" height="700"></iframe>'), 'page.js': '',
  }, policy: `${STRICT}; frame-src 'self'` });
  const page = await openPage(t, `${portal.origin}/`, { width: 1280, height: 900 });
  const frame = await (await page.waitForSelector('#frame')).contentFrame();
  await frame.waitForFunction(() => document.querySelector('crew-scope')?.dataset.state === 'ready');
  const leave = async (how) => {
    await frame.$eval('crew-scope', (element) => element.removeAttribute('sections'));
    await (await frame.waitForSelector('crew-scope >>> [aria-label="Final Output"] button')).focus();
    assert.equal(await page.evaluate(() => document.activeElement.id), 'frame');
    await how();
    await frame.$eval('crew-scope', (element) => element.setAttribute('sections', 'summary'));
    await frame.waitForFunction(() => !document.querySelector('crew-scope').shadowRoot.querySelector('[aria-label="Final Output"]')?.getClientRects().length);
    await pause(200);
    return page.evaluate(() => document.activeElement.id || document.activeElement.localName);
  };
  assert.equal(await leave(() => {}), 'frame', 'who stayed stays');
  assert.equal(await leave(() => page.click('p')), 'body', 'pressed beside it');
});

test('on the hosted page keys are heard while nothing has the focus; in a host page they are that page\'s own', async (t) => {
  const page = await openPage(t, `/?src=trace/${RUNS[1]}`, { state: 'ready' });
  await page.evaluate(() => document.querySelector('#crewscope').shadowRoot.activeElement?.blur());
  assert.equal(await page.evaluate(() => document.activeElement === document.body), true);
  await page.keyboard.press('?');
  await page.waitForSelector('#crewscope >>> dialog[open]');

  const portal = await startPortal({ pages: { 'index.html': html('<crew-scope src="/trace/sample.jsonl"></crew-scope>'), 'page.js': DEFINE } });
  const host = await openPage(t, `${portal.origin}/`);
  await allReady(host);
  await host.evaluate(() => document.activeElement.blur());
  await host.keyboard.press('?');
  await pause(300);
  assert.equal(await host.$('crew-scope >>> dialog[open]'), null);
});
