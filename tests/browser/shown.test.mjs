// How it is shown: whatever texts say, to whom, on which screen, on paper, and on a suite whose clock is fast.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { accessible, event, gate, launch, leave, live, noSideways, openEscalation, row, visit } from './browser.mjs';
import { Suite } from './suite.mjs';

const CLIENT = 'harbor-hospital';
const LONG = 'Schadenersatzforderungsverjaehrungsfrist'.repeat(5); // 200 characters without a place to break
const HOSTILE = '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>';
const RTL = 'تعطل نظام السجلات \u202eطويل';
let suite, browser, tokens, hard;

async function tell(id, ...words) {
  await suite.cli('escalation', words[0], `${CLIENT}/${id}`, ...words.slice(1));
}

before(async () => {
  [suite, browser] = await Promise.all([Suite.start(), launch()]);
  tokens = {
    operator: await suite.token('ann', 'operator'),
    viewer: await suite.token('ann', 'viewer'),
    client: await suite.token('okafor', 'client', '--client', `client=${CLIENT}`),
    two: await suite.token('ann', 'operator', '--client', `client=${CLIENT}`, '--client', 'client=northern-freight'),
  };
  const opened = new Date(Date.now() - 50 * 60000).toISOString();
  await suite.cli('ticket', 'record', '--client', CLIENT, '--source', 'desk', '--number', 'INC1', '--updated-at', new Date().toISOString(),
    '--opened-at', opened, '--state', 'active', '--priority', '1', '--title', HOSTILE, '--service', LONG.slice(0, 120));
  hard = await suite.raise(CLIENT, HOSTILE, '--ticket', 'ticket=desk:INC1', '--level', '6');
  await tell(hard, 'engage', '--manager', RTL, '--role', HOSTILE.slice(0, 80));
  await tell(hard, 'perceive', '--who', LONG.slice(0, 120), '--sentiment', '1', '--statement', HOSTILE + LONG, '--promise', HOSTILE + RTL,
    '--promise-until', '+PT24H');
  await tell(hard, 'update', '--context', HOSTILE, '--impact', LONG, '--action', RTL, '--workaround', `${LONG}\n${HOSTILE}`,
    '--next-update-at', '+PT5S');
  await tell(hard, 'review', '--decision', 'required', '--reason', HOSTILE);
  await suite.raise(CLIENT, LONG, '--severity', '4');
  await suite.raise('northern-freight', RTL, '--severity', '2');
});
after(async () => {
  await browser?.close();
  await suite?.stop();
});

test('texts are text: HTML, scripts, writing from right to left, 200 characters without a space', async () => {
  const page = await visit(browser, suite, tokens.operator);
  for (const title of [HOSTILE, LONG, RTL]) await row(page, title).waitFor();
  await openEscalation(page, CLIENT, hard);
  await page.getByRole('heading', { level: 1, name: HOSTILE }).waitFor();
  await event(page, 'Somebody at the client said how they see it.').getByText(HOSTILE).first().waitFor();
  assert.equal(await page.locator('main :is(img, script, iframe)').count(), 0);
  assert.equal(await page.title(), `${HOSTILE} · Redress`);
  await leave(page);
});

test('an overdue update is said in words, first in the list', async () => {
  const page = await visit(browser, suite, tokens.operator);
  const first = page.locator('tbody tr').first();
  await first.getByText(/overdue by/).waitFor();
  await first.getByText(HOSTILE).waitFor();
  await page.getByRole('list', { name: 'In short' }).getByText('update overdue').waitFor();
  await leave(page);
});

test('the clocks of a ticket go on by themselves', async () => {
  const page = await visit(browser, suite, tokens.viewer);
  await openEscalation(page, CLIENT, hard);
  const clock = page.locator('.clocks > div', { hasText: 'Resolve' });
  const words = await clock.locator('dd').innerText();
  assert.match(words, /^(5\d min|1 h \d\d min) of 4 h 00 min, [2-9]\d %$/);
  await page.locator('.clocks > div', { hasText: 'Response' }).getByText(/stopped: missed/).waitFor();
  await page.evaluate(async () => (await import('/clock.js')).setClock({ rate: 3600 }));
  await clock.getByText(/(\d h \d\d min|\d+ d \d+ h) of 4 h 00 min, [1-9]\d\d+ %: missed/).waitFor();
  assert.equal(await clock.locator('progress').evaluate((node) => node.value), 100);
  await leave(page);
});

