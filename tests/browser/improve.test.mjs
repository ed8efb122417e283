// Figures, loyalty, programmes and surveys on pages: what is shown is what the services answer.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { accessible, launch as browse, leave, noSideways, visit } from './browser.mjs';
import { BROKEN, writePast } from './past.mjs';
import { candidate, launch, work } from './programme.mjs';
import { Suite, until } from './suite.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const FREIGHT = BROKEN.client;
let suite, browser, tokens, programme;

before(async () => {
  [suite, browser] = await Promise.all([Suite.start({ past: writePast }), browse()]);
  await suite.cli('apply', '-f', path.join(HERE, 'improve.yaml'));
  tokens = {
    operator: await suite.token('marta', 'operator'),
    client: await suite.token('greta', 'client', '--client', `client=${FREIGHT}`),
    stranger: await suite.token('okafor', 'client', '--client', 'client=harbor-hospital'),
  };
  await suite.cli('candidate', 'qualify', `${FREIGHT}/${(await candidate(suite)).id}`, '--reason', 'Four months of breaches, one component.');
  programme = await until('the words of the catalog', () => launch(suite).catch(() => null));
  await work(suite, programme);
});
after(async () => {
  await browser?.close();
  await suite?.stop();
});

async function open(token, hash, heading, options) {
  const page = await visit(browser, suite, token, options);
  await page.evaluate((place) => {
    location.hash = place;
  }, hash);
  await page.getByRole('heading', { level: 1, name: heading }).waitFor();
  return page;
}

const ask = (name, ...more) => suite.ask('query', name, ...more);
const texts = (table) => table.locator('tbody tr').evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)));
const short = (value) => {
  const size = Math.abs(Number(value));
  return new Intl.NumberFormat('en-GB', { maximumFractionDigits: size >= 1000 ? 0 : size >= 100 ? 1 : 2 }).format(Number(value));
};
// The ten whole months before this one: in the last of them is what was injected.
const TODAY = new Date();
const range = () => [[-10, 1], [0, 0]].map(([month, day]) => new Date(Date.UTC(TODAY.getUTCFullYear(), TODAY.getUTCMonth() + month, day)).toISOString().slice(0, 10));

test('every figure with its interval, its number and its formula', async () => {
  const [from, to] = range();
  const page = await open(tokens.operator, `#/kpis?client=${FREIGHT}&from=${from}&to=${to}`, /^KPIs: Northern Freight/);
  const cards = page.locator('.kpi[data-kpi]');
  await cards.first().waitFor();
  const shown = await cards.evaluateAll((all) => all.map((card) => [card.dataset.kpi, card.textContent]));
  assert.ok(shown.length >= 15, `${shown.length} figures`);
  for (const [kpi, words] of shown) {
    if (kpi.endsWith('_improvement')) continue; // against a baseline: looked at below
    const figure = await ask('kpi.value', '--kpi', kpi, '--client', FREIGHT, '--from', from, '--to', to);
    const told = figure.value === undefined ? ['Nothing was counted', 'Too little to say'] : [short(figure.value)];
    assert.ok(told.some((text) => words.includes(text)), `${kpi}: ${figure.value} in ${words}`);
    assert.ok(words.includes(`n = ${new Intl.NumberFormat('en-GB').format(figure.n)}`), `${kpi}: n ${figure.n} in ${words}`);
    assert.ok(words.includes(figure.formula), `${kpi} says how it is computed`);
    if (figure.low !== undefined && figure.value !== undefined) assert.ok(words.includes(`${short(figure.low)} to ${short(figure.high)}`), `${kpi}: interval`);
    if (figure.small) assert.ok(words.includes('Few'), `${kpi} says that it rests on few`);
  }
  await leave(page);
});

test('all figures print on one sheet, whichever paper is used', async () => {
  const page = await open(tokens.operator, `#/kpis?client=${FREIGHT}`, /^KPIs: Northern Freight/);
  const cards = page.locator('.kpi[data-kpi]');
  await cards.first().waitFor();
  for (const picture of await page.locator('.kpi img').all()) {
    await picture.evaluate((img) => {
      img.loading = 'eager';
      return img.decode();
    });
  }
  const names = await cards.locator('h3').allTextContents();
  for (const format of ['A4', 'Letter']) {
    const file = path.join(suite.home, `kpis-${format}.pdf`);
    await page.pdf({ path: file, format });
    assert.equal(fs.readFileSync(file, 'latin1').match(/\/Type\s*\/Page\b/g).length, 1, format);
    const words = execFileSync('pdftotext', [file, '-'], { encoding: 'utf8' }).replace(/\s+/g, ' ');
    for (const name of names) assert.ok(words.includes(name), `${name} is not on ${format}`);
  }
  await leave(page);
});

