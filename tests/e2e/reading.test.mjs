// Reading a run: transcript, flows, stepping, search, filters, commands, links, comparison, and what can be taken along.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byRole, dropFiles, expectAccessible, find, openPage, traceFile, waitForState } from './harness.mjs';
import { control, detailsOf, until, wide } from './shadow.mjs';

const FAILING = 'failing_task/otlp-crewai1.15.30.json';

const titleOf = (page) => page.evaluate(() => document.querySelector('#crewscope').shadowRoot.querySelector('.cs-details-name h3').innerText);
/** From the task that is shown by itself, the one that failed, to the first. */
async function toFirstTask(page) {
  for (const key of 'jkk') await page.keyboard.press(key);
  await until(page, (root) => root.querySelector('.cs-details-name h3')?.innerText === 'get_quote');
}

test('a transcript: calls in place, what is new marked, history folded, results beside their calls, retries', async (t) => {
  const page = await openPage(t, `/?src=trace/${FAILING}`, wide);
  await toFirstTask(page);
  await until(page, (root) => root.querySelectorAll('.cs-call').length === 9);
  await until(page, (root) => root.querySelectorAll('.cs-fold').length >= 4);
  const text = await detailsOf(page);
  assert.match(text, /retry 1/);
  assert.match(text, /retry 2/);
  assert.match(text, /calls a tool/);
  assert.match(text, /152 → 40 tok/);
  // The third request was sent six messages, four of which its predecessor had been sent or had answered.
  const fold = await find(page, '.cs-fold');
  await fold.click();
  await until(page, (root) => root.querySelector('.cs-tool-result')?.innerText.includes('refused the connection'));
  await expectAccessible(page);
});

test('each message as Markdown, JSON or text', async (t) => {
  const page = await openPage(t, `/?src=trace/${FAILING}`, wide);
  await page.keyboard.press('j');
  const field = await find(page, '.cs-message select');
  await page.evaluate((select) => {
    select.selectedIndex = 1;
    select.dispatchEvent(new Event('change', { bubbles: true }));
  }, field);
  await until(page, (root) => root.querySelector('.cs-message .cs-markdown'));
});

test('Markdown: all of CommonMark, tables and task lists; HTML stays text, links go to web and mail, nesting ends', async (t) => {
  const page = await openPage(t, '/', { ...wide, state: 'empty' });
  const text = [
    '### Begins at the third level', '', 'See [the docs][d] and [this][], &copy; &Aacute; &#x41;, <b>raw</b>, <someone@example.org>, [bad](javascript:alert(1)).', '',
    '![a cat](https://example.org/cat.png)', '', '- [x] done', '- [ ] open', '', '| a | b |', '|:--|--:|', '| 1 | `2` |', '', '```py', 'x = 1', '```', '',
    `${'> '.repeat(200)}deep`, '', '[d]: https://example.org/docs "title"', '[this]: https://example.org/this',
  ].join('\n');
  const span = (id, name, attributes, parent) => ({
    traceId: '0'.repeat(31) + '1', spanId: '0'.repeat(15) + id, ...(parent && { parentSpanId: '0'.repeat(15) + parent }), name, startTimeUnixNano: '1000000000', endTimeUnixNano: '2000000000',
    attributes: Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } })),
  });
  const spans = [span('1', 'chat gpt-4o', { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o', 'gen_ai.output.messages': JSON.stringify([{ role: 'assistant', content: text }]) })];
  const content = JSON.stringify({ resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ scope: { name: 'x' }, spans }] }] });
  await dropFiles(page, 'body', [{ name: 'markdown.json', content }]);
  await waitForState(page, 'ready');
  await until(page, (root) => root.querySelector('.cs-message .cs-markdown'));
  const seen = await page.evaluate(() => {
    const shown = document.querySelector('#crewscope').shadowRoot.querySelector('.cs-message .cs-markdown');
    let depth = 0;
    for (let at = [...shown.querySelectorAll('blockquote')].at(-1); at && at !== shown; at = at.parentElement) depth += 1;
    return {
      text: shown.innerText, depth, bold: shown.querySelectorAll('b').length, images: shown.querySelectorAll('img').length,
      links: [...shown.querySelectorAll('a')].map((link) => [link.innerText, link.getAttribute('href'), link.rel]),
      heading: [...shown.querySelectorAll('h1, h2, h3, h4, h5, h6')].map((heading) => [heading.tagName, heading.innerText]),
      boxes: [...shown.querySelectorAll('input[type=checkbox]')].map((box) => [box.checked, box.disabled]),
      cells: [...shown.querySelectorAll('th, td')].map((cell) => [cell.tagName, cell.innerText, cell.dataset.align]), code: shown.querySelector('pre code').textContent,
    };
  });
  const rel = 'noopener noreferrer nofollow';
  assert.deepEqual(seen.links, [['the docs', 'https://example.org/docs', rel], ['this', 'https://example.org/this', rel], ['someone@example.org', 'mailto:someone@example.org', rel]]);
  assert.match(seen.text, /© Á A, <b>raw<\/b>/);
  assert.match(seen.text, /bad \(javascript:alert\(1\)\)/);
  assert.match(seen.text, /a cat/);
  assert.match(seen.text, /deep/);
  assert.deepEqual([seen.bold, seen.images], [0, 0]);
  assert.ok(seen.depth > 20 && seen.depth <= 48, `${seen.depth} elements deep`);
  assert.deepEqual(seen.heading, [['H3', 'Begins at the third level']]);
  assert.deepEqual(seen.boxes, [[true, true], [false, true]]);
  assert.deepEqual(seen.cells, [['TH', 'a', 'start'], ['TH', 'b', 'end'], ['TD', '1', 'start'], ['TD', '2', 'end']]);
  assert.equal(seen.code, 'x = 1');
});

