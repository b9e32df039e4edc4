// speedscope, as npm has it: the same spans as Chrome trace events, texts in their arguments.
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { handFile, inFreshTab } from './browser.mjs';

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.woff2': 'font/woff2', '.json': 'application/json' };

/** Opens a file in it. `ms` is the time from the drop to its drawing, `interactive` that from the start of the page to its first screen. */
export async function openInSpeedscope(folder, path) {
  const root = join(folder, 'node_modules/speedscope/dist/release');
  const server = createServer((request, response) => {
    const name = new URL(request.url, 'http://x').pathname.replace(/^\/$/, '/index.html');
    const file = join(root, name);
    if (name.includes('..') || !existsSync(file)) return void response.writeHead(404).end();
    response.setHeader('Content-Type', TYPES[extname(file)] ?? 'application/octet-stream');
    createReadStream(file).pipe(response);
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  try {
    return await inFreshTab(`http://127.0.0.1:${server.address().port}/`, async (page) => {
      await page.waitForFunction(() => document.body.innerText.includes('Browse'));
      const interactive = await page.evaluate(() => performance.now());
      await handFile(page, path);
      const result = await page.evaluate(async () => {
        const title = document.title;
        const began = performance.now();
        const transfer = new DataTransfer();
        transfer.items.add(globalThis.benchFile);
        const target = document.elementFromPoint(innerWidth / 2, innerHeight / 2) ?? document.body;
        for (const kind of ['dragover', 'drop']) target.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }));
        while (document.title === title && performance.now() - began < 60_000) await new Promise((resolve) => requestAnimationFrame(resolve));
        if (document.title === title) return { failed: 'nothing was shown within a minute' };
        await new Promise((resolve) => requestAnimationFrame(resolve));
        return { ms: performance.now() - began };
      });
      return { ...result, interactive };
    });
  } finally {
    server.close();
  }
}
