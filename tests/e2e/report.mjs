// The report of a trace, from the native command: what the page shows must agree with it.
import { execFileSync } from 'node:child_process';
import { byRole, root, tracePath } from './harness.mjs';

const reports = new Map();

/** The report of some traces (paths below the trace folders), opened together. */
export function reportOf(...names) {
  const key = names.join('\n');
  if (!reports.has(key)) {
    // `cargo xtask test` names the command as it was built; asking cargo for it each time takes longer than the report.
    const { CREWSCOPE_CLI: built } = process.env;
    const [program, args] = built ? [built, ['report']] : ['cargo', ['run', '-q', '-p', 'crewscope-cli', '--', 'report']];
    const printed = execFileSync(program, [...args, ...names.map(tracePath)], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'inherit'] });
    reports.set(key, JSON.parse(printed));
  }
  return reports.get(key);
}

/** Everything a region shows: its text, its lists as { term: value }, its tables as rows of cells. Reads through the accessible name. */
export async function regionOf(page, name) {
  const handle = await byRole(page, 'region', name);
  return handle.evaluate((region) => {
    const clean = (element) => (element?.innerText ?? '').replace(/\s+/g, ' ').trim();
    const terms = {};
    for (const dt of region.querySelectorAll('dt')) {
      const dd = dt.nextElementSibling;
      terms[dt.textContent.replace(/\s+/g, ' ').trim()] = { text: clean(dd), time: dd?.querySelector('time')?.dateTime ?? null };
    }
    const rows = [...region.querySelectorAll('tbody tr')].map((row) => [...row.querySelectorAll('th, td')].map(clean));
    return { text: region.innerText, terms, rows, items: region.querySelectorAll('li').length };
  });
}

/** A figure as a number: `38,214` → 38214, `≥ 11,505` → 11505; `not recorded` → null. */
export function figure(text) {
  if (/not recorded/i.test(text)) return null;
  const digits = text.replace(/[^0-9.]/g, '');
  return digits === '' ? undefined : Number(digits);
}