test('an image in a message is shown when asked for, and one elsewhere never', async (t) => {
  const asked = [];
  const page = await openPage(t, '/', { ...wide, state: 'empty', before: (opened) => opened.on('request', (request) => asked.push(request.url())) });
  const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
  const messages = JSON.stringify([{ role: 'user', content: [
    { type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } },
    { type: 'image_url', image_url: { url: 'https://example.com/spy.png' } },
  ] }]);
  const attributes = Object.entries({ 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o', 'gen_ai.input.messages': messages })
    .map(([key, stringValue]) => ({ key, value: { stringValue } }));
  const span = { traceId: '0'.repeat(31) + '1', spanId: '0'.repeat(15) + '1', name: 'chat gpt-4o', startTimeUnixNano: '1000000000', endTimeUnixNano: '2000000000', attributes };
  const content = JSON.stringify({ resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ scope: { name: 'x' }, spans: [span] }] }] });
  await dropFiles(page, 'body', [{ name: 'image.json', content }]);
  await waitForState(page, 'ready');
  const show = await byRole(page, 'button', 'Show the image (70 B)');
  assert.equal(await page.evaluate(() => document.querySelector('#crewscope').shadowRoot.querySelectorAll('img').length), 0);
  await show.click();
  await until(page, (root) => root.querySelector('img')?.naturalWidth === 1);
  assert.match(await detailsOf(page), /not loaded: https:\/\/example\.com\/spy\.png/);
  assert.deepEqual(asked.filter((url) => url.includes('example.com')), []);
});

test('a flow tells its methods, crews and tasks in place', async (t) => {
  const page = await openPage(t, '/?src=trace/flow_nested/otlp-crewai1.15.30.json', wide);
  await control(page, 'k');
  await page.keyboard.type('go to task outline');
  await page.keyboard.press('Enter');
  await until(page, (root) => root.querySelector('.cs-details-name h3')?.innerText === 'outline');
  const [first] = await page.$$('#crewscope >>> .cs-crumbs button');
  await first.click();
  await until(page, (root) => root.querySelector('.cs-details-name h3')?.innerText === 'ArticleFlow' && root.querySelectorAll('.cs-call-group').length >= 12);
});

