// What the end-to-end tests stand on. Server and browser start with the first page and end with the file. The pages of a file share a context (caches,
// compiled code: half of what a page costs), unless the file says isolatePages(); each is closed with its test. Run one file: `node --test tests/e2e/<name>.test.mjs` after `cargo xtask dist`.
//
//   const page = await openPage(t, '/?src=trace/sample.jsonl', { state: 'ready' });
//       opens a path of the test server (or a whole URL, also file://). When test `t` ends the page is closed, and the test FAILS if
//       there was a console error, an uncaught error, a failed worker or a CSP violation. Options:
//         state    wait until #crewscope has this data-state: 'empty' | 'loading' | 'ready' | 'failed' (or an array of them)
//         width, height (1280, 800)   scale (1)   theme 'light' | 'dark'   reducedMotion true   forcedColours true
//         allow    [RegExp] problems that the test expects, e.g. [/Failed to load resource/]
//         offline  true: no network, not even to loopback; for pages of the disk
//         before   async (page) => {} runs before the page is opened
//         timeout  milliseconds for loading and for `state` (30000)
//       page.problems is the list of { kind, text } so far; expectNoProblems(page) checks it at once.
//   await waitForState(page, 'ready')              the host element's data-state
//   const server = await theServer()               { origin, crossOrigin, foreignOrigin, requests, put, append }: see server.mjs for routes
//   const handle = await byRole(page, 'button', 'Open file', { timeout, within })   waits for the one element with that role and name
//   const handles = await allByRole(page, 'row')   every one there is now; both reach into open shadow roots. `within` is a handle
//   const handle = await find(page, '.row')        CSS inside the viewer's shadow root ('#crewscope >>> .row'), waits
//   const text = await textOf(handle)              what a person reads
//   const file = traceFile('sample.jsonl')         { name, type, content } of tests/traces (or CREWSCOPE_CORPUS), for the next ones
//   await dropFiles(page, 'body', [file, …])       drops real File objects (content: string | Buffer); selector may use >>>
//   await dropPaths(page, ['/a/folder', …])        drops files or folders of the disk as the desktop does (entries, folders)
//   await chooseFiles(page, '#crewscope >>> input[type=file]', [path, …])   the file dialog
//   await pasteText(page, text)                    a paste event with text/plain at the focused element
//   await expectAccessible(page, { rules, exclude, allow })   axe (WCAG 2.2 A and AA, best practices); lists every violation
//   await screenshot(page, 'name')                 tests/artifacts/name.png, gives the path
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { after } from 'node:test';
import { isFirefox, launch } from './browser.mjs';
import { root, startServer, tracePath } from './server.mjs';

export { isFirefox, launch } from './browser.mjs';
export { root, startServer, tracePath } from './server.mjs';

let server;
const browsers = new Map();

/**
 * Whether tests that repeat something very often do so as often as CI wants it (`cargo xtask test --all` sets CREWSCOPE_THOROUGH); otherwise as often as
 * shows most mistakes.
 */
export const thorough = Boolean(process.env.CREWSCOPE_THOROUGH || process.env.CREWSCOPE_FULL);

/** The test server, started at the first call. */
export const theServer = () => (server ??= startServer());

/** The browser, started at the first call. Firefox takes the reader's theme and motion from its preferences, so each has a browser of its own. */
export function theBrowser({ theme, reducedMotion, offline, forcedColours } = {}) {
  // Firefox cannot be told to be offline: it gets a proxy that does not answer, for loopback, too.
  const nowhere = {
    'network.proxy.type': 1, 'network.proxy.http': '127.0.0.1', 'network.proxy.http_port': 9, 'network.proxy.ssl': '127.0.0.1', 'network.proxy.ssl_port': 9,
    'network.proxy.allow_hijacking_localhost': true, 'network.proxy.no_proxies_on': '',
  };
  const preferences = {
    'ui.systemUsesDarkTheme': theme === 'dark' ? 1 : 0, 'ui.prefersReducedMotion': reducedMotion ? 1 : 0, ...(offline && nowhere),
    ...(forcedColours && { 'browser.display.document_color_use': 2, 'ui.useAccessibilityTheme': 1 }),
  };
  const key = isFirefox ? JSON.stringify(preferences) : '';
  if (!browsers.has(key)) browsers.set(key, launch(isFirefox ? { extraPrefsFirefox: preferences } : {}));
  return browsers.get(key);
}

after(async () => {
  for (const browser of browsers.values()) await (await browser).close();
  await (await server)?.close();
});

let isolated = false;

/** Gives each page of this file a context of its own: for tests of storage, of caches, and of servers that let a browser keep what they send. */
export function isolatePages() {
  isolated = true;
}

const contexts = new Map();

/** A context with a page that nobody sees: without one a browser forgets what it compiled, and the next page costs it twice the time. */
async function contextThatStays(browser) {
  const context = await browser.createBrowserContext();
  await context.newPage();
  return context;
}