test('a chart has the numbers of kpi.series behind it, and no word leaves it', async () => {
  const [from, to] = range();
  const query = `client=${FREIGHT}&kpi=incidents&from=${from}&to=${to}`;
  const page = await open(tokens.operator, `#/kpis?${query}`, 'Incidents: Northern Freight');
  const chart = await ask('kpi.series', '--kpi', 'incidents', '--client', FREIGHT, '--from', from, '--to', to, '--period', 'month');
  const rows = await texts(page.getByRole('table', { name: 'Periods' }));
  assert.deepEqual(rows.map((row) => [row[1], row[2]]), chart.points.map((point) => [short(point.value), String(point.n)]));
  assert.deepEqual(rows.map((row) => /Worse|Better|Signal/.test(row[4])), chart.points.map((point) => Boolean(point.rule)));
  assert.ok(chart.points.some((point) => point.rule && !point.good), 'what was injected is a signal');
  const picture = page.getByRole('img', { name: /Incidents over \d+ periods, \d+ of them signals/ });
  await picture.evaluate((img) => img.decode());
  for (const size of ['wide', 'narrow']) {
    for (const theme of ['light', 'dark']) {
      await page.goto(`${suite.url}/v1/chart.svg?${query}&period=month&size=${size}&theme=${theme}`);
      const outside = await page.evaluate(() => {
        const { width, height } = document.documentElement.viewBox.baseVal;
        return [...document.querySelectorAll('text')].map((text) => [text.textContent, text.getBBox()])
          .filter(([, box]) => box.x < 0 || box.y < 0 || box.x + box.width > width || box.y + box.height > height).map(([words]) => words);
      });
      assert.deepEqual(outside, [], `${size}, ${theme}`);
      assert.equal(await page.locator('svg > path title').count(), chart.points.filter((point) => point.rule).length, 'signals have shapes of their own');
    }
  }
  await leave(page);
});

test('what was counted comes in pages', async () => {
  const [from, to] = range();
  const page = await open(tokens.operator, `#/kpis?client=${FREIGHT}&kpi=incidents&from=${from}&to=${to}`, 'Incidents: Northern Freight');
  const { rows } = await ask('kpi.counted', '--kpi', 'incidents', '--client', FREIGHT, '--from', from, '--to', to, '--limit', '100');
  await page.getByRole('button', { name: 'What was counted' }).click();
  const table = page.getByRole('table', { name: 'What was counted' });
  await table.locator('tbody tr').nth(49).waitFor();
  await page.getByRole('button', { name: '50 are shown: show more' }).click();
  await table.locator('tbody tr').nth(99).waitFor();
  const shown = (await texts(table)).map((row) => row[1]);
  assert.deepEqual(shown, rows.map((row) => `${row.id}${row.what.replaceAll('_', ' ')}`));
  await leave(page);
});

test('clients by risk with reasons, in their quadrants, and what a change would do', async () => {
  const page = await open(tokens.operator, '#/loyalty', 'Loyalty and risk');
  const risk = (await ask('kpi.risk', '--all')).rows;
  const rows = await texts(page.getByRole('table', { name: 'Clients by risk' }));
  assert.deepEqual(rows.map((row) => parseInt(row[0], 10)), risk.map((row) => row.score ?? 0));
  for (const [i, row] of risk.entries()) for (const reason of row.reasons ?? []) assert.ok(rows[i][2].includes(`+${reason.points}`), reason.what);
  const loyalty = (await ask('kpi.loyalty', '--all')).rows;
  await page.getByText(/\d+ clients? by name/).click();
  for (const name of ['loyal', 'hostage', 'mercenary', 'defector', 'undecided']) {
    assert.equal(await page.locator(`.quadrants .${name} li`).count(), loyalty.filter((row) => row.quadrant === name).length, name);
  }
  await page.getByLabel('What if this change comes').selectOption('portal-move');
  await page.getByLabel('and satisfaction goes').selectOption('-2.00');
  const then = (await ask('kpi.loyalty', '--all', '--change', 'portal-move', '--delta', '-2')).rows;
  assert.ok(then.length > 0, 'it touches somebody');
  await page.getByText(new RegExp(`It touches ${then.length} client`)).waitFor();
  const picture = page.locator('main picture img').first();
  await picture.evaluate((img) => img.decode());
  assert.match(await picture.getAttribute('src'), /change=portal-move/);
  await leave(page);
});