test('feedback of a person says how long it was waited for', async (t) => {
  const page = await openPage(t, '/?src=trace/human_input/otlp-flow-crewai1.15.30.json', wide);
  await page.keyboard.press('/');
  await page.keyboard.type('kind:flow');
  await until(page, (root) => root.querySelectorAll('#cs-find-list li').length === 1);
  await page.keyboard.press('Enter');
  await until(page, (root) => /waited \d/.test(root.querySelector('[aria-label="Task Details"]').innerText));
});

test('guardrails stand between the tries, with what they said and whether they let it pass', async (t) => {
  const page = await openPage(t, '/?src=trace/guardrail_retries/otlp-crewai1.15.30.json', wide);
  await page.keyboard.press('j');
  await until(page, (root) => /rejected[\s\S]*accepted/.test(root.querySelector('[aria-label="Task Details"]').innerText));
  const kinds = await page.evaluate(() =>
    [...document.querySelector('#crewscope').shadowRoot.querySelectorAll('.cs-call')].map((call) => call.dataset.kind).join(' '));
  assert.equal(kinds, 'llm failed llm failed llm guardrail');
});

test('memory, knowledge and reasoning stand in place, apart from what is said', async (t) => {
  const page = await openPage(t, '/?src=trace/memory_knowledge_reasoning/otlp-crewai1.15.30.jsonl', wide);
  await page.keyboard.press('j');
  await until(page, (root) => root.querySelectorAll('.cs-call').length > 4);
  const kinds = await page.evaluate(() =>
    new Set([...document.querySelector('#crewscope').shadowRoot.querySelectorAll('.cs-call')].map((call) => call.dataset.kind)).size);
  assert.ok(kinds >= 3, `${kinds} kinds of calls`);
  const text = await detailsOf(page);
  for (const kind of [/memory/i, /knowledge/i, /reasoning/i]) assert.match(text, kind);
});

test('stepping by keys and buttons: calls, same tool, errors', async (t) => {
  const page = await openPage(t, `/?src=trace/${FAILING}`, wide);
  await toFirstTask(page);
  await page.keyboard.press('.');
  await until(page, (root) => root.querySelector('.cs-details-name h3')?.innerText === 'gpt-4o-mini');
  await page.keyboard.press('.');
  await until(page, (root) => root.querySelector('.cs-details-name h3')?.innerText === 'quote_service');
  const first = page.url();
  await page.keyboard.press('>');
  await page.waitForFunction((before) => location.href !== before, {}, first);
  assert.equal(await titleOf(page), 'quote_service');
  await page.keyboard.press('<');
  await page.waitForFunction((before) => location.href === before, {}, first);
  await page.keyboard.press('e');
  await page.keyboard.press('e');
  await until(page, (root) => root.querySelector('.cs-details-name h3')?.innerText.startsWith('claude'));
  await (await byRole(page, 'button', 'Previous: calls (,)')).click();
  await until(page, (root) => root.querySelector('.cs-details-name h3')?.innerText === 'gpt-4o');
});

test('another call begins at its top, each time', async (t) => {
  const page = await openPage(t, `/?src=trace/${FAILING}`, { ...wide, height: 500 });
  await toFirstTask(page);
  for (const called of ['gpt-4o-mini', 'quote_service', 'gpt-4o-mini']) {
    // A person's scroll is heard of in the next frame.
    await until(page, (root) => {
      const panel = root.querySelector('[aria-label="Task Details"]');
      panel.scrollTop = 120;
      return panel.scrollTop === 120;
    });
    await page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
    await page.keyboard.press('.');
    await until(page, (root, name) => root.querySelector('.cs-details-name h3')?.innerText === name, called);
    assert.equal(await page.evaluate(() => document.querySelector('#crewscope').shadowRoot.querySelector('[aria-label="Task Details"]').scrollTop), 0);
  }
});