test('the filter by client, kept by the address', async () => {
  const page = await visit(browser, suite, tokens.operator);
  await page.getByLabel('Client').selectOption('northern-freight');
  await row(page, LONG).waitFor({ state: 'detached' });
  await row(page, RTL).waitFor();
  await page.reload();
  await row(page, RTL).waitFor();
  assert.equal(await page.locator('tbody tr').count(), 1);
  await page.getByLabel('Client').selectOption('quiet-books');
  await page.getByText('No escalation is open.').waitFor();
  await leave(page);
});

test('a viewer reads everything and is offered nothing to do', async () => {
  const page = await visit(browser, suite, tokens.viewer);
  await row(page, LONG).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Raise an escalation' }).count(), 0);
  await openEscalation(page, CLIENT, hard);
  await page.getByRole('table', { name: 'Messages about this escalation' }).waitFor();
  const names = await page.locator('main').getByRole('button').allInnerTexts();
  assert.deepEqual(names, ['Oldest first']);
  await leave(page);
});

test('somebody at a client sees their own, and nothing of the provider', async () => {
  const page = await visit(browser, suite, tokens.client);
  await row(page, LONG).waitFor();
  assert.equal(await row(page, RTL).count(), 0, 'another client');
  assert.deepEqual(await page.getByRole('navigation').getByRole('link').allInnerTexts(), ['Overview', 'KPIs', 'Improvement']);
  await openEscalation(page, CLIENT, hard);
  await event(page, 'The client was told how things stand.').waitFor();
  const shown = await page.locator('main').innerText();
  for (const secret of ['setup', 'How the client sees it', 'Who was told', 'loyalty', 'Owner']) assert.ok(!shown.includes(secret), secret);
  assert.equal(await gate(page, 'confirmed the solution').count(), 1);
  await page.evaluate(() => {
    location.hash = '#/messages';
  });
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
  await leave(page);
});

test('a token for two clients sees both', async () => {
  const page = await visit(browser, suite, tokens.two);
  await row(page, LONG).getByText('Harbor Hospital').waitFor();
  await row(page, RTL).getByText('Northern Freight').waitFor();
  await page.getByRole('navigation').getByRole('link', { name: 'Messages' }).click();
  await page.locator('tbody tr').first().waitFor();
  await openEscalation(page, CLIENT, hard);
  await leave(page);
});

test('what cannot be found says so, and how to go on', async () => {
  const page = await visit(browser, suite, tokens.operator);
  await row(page, LONG).waitFor();
  await page.evaluate(() => {
    location.hash = '#/escalations/harbor-hospital/esc-none';
  });
  await page.getByRole('heading', { name: 'There is no such thing' }).waitFor();
  await page.locator('main').getByRole('link', { name: 'Overview' }).click();
  await row(page, LONG).waitFor();
  await leave(page);
});

test('a service that stands still is said to be waited for, and then that it did not answer', async () => {
  const page = await visit(browser, suite, tokens.operator);
  await row(page, LONG).waitFor();
  let answer;
  const held = new Promise((resolve) => {
    answer = resolve;
  });
  await page.route('**/v1/queries/kpi.risk*', async (route) => {
    await held;
    await route.fulfill({ status: 504, contentType: 'application/problem+json', body: JSON.stringify({ status: 504, code: 'timeout', title: 'No answer came', detail: 'Ask again with the same Idempotency-Key.' }) });
  });
  await page.getByRole('navigation').getByRole('link', { name: 'Loyalty' }).click();
  await page.getByText('Loyalty: waiting for answers').waitFor();
  assert.equal(await row(page, LONG).count(), 0, 'what was shown before is not taken for it');
  answer();
  await page.getByRole('heading', { name: 'No answer came in time' }).waitFor();
  assert.equal(await page.getByText('Idempotency-Key').count(), 0);
  await page.unroute('**/v1/queries/kpi.risk*');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { level: 1, name: 'Loyalty and risk' }).waitFor();
  await leave(page);
});