test('one programme: plan, reviews, verdict, and why it cannot be closed', async () => {
  const page = await open(tokens.operator, `#/programmes/${FREIGHT}/${programme}`, 'Scanners that work all night');
  const conditions = (await ask('sip.exit', `${FREIGHT}/${programme}`)).rows;
  const shown = await page.locator('.gates li').evaluateAll((all) => all.map((one) => [one.className, one.textContent]));
  assert.deepEqual(shown.map(([state]) => state), conditions.map((one) => (one.holds ? 'passed' : 'open')));
  for (const [i, one] of conditions.entries()) assert.ok(shown[i][1].includes(one.condition) && shown[i][1].includes(one.holds ? '' : one.why.replace(/\.$/, '')), one.condition);
  const actions = (await ask('sip.actions', '--client', FREIGHT, '--programme', programme)).rows;
  const rows = await texts(page.getByRole('table', { name: 'Actions' }));
  assert.deepEqual(rows.map((row) => row[0]), actions.map((one) => String(one.number)));
  assert.ok(rows[0][2].startsWith('Paul <i>Okoro</i>'), 'a name is text');
  await page.getByText('Both gateways are ordered; the first one comes on Thursday.').waitFor();
  for (const img of await page.locator('main picture img').all()) await img.evaluate((one) => one.decode());
  assert.equal(await page.locator('main picture img').count(), 2, 'a chart for each objective');
  await leave(page);
});

test('an operator plans by keyboard, and sees at once what became of it', async () => {
  const page = await open(tokens.operator, `#/programmes/${FREIGHT}/${programme}`, 'Scanners that work all night');
  const press = async (name) => {
    await page.getByRole('button', { name, exact: true }).focus();
    await page.keyboard.press('Enter');
  };
  await press('Plan an action');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Words').fill('Keep a spare gateway in the warehouse');
  await dialog.getByLabel('Owner').selectOption('paul');
  const cause = dialog.getByLabel('Cause', { exact: true });
  await cause.selectOption('1');
  await dialog.getByLabel('Due').fill(new Date(Date.now() + 30 * 86400000).toISOString().slice(0, 10));
  await dialog.getByLabel('Words').press('Enter');
  if (await dialog.count()) await dialog.locator('button.primary').press('Enter');
  await page.getByRole('table', { name: 'Actions' }).getByText('Keep a spare gateway in the warehouse').waitFor();
  const actions = (await ask('sip.actions', '--client', FREIGHT, '--programme', programme)).rows;
  assert.equal(actions.at(-1).words, 'Keep a spare gateway in the warehouse');
  assert.equal(actions.at(-1).owner, 'paul');
  await leave(page);
});

test('a client sees its own programmes and figures, and nothing that is the provider’s', async () => {
  const page = await open(tokens.client, '#/programmes', 'Service improvement');
  await page.getByRole('link', { name: 'Scanners that work all night' }).click();
  await page.getByRole('heading', { level: 1, name: 'Scanners that work all night' }).waitFor();
  const text = await page.locator('main').innerText();
  for (const hidden of ['What can be done now', 'The vendor delivers late', 'Candidates']) assert.ok(!text.includes(hidden), hidden);
  assert.equal(await page.getByRole('navigation').getByRole('link', { name: 'Loyalty' }).count(), 0);
  const report = await page.evaluate(async (client) => (await fetch(`/v1/sip/reports/${client}.json`)).json(), FREIGHT);
  assert.equal(report.programmes.length, 1);
  assert.equal(report.programmes[0].programme.title, 'Scanners that work all night');
  for (const hidden of ['risks', 'approver', 'candidate', 'benefit']) assert.equal(report.programmes[0].programme[hidden], undefined, hidden);
  assert.ok(!JSON.stringify(report).includes('Marta Ruiz'), 'who works at the provider is an id');
  const statuses = await page.evaluate(async () => Promise.all(['kpi.risk', 'kpi.loyalty', 'sip.candidates'].map(async (name) => (await fetch(`/v1/queries/${name}`)).status)));
  assert.deepEqual(statuses, [403, 403, 403]);
  assert.equal(await page.evaluate(async () => (await fetch('/v1/loyalty.svg')).status), 403);
  assert.equal(await page.evaluate(async () => (await fetch('/v1/sip/reports/harbor-hospital.json')).status), 403);
  await leave(page);
  const other = await visit(browser, suite, tokens.stranger);
  assert.equal(await other.evaluate(async (client) => (await fetch(`/v1/sip/reports/${client}.html`)).status, FREIGHT), 403);
  for (const name of ['programme', 'actions', 'reviews', 'exit', 'verdict', 'agenda']) {
    const { rows } = await other.evaluate(async ([query, id]) => (await fetch(`/v1/queries/sip.${query}?programme=${id}`)).json(), [name, programme]);
    assert.deepEqual(rows ?? [], [], `sip.${name} of another client`);
  }
  const counted = await other.evaluate(async ([from, to]) => (await fetch(`/v1/queries/kpi.counted?kpi=incidents&from=${from}&to=${to}&limit=500`)).json(), range());
  assert.deepEqual([...new Set(counted.rows.map((row) => row.client))], ['harbor-hospital']);
  assert.equal(await other.evaluate(async ([client, id]) => (await fetch(`/v1/programmes/${id}/chart.svg?objective=1&client=${client}`)).status, [FREIGHT, programme]), 403);
  await leave(other);
});

