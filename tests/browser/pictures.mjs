// Takes the pictures of README: `tests/browser/run.sh build/browser pictures.mjs DIRECTORY`, of a suite that lives through
// half an hour in some seconds.
import path from 'node:path';
import { launch, leave, live, openEscalation, visit } from './browser.mjs';
import { BROKEN, writePast } from './past.mjs';
import { candidate, launch as launchProgramme, work } from './programme.mjs';
import { Suite, until } from './suite.mjs';

const CLIENT = 'harbor-hospital';
const SIZES = [[1280, 800], [320, 720]];
const directory = path.resolve(process.argv[2] ?? 'pictures');

const EXAMPLE = path.resolve(process.env.REDRESS_WWW, '../../../deploy/example');
const MODEL = { rosters: 'Rosters', map: 'Service map', readiness: 'Readiness' };

const suite = await Suite.start({ clock: 'x100' });
const browser = await launch();

const minutes = async (n) => {
  await new Promise((resolve) => setTimeout(resolve, n * 600));
};
const tell = (subject, verb, ...words) => suite.cli('escalation', verb, subject, ...words);
const ticket = (at, state, ...more) => suite.cli('ticket', 'record', '--client', CLIENT, '--source', 'servicenow', '--number', 'INC0042',
  '--updated-at', at, '--state', state, '--priority', '2', '--title', 'Patient records answer slowly', '--service', 'Patient records',
  '--group', 'Database team', '--owner', 'Priya Nair', ...more);

async function story() {
  suite.hooks.refused.add('/okafor');
  await ticket('+PT0S', 'active', '--opened-at', '-PT55M');
  await suite.raise('northern-freight', 'Label printers stop every Friday', '--severity', '3', '--actor', 'person:ines');
  const id = `${CLIENT}/${await suite.raise(CLIENT, 'Patient records slow again', '--cause', 'client_wish', '--severity', '2',
    '--ticket', 'ticket=servicenow:INC0042', '--actor', 'person:ann')}`;
  await minutes(4);
  await tell(id, 'ack', '--actor', 'person:ann');
  await minutes(3);
  await tell(id, 'engage', '--manager', 'Marta Ruiz', '--role', 'delivery manager', '--provider-executive', 'Ines Vogt',
    '--client-executive', 'Dr. Okafor', '--actor', 'person:marta');
  await minutes(2);
  await tell(id, 'perceive', '--who', 'Dr. Okafor', '--sentiment', '2', '--statement',
    'Twice in three days. We were told that it could not happen again.', '--promise', 'A plan for the firmware, in writing',
    '--promise-until', '+PT24H', '--actor', 'person:marta');
  await tell(id, 'update', '--context', 'Since 08:10 records take up to a minute to open.', '--impact',
    'Wards wait for results; nothing is lost.', '--action', 'Load was moved to the second node; its disks are being replaced.',
    '--workaround', 'The read-only copy at records-b answers at once.', '--next-update-at', '+PT10M', '--actor', 'person:marta');
  const scanners = `northern-freight/${await suite.raise('northern-freight', 'Warehouse scanners offline in Oslo and Bergen',
    '--severity', '1', '--actor', 'person:ann')}`;
  const books = `quiet-books/${await suite.raise('quiet-books', 'Invoices of October were sent twice', '--cause', 'client_wish',
    '--severity', '3', '--actor', 'person:ines')}`;
  await tell(books, 'ack', '--actor', 'person:ines');
  await tell(books, 'update', '--context', 'A job ran twice.', '--impact', '212 clients got two invoices.', '--action',
    'Letters are being written.', '--workaround', 'None needed.', '--next-update-at', '+PT3H', '--actor', 'person:ines');
  await minutes(13);
  await tell(scanners, 'ack', '--actor', 'person:ann');
  return id;
}

// The pages of the service model, over the example's provider.
async function model() {
  const whole = await Suite.start();
  try {
    await whole.cli('apply', '-f', EXAMPLE);
    const token = await whole.token('ann', 'viewer');
    for (const colorScheme of ['light', 'dark']) {
      for (const [width, height] of SIZES) {
        const page = await visit(browser, whole, token, { colorScheme, viewport: { width, height } });
        for (const [name, title] of Object.entries(MODEL)) {
          await page.getByRole('navigation').getByRole('link', { name: title }).click();
          await page.getByRole('heading', { level: 1, name: title }).waitFor();
          for (const picture of await page.locator('main img').all()) await picture.evaluate((img) => img.decode());
          await page.screenshot({ path: path.join(directory, `${name}-${colorScheme}-${width}.png`) });
        }
        await leave(page);
      }
    }
  } finally {
    await whole.stop();
  }
}

// Figures, loyalty and a programme, over a past of fifteen months.
async function improvement() {
  const long = await Suite.start({ past: writePast });
  try {
    await long.cli('apply', '-f', path.resolve('improve.yaml'));
    const token = await long.token('marta', 'operator');
    await long.cli('candidate', 'qualify', `${BROKEN.client}/${(await candidate(long)).id}`, '--reason', 'Four months of breaches, one component.');
    const programme = await until('the words of the catalog', () => launchProgramme(long).catch(() => null));
    await work(long, programme);
    const pages = {
      kpis: `#/kpis?client=${BROKEN.client}`, kpi: `#/kpis?client=${BROKEN.client}&kpi=incidents`, loyalty: '#/loyalty', improvement: '#/programmes',
      programme: `#/programmes/${BROKEN.client}/${programme}`,
    };
    for (const colorScheme of ['light', 'dark']) {
      for (const [width, height] of SIZES) {
        const page = await visit(browser, long, token, { colorScheme, viewport: { width, height: width > 400 ? 1400 : height } });
        for (const [name, hash] of Object.entries(pages)) {
          const before = await page.title();
          await page.evaluate((place) => {
            location.hash = place;
          }, hash);
          await page.waitForFunction((old) => document.title !== old, before);
          for (const picture of await page.locator('main img').all()) {
            await picture.evaluate((img) => {
              img.loading = 'eager';
              return img.decode();
            });
          }
          await page.screenshot({ path: path.join(directory, `${name}-${colorScheme}-${width}.png`) });
        }
        await leave(page);
      }
    }
  } finally {
    await long.stop();
  }
}

try {
  const subject = await story();
  const token = await suite.token('ann', 'operator');
  await until('a message that failed', async () => (await suite.cli('query', 'notification.messages', '--failed', 'true', '-o', 'json')).includes('gone'));
  for (const colorScheme of ['light', 'dark']) {
    for (const [width, height] of SIZES) {
      const page = await visit(browser, suite, token, { colorScheme, viewport: { width, height } });
      const take = (name) => page.screenshot({ path: path.join(directory, `${name}-${colorScheme}-${width}.png`) });
      await page.locator('tbody tr').nth(3).waitFor();
      await live(page);
      await take('overview');
      await openEscalation(page, ...subject.split('/'));
      await take('escalation');
      await page.getByRole('navigation').getByRole('link', { name: 'Messages' }).click();
      await page.locator('tbody tr').first().waitFor();
      await live(page);
      await take('messages');
      await leave(page);
    }
  }
  await model();
  await improvement();
} finally {
  await browser.close();
  await suite.stop();
}