/** The context for a page, and what ends it with its test. */
async function contextOf(browser) {
  if (isolated) {
    const context = await browser.createBrowserContext();
    return { context, end: () => context.close() };
  }
  if (!contexts.has(browser)) contexts.set(browser, contextThatStays(browser));
  return { context: await contexts.get(browser), end: (page) => page.isClosed() || page.close() };
}

/** Opens a page for test `t`; see the top of this file. */
export async function openPage(t, path = '/', options = {}) {
  const { width = 1280, height = 800, scale = 1, theme, reducedMotion, forcedColours, offline, allow = [], before, state, timeout = 30_000 } = options;
  const { context, end } = await contextOf(await theBrowser({ theme, reducedMotion, offline, forcedColours }));
  const page = await context.newPage();
  page.problems = [];
  page.allowed = allow;
  t.after(async () => {
    await end(page);
    expectNoProblems(page);
  });
  await page.setViewport({ width, height, deviceScaleFactor: scale });
  const features = [
    ...(theme ? [{ name: 'prefers-color-scheme', value: theme }] : []),
    ...(reducedMotion ? [{ name: 'prefers-reduced-motion', value: 'reduce' }] : []),
  ];
  if (features.length && !isFirefox) await page.emulateMediaFeatures(features);
  // A feature that puppeteer does not know.
  if (forcedColours && !isFirefox) await (await page.createCDPSession()).send('Emulation.setEmulatedMedia', { features: [...features, { name: 'forced-colors', value: 'active' }] });
  await watch(page);
  if (offline && !isFirefox) await page.setOfflineMode(true);
  await before?.(page);
  await page.goto(new URL(path, (await theServer()).origin).href, { waitUntil: 'load', timeout });
  if (state) await waitForState(page, state, { timeout });
  return page;
}

/** Collects everything that must not happen on a page. */
async function watch(page) {
  const note = (kind, text) => void page.problems.push({ kind, text });
  page.on('console', (message) => message.type() === 'error' && note('console', `${message.text()} ${message.location()?.url ?? ''}`.trim()));
  page.on('pageerror', (error) => note('uncaught', String(error?.stack ?? error)));
  page.on('error', (error) => note('crash', String(error)));
  page.on('workercreated', (worker) => worker.on('error', (error) => note('worker', String(error?.stack ?? error))));
  await page.exposeFunction('__cspViolation', (text) => note('csp', text));
  await page.evaluateOnNewDocument(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      globalThis.__cspViolation(`${event.effectiveDirective} blocked ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber} ${event.sample}`);
    });
  });
}

/** Fails when the page has had a problem that its test did not allow. */
export function expectNoProblems(page) {
  const bad = page.problems.filter(({ text }) => !page.allowed.some((pattern) => pattern.test(text)));
  if (bad.length) assert.fail(`problems on the page:\n${bad.map(({ kind, text }) => `  ${kind}: ${text}`).join('\n')}`);
}

/** Waits until the viewer says it is in that state (or one of those). */
export async function waitForState(page, state, { timeout = 30_000, host = '#crewscope' } = {}) {
  const wanted = [state].flat();
  try {
    await page.waitForFunction((selector, states) => states.includes(document.querySelector(selector)?.dataset.state), { timeout }, host, wanted);
  } catch (error) {
    const found = await page.evaluate((selector) => document.querySelector(selector)?.dataset.state, host).catch(() => 'no page');
    throw new Error(`waited for data-state ${wanted.join(' or ')}, it is ${found}; problems: ${JSON.stringify(page.problems)}`, { cause: error });
  }
}

