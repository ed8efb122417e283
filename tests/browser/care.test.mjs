// The circle of care, as people live it: somebody at a client gets a mail from a real mail server, follows its link in a real
// browser, says what they think, and managers read that an escalation is open.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { accessible, launch } from './browser.mjs';
import { PATIENCE_MS, until } from './suite.mjs';

// The suite of care.py, which is told line by line what to do.
class Care {
  static async start() {
    const care = new Care();
    care.child = spawn('/usr/bin/python3', ['-B', path.join(process.env.REDRESS_ROOT, 'tests/browser/care.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
    care.lines = createInterface({ input: care.child.stdout })[Symbol.asyncIterator]();
    return Object.assign(care, await care.line());
  }

  async line() {
    const { value, done } = await this.lines.next();
    if (done) throw new Error('the suite ended');
    return JSON.parse(value);
  }

  async tell(what, more = {}) {
    this.child.stdin.write(`${JSON.stringify({ do: what, ...more })}\n`);
    return this.line();
  }

  letters(to, count = 1) {
    return until(`${count} letters to ${to}`, async () => {
      const all = await this.tell('letters', { to });
      return all.length >= count ? all : null;
    });
  }

  async stop() {
    if (this.child.exitCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.stdin.end();
    await ended;
  }
}

let care, browser, folder;
before(async () => {
  [care, browser] = await Promise.all([Care.start(), launch()]);
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rdm-'));
});
after(async () => {
  await browser?.close();
  await care?.stop();
  if (folder) fs.rmSync(folder, { recursive: true, force: true });
});

// The letter as a program for mails shows it: a document of another origin than the page that it leads to.
async function read(letter, options) {
  const page = await (await browser.newContext(options)).newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const file = path.join(folder, `${crypto.randomUUID()}.html`);
  fs.writeFileSync(file, letter.html);
  await page.goto(`file://${file}`);
  return page;
}

const choice = (page, score) => page.getByRole('link', { name: String(score), exact: true });
const submit = (page) => page.getByRole('button', { name: 'Send my answer' }).click();
const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();

test('a mail, a link, a bad score: managers read that an escalation is open, and the client reads nothing of that', async () => {
  const id = await care.tell('invite', { contact: 'olga', kind: 'nps' });
  const [letter] = await care.letters('olga@client.test');
  assert.equal(letter.subject, 'One question: would you recommend us?');

  // What scans mails and fetches ahead follows every link, and more than once.
  const page = await read(letter);
  const links = await page.getByRole('link').evaluateAll((all) => all.map((one) => one.href));
  assert.equal(links.length, 11);
  for (const link of links) {
    assert.equal((await page.request.head(link)).status(), 200);
    assert.equal((await page.request.get(link, { headers: { 'Sec-Purpose': 'prefetch' } })).status(), 200);
  }
  assert.equal((await care.tell('survey', { survey: id })).state, 'asked', 'whoever only looks answers nothing');

  await choice(page, 2).click();
  await heading(page, 'How likely is it that you would recommend us to a colleague or a friend?');
  assert.ok(await page.getByRole('radio', { name: '2', exact: true }).isChecked());
  await accessible(page, 'the question');
  assert.equal((await care.tell('survey', { survey: id })).state, 'asked', 'nor does who opens the page');
  await page.getByLabel('What is the reason for your score?').fill('Nobody answers the telephone');
  await submit(page);
  await heading(page, 'Thank you');
  const row = await care.tell('survey', { survey: id });
  assert.deepEqual([row.state, row.score, row.class, row.comment], ['answered', 2, 'detractor', 'Nobody answers the telephone']);

  // Once: the form that was sent again, and another score of the same mail in another browser, change nothing.
  await page.reload();
  await heading(page, 'You have answered already');
  const other = await read(letter);
  await choice(other, 10).click();
  await heading(other, 'You have answered already');
  assert.equal(await other.getByRole('radio').count(), 0);
  assert.equal((await care.tell('survey', { survey: id })).score, 2);

  // Managers are told what was said and that an escalation is open; the first level is not.
  for (const manager of ['boss', 'deal']) {
    const letters = await care.letters(`${manager}@provider.test`, 2);
    const alarm = letters.find((one) => one.plain.includes('anything but satisfied'));
    assert.ok(alarm, `${manager} reads who is not satisfied`);
    assert.ok(alarm.subject.includes('2 on a scale of 0 to 10 (sponsor)'), alarm.subject);
    assert.ok(letters.some((one) => one !== alarm && one.plain.includes('An escalation was raised')), `${manager} reads of the escalation`);
  }
  const raised = await care.tell('raised');
  assert.deepEqual(raised.map((one) => [one.cause, one.severity, one.level]), [['dissatisfaction', 3, 4]]);

  // The client's own people see that one is open, and nothing of what a colleague answered.
  const answer = await page.request.get(`${care.url}/v1/escalations`, { headers: { Authorization: `Bearer ${care.token}` } });
  assert.equal(answer.status(), 200);
  const shown = await answer.text();
  assert.equal(JSON.parse(shown).rows.length, 1);
  assert.ok(!/scale|recommend|sponsor|telephone/.test(shown), shown);
  assert.equal((await care.letters('olga@client.test')).length, 1);
  assert.equal((await care.tell('letters', { to: 'eve@client.test' })).length, 0);
  await page.context().close();
  await other.context().close();
});

test('a good score, on a phone without scripts: thanks, and nobody is troubled', async () => {
  const id = await care.tell('invite', { contact: 'eve', kind: 'relationship' });
  const [letter] = await care.letters('eve@client.test');
  const page = await read(letter, { javaScriptEnabled: false, viewport: { width: 320, height: 640 }, hasTouch: true });
  await choice(page, 4).tap();
  await page.getByText('Very satisfied').waitFor();
  await submit(page);
  await heading(page, 'Thank you');
  await page.getByLabel('What is the reason for your score?').fill('Always there');
  await page.getByRole('button', { name: 'Add these words' }).click();
  await page.getByText('Your words were recorded').waitFor();
  const row = await care.tell('survey', { survey: id });
  assert.deepEqual([row.score, row.class, row.comment, row.role], [4, 'satisfied', 'Always there', 'executive']);
  assert.equal((await care.tell('raised')).length, 1);
  await page.context().close();
});
