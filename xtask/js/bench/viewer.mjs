// The viewer itself: opening a file, zooming its timeline, opening many after one another.
import { handFile, inFreshTab, quantile } from './browser.mjs';

/** Runs in the page: drops the file on the viewer and watches. Times are milliseconds since the drop. */
async function openAndWatch() {
  const host = document.querySelector('#crewscope');
  const seen = { firstRow: null, complete: null, block: 0, rows: 0 };
  let over = false;
  // What was opened before is ready already.
  let stale = host.dataset.state === 'ready';
  const began = performance.now();
  // A beat of messages to itself: the longest pause between two is the longest block of the main thread.
  const channel = new MessageChannel();
  let last = began;
  const beat = () => {
    const now = performance.now();
    seen.block = Math.max(seen.block, now - last);
    last = now;
    if (!over) setTimeout(() => channel.port2.postMessage(0), 1);
  };
  channel.port1.onmessage = beat;
  const transfer = new DataTransfer();
  transfer.items.add(globalThis.benchFile);
  document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true, composed: true }));
  beat();
  while (!over) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    const now = performance.now() - began;
    const row = host.shadowRoot?.querySelector('.cs-task-row');
    if (row && seen.firstRow === null) seen.firstRow = now;
    if (host.dataset.state === 'failed') {
      over = true;
      seen.failed = true;
    }
    stale &&= host.dataset.state === 'ready' && now < 2000;
    if (host.dataset.state === 'ready' && !stale) {
      // The frame after: what was shown last has been laid out.
      await new Promise((resolve) => requestAnimationFrame(resolve));
      seen.complete = performance.now() - began;
      over = true;
    }
    if (now > 600_000) over = true;
  }
  seen.row = Boolean(host.shadowRoot?.querySelector('.cs-task-row'));
  return seen;
}

/** Opens a file in a fresh tab, which was idle for so many milliseconds. */
export function openFile(site, path, then = async () => ({}), idle = 0) {
  return inFreshTab(site, async (page, tools) => {
    await handFile(page, path);
    await new Promise((resolve) => setTimeout(resolve, idle));
    const session = await page.createCDPSession();
    const trace = [];
    session.on('Tracing.dataCollected', ({ value }) => trace.push(...value.filter(({ name, ph }) => name === 'ThreadControllerImpl::RunTask' || (ph === 'M' && name === 'thread_name'))));
    await session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories: ['toplevel'] } });
    const seen = await page.evaluate(openAndWatch);
    tools.complete();
    const over = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
    await session.send('Tracing.end');
    await over;
    return { ...seen, blockCpu: longestTask(trace), ...(await then(page, tools)) };
  });
}

/** Processor time of the longest task of a page's main thread (ms): what its block would be if nothing else ran on the machine. */
function longestTask(trace) {
  const threads = trace.filter(({ ph, args }) => ph === 'M' && args.name === 'CrRendererMain').map(({ pid, tid }) => `${pid} ${tid}`);
  const tasks = trace.filter(({ ph, pid, tid }) => ph === 'X' && threads.includes(`${pid} ${tid}`));
  return Math.max(0, ...tasks.map(({ tdur, dur }) => (tdur ?? dur) / 1000));
}

/** Zooms into the timeline and out again with the wheel of a real pointer; the lengths of the frames meanwhile. */
export async function zoomTimeline(page) {
  const canvas = await page.waitForSelector('#crewscope >>> .cs-timeline canvas');
  await canvas.scrollIntoView();
  const box = await canvas.boundingBox();
  await page.mouse.move(box.x + box.width * 0.4, box.y + Math.min(box.height, 200) / 2);
  await page.keyboard.down('Control');
  await page.evaluate(() => {
    globalThis.benchFrames = [];
    let last = null;
    const frame = (now) => {
      if (!globalThis.benchFrames) return;
      if (last !== null) globalThis.benchFrames.push(now - last);
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  for (let at = 0; at < 120; at++) {
    await page.mouse.wheel({ deltaY: at < 60 ? -60 : 60 });
    await new Promise((resolve) => setTimeout(resolve, 8));
  }
  await page.keyboard.up('Control');
  const frames = await page.evaluate(() => {
    const found = globalThis.benchFrames;
    globalThis.benchFrames = null;
    return found;
  });
  return { frames: frames.length, p50: quantile(frames, 0.5), p95: quantile(frames, 0.95) };
}

/** Opens one file many times after one another in the same tab: what the tab holds after the first and after the last. */
export function openMany(site, path, times) {
  return inFreshTab(site, async (page, { memoryNow }) => {
    await handFile(page, path);
    const settled = async () => {
      const session = await page.createCDPSession();
      // Old models are let go of in steps, by timers.
      for (let at = 0; at < 3; at++) {
        await new Promise((resolve) => setTimeout(resolve, 700));
        await session.send('HeapProfiler.collectGarbage');
      }
      await session.detach();
      return memoryNow();
    };
    const held = [];
    for (let at = 0; at < times; at++) {
      await page.evaluate(openAndWatch);
      held.push(await settled());
    }
    return { held, first: held[0], last: held.at(-1) };
  });
}

/** The time from the start of the page until it can be used. */
export function startToInteractive(site) {
  return inFreshTab(`${site}/fault/404`, async (page) => {
    await page.goto(site, { waitUntil: 'domcontentloaded' });
    await page.waitForFunction(() => document.querySelector('#crewscope')?.dataset.state === 'empty', { polling: 'raf' });
    return { ms: await page.evaluate(() => performance.now()) };
  });
}

/** Opens the newest execution and reads its output, which is the last text of the file. */
export async function readTextAtEnd(page) {
  const began = Date.now();
  const text = await page.evaluate(async () => {
    const root = document.querySelector('#crewscope').shadowRoot;
    const wait = () => new Promise((resolve) => setTimeout(resolve, 50));
    // The list begins with the newest; the file is written in order of time.
    root.querySelector('.cs-executions .cs-execution')?.click();
    for (let at = 0; at < 100; at++) {
      await wait();
      const output = root.querySelector('.cs-final-body')?.textContent ?? '';
      if (output.includes('All done.')) return output.slice(0, 200);
    }
    return null;
  });
  return { endText: text !== null, endMs: Date.now() - began };
}

/** The report of a file as the page makes it, with SIMD. `page` is an address that holds a `<crew-scope>`. */
export function reportInPage(page, path) {
  return inFreshTab(page, async (tab) => {
    await handFile(tab, path);
    const report = await tab.evaluate(async () => {
      await customElements.whenDefined('crew-scope');
      const element = document.querySelector('crew-scope');
      await element.load(globalThis.benchFile);
      return element.report();
    });
    return { report };
  });
}
