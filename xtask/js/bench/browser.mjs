// A fresh browser for each measurement, and what can be measured from outside: the memory of the tab, trusted input.
import { readFileSync, readdirSync } from 'node:fs';
import { launch } from '../../../tests/e2e/browser.mjs';

/** Memory of a process that is its own (resident, not shared), in MB; 0 once it has gone. */
function ownMemory(pid) {
  try {
    const [, resident, shared] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ').map(Number);
    return ((resident - shared) * 4096) / 1e6;
  } catch {
    return 0;
  }
}

/** Processor time that a process has used, in milliseconds. On a machine with other work this says more than a clock. */
function processorTime(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [user, system] = stat.slice(stat.lastIndexOf(')') + 2).split(' ').slice(11, 13).map(Number);
    return (user + system) * 10;
  } catch {
    return 0;
  }
}

/** The renderers below a browser process. */
function renderers(browserPid) {
  const parents = new Map();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      parents.set(Number(pid), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It ended meanwhile.
    }
  }
  const below = (pid) => {
    for (let at = pid; at > 1; at = parents.get(at) ?? 0) if (at === browserPid) return true;
    return false;
  };
  return [...parents.keys()].filter((pid) => {
    if (!below(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer');
    } catch {
      return false;
    }
  });
}

/**
 * Opens `url` in a browser of its own and hands the page to `work`. Gives what that gives, with `memory`: the most that the tab's process
 * held (MB), `empty`: what it held before, and `cpu`: the processor time it took (ms), up to `complete()` if the work says so.
 */
export async function inFreshTab(url, work) {
  const browser = await launch({ protocolTimeout: 900_000 });
  try {
    const page = await browser.newPage();
    await page.setViewport({ width: 1280, height: 800 });
    page.setDefaultTimeout(900_000);
    const problems = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('error', (error) => problems.push(`the tab crashed: ${error}`));
    await page.goto(url, { waitUntil: 'load' });
    const pids = renderers(browser.process().pid);
    const used = () => pids.map(processorTime).reduce((sum, time) => sum + time, 0);
    const largest = () => Math.max(0, ...pids.map(ownMemory));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const empty = largest();
    let most = empty;
    const sampler = setInterval(() => {
      most = Math.max(most, largest());
    }, 20);
    try {
      const before = used();
      let cpu;
      const result = await work(page, { memoryNow: largest, complete: () => (cpu = used() - before) });
      return { ...result, cpu: cpu ?? used() - before, empty, memory: most, problems };
    } finally {
      clearInterval(sampler);
    }
  } finally {
    await browser.close();
  }
}

/** Gives the page a file of the disk, as `globalThis.benchFile`: chosen in an input of the page's own, so that nothing opens it yet. */
export async function handFile(page, path) {
  const input = await page.evaluateHandle(() => {
    const made = document.createElement('input');
    made.type = 'file';
    made.style.display = 'none';
    document.body.append(made);
    return made;
  });
  await input.uploadFile(path);
  await page.evaluate((made) => {
    globalThis.benchFile = made.files[0];
  }, input);
}

/** The value below which a share of some numbers lies. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null;
}