test('stepping by the same agent: all of its calls, and no other', async (t) => {
  const page = await openPage(t, `/?src=trace/${FAILING}`, wide);
  await toFirstTask(page);
  await page.keyboard.press('.');
  await until(page, (root) => root.querySelector('.cs-details-name h3')?.innerText === 'gpt-4o-mini');
  await page.select('#crewscope >>> select[aria-label="Step through"]', 'same agent').catch(() => page.evaluate(() => {
    const select = document.querySelector('#crewscope').shadowRoot.querySelector('select[aria-label="Step through"]');
    select.value = 'same agent';
    select.dispatchEvent(new Event('change', { bubbles: true }));
  }));
  const isThere = () => page.evaluate(() => !document.querySelector('#crewscope').shadowRoot.querySelector('button[aria-label="Next: same agent (g)"]').getAttribute('aria-disabled'));
  await until(page, (root) => root.querySelector('button[aria-label="Next: same agent (g)"]'));
  const seen = [await titleOf(page)];
  for (let step = 0; await isThere(); step += 1) {
    assert.ok(step < 20, seen.join());
    const before = page.url();
    // By the key, and by the button.
    if (step % 2) await (await byRole(page, 'button', 'Next: same agent (g)')).click();
    else await page.keyboard.press('g');
    await page.waitForFunction((old) => location.href !== old, {}, before);
    assert.match(await detailsOf(page), /Agent\s+Market Watcher/);
    seen.push(await titleOf(page));
  }
  // Five requests and four calls of its tool, as the rows of its agent count them.
  assert.deepEqual(seen.filter((name) => name === 'gpt-4o-mini').length, 5, seen.join());
  assert.deepEqual(seen.filter((name) => name === 'quote_service').length, 4, seen.join());
  assert.equal(seen.length, 9);
  const last = page.url();
  await page.keyboard.press('G');
  await page.waitForFunction((old) => location.href !== old, {}, last);
  assert.equal(await titleOf(page), seen.at(-2));
});

test('the same task in another execution', async (t) => {
  const page = await openPage(t, '/', { ...wide, state: 'empty' });
  await dropFiles(page, 'body', ['', '-2'].map((number) => traceFile(`kickoff_for_each/batch${number}-crewai1.14.7.json`)));
  await waitForState(page, 'ready');
  await page.keyboard.press('j');
  const task = await titleOf(page);
  const before = await page.evaluate(() => document.querySelector('#crewscope').shadowRoot.querySelector('[aria-label="Executions"] [aria-current], [aria-label="Executions"] [aria-pressed=true]')?.innerText ?? location.hash);
  await page.keyboard.press('u');
  await page.waitForFunction((old) => (document.querySelector('#crewscope').shadowRoot.querySelector('[aria-label="Executions"] [aria-current], [aria-label="Executions"] [aria-pressed=true]')?.innerText ?? location.hash) !== old, {}, before);
  assert.equal(await titleOf(page), task);
});

test('search finds texts, names and errors everywhere, and steps through them', async (t) => {
  const page = await openPage(t, `/?src=trace/${FAILING}`, wide);
  await page.keyboard.press('/');
  await page.keyboard.type('refused the CONNECTION');
  await until(page, (root) => /^\d+ matches in \d+ places$/.test(root.querySelector('.cs-find-status')?.innerText));
  await expectAccessible(page);
  // The list may be drawn anew while more is found.
  await until(page, (root) => root.querySelectorAll('#cs-find-list li').length >= 4);
  await page.keyboard.press('Enter');
  await until(page, (root) => !root.querySelector('dialog[open]') && root.querySelector('.cs-search-steps')?.innerText.startsWith('1 /'));
  await page.keyboard.press('n');
  await until(page, (root) => root.querySelector('.cs-search-steps')?.innerText.startsWith('2 /'));
  await page.keyboard.press('N');
  await until(page, (root) => root.querySelector('.cs-search-steps')?.innerText.startsWith('1 /'));
  // Nothing is found where nothing is.
  await page.keyboard.press('/');
  await page.keyboard.type('no such words anywhere');
  await until(page, (root) => root.querySelector('.cs-find-status')?.innerText === '0 matches in 0 places');
});