/** puppeteer's selector for a role and an accessible name; it reaches into open shadow roots, in Chromium. */
function roleSelector(role, name) {
  const quoted = (text) => `"${String(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  return `::-p-aria(${name === undefined ? '' : `[name=${quoted(name)}]`}[role=${quoted(role)}])`;
}

/** Waits for the element with that role and accessible name. */
export async function byRole(page, role, name, { timeout = 10_000, within = page } = {}) {
  if (!isFirefox) return within.waitForSelector(roleSelector(role, name), { timeout });
  for (const deadline = Date.now() + timeout; Date.now() < deadline; await new Promise((resolve) => setTimeout(resolve, 60))) {
    const [first] = await allByRole(page, role, name, { within });
    if (first) return first;
  }
  throw new Error(`no ${role} named ${JSON.stringify(name)} within ${timeout} ms`);
}

/** Every element with that role (and name) that is there now. */
export async function allByRole(page, role, name, { within = page } = {}) {
  if (!isFirefox) return within.$$(roleSelector(role, name));
  // Firefox' own look-up does not reach into shadow roots; axe computes roles and names by the same rules.
  if (!(await page.evaluate(() => Boolean(globalThis.axe)))) await page.evaluate(axeSource);
  const root = within === page ? await page.$('html') : within;
  const list = await page.evaluateHandle((scope, wantedRole, wantedName) => {
    const { axe } = globalThis;
    axe.teardown();
    axe.setup(document);
    const inside = (element) => {
      for (let at = element; at; at = at.parentNode ?? at.host) if (at === scope) return true;
      return false;
    };
    const found = [];
    const visit = (node) => {
      const element = node.actualNode;
      if (element.nodeType === Node.ELEMENT_NODE && axe.commons.aria.getRole(node, { noPresentational: true }) === wantedRole && inside(element)
        && axe.commons.dom.isVisibleToScreenReaders(node)
        && (wantedName === null || axe.commons.text.accessibleTextVirtual(node) === wantedName)) found.push(element);
      node.children.forEach(visit);
    };
    axe._tree.forEach(visit);
    axe.teardown();
    return found;
  }, root, role, name ?? null);
  const handles = [...(await list.getProperties()).values()].map((handle) => handle.asElement()).filter(Boolean);
  return handles;
}

/** Waits for a CSS selector inside the viewer's shadow root. */
export async function find(page, selector, { timeout = 10_000, host = '#crewscope' } = {}) {
  return page.waitForSelector(`${host} >>> ${selector}`, { timeout });
}

/** The text of an element as it is shown. */
export async function textOf(handle) {
  return handle.evaluate((element) => (element.innerText ?? element.textContent).trim());
}

/** A trace as something to drop: { name, type, content }. */
export function traceFile(name) {
  return { name: basename(name), type: '', content: readFileSync(tracePath(name)) };
}

/** Drops files on an element: dragenter, dragover and drop with real File objects. A script cannot make folder entries; see dropPaths. */
export async function dropFiles(page, selector, files) {
  const target = await page.waitForSelector(selector);
  const sent = files.map(({ name, type = '', content }) => ({ name, type, base64: Buffer.from(content).toString('base64') }));
  await target.evaluate((element, list) => {
    const transfer = new DataTransfer();
    for (const { name, type, base64 } of list) {
      transfer.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name, { type }));
    }
    for (const kind of ['dragenter', 'dragover', 'drop']) {
      element.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true, composed: true }));
    }
  }, sent);
}

/** Drops files or folders of the disk at a place of the page (its middle), as the desktop would. */
export async function dropPaths(page, paths, { x, y } = {}) {
  const { width, height } = page.viewport();
  const session = await page.createCDPSession();
  const data = { items: [], files: paths, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop']) {
    await session.send('Input.dispatchDragEvent', { type, x: x ?? width / 2, y: y ?? height / 2, data });
  }
  await session.detach();
}

/** Chooses files of the disk in an `<input type=file>`. */
export async function chooseFiles(page, selector, paths) {
  await (await page.waitForSelector(selector)).uploadFile(...paths);
}

/** Tests that drop folders, or speak to a worker, need Chromium's own protocol: `test(name, chromiumOnly, …)`. */
export const chromiumOnly = { skip: isFirefox && 'needs the DevTools protocol' };

/** Pastes text where the focus is. */
export async function pasteText(page, text) {
  if (isFirefox) {
    // Firefox gives a made-up paste event no data: copy it for real, from a field outside the viewer, and paste it with the keyboard.
    await page.evaluate((copied) => {
      const back = document.activeElement;
      const field = document.body.appendChild(document.createElement('textarea'));
      field.value = copied;
      field.select();
      globalThis.__pasteBack = () => {
        field.remove();
        back?.focus?.();
      };
    }, text);
    const control = async (key) => {
      await page.keyboard.down('Control');
      await page.keyboard.press(key);
      await page.keyboard.up('Control');
    };
    await control('c');
    await page.evaluate(() => {
      globalThis.__pasteBack();
      delete globalThis.__pasteBack;
    });
    await control('v');
    return;
  }
  await page.evaluate((pasted) => {
    let target = document.activeElement ?? document.body;
    while (target.shadowRoot?.activeElement) target = target.shadowRoot.activeElement;
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', pasted);
    target.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true, composed: true }));
  }, text);
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Fails with every accessibility violation on the page, open shadow roots included. `allow` names rules that the test expects. */
export async function expectAccessible(page, { rules = {}, exclude = [], allow = [] } = {}) {
  await page.evaluate(axeSource);
  const violations = await page.evaluate(async (options, excluded) => {
    const context = excluded.length ? { exclude: excluded } : document;
    const result = await globalThis.axe.run(context, { ...options, resultTypes: ['violations'] });
    return result.violations.map(({ id, impact, help, nodes }) => ({
      id,
      impact,
      help,
      nodes: nodes.map(({ target, failureSummary }) => `${target.flat().join(' >>> ')}\n      ${failureSummary.replaceAll('\n', '\n      ')}`),
    }));
  }, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], rules }, exclude);
  const bad = violations.filter(({ id }) => !allow.includes(id));
  if (bad.length) assert.fail(bad.map(({ id, impact, help, nodes }) => `${id} (${impact}): ${help}\n    ${nodes.join('\n    ')}`).join('\n'));
}

/** Saves what the page shows to tests/artifacts, which git ignores. */
export async function screenshot(page, name, options = {}) {
  const folder = join(root, 'tests/artifacts');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path, ...options });
  return path;
}
