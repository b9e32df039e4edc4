// What the recorder's quick start left behind (`cargo xtask recorder`, which runs before this in `cargo xtask test`): the page that it opened.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'node:test';
import { openPage, root, screenshot } from './harness.mjs';
import { regionOf } from './report.mjs';

const folder = join(root, 'target/recorder/docs/README');
const recorded = { skip: !existsSync(join(folder, 'run.html')) && 'the quick start was not run here: cargo xtask recorder' };

test('the quick start ends with the viewer open on the recorded run', recorded, async (t) => {
  const [opened] = readFileSync(join(folder, 'opened.txt'), 'utf8').trim().split('\n');
  assert.equal(opened, pathToFileURL(join(folder, 'run.html')).href);
  const page = await openPage(t, opened, { state: 'ready' });
  const served = JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8'));
  const { terms } = await regionOf(page, 'Execution Summary');
  assert.equal(terms['Total Tokens'].text.split(' ')[0].replaceAll(/\D/g, ''), String(served.total_tokens));
  assert.equal(terms.Requests.text.split(' ')[0], '1');
  await screenshot(page, 'quick-start');
});
