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

const FIREFOX = ['/usr/bin/firefox-esr', '/usr/bin/firefox', '/Applications/Firefox.app/Contents/MacOS/firefox'];

/** The tests run in Firefox instead (BROWSER=firefox). */
export const isFirefox = process.env.BROWSER === 'firefox';

/** Starts the headless browser: the one named in CHROME or FIREFOX, else the first in the usual places. `options` go to puppeteer. */
export async function launch(options = {}) {
  if (isFirefox) {
    const executablePath = [process.env.FIREFOX, ...FIREFOX].find((path) => path && existsSync(path));
    if (!executablePath) throw new Error('no Firefox found: install it, or name it in FIREFOX');
    return puppeteer.launch({ browser: 'firefox', executablePath, headless: true, protocolTimeout: 120_000, ...options });
  }
  const executablePath = [process.env.CHROME, ...PLACES].find((path) => path && existsSync(path));
  if (!executablePath) throw new Error('no Chromium found: install it, or name it in CHROME');
  return puppeteer.launch({ executablePath, headless: true, args: FLAGS, protocolTimeout: 120_000, ...options });
}
