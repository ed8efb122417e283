// The service model on pages: the map with its gaps, rosters, readiness. What is shown is what the catalog answers.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { accessible, launch, leave, noSideways, openEscalation, visit } from './browser.mjs';
import { Suite } from './suite.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const CLIENT = 'harbor-hospital';
const PAPERS = { a3: [420, 297], a4: [297, 210], '11x17': [431.8, 279.4] };
const PAGES = { Rosters: 'rosters', 'Service map': 'map', Readiness: 'readiness' };
let suite, browser, tokens;

const query = async (...words) => (await suite.ask('query', ...words)).rows;

before(async () => {
  [suite, browser] = await Promise.all([Suite.start(), launch()]);
  const model = path.join(suite.home, 'model.yaml');
  fs.writeFileSync(model, fs.readFileSync(path.join(HERE, 'model.yaml'), 'utf8').replaceAll('HOOK', suite.hooks.url));
  await suite.cli('apply', '-f', model);
  tokens = {
    viewer: await suite.token('ann', 'viewer'),
    client: await suite.token('okafor', 'client', '--client', `client=${CLIENT}`),
    scoped: await suite.token('ann', 'operator', '--client', `client=${CLIENT}`),
  };
});
after(async () => {
  await browser?.close();
  await suite?.stop();
});