test('the way back leads out of a form, too', async () => {
  const page = await visit(browser, suite, tokens.operator);
  await page.getByRole('navigation').getByRole('link', { name: 'Messages' }).click();
  await page.getByRole('heading', { level: 1, name: 'Messages' }).waitFor();
  await page.getByRole('navigation').getByRole('link', { name: 'Overview' }).click();
  await page.getByRole('button', { name: 'Raise an escalation' }).click();
  await page.getByRole('dialog').waitFor();
  await page.goBack();
  await page.getByRole('heading', { level: 1, name: 'Messages' }).waitFor();
  assert.equal(await page.getByRole('dialog').count(), 0);
  await leave(page);
});

test('a session that ends sends to the sign-in', async () => {
  const page = await visit(browser, suite, tokens.viewer);
  await row(page, LONG).waitFor();
  await page.context().clearCookies();
  await page.getByRole('navigation').getByRole('link', { name: 'Messages' }).click();
  await page.getByLabel('Token').waitFor();
  await page.locator('#news', { hasText: 'Your session has ended' }).waitFor();
  await leave(page);
});

const PAGES = {
  overview: (page) => row(page, LONG).waitFor(),
  escalation: (page) => openEscalation(page, CLIENT, hard),
  messages: async (page) => {
    await page.getByRole('navigation').getByRole('link', { name: 'Messages' }).click();
    await page.locator('tbody tr').first().waitFor();
  },
  form: async (page) => {
    await openEscalation(page, CLIENT, hard);
    await page.getByRole('button', { name: 'Draft the review' }).click();
    await page.getByRole('button', { name: 'Add action' }).click();
    await page.getByRole('dialog').locator('button.primary').click();
    await page.getByRole('dialog').locator('.error:visible').first().waitFor();
  },
  raise: (page) => page.getByRole('button', { name: 'Raise an escalation' }).click(),
};

for (const colorScheme of ['light', 'dark']) {
  for (const width of [1280, 320]) {
    test(`${colorScheme}, ${width} px: nothing serious for axe, nothing to scroll sideways`, async () => {
      const page = await visit(browser, suite, null, { colorScheme, viewport: { width, height: 800 } });
      await page.getByLabel('Token').waitFor();
      await accessible(page, 'the sign-in');
      await noSideways(page, 'the sign-in');
      await leave(page);
      for (const [name, go] of Object.entries(PAGES)) {
        const one = await visit(browser, suite, tokens.operator, { colorScheme, viewport: { width, height: 800 } });
        await live(one);
        await go(one);
        await accessible(one, name);
        await noSideways(one, name);
        await leave(one);
      }
    });
  }
}

test('what looks for faults would find one', async () => {
  const page = await visit(browser, suite, tokens.viewer);
  await row(page, LONG).waitFor();
  await page.evaluate(() => {
    const faulty = document.createElement('button');
    document.querySelector('main').append(faulty);
    faulty.style.width = '2000px';
  });
  await assert.rejects(accessible(page, 'a button without a name'), /button-name/);
  await assert.rejects(noSideways(page, 'a wide button'), /px wide/);
  await leave(page);
});

test('in forced colours and with reduced motion everything is there', async () => {
  const page = await visit(browser, suite, tokens.operator, { forcedColors: 'active', reducedMotion: 'reduce' });
  await openEscalation(page, CLIENT, hard);
  const marks = page.locator('.standing .mark');
  await marks.nth(1).waitFor();
  assert.ok((await marks.evaluateAll((all) => all.map((one) => getComputedStyle(one).borderTopStyle))).every((style) => style === 'solid'));
  await accessible(page, 'forced colours');
  await leave(page);
});

