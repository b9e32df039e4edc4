// The browser of the tests and of the screenshots: which one, with which flags.
import { existsSync } from 'node:fs';
import puppeteer from 'puppeteer-core';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** No sandbox (CI runs as root), no GPU (results equal on every machine), no request of the browser's own. The list of webdriver.json. */
export const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts headless Chromium: the one named in CHROME, else the first in the usual places. `options` go to puppeteer. */
export async function launch(options = {}) {
  const executablePath = [process.env.CHROME, ...PLACES].find((path) => path && existsSync(path));
  if (!executablePath) throw new Error('no Chromium found: install it, or name it in CHROME');
  return puppeteer.launch({ executablePath, headless: true, args: FLAGS, protocolTimeout: 120_000, ...options });
}
