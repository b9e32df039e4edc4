// The timeline, by mouse, touch and keys: what is on the screen is read from the link (`time=`, `mark=`, …), from the words around the
// canvas and from its pixels. What must be there is worked out from the trace file itself.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { dropFiles, expectAccessible, find, isFirefox, openPage, screenshot, tracePath, waitForState } from './harness.mjs';
import { frames, inside, token } from './shadow.mjs';

const PARALLEL = 'parallel_async/otlp-crewai1.15.30.jsonl';
const FAILING = 'failing_task/otlp-crewai1.15.30.json';
const NS = 1_000_000;

/** The spans of an OTLP file: name, start and end in ns since the first start. */
function spansOf(name) {
  const text = readFileSync(tracePath(name), 'utf8');
  const roots = name.endsWith('.jsonl') ? text.split('\n').filter(Boolean).map((line) => JSON.parse(line)) : [JSON.parse(text)];
  const spans = roots.flatMap((root) => root.resourceSpans).flatMap((resource) => resource.scopeSpans).flatMap((scope) => scope.spans);
  const origin = spans.map((span) => BigInt(span.startTimeUnixNano)).reduce((a, b) => (a < b ? a : b));
  const at = (time) => Number(BigInt(time) - origin);
  return spans.map((span) => ({
    operation: span.attributes?.find(({ key }) => key === 'gen_ai.operation.name')?.value.stringValue,
    start: at(span.startTimeUnixNano),
    end: at(span.endTimeUnixNano),
  }));
}

/** Length of the union of stretches. */
function covered(stretches) {
  let [sum, reached] = [0, -1];
  for (const { start, end } of [...stretches].sort((a, b) => a.start - b.start)) {
    sum += Math.max(0, end - Math.max(start, reached));
    reached = Math.max(reached, end);
  }
  return sum;
}

const open = (t, trace = PARALLEL, options = {}) =>
  openPage(t, `/?src=trace/${trace}${options.hash ?? ''}`, { state: 'ready', width: 1480, height: 1000, ...options });

/** The timeline's keys of the link, once they have settled. */
async function linkOf(page) {
  await new Promise((done) => setTimeout(done, 450));
  const hash = await page.evaluate(() => location.hash);
  return Object.fromEntries(new URLSearchParams(hash.slice(1)));
}
const range = (text) => text?.split('-').map(Number);
/** The part on the screen in ns; all of it if the link says nothing. */
async function visible(page) {
  return range((await linkOf(page)).time);
}

const boxOf = async (page, selector) => (await find(page, selector)).boundingBox();
const canvas = (page) => boxOf(page, '.cs-tl-window canvas');
const press = async (page, ...keys) => {
  for (const key of keys) await page.keyboard.press(key);
};
const focusGrid = async (page) => (await find(page, '[role=treegrid]')).focus();
const clickNamed = async (page, name) => {
  const button = await page.waitForSelector(`#crewscope >>> .cs-timeline button[aria-label="${name}"]`).catch(() => null);
  await button.click();
};
const clickText = async (page, text) => {
  const buttons = await page.$$('#crewscope >>> .cs-timeline button');
  for (const button of buttons) if ((await button.evaluate((element) => element.innerText.trim())) === text) return button.click();
  throw new Error(`no button ${text}`);
};
const drag = async (page, from, to, steps = 8) => {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps });
  await page.mouse.up();
};
const rowsOf = (page) => inside(page, (root) => [...root.querySelectorAll('.cs-tl-label')]
  .sort((a, b) => a.ariaRowIndex - b.ariaRowIndex || a.getAttribute('aria-rowindex') - b.getAttribute('aria-rowindex'))
  .map((row) => row.querySelector('[role=gridcell]').innerText.trim()));