test('matches are marked where they stand', async (t) => {
  const page = await openPage(t, `/?src=trace/${FAILING}`, wide);
  await page.keyboard.press('/');
  await page.keyboard.type('refused the connection');
  await until(page, (root) => /^\d+ matches/.test(root.querySelector('.cs-find-status')?.innerText));
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => CSS.highlights.get('crewscope-found')?.size > 0);
  const marked = await page.evaluate(() => [...CSS.highlights.get('crewscope-found')].map((range) => range.toString()));
  assert.ok(marked.every((words) => words === 'refused the connection'), marked.join());
  // A mark that can be seen: the first one is on the screen.
  await until(page, () => {
    const box = [...CSS.highlights.get('crewscope-found')][0].getBoundingClientRect();
    return box.height > 0 && box.top >= 0 && box.bottom <= innerHeight;
  });
  await page.keyboard.press('/');
  await page.keyboard.type('no such words anywhere');
  await page.waitForFunction(() => CSS.highlights.get('crewscope-found').size === 0);
});

test('filters narrow, by field and by term', async (t) => {
  const page = await openPage(t, `/?src=trace/${FAILING}`, wide);
  await page.keyboard.press('/');
  await page.keyboard.type('status:failed kind:tool');
  await until(page, (root) => root.querySelector('.cs-find-status')?.innerText === '2 matches in 2 places');
  const status = await find(page, '.cs-find-filters select[aria-label="Status"]');
  assert.equal(await status.evaluate((select) => select.value), 'failed');
  await status.evaluate((select) => {
    select.value = 'completed';
    select.dispatchEvent(new Event('change', { bubbles: true }));
  });
  await until(page, (root) => root.querySelector('.cs-find-head input').value === 'kind:tool status:completed');
  await until(page, (root) => root.querySelector('.cs-find-status')?.innerText === '2 matches in 2 places');
});

test('commands reach every action', async (t) => {
  const page = await openPage(t, `/?src=trace/${FAILING}`, wide);
  await control(page, 'k');
  await page.keyboard.type('theme');
  await until(page, (root) => root.querySelectorAll('#cs-find-list li').length === 1);
  await page.keyboard.press('Enter');
  await until(page, (root) => root.querySelector('[data-theme=light]'));
  await control(page, 'k');
  await page.keyboard.type('keys');
  await page.keyboard.press('Enter');
  await until(page, (root) => root.querySelector('.cs-help[open]')?.innerText.includes('Next error'));
});

test('a link opens the same view, and back goes back', async (t) => {
  const page = await openPage(t, `/?src=trace/${FAILING}`, wide);
  await toFirstTask(page);
  await page.waitForFunction(() => location.hash.includes('span='));
  const first = await titleOf(page);
  await new Promise((done) => setTimeout(done, 1000));
  await page.keyboard.press('j');
  await until(page, (root) => root.querySelector('.cs-details-name h3')?.innerText === 'comment_price');
  await new Promise((done) => setTimeout(done, 1000));
  await page.keyboard.press('/');
  await page.keyboard.type('price');
  await page.waitForFunction(() => location.hash.includes('q=price'));
  await page.keyboard.press('Escape');
  const link = page.url();
  const again = await openPage(t, link, wide);
  await until(again, (root) => root.querySelector('.cs-details-name h3')?.innerText === 'comment_price' && root.querySelector('.cs-search-steps'));
  await page.goBack();
  await until(page, (root) => root.querySelector('.cs-details-name h3')?.innerText === 'comment_price');
  await page.goBack();
  await until(page, (root, title) => root.querySelector('.cs-details-name h3')?.innerText === title, first);
  await page.goForward();
  await until(page, (root) => root.querySelector('.cs-details-name h3')?.innerText === 'comment_price');
});

