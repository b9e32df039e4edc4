// What findings mark on the bars of the timeline: read from the canvas' pixels, by colour and by shape.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { find, isFirefox, openPage, screenshot } from './harness.mjs';
import { frames, inside, token } from './shadow.mjs';

const CLEAN = 'parallel_async/otlp-crewai1.15.30.jsonl';
const FAILING = 'failing_task/otlp-crewai1.15.30.json';

const open = (t, trace, options = {}) => openPage(t, `/?src=trace/${trace}`, { state: 'ready', width: 1480, height: 1000, ...options });
const canvas = async (page) => (await find(page, '.cs-tl-window canvas')).boundingBox();

/** Patches of one colour on the chart in CSS pixels: where they are, and how wide they are near their top, middle and bottom. */
const patches = (page, colour) => inside(page, (root, wanted) => {
  const element = root.querySelector('.cs-tl-window canvas');
  const { width, height } = element;
  const { data } = element.getContext('2d').getImageData(0, 0, width, height);
  const [r, g, b] = wanted.split(',').map(Number);
  const is = (x, y) => x >= 0 && y >= 0 && x < width && y < height && data[(y * width + x) * 4] === r && data[(y * width + x) * 4 + 1] === g && data[(y * width + x) * 4 + 2] === b;
  const seen = new Set();
  const found = [];
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) {
    if (!is(x, y) || seen.has(y * width + x)) continue;
    const rows = new Map();
    const todo = [[x, y]];
    seen.add(y * width + x);
    while (todo.length) {
      const [px, py] = todo.pop();
      const row = rows.get(py) ?? [px, px];
      rows.set(py, [Math.min(row[0], px), Math.max(row[1], px)]);
      for (const [nx, ny] of [[px + 1, py], [px - 1, py], [px, py + 1], [px, py - 1]]) {
        if (!is(nx, ny) || seen.has(ny * width + nx)) continue;
        seen.add(ny * width + nx);
        todo.push([nx, ny]);
      }
    }
    const scale = width / element.clientWidth;
    const tops = [...rows.keys()].sort((one, other) => one - other);
    const wide = (share) => {
      const [left, right] = rows.get(tops[Math.round((tops.length - 1) * share)]);
      return (right - left + 1) / scale;
    };
    const all = [...rows.values()];
    found.push({
      x: (Math.min(...all.map(([left]) => left)) + Math.max(...all.map(([, right]) => right)) + 1) / 2 / scale,
      y: (tops[0] + tops.at(-1) + 1) / 2 / scale, height: tops.length / scale, top: wide(0.15), middle: wide(0.5), bottom: wide(0.9),
    });
  }
  // Edges of bars may be of that colour where they are blended; they are thin.
  return found.filter((patch) => patch.height > 4 && Math.max(patch.middle, patch.bottom) > 4);
}, colour);
const rowAt = (page, y) => inside(page, (root, at) => {
  const labels = [...root.querySelectorAll('.cs-tl-label')];
  const row = labels.find((label) => Number.parseFloat(label.style.top) <= at && at < Number.parseFloat(label.style.top) + 24);
  return { name: row?.querySelector('bdi').innerText, mark: row?.querySelector('.cs-mark')?.dataset.severity };
}, y);