test('the report prints on one page, and says what the command line says', async () => {
  const page = await visit(browser, suite, tokens.operator);
  await page.goto(`${suite.url}/v1/sip/reports/${FREIGHT}.html`);
  const file = path.join(suite.home, 'report.pdf');
  await page.pdf({ path: file, format: 'A4', preferCSSPageSize: true });
  assert.equal(fs.readFileSync(file, 'latin1').match(/\/Type\s*\/Page\b/g).length, 1);
  const words = execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' }).replace(/\s+/g, ' ');
  for (const word of ['Service improvement: Northern Freight', 'Scanners that work all night', 'Replace both gateways', 'Progress', 'Closeout', 'A spare gateway costs less']) assert.ok(words.includes(word), word);
  const served = await page.evaluate(async (client) => (await fetch(`/v1/sip/reports/${client}.csv`)).text(), FREIGHT);
  assert.equal(served, await suite.cli('report', 'sip', '--client', FREIGHT, '--form', 'csv'));
  assert.ok(served.endsWith('\r\n') && served.startsWith('part,programme,'));
  await accessible(page, 'the report');
  for (const width of [1280, 390, 320]) {
    await page.setViewportSize({ width, height: 800 });
    await noSideways(page, `the report at ${width}`);
  }
  await leave(page);
});

// A link as common/suite/link.h describes one, signed with the suite's key.
function surveyLink(client, id, contact) {
  const text = (words) => Buffer.concat([Buffer.from([0xd9, Buffer.byteLength(words)]), Buffer.from(words)]);
  const number = (n) => {
    const bytes = Buffer.alloc(9);
    bytes[0] = 0xd3;
    bytes.writeBigInt64BE(BigInt(n), 1);
    return bytes;
  };
  const now = Date.now() * 1000;
  const packed = Buffer.concat([Buffer.from([0x95]), text('survey'), text(`${client}/${id}`), text(`person:${contact}`), number(now), number(now + 3600e6)]);
  const script = 'import hashlib,sys; sys.stdout.buffer.write(hashlib.blake2b(b"redress link 1\\0"+sys.stdin.buffer.read(), digest_size=16, key=open(sys.argv[1],"rb").read()).digest())';
  const signature = execFileSync('/usr/bin/python3', ['-c', script, path.join(suite.data, 'key')], { input: packed });
  return `/survey/${Buffer.concat([packed, signature]).toString('base64url')}`;
}