const near = (actual, expected, slack, what) => assert.ok(Math.abs(actual - expected) <= slack, `${what}: ${actual}, expected ${expected} ± ${slack}`);
/** Colours on the chart, `r,g,b` with how many pixels have them. */
const colours = (page, selector) => inside(page, (root, at) => {
  const element = root.querySelector(at);
  const { data } = element.getContext('2d').getImageData(0, 0, element.width, element.height);
  const found = {};
  for (let i = 0; i < data.length; i += 4) if (data[i + 3] === 255) found[`${data[i]},${data[i + 1]},${data[i + 2]}`] = (found[`${data[i]},${data[i + 1]},${data[i + 2]}`] ?? 0) + 1;
  return found;
}, selector);

const total = Math.max(...spansOf(PARALLEL).map(({ end }) => end));

test('wheel with Ctrl zooms at the pointer; what is under it stays', async (t) => {
  const page = await open(t);
  const box = await canvas(page);
  await page.mouse.move(box.x + box.width / 4, box.y + 30);
  await page.keyboard.down('Control');
  for (let n = 0; n < 4; n += 1) await page.mouse.wheel({ deltaY: -120 });
  await page.keyboard.up('Control');
  const [start, end] = await visible(page);
  assert.ok(end - start < total * 0.5, `still ${end - start} ns`);
  near(start + (end - start) / 4, (total * 1.01) / 4, total * 0.004, 'the time at the pointer');
});

test('the overview: draw a range, move the window, take its edge, double-click for all', async (t) => {
  const page = await open(t);
  const box = await boxOf(page, '.cs-tl-mapbox');
  const at = (share) => ({ x: box.x + box.width * share, y: box.y + box.height / 2 });
  const whole = total * 1.01;
  await drag(page, at(0.2), at(0.6));
  let [start, end] = await visible(page);
  near(start, whole * 0.2, whole * 0.005, 'start');
  near(end, whole * 0.6, whole * 0.005, 'end');
  await drag(page, at(0.4), at(0.5));
  [start, end] = await visible(page);
  near(start, whole * 0.3, whole * 0.005, 'moved start');
  near(end, whole * 0.7, whole * 0.005, 'moved end');
  await drag(page, at(0.7), at(0.9));
  [start, end] = await visible(page);
  near(start, whole * 0.3, whole * 0.005, 'start stays');
  near(end, whole * 0.9, whole * 0.008, 'edge taken along');
  await page.mouse.click(at(0.1).x, at(0.1).y, { count: 2 });
  assert.equal(await visible(page), undefined);
});

test('keys: W A S D and arrows, fit, zoom to the selection', async (t) => {
  const page = await open(t);
  await focusGrid(page);
  await press(page, 'w', 'w', 'w');
  const close = await visible(page);
  near(close[1] - close[0], total * 1.01 * 0.75 ** 3, total * 0.01, 'three steps closer');
  await press(page, 'd');
  const later = await visible(page);
  assert.ok(later[0] > close[0]);
  await press(page, 'a');
  near((await visible(page))[0], close[0], total * 0.002, 'back');
  await page.keyboard.down('Shift');
  await press(page, 'ArrowRight');
  await page.keyboard.up('Shift');
  near((await visible(page))[0], later[0], total * 0.002, 'Shift and arrow move as d does');
  await press(page, 's', 's', 's', 's', 's');
  assert.equal(await visible(page), undefined);
  // The sixth row's first call, into the details and onto the screen.
  await press(page, ...Array(5).fill('ArrowDown'), 'Enter', 'f');
  const [start, end] = await visible(page);
  const hit = spansOf(PARALLEL).some((span) => {
    const air = (span.end - span.start) * 0.05;
    return Math.abs(span.start - air - start) < 3 * NS && Math.abs(span.end + air - end) < 3 * NS;
  });
  assert.ok(hit, `${start}-${end} is no span of the trace with its air`);
  await press(page, '0');
  assert.equal(await visible(page), undefined);
});