for (const [theme, scale] of [['light', 1], ['light', 2], ['dark', 1.5]]) {
  test(`bars that findings concern are marked by shape and colour: ${theme}, ${scale} pixels a point`, async (t) => {
    const page = await open(t, FAILING, { theme, scale });
    await page.waitForFunction(() => document.querySelector('#crewscope').shadowRoot.querySelector('.cs-tl-legend .cs-tl-finding'));
    await frames(page);
    const errors = await patches(page, await token(page, '--mark-error'));
    const warnings = await patches(page, await token(page, '--mark-warning'));
    assert.ok(errors.length >= 2 && warnings.length >= 2, `${errors.length} errors, ${warnings.length} warnings`);
    for (const { top, middle, bottom } of errors) assert.ok(middle > top + 2 && middle > bottom + 2, `no diamond: ${top} ${middle} ${bottom}`);
    for (const { top, middle, bottom } of warnings) assert.ok(bottom > middle && middle > top && bottom > top + 2, `no triangle: ${top} ${middle} ${bottom}`);
    const errorRows = await Promise.all(errors.map(({ y }) => rowAt(page, y)));
    assert.ok(errorRows.every(({ mark }) => mark === 'error'), JSON.stringify(errorRows));
    assert.ok(errorRows.some(({ name }) => name === 'claude-3-5-sonnet-20241022'), JSON.stringify(errorRows));
    const warningRows = await Promise.all(warnings.map(({ y }) => rowAt(page, y)));
    const tool = warningRows.findIndex(({ name }) => name === 'quote_service');
    assert.ok(tool >= 0, JSON.stringify(warningRows));
    // The tip says what was found.
    const box = await canvas(page);
    await page.mouse.move(box.x + warnings[tool].x, box.y + warnings[tool].y);
    await page.waitForFunction(() => /▲ quote_service failed 2 times/.test(document.querySelector('#crewscope').shadowRoot.querySelector('.cs-tl-tip')?.innerText));
    const legend = await inside(page, (root) => root.querySelector('.cs-tl-legend').innerText.replace(/\s+/g, ' '));
    assert.match(legend, /◆ ?Finding: error/);
    assert.match(legend, /▲ ?Finding: warning/);
    // A click on it opens what is marked.
    await page.mouse.click(box.x + warnings[tool].x, box.y + warnings[tool].y);
    await page.waitForFunction(() => /quote_service/.test(document.querySelector('#crewscope').shadowRoot.querySelector('[aria-label="Task Details"]').innerText));
    if (!isFirefox) await screenshot(page, `timeline-marks-${theme}-${scale}`);
  });
}

test('marks move with the bars, and a clean run has none', async (t) => {
  const page = await open(t, FAILING);
  await page.waitForFunction(() => document.querySelector('#crewscope').shadowRoot.querySelector('.cs-tl-legend .cs-tl-finding'));
  await frames(page);
  const warning = await token(page, '--mark-warning');
  const before = await patches(page, warning);
  await (await find(page, '[role=treegrid]')).focus();
  for (let n = 0; n < 3; n += 1) await page.keyboard.press('w');
  await frames(page);
  const after = await patches(page, warning);
  assert.notDeepEqual(after.map(({ x }) => Math.round(x)), before.map(({ x }) => Math.round(x)));
  assert.ok(after.length > 0);
  const clean = await open(t, CLEAN);
  await clean.waitForFunction(() => /Nothing found/.test(document.querySelector('#crewscope').shadowRoot.querySelector('.cs-findings').innerText));
  await frames(clean);
  assert.deepEqual(await patches(clean, await token(clean, '--mark-warning')), []);
  assert.equal(await inside(clean, (root) => root.querySelectorAll('.cs-tl-finding').length), 0);
});

test('with forced colours marks are drawn in the colours of the reader', async (t) => {
  const page = await open(t, FAILING, { forcedColours: true });
  assert.ok(await page.evaluate(() => matchMedia('(forced-colors: active)').matches));
  await page.waitForFunction(() => document.querySelector('#crewscope').shadowRoot.querySelector('.cs-tl-legend .cs-tl-finding'));
  await frames(page);
  const own = await inside(page, (root) => {
    const probe = root.querySelector('.cs-root').appendChild(document.createElement('i'));
    probe.style.color = 'CanvasText';
    const colour = getComputedStyle(probe).color.match(/\d+/g).slice(0, 3).join(',');
    probe.remove();
    return colour;
  });
  const marks = await patches(page, own);
  const diamonds = marks.filter(({ top, middle, bottom }) => middle > top + 2 && middle > bottom + 2);
  const triangles = marks.filter(({ top, middle, bottom }) => bottom > middle && middle > top && bottom > top + 2);
  assert.ok(diamonds.length >= 2 && triangles.length >= 2, JSON.stringify(marks));
});