for (const [where, options] of [['a phone without scripts', { javaScriptEnabled: false, viewport: { width: 320, height: 640 }, hasTouch: true }], ['a dark desk', { colorScheme: 'dark' }]]) {
  test(`a survey is answered on ${where}, by keyboard alone`, async () => {
    const contact = `guest-${crypto.randomUUID().slice(0, 8)}`;
    const model = path.join(suite.home, `${contact}.yaml`);
    fs.writeFileSync(model, `people:\n- {id: ${contact}, name: A guest, side: client, client: ${FREIGHT}, addresses: [{channel: email, to: "${contact}@freight.test"}]}\n`);
    await suite.cli('apply', '-f', model);
    const made = await until('the invitation', () => suite.ask('survey', 'invite', '--client', FREIGHT, '--kind', 'nps', '--contact', contact).catch(() => null));
    const id = made.result.id;
    const page = await (await browser.newContext(options)).newPage();
    await page.goto(`${suite.url}${surveyLink(FREIGHT, id, contact)}?score=8`);
    assert.ok(await page.getByRole('radio', { name: '8', exact: true }).isChecked(), 'the score of the link is chosen, and not sent');
    assert.equal((await ask('kpi.survey', `${FREIGHT}/${id}`)).rows[0].score, undefined);
    const { wide, room } = options.javaScriptEnabled === false ? { wide: 0, room: 0 }
      : await page.evaluate(() => ({ wide: document.documentElement.scrollWidth, room: document.documentElement.clientWidth }));
    assert.ok(wide <= room);
    if (options.javaScriptEnabled !== false) await accessible(page, 'the survey');
    await page.screenshot({ path: path.join(suite.home, 'survey.png') });
    await page.getByRole('radio', { name: '8', exact: true }).focus();
    await page.keyboard.press('ArrowRight');
    assert.ok(await page.getByRole('radio', { name: '9', exact: true }).isChecked());
    await page.getByLabel('What is the reason for your score?').fill('Quick, and they call back');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Thank you' }).waitFor();
    const [row] = (await ask('kpi.survey', `${FREIGHT}/${id}`)).rows;
    assert.equal(row.score, 9);
    assert.equal(row.comment, 'Quick, and they call back');
    await page.reload().catch(() => {});
    await page.context().close();
  });
}

const PAGES = {
  KPIs: ['#/kpis', 'KPIs: all clients'],
  'one figure': [`#/kpis?client=${FREIGHT}&kpi=incidents`, 'Incidents: Northern Freight'],
  loyalty: ['#/loyalty', 'Loyalty and risk'],
  register: ['#/programmes', 'Service improvement'],
};
for (const colorScheme of ['light', 'dark']) {
  test(`everybody can use them, on any screen, ${colorScheme}`, async () => {
    for (const [name, [hash, heading]] of Object.entries({ ...PAGES, programme: [`#/programmes/${FREIGHT}/${programme}`, 'Scanners that work all night'] })) {
      const page = await open(tokens.operator, hash, heading, { colorScheme });
      await accessible(page, name);
      for (const width of [1280, 320]) {
        await page.setViewportSize({ width, height: 800 });
        await noSideways(page, `${name} at ${width}`);
      }
      await leave(page);
    }
  });
}

// Tables, texts and charts as long as they may be: smaller, so many lines of each, and the most urgent actions.
test('a programme of 64 actions and the longest texts prints on one page, too', async () => {
  const long = (length) => 'Every gateway is looked at, from the northern hall to the southern one, and what wears out is replaced. '.repeat(40).slice(0, length).trim();
  const tell = (noun, verb, ...more) => suite.cli(noun, verb, `${FREIGHT}/${programme}`, '--actor', 'person:marta', ...more);
  await tell('programme', 'revise', '--problem', long(2000), '--charter', long(4000));
  const { rows } = await ask('sip.actions', '--client', FREIGHT, '--programme', programme);
  for (let number = rows.length + 1; number <= 64; number++) {
    await suite.cli('action', 'plan', '--client', FREIGHT, '--programme', programme, '--actor', 'person:marta', '--words', `Step ${number}: ${long(480)}`, '--cause', '1',
      '--owner', 'paul', '--due', new Date(Date.now() + 9 * 86_400_000).toISOString().slice(0, 10));
  }
  await tell('programme', 'review', '--attended', 'person=marta', '--minutes', long(4000));
  const page = await visit(browser, suite, tokens.operator);
  await page.goto(`${suite.url}/v1/sip/reports/${FREIGHT}.html`);
  const file = path.join(suite.home, 'full.pdf');
  await page.pdf({ path: file, format: 'A4', preferCSSPageSize: true });
  assert.equal(fs.readFileSync(file, 'latin1').match(/\/Type\s*\/Page\b/g).length, 1);
  const words = execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' }).replace(/\s+/g, ' ');
  for (const word of ['And 54 more, in the CSV.', 'Charter', 'Progress', 'Closeout', 'Lessons', 'A spare gateway costs less']) assert.ok(words.includes(word), word);
  assert.ok(await page.getByText('Step 64: ').isVisible(), 'a screen shows all of it');
  await leave(page);
});