test('drag moves in time, a click on a bar brings its keys along', async (t) => {
  const page = await open(t);
  const box = await canvas(page);
  await focusGrid(page);
  await press(page, 'w', 'w', 'w', 'w');
  const before = await visible(page);
  await drag(page, { x: box.x + 400, y: box.y + 200 }, { x: box.x + 300, y: box.y + 200 });
  const after = await visible(page);
  near(after[0] - before[0], ((before[1] - before[0]) * 100) / box.width, total * 0.003, 'moved by 100 pixels');
  await page.mouse.move(10, 10);
  await press(page, 'ArrowLeft');
  assert.ok((await visible(page))[0] < after[0], 'arrows after a press on the chart');
});

test('collapse and expand: all, and by level', async (t) => {
  const page = await open(t);
  const all = await rowsOf(page);
  assert.ok(all.length > 10);
  await clickNamed(page, 'Collapse all');
  const top = await rowsOf(page);
  assert.equal((await linkOf(page)).level, '0');
  await clickNamed(page, 'Expand one level');
  const second = await rowsOf(page);
  await clickNamed(page, 'Expand one level');
  const third = await rowsOf(page);
  assert.ok(top.length < second.length && second.length < third.length, `${top.length} ${second.length} ${third.length}`);
  await clickNamed(page, 'Collapse one level');
  assert.deepEqual(await rowsOf(page), second);
  await clickNamed(page, 'Expand all');
  assert.deepEqual(await rowsOf(page), all);
  await focusGrid(page);
  await page.keyboard.down('Shift');
  await press(page, 'C');
  await page.keyboard.up('Shift');
  assert.deepEqual(await rowsOf(page), top);
});