test('taken along: Markdown with secrets out, a report, a Chrome trace', async (t) => {
  const page = await openPage(t, `/?src=trace/${FAILING}`, wide);
  await page.keyboard.press('x');
  await until(page, (root) => root.querySelector('.cs-take-preview')?.innerText.includes('# market_note: failed'));
  await expectAccessible(page);
  const choose = (index) =>
    page.evaluate((at) => {
      const select = document.querySelector('#crewscope').shadowRoot.querySelector('.cs-take select');
      select.selectedIndex = at;
      select.dispatchEvent(new Event('change', { bubbles: true }));
    }, index);
  await choose(0);
  await until(page, (root) => /## Task \d/.test(root.querySelector('.cs-take-preview').innerText) && !root.querySelector('.cs-take-preview').innerText.includes('| # | Task |'));
  await choose(2);
  await until(page, (root) => root.querySelector('.cs-take-preview').innerText.includes('crewscope.report/1'));
  await choose(3);
  await until(page, (root) => root.querySelector('.cs-take-preview').innerText.includes('"traceEvents"'));
});

test('what is taken along without secrets has none', async (t) => {
  const page = await openPage(t, '/', { ...wide, state: 'empty' });
  const content = traceFile(FAILING).content.toString('utf8').replaceAll('Watches screens.', 'Write to ann@example.com with sk-abcdefghijklmnopqrstuvwx.');
  await dropFiles(page, 'body', [{ name: 'secret.json', content }]);
  await waitForState(page, 'ready');
  await page.keyboard.press('x');
  await until(page, (root) => /1 secret and 1 e-mail address taken out/.test(root.querySelector('.cs-take')?.innerText));
  const preview = await page.evaluate(() => document.querySelector('#crewscope').shadowRoot.querySelector('.cs-take-preview').innerText);
  assert.ok(preview.includes('[e-mail]') && !preview.includes('ann@example.com') && !preview.includes('sk-abc'));
});

test('compare: two runs of a crew, where they part, and what changed', async (t) => {
  const page = await openPage(t, '/', { ...wide, state: 'empty' });
  await dropFiles(page, 'body', ['', '-2', '-3'].map((number) => traceFile(`kickoff_for_each/batch${number}-crewai1.14.7.json`)));
  await waitForState(page, 'ready');
  await page.keyboard.press('c');
  const region = await byRole(page, 'region', 'Compare');
  const text = await region.evaluate((element) => element.innerText);
  for (const needed of ['Execution Time', 'Total Tokens', 'Estimated Cost', 'They first part at', 'this is given something else']) assert.ok(text.includes(needed), `${needed} in ${text}`);
  await page.waitForFunction(() => location.hash.includes('compare='));
  await (await find(page, '.cs-compare-apart .cs-link:nth-of-type(3)')).click();
  await until(page, (root) => root.querySelector('.cs-diff del') && root.querySelector('.cs-diff ins'));
  assert.equal(await page.evaluate(() => document.querySelector('#crewscope').shadowRoot.querySelectorAll('.cs-trend-bars').length), 3);
  await expectAccessible(page);
  const again = await page.evaluate(() => location.hash);
  assert.match(again, /compare=/);
  await (await byRole(page, 'button', 'Close', { within: region })).click();
  await byRole(page, 'region', 'Execution Summary');
});

test('hidden letters in the names of what is compared are marked', async (t) => {
  const page = await openPage(t, '/', { ...wide, state: 'empty' });
  await dropFiles(page, 'body', ['', '-2'].map((number) => {
    const { name, content } = traceFile(`kickoff_for_each/batch${number}-crewai1.14.7.json`);
    return { name, content: content.toString().replace(/"(triage|answer)"/g, '"$1\\u202e"').replace(/gpt-4o-mini/g, 'gpt\\u202e4o') };
  }));
  await waitForState(page, 'ready');
  await page.keyboard.press('c');
  await byRole(page, 'region', 'Compare');
  await (await find(page, '.cs-compare-apart .cs-link:nth-of-type(3)')).click();
  await until(page, (root) => root.querySelector('.cs-diff .cs-block-name'));
  const name = await page.evaluate(() => document.querySelector('#crewscope').shadowRoot.querySelector('.cs-diff .cs-block-name').textContent);
  assert.doesNotMatch(name, /\u202e/);
  assert.match(name, /RLO/, 'what is compared here has a hidden letter in its name');
});

test('the runs of a crew in a row, each a way to compare', async (t) => {
  const page = await openPage(t, '/', { ...wide, state: 'empty' });
  await dropFiles(page, 'body', ['', '-2', '-3', '-4', '-5'].map((number) => traceFile(`kickoff_for_each/batch${number}-crewai1.14.7.json`)));
  await waitForState(page, 'ready');
  await (await byRole(page, 'button', 'Compare')).click();
  const bars = await page.$$('#crewscope >>> .cs-trend-bars:first-of-type .cs-trend-bar');
  assert.equal(bars.length, 5);
  const titles = await Promise.all(bars.map((bar) => bar.evaluate((element) => element.title)));
  assert.ok(titles.every((title) => /\d.*: .*(ms|s), (Completed|Failed)$/.test(title)), titles.join('\n'));
  const heights = await Promise.all(bars.map((bar) => bar.evaluate((element) => element.firstElementChild.getBoundingClientRect().height)));
  assert.ok(Math.max(...heights) > 40 && heights.every((height) => height >= 2));
  const before = await page.evaluate(() => location.hash);
  const other = (await Promise.all(bars.map((bar) => bar.evaluate((element) => element.dataset.run)))).findIndex((run) => run === '');
  await bars[other].click();
  await page.waitForFunction((old) => location.hash !== old, {}, before);
});

/** What can stand open, and the keys that open it. */
const STATES = {
  'a search': async (page) => {
    await page.keyboard.press('/');
    await page.keyboard.type('price');
    await until(page, (root) => /^\d+ matches in \d+ places$/.test(root.querySelector('.cs-find-status')?.innerText));
  },
  commands: async (page) => {
    await control(page, 'k');
    await until(page, (root) => root.querySelectorAll('#cs-find-list li').length > 20);
  },
  keys: async (page) => {
    await page.keyboard.press('?');
    await until(page, (root) => root.querySelector('.cs-help[open]'));
  },
  'taking along': async (page) => {
    await page.keyboard.press('x');
    await until(page, (root) => root.querySelector('.cs-take-preview')?.innerText.includes('# '));
  },
  'a comparison': async (page) => {
    await page.keyboard.press('c');
    await until(page, (root) => root.querySelector('.cs-compare'));
    await page.evaluate(() => document.querySelector('#crewscope').shadowRoot.querySelector('.cs-compare td > .cs-link').click());
    await until(page, (root) => root.querySelector('.cs-compare-calls'));
  },
};

for (const [theme, width, height, scale] of [['light', 1480, 1000, 1], ['dark', 1480, 1000, 1], ['dark', 400, 900, 1], ['light', 640, 400, 2]]) {
  // The last one is what a window of 1280 by 800 is at 200 % zoom.
  test(`everything that opens is accessible: ${theme}, ${width} wide`, async (t) => {
    const page = await openPage(t, '/', { state: 'empty', theme, width, height, scale });
    await dropFiles(page, 'body', ['', '-2'].map((number) => traceFile(`kickoff_for_each/batch${number}-crewai1.14.7.json`)));
    await waitForState(page, 'ready');
    for (const [name, open] of Object.entries(STATES)) {
      await open(page);
      await expectAccessible(page).catch((error) => assert.fail(`${name}: ${error.message}`));
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wider <= 0, `${name}: the page is ${wider} pixels wider than the window`);
      await page.keyboard.press('Escape');
      await until(page, (root) => !root.querySelector('dialog[open]'));
    }
  });
}

test('who wants less motion sees none', async (t) => {
  const page = await openPage(t, `/?src=trace/${FAILING}`, { ...wide, width: 800, reducedMotion: true });
  await page.keyboard.press('j');
  for (const open of [STATES['a search'], STATES.keys]) {
    await open(page);
    const moving = await page.evaluate(() =>
      document.querySelector('#crewscope').shadowRoot.getAnimations().filter((animation) => animation.effect.getComputedTiming().duration > 1).length);
    assert.equal(moving, 0);
    await page.keyboard.press('Escape');
    await until(page, (root) => !root.querySelector('dialog[open]'));
  }
});