test('on paper: the whole timeline, black on white, nothing to press', async () => {
  const page = await visit(browser, suite, tokens.operator, { colorScheme: 'dark' });
  await openEscalation(page, CLIENT, hard);
  const words = await page.locator('.timeline strong').allInnerTexts();
  assert.ok(words.length >= 6);
  const file = path.join(suite.home, 'escalation.pdf');
  await page.pdf({ path: file, format: 'A4' });
  const text = execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' }).replace(/\s+/g, ' ');
  for (const word of words) assert.ok(text.includes(word), `${word} is not on paper`);
  assert.match(text, /As of \d+ \w+, \d\d:\d\d\./);
  assert.ok(text.includes('after 2 h'), 'what is folded on the screen is open on paper');
  for (const absent of ['Sign out', 'Acknowledge ', 'What can be done now', 'Messages']) assert.ok(!text.includes(absent), absent);
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  const colours = await page.evaluate(() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]);
  assert.deepEqual(colours, ['rgb(255, 255, 255)', 'rgb(0, 0, 0)']);
  await leave(page);
});

test('times are in the zone of whoever looks, and in UTC when asked', async () => {
  for (const [timezoneId, hours] of [['America/New_York', /^20 Nov 2025, 19:30$/], ['Asia/Kolkata', /^21 Nov 2025, 06:00$/]]) {
    const page = await visit(browser, suite, tokens.operator, { timezoneId });
    const shown = await page.evaluate(async () => {
      const { time } = await import('/words.js');
      const node = time('2025-11-21T00:30:00.000000Z');
      return [node.textContent, node.dateTime, node.title];
    });
    assert.match(shown[0], hours);
    assert.deepEqual(shown.slice(1), ['2025-11-21T00:30:00.000000Z', '2025-11-21 00:30:00 UTC']);
    await page.getByText(`Times are in ${timezoneId.replace('Kolkata', 'Calcutta')}.`).waitFor();
    await leave(page);
  }
});

test('a page asks for nothing elsewhere, and its policy allows no script but its own', async () => {
  const page = await visit(browser, suite, tokens.operator);
  const asked = await page.evaluate(() => performance.getEntriesByType('resource').map((one) => one.name));
  assert.deepEqual(asked.filter((url) => !url.startsWith(suite.url)), []);
  const { headers } = await page.evaluate(async () => ({ headers: Object.fromEntries((await fetch('/')).headers) }));
  assert.match(headers['content-security-policy'], /default-src 'self'/);
  for (const what of ['/', '/app.js', '/openapi.json']) {
    const { etag } = (await page.request.get(suite.url + what)).headers();
    const again = await page.request.get(suite.url + what, { headers: { 'If-None-Match': etag } });
    assert.equal(again.status(), 304, `${what} is not sent twice`);
  }
  const source = await (await page.request.get(suite.url)).text();
  assert.doesNotMatch(source, /<script>|<style|\son\w+=|\sstyle=|javascript:/);
  for (const name of fs.readdirSync(process.env.REDRESS_WWW).filter((file) => file.endsWith('.js'))) {
    const code = fs.readFileSync(path.join(process.env.REDRESS_WWW, name), 'utf8');
    assert.doesNotMatch(code, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function/, name);
    assert.ok(code.split('\n').length < 300, name);
    assert.equal((await page.request.get(`${suite.url}/${name}`)).status(), 200, `${name} is served`);
  }
  await leave(page);
});

test('on a fast clock ages and countdowns go by the suite, not by the browser', async () => {
  const fast = await Suite.start({ clock: 'x3600' });
  try {
    await fast.raise(CLIENT, 'An hour a second', '--severity', '4');
    const page = await visit(browser, fast, await fast.token('ann', 'viewer'));
    const age = row(page, 'An hour a second').locator('.age');
    await age.getByText(/^(\d+ h \d\d min|\d+ d \d+ h)$/).waitFor();
    await leave(page);
  } finally {
    await fast.stop();
  }
});