test('rows by task or by agent', async (t) => {
  const page = await open(t);
  const byTask = await rowsOf(page);
  await page.select('#crewscope >>> .cs-tl-choice select', 'agents').catch(async () => {
    await inside(page, (root) => {
      const select = root.querySelector('.cs-tl-choice select');
      select.value = 'agents';
      select.dispatchEvent(new Event('change', { bubbles: true }));
    });
  });
  await clickNamed(page, 'Collapse all');
  const rows = await rowsOf(page);
  const roles = new Set();
  const file = readFileSync(tracePath(PARALLEL), 'utf8');
  for (const [, role] of file.matchAll(/"crewai\.agent\.role",\s*"value":\s*\{\s*"stringValue":\s*"([^"]+)"/g)) roles.add(role);
  assert.ok(roles.size >= 2, 'the trace names its agents');
  assert.deepEqual(new Set(rows.map((row) => row.replace(/ ×\d+$/, '').trim())), roles);
  assert.notDeepEqual(rows, byTask);
  assert.equal((await linkOf(page)).lanes, 'agents');
});

test('what ran at once, and how the time divides, agree with the file', async (t) => {
  const page = await open(t);
  const spans = spansOf(PARALLEL);
  const calls = spans.filter(({ operation }) => operation === 'chat' || operation === 'execute_tool');
  const edges = calls.flatMap(({ start, end }) => [[start, 1], [end, -1]]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let [now, peak] = [0, 0];
  for (const [, by] of edges) peak = Math.max(peak, (now += by));
  const text = await inside(page, (root) => root.querySelector('.cs-timeline').innerText);
  assert.match(text, new RegExp(`At once: up to ${peak}\\b`));
  const llm = covered(spans.filter(({ operation }) => operation === 'chat'));
  const both = covered(calls);
  const shares = await inside(page, (root) => Object.fromEntries([...root.querySelectorAll('.cs-tl-shares li')].map((item) => [
    item.innerText.match(/^\S+/)[0], Number(item.querySelector('b').innerText.replace(/[^\d.]/g, '')),
  ])));
  near(shares.LLM, (llm / total) * 100, 1, 'LLM');
  near(shares.Idle, ((total - both) / total) * 100, 1, 'idle');
  const strip = await colours(page, '.cs-tl-strip canvas');
  assert.ok(strip[await token(page, '--kind-llm')] > 500, 'the strip shows LLM calls');
});

test('critical path: marked where work ran in parallel, and told in the tree grid', async (t) => {
  const page = await open(t);
  await frames(page);
  const path = await token(page, '--path');
  assert.ok((await colours(page, '.cs-tl-window canvas'))[path] > 100, 'underlined');
  const onPath = await inside(page, (root) => [...root.querySelectorAll('.cs-tl-label')].map((row) => [row.querySelector('[role=gridcell]').innerText.trim(), /critical path/.test(row.textContent)]));
  assert.ok(onPath.some(([, on]) => on) && onPath.some(([, on]) => !on), JSON.stringify(onPath));
  await clickText(page, 'Critical path');
  await frames(page);
  assert.equal((await colours(page, '.cs-tl-window canvas'))[path], undefined);
  assert.equal((await linkOf(page)).path, '0');
});

test('colour by agent, model, status and cost; failures stay red, and words say the same', async (t) => {
  const page = await open(t, FAILING);
  const failed = await token(page, '--bar-failed');
  const seen = new Set();
  for (const by of ['agent', 'model', 'status', 'cost', 'kind']) {
    await inside(page, (root, value) => {
      const select = [...root.querySelectorAll('.cs-tl-choice select')][1];
      select.value = value;
      select.dispatchEvent(new Event('change', { bubbles: true }));
    }, by);
    await frames(page);
    const found = await colours(page, '.cs-tl-window canvas');
    assert.ok(found[failed] > 50, `by ${by}: failures are red`);
    const legend = await inside(page, (root) => root.querySelector('.cs-tl-legend').innerText);
    assert.match(legend, { agent: /Analyst|Researcher|\w/, model: /gpt/, status: /Completed/, cost: /from \$/, kind: /LLM call/ }[by], by);
    assert.match(legend, /Failed/);
    seen.add(legend);
    if (by !== 'kind') assert.equal((await linkOf(page)).colour, by);
  }
  assert.equal(seen.size, 5);
});

test('the exact time under the pointer; a measured range with its shares', async (t) => {
  const page = await open(t);
  const box = await canvas(page);
  const axis = await boxOf(page, '.cs-tl-axis > div');
  await page.mouse.move(box.x + box.width / 2, box.y + 40);
  const shown = await inside(page, (root) => root.querySelector('.cs-tl-cursor').innerText);
  near(Number.parseFloat(shown), (total * 1.01) / 2 / 1e9, 0.006, `cursor ${shown}`);
  const y = axis.y + axis.height / 2;
  await drag(page, { x: axis.x + axis.width * 0.25, y }, { x: axis.x + axis.width * 0.5, y });
  const [start, end] = range((await linkOf(page)).mark);
  near(start, total * 1.01 * 0.25, total * 0.003, 'start');
  near(end, total * 1.01 * 0.5, total * 0.003, 'end');
  const words = await inside(page, (root) => root.querySelector('.cs-tl-shares').innerText.replace(/\s+/g, ' '));
  assert.ok(words.includes(`Measured ${Math.round((end - start) / NS)} ms`), words);
  const llm = covered(spansOf(PARALLEL).filter(({ operation }) => operation === 'chat').map((span) => ({
    start: Math.min(Math.max(span.start, start), end), end: Math.max(Math.min(span.end, end), start),
  })));
  near(Number(words.match(/LLM ([\d.]+)/)[1]), (llm / (end - start)) * 100, 1, 'LLM share of the range');
  await focusGrid(page);
  await press(page, 'f');
  const [from, to] = await visible(page);
  near(to - from, (end - start) * 1.1, total * 0.003, 'zoomed to it');
  await press(page, 'Escape');
  assert.equal((await linkOf(page)).mark, undefined);
  await press(page, 'm');
  assert.ok((await linkOf(page)).mark, 'm measures the selection');
});

test('Shift and drag on the bars measures too', async (t) => {
  const page = await open(t);
  const box = await canvas(page);
  await page.keyboard.down('Shift');
  await drag(page, { x: box.x + 100, y: box.y + 60 }, { x: box.x + 300, y: box.y + 60 });
  await page.keyboard.up('Shift');
  const link = await linkOf(page);
  near(range(link.mark)[1] - range(link.mark)[0], (total * 1.01 * 200) / box.width, total * 0.004, 'length');
  assert.equal(link.time, undefined);
});

test('idle stretches are drawn short on demand, and the axis tells true times', async (t) => {
  const page = await openPage(t, '/', { state: 'empty', width: 1480, height: 1000 });
  // The real trace, its second half an hour later: somebody's laptop slept.
  const late = readFileSync(tracePath(FAILING), 'utf8');
  const spans = spansOf(FAILING);
  const times = [...late.matchAll(/"(?:start|end)TimeUnixNano":\s*"(\d+)"/g)].map(([, time]) => BigInt(time));
  const origin = times.reduce((a, b) => (a < b ? a : b));
  const calls = spans.filter(({ operation }) => operation === 'chat' || operation === 'execute_tool').sort((a, b) => a.start - b.start);
  const cut = BigInt(calls[Math.floor(calls.length / 2)].start - 1);
  const moved = late.replace(/"((?:start|end)TimeUnixNano)":\s*"(\d+)"/g, (_, key, time) => {
    const by = BigInt(time) - origin > cut ? 3_600_000_000_000n : 0n;
    return `"${key}":"${BigInt(time) + by}"`;
  });
  await dropFiles(page, 'body', [{ name: 'slept.json', content: moved }]);
  await waitForState(page, 'ready');
  const labels = () => inside(page, (root) => [...root.querySelectorAll('.cs-tl-axis span')].map((mark) => mark.innerText));
  const before = await labels();
  await clickText(page, 'Compress idle');
  await frames(page);
  const after = await labels();
  assert.notDeepEqual(after, before);
  assert.ok(after.some((label) => /^\d+ ms$|^0\.|^\d(\.\d+)? s$/.test(label)), after.join(' '));
  assert.ok(after.some((label) => /60 m|1 h/.test(label)), `behind the gap: ${after.join(' ')}`);
  assert.equal((await linkOf(page)).idle, 'short');
  if (!isFirefox) await screenshot(page, 'timeline-idle');
});

test('the tip never covers the pointer', async (t) => {
  const page = await open(t);
  const box = await canvas(page);
  let seen = 0;
  for (const share of [0.02, 0.3, 0.6, 0.9, 0.99]) {
    for (let y = 10; y < box.height; y += 24) {
      const [x, top] = [box.x + box.width * share, box.y + y];
      await page.mouse.move(x, top);
      const tip = await inside(page, (root) => root.querySelector('.cs-tl-tip')?.getBoundingClientRect().toJSON());
      if (!tip) continue;
      seen += 1;
      const covers = x >= tip.left - 4 && x <= tip.right + 4 && top >= tip.top - 4 && top <= tip.bottom + 4;
      assert.ok(!covers, `at ${x}, ${top}: ${JSON.stringify(tip)}`);
      assert.ok(tip.left >= 0 && tip.right <= 1480, 'inside of the window');
    }
  }
  assert.ok(seen > 20, `${seen} tips`);
});

test('a link reopens the same view', async (t) => {
  const page = await open(t);
  await focusGrid(page);
  await press(page, 'w', 'w', 'd', 'm', 'g', 'p', 'x');
  const link = await linkOf(page);
  for (const key of ['time', 'mark', 'lanes', 'path', 'level']) assert.ok(link[key], `${key} in ${JSON.stringify(link)}`);
  const rows = await rowsOf(page);
  const hash = await page.evaluate(() => location.hash);
  const again = await open(t, PARALLEL, { hash });
  assert.deepEqual(await linkOf(again), link);
  assert.deepEqual(await rowsOf(again), rows);
});

test('sharp on a screen of two pixels a point', async (t) => {
  const page = await open(t, PARALLEL, { scale: 2 });
  await frames(page);
  const sizes = await inside(page, (root) => [...root.querySelectorAll('.cs-timeline canvas')].map((element) => [element.width / element.clientWidth, element.height / element.clientHeight]));
  assert.equal(sizes.length, 3);
  for (const [across, down] of sizes) {
    near(across, 2, 0.02, 'across');
    near(down, 2, 0.1, 'down');
  }
});

/** Fingers that go down, move and go up together; each has its place. */
async function fingers(page) {
  if (isFirefox) {
    let down = [];
    return {
      start: async (...points) => {
        for (const [x, y] of points) down.push(await page.touchscreen.touchStart(x, y));
      },
      move: async (...points) => {
        for (const [at, [x, y]] of points.entries()) await down[at].move(x, y);
      },
      end: async () => {
        for (const finger of down) await finger.end();
        down = [];
      },
    };
  }
  const client = await page.createCDPSession();
  const touch = (type) => (...points) => client.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });
  return { start: touch('touchStart'), move: touch('touchMove'), end: touch('touchEnd') };
}

