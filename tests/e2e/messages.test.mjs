// Messages to the frame that nobody meant well: thousands of made-up ones. The frame answers each in words or not at all, opens nothing that it was
// not allowed to open, and works afterwards.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { STRINGS } from './hostile/strings.mjs';
import { openPage, theServer, tracePath } from './harness.mjs';
import { html, startPortal } from './portal.mjs';

const HOST = `
const frame = document.querySelector('iframe');
const { origin } = new URL(frame.dataset.src);
globalThis.answers = [];
addEventListener('message', ({ data, source }) => { if (source === frame.contentWindow) answers.push(data); });
globalThis.say = (message) => frame.contentWindow.postMessage(message, origin);
frame.src = frame.dataset.src;
`;
const COUNT = process.env.CREWSCOPE_FULL ? 20_000 : 2_000;

test(`${COUNT} hostile messages`, { timeout: 180_000 }, async (t) => {
  const server = await theServer();
  const pages = { 'page.js': HOST };
  const portal = await startPortal({ pages, policy: `default-src 'none'; script-src 'self'; img-src data:; frame-src ${server.origin}` });
  pages['index.html'] = html(`<iframe data-src="${server.origin}/embed.html?origin=${encodeURIComponent(portal.origin)}" width="900" height="600"></iframe>`);
  const dialogs = [];
  const page = await openPage(t, `${portal.origin}/`, {
    allow: [/Failed to load resource|ERR_|CORS|NetworkError|violates|trap\.invalid/],
    before: (opened) => opened.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      return dialog.dismiss().catch(() => {});
    }),
  });
  await page.waitForFunction(() => globalThis.answers.some(({ ready }) => ready));
  const served = server.requests.length;
  const sent = await page.evaluate(async (texts, count) => {
    let seed = 12345;
    const below = (bound) => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((seed / 2 ** 32) * bound);
    };
    const pick = (list) => list[below(list.length)];
    const verbs = ['load', 'append', 'clear', 'select', 'theme', 'view', 'sections', 'report', 'exportHtml', 'hello', '__proto__', 'constructor', 'toString', 'then', '', null, undefined, 7, {}, []];
    const round = {};
    round.self = round;
    const value = (depth = 0) => pick([
      () => pick(texts), () => pick(texts), () => below(1e9) - 5e8, () => NaN, () => -Infinity, () => 2n ** 70n, () => null, () => undefined, () => true, () => new Date(NaN),
      () => new Map([[pick(texts), 1]]), () => new Set([pick(texts)]), () => new ArrayBuffer(below(64)), () => new Uint8Array(below(64)), () => new Blob([pick(texts)]), () => new File([pick(texts)], pick(texts)),
      () => round, () => new Error(pick(texts)), () => /x/g, () => ({ [pick(texts)]: depth < 4 ? value(depth + 1) : 1, __proto__: null }), () => Array.from({ length: below(4) }, () => (depth < 4 ? value(depth + 1) : 1)),
      () => ({ toString: 1, valueOf: 'x', length: 1e9, then: 1 }), () => 'data:application/json,{}', () => `${pick(['/', './', '../'])}${pick(texts).slice(0, 40)}`,
    ])();
    for (let at = 0; at < count; at += 1) {
      const message = below(12) === 0 ? value() : {
        crewscope: below(10) ? 1 : value(), verb: pick(verbs), id: below(3) ? at : value(), source: value(), execution: value(), task: value(), span: value(), theme: value(), view: value(), sections: value(), redact: value(),
      };
      try {
        globalThis.say(message);
      } catch {
        // It cannot be sent.
      }
      if (at % 50 === 49) await new Promise((done) => setTimeout(done, 10));
    }
    return count;
  }, STRINGS.map(({ text }) => text).filter((text) => text.length < 2_000), COUNT);
  assert.equal(sent, COUNT);
  // It answers still, and reads a trace as if nothing had been.
  const lines = readFileSync(tracePath('sample.jsonl'), 'utf8');
  await page.evaluate((source) => globalThis.say({ crewscope: 1, verb: 'load', id: 'at last', source }), lines);
  await page.waitForFunction(() => globalThis.answers.some(({ id }) => id === 'at last'), { timeout: 60_000 });
  const last = await page.evaluate(() => globalThis.answers.find(({ id }) => id === 'at last'));
  assert.equal(last.error, undefined);
  assert.equal(last.result.executions.length, 1);
  assert.deepEqual(dialogs, []);
  // Addresses of the frame's own origin are for pages of that origin only.
  const own = server.requests.slice(served).filter(({ origin }) => origin === server.origin).map(({ url }) => url).filter((url) => !/^\/[\w-]+\.(js|wasm|css|html)$/.test(url));
  assert.deepEqual(own, []);
  const failed = await page.evaluate(() => globalThis.answers.filter(({ error }) => error).length);
  t.diagnostic(`${COUNT} messages, ${failed} of them refused in words`);
  assert.ok(failed > COUNT / 20);
  assert.equal(await page.evaluate(() => ({}).polluted), undefined);
});