async function open(token, name, options) {
  const page = await visit(browser, suite, token, options);
  await page.getByRole('navigation').getByRole('link', { name }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
  return page;
}

// The texts of a table's cells, row by row.
const texts = (table) => table.locator('tbody tr').evaluateAll((rows) =>
  rows.map((row) => [...row.children].map((cell) => cell.textContent)));

test('the map is a picture, and its gaps are a list', async () => {
  const page = await open(tokens.viewer, 'Service map');
  const picture = page.getByRole('img', { name: /The service model on one page, with \d+ gaps/ });
  await picture.evaluate((img) => img.decode());
  assert.ok(await picture.evaluate((img) => img.naturalWidth) > 1000);
  const missing = (await suite.ask('map')).rows.filter((row) => row.gap);
  assert.ok(missing.some((row) => row.id === 'terminal'));
  const shown = await texts(page.getByRole('table', { name: 'Gaps' }));
  assert.deepEqual(shown.map((row) => row[2]), missing.map((row) => row.gap));
  assert.deepEqual(shown.map((row) => row[1]), missing.map((row) => row.name ?? row.id ?? row.of ?? ''));
  await leave(page);
});

test('the map of one client has what that client gets', async () => {
  const page = await open(tokens.viewer, 'Service map');
  await page.getByLabel('Client').selectOption(CLIENT);
  await page.waitForURL(new RegExp(`client=${CLIENT}`));
  const link = page.getByRole('link', { name: 'Download to print' });
  await page.locator(`img[src*="${CLIENT}"]`).waitFor();
  const svg = await page.evaluate(async (href) => (await fetch(href)).text(), await link.getAttribute('href'));
  assert.match(svg, /Service map: Harbor Hospital/);
  assert.match(svg, /Patient records/);
  await leave(page);
});

for (const [paper, [width, height]] of Object.entries(PAPERS)) {
  test(`the map prints on one page of ${paper}`, async () => {
    const page = await open(tokens.viewer, 'Service map');
    await page.goto(`${suite.url}/v1/map.svg?paper=${paper}`);
    const pdf = await page.pdf({ width: `${width}mm`, height: `${height}mm`, printBackground: true });
    assert.equal(pdf.toString('latin1').match(/\/Type\s*\/Page\b/g).length, 1);
    const size = await page.evaluate(() => [document.documentElement.getAttribute('width'), document.documentElement.getAttribute('height')]);
    assert.deepEqual(size, [`${width}mm`, `${height}mm`]);
    // Its looks hold under the gateway's own policy: the paper is white, and a gap is hatched.
    assert.equal(await page.locator('rect').first().evaluate((rect) => getComputedStyle(rect).fill), 'rgb(255, 255, 255)');
    assert.ok(await page.locator('rect[fill="url(#hatch)"]').count() > 0);
    await leave(page);
  });
}

test('no text leaves its box', async () => {
  const page = await open(tokens.viewer, 'Service map');
  await page.goto(`${suite.url}/v1/map.svg`);
  const outside = await page.evaluate(() => {
    const boxes = [...document.querySelectorAll('rect')].map((rect) => rect.getBBox());
    const around = (text) => boxes.filter((box) => text.x >= box.x && text.x <= box.x + box.width &&
      text.y + text.height / 2 >= box.y && text.y + text.height / 2 <= box.y + box.height).sort((a, b) => a.width - b.width)[0];
    return [...document.querySelectorAll('text')].filter((text) => {
      const words = text.getBBox(), box = around(words);
      return !box || words.x + words.width > box.x + box.width;
    }).map((text) => text.textContent);
  });
  assert.deepEqual(outside, []);
  await leave(page);
});

test('who is on duty, and when nobody is', async () => {
  const page = await open(tokens.viewer, 'Rosters');
  const duty = (await query('catalog.duties')).find(({ id }) => id === 'desk-days');
  const shown = (await texts(page.getByRole('table', { name: 'On duty now' }))).find((row) => row[1] === duty.group);
  assert.equal(shown[0], duty.group, 'a roster without a name is called by its group');
  assert.equal(shown[1], duty.group);
  const names = Object.fromEntries((await query('catalog.people', '--all')).map((person) => [person.id, person.name]));
  assert.equal(shown[2], duty.person ? names[duty.person] : 'Nobody');
  const roster = page.locator('#roster-desk-days');
  await roster.getByText(/shifts? as a table/).click();
  const rows = await texts(roster.getByRole('table', { name: 'Shifts' }));
  const people = rows.map((row) => row[3]);
  assert.ok(people.includes('Nobody'), 'weekends are not covered');
  assert.ok(people.includes('Pat <b>Quinn</b>'), 'a name is text');
  const gaps = people.filter((name) => name === 'Nobody').length; // all hours are to be covered
  assert.equal(await roster.locator('svg.band rect').count(), rows.length + gaps);
  assert.equal(await roster.locator('svg.band rect.unmanned').count(), gaps);
  await roster.getByText('Gaps', { exact: true }).waitFor();
  await leave(page);
});

test('nobody is missed in hours that are not to be covered', async () => {
  const page = await open(tokens.viewer, 'Rosters');
  const roster = page.locator('#roster-desk-office');
  await roster.getByRole('heading', { name: 'The office, by day' }).waitFor();
  await roster.locator('svg.band rect.unplanned').first().waitFor();
  assert.equal(await roster.locator('svg.band rect.unmanned, tr.late').count(), 0);
  assert.equal(await page.getByRole('table', { name: 'On duty now' }).locator('tr.late', { hasText: 'The office' }).count(), 0);
  await leave(page);
});

test('the eleven questions with their answers', async () => {
  const page = await open(tokens.viewer, 'Readiness');
  const rows = await query('catalog.readiness', '--all');
  assert.equal(rows.length, 11);
  const shown = await page.locator('.question').evaluateAll((items) => items.map((item) => [
    item.querySelector('h2').textContent, item.querySelector('.state').textContent.toLowerCase(), item.querySelector('p').textContent]));
  assert.deepEqual(shown, rows.map((row) => [`${row.number}. ${row.question}`, row.state, row.sentence]));
  // What is missing is told by its name, beside the id by which it is found in the files.
  const lacking = rows.flatMap((row) => row.missing ?? []).find((one) => one.of === 'component');
  const { name } = (await query('catalog.components', '--all')).find((row) => row.id === lacking.id);
  await page.locator('.ids li', { hasText: `Component ${name} ${lacking.id}` }).first().waitFor({ state: 'attached' });
  await leave(page);
});

test('who is asked for advice can give it on the page', async () => {
  const operator = await suite.token('marta', 'operator');
  const now = new Date().toISOString();
  await suite.cli('ticket', 'record', '--client', CLIENT, '--source', 'desk', '--number', 'ADV1', '--updated-at', now, '--opened-at', now,
    '--state', 'active', '--priority', '1', '--title', 'Records', '--service', 'records', '--component', 'records-db');
  const id = await suite.raise(CLIENT, 'Records stand still', '--ticket', 'ticket=desk:ADV1');
  const page = await visit(browser, suite, operator);
  await openEscalation(page, CLIENT, id);
  const asked = page.locator('.consultation');
  await asked.getByText('architect').waitFor();
  await asked.getByRole('button', { name: 'Give advice' }).click();
  await page.getByLabel('Advice').fill('Fail over to the <second> node');
  await page.getByRole('dialog').getByRole('button', { name: /./ }).last().click();
  await asked.getByText('Answered').waitFor();
  await asked.getByText('Fail over to the <second> node').waitFor();
  const [row] = await query('escalation.consultations', `${CLIENT}/${id}`);
  assert.equal(row.state, 'answered');
  assert.equal(row.by, 'person:marta');
  await leave(page);
});

test('whoever sees one client only sees none of it', async () => {
  for (const token of [tokens.client, tokens.scoped]) {
    const page = await visit(browser, suite, token);
    for (const [name, place] of Object.entries(PAGES)) {
      assert.equal(await page.getByRole('navigation').getByRole('link', { name }).count(), 0);
      await page.evaluate((hash) => {
        location.hash = `#/${hash}`;
      }, place);
      await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
    }
    assert.equal(await page.evaluate(async () => (await fetch('/v1/map.svg')).status), 403);
    await leave(page);
  }
});

for (const colorScheme of ['light', 'dark']) {
  test(`everybody can use them, on any screen, ${colorScheme}`, async () => {
    for (const name of Object.keys(PAGES)) {
      const page = await open(tokens.viewer, name, { colorScheme });
      for (const width of [1280, 320]) {
        await page.setViewportSize({ width, height: 800 });
        await noSideways(page, `${name} at ${width}`);
        if (width === 1280 || colorScheme === 'light') await accessible(page, `${name} at ${width}`);
      }
      await leave(page);
    }
  });
}