test('two fingers zoom, one moves, a tap opens', async (t) => {
  const page = await open(t, PARALLEL, { width: 800 });
  const box = await canvas(page);
  const { start: down, move, end: up } = await fingers(page);
  const y = box.y + 60;
  const middle = box.x + box.width / 2;
  await down([middle - 40, y], [middle + 40, y]);
  for (let n = 1; n <= 8; n += 1) await move([middle - 40 - n * 10, y], [middle + 40 + n * 10, y]);
  await up();
  const [start, end] = await visible(page);
  near(end - start, (total * 1.01) / 3, total * 0.05, 'three times as close');
  near((start + end) / 2, (total * 1.01) / 2, total * 0.03, 'around the middle');
  await down([middle, y]);
  for (let n = 1; n <= 6; n += 1) await move([middle - n * 10, y]);
  await up();
  assert.ok((await visible(page))[0] > start, 'one finger moves');
  // Whichever bar lies there: a row of the chart has one in its middle, now that it is near.
  assert.doesNotMatch(await page.evaluate(() => location.hash), /span=/);
  for (let row = 0; row < 12 && !/span=/.test(await page.evaluate(() => location.hash)); row += 1) {
    const at = [middle, box.y + 30 + row * 22];
    await down(at);
    await up();
    await frames(page);
  }
  await page.waitForFunction(() => /span=/.test(location.hash));
});

for (const theme of ['light', 'dark']) {
  // 740 px: a window of 1480 px at 200 %.
  for (const width of [1480, 740, 400]) {
    test(`accessible with everything on: ${theme}, ${width} px`, async (t) => {
      const page = await open(t, PARALLEL, { theme, width, hash: '#v=1&lanes=agents&colour=agent&path=1&mark=200000000-900000000&time=100000000-2000000000' });
      await frames(page);
      await expectAccessible(page);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `the page is ${wide} px wider than the window`);
      if (!isFirefox) {
        const timeline = await find(page, '.cs-timeline');
        await timeline.evaluate((element) => element.scrollIntoView());
        await screenshot(page, `timeline-${theme}-${width}`);
      }
    });
  }
}

test('tree grid: rows, cells and levels for a screen reader; the active row is outlined', async (t) => {
  const page = await open(t);
  await focusGrid(page);
  await press(page, 'ArrowDown');
  const grid = await inside(page, (root) => {
    const element = root.querySelector('[role=treegrid]');
    const rows = [...element.querySelectorAll('[role=row]')];
    const active = root.getElementById(element.getAttribute('aria-activedescendant'));
    return {
      heads: [...element.querySelectorAll('[role=columnheader]')].map((head) => head.innerText || head.textContent),
      levels: new Set(rows.slice(1).map((row) => row.getAttribute('aria-level'))).size,
      cells: rows.slice(1).every((row) => row.querySelectorAll('[role=gridcell]').length === 4),
      outline: getComputedStyle(active).outlineStyle,
      said: [...root.querySelectorAll('[aria-live=polite]')].map((element) => element.textContent).join(' '),
    };
  });
  assert.deepEqual(grid.heads, ['Name', 'Start', 'Duration', 'Status']);
  assert.ok(grid.levels > 1 && grid.cells);
  assert.equal(grid.outline, 'solid');
  assert.match(grid.said, /starts at/);
});
