// What an operator does: from signing in to an escalation that is closed, by mouse and by keyboard, with somebody else
// looking on and the gateway going away in between.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessible, event, gate, launch, leave, live, noSideways, openEscalation, row, signIn, visit } from './browser.mjs';
import { Suite, until } from './suite.mjs';

const CLIENT = 'harbor-hospital';
let suite, browser, operator;

before(async () => {
  [suite, browser] = await Promise.all([Suite.start(), launch()]);
  operator = await suite.token('ann', 'operator');
});
after(async () => {
  await browser?.close();
  await suite?.stop();
});

const button = (page, name) => page.getByRole('button', { name, exact: true });
const dialog = (page) => page.getByRole('dialog');
const news = (page, words) => page.locator('#news', { hasText: words }).waitFor();
const send = (page) => dialog(page).locator('button.primary').click();

test('a wrong token is refused where it was typed, a right one signs in, and signing out ends it', async () => {
  const page = await visit(browser, suite);
  await page.getByLabel('Token').fill('rdt_wrong');
  await button(page, 'Sign in').click();
  const error = page.getByRole('alert');
  await error.filter({ hasText: 'This token is not known' }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'token');
  await page.getByText('redress token grant').first().waitFor();
  await signIn(page, operator);
  await page.getByText('Ann Lee').waitFor();
  await page.reload();
  await page.getByText('Ann Lee').waitFor();
  const { cookies } = await page.context().storageState();
  assert.deepEqual(cookies.map((one) => [one.httpOnly, one.sameSite]), [[true, 'Strict']]);
  await button(page, 'Sign out').click();
  await page.getByLabel('Token').waitFor();
  await page.reload();
  await page.getByLabel('Token').waitFor();
  await leave(page);
});

test('raised by the form, which asks for what is missing', async () => {
  const page = await visit(browser, suite, operator);
  await page.getByText('No escalation is open').waitFor();
  await button(page, 'Raise an escalation').click();
  await send(page);
  assert.equal(await dialog(page).locator('.error:visible').count(), 2, 'client and title are needed');
  await dialog(page).getByLabel('Client', { exact: true }).selectOption(CLIENT);
  await dialog(page).getByLabel('Title').fill('Lifts stand still');
  await send(page);
  // Neither a severity nor a ticket to take it from: only the service knows that rule, and names the field.
  const severity = dialog(page).getByRole('group', { name: /Severity/ });
  await severity.getByText('There is no ticket to take the severity from').waitFor();
  await severity.getByRole('radio', { name: '2' }).check();
  await send(page);
  await page.getByRole('heading', { level: 1, name: 'Lifts stand still' }).waitFor();
  await event(page, 'An escalation was raised.').getByText('by Ann Lee').waitFor();
  await leave(page);
});

test('a form sent twice at once, and again after no answer came, is done once', async () => {
  const page = await visit(browser, suite, operator);
  let keys = [];
  await page.route('**/v1/escalations?client=*', async (route) => {
    keys.push(route.request().headers()['idempotency-key']);
    await route.fetch(); // it is done, but the answer gets lost
    if (keys.length === 1) await route.abort();
    else await route.continue();
  });
  await button(page, 'Raise an escalation').click();
  await dialog(page).getByLabel('Client', { exact: true }).selectOption(CLIENT);
  await dialog(page).getByLabel('Title').fill('Pagers silent');
  await dialog(page).getByRole('radio', { name: '3', exact: true }).first().check();
  await page.evaluate(() => {
    const form = document.querySelector('dialog form');
    form.requestSubmit();
    form.requestSubmit();
  });
  await dialog(page).getByRole('alert').filter({ hasText: 'it is done once' }).waitFor();
  await send(page);
  await page.getByRole('heading', { level: 1, name: 'Pagers silent' }).waitFor();
  assert.equal(keys.length, 2, 'two submits at once were sent once');
  assert.equal(keys[0], keys[1]);
  assert.match(keys[0], /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const list = await suite.cli('query', 'escalation.list', '--client', CLIENT, '-o', 'json');
  assert.equal(list.split('Pagers silent').length - 1, 1);
  await leave(page);
});

test('what one does, another sees at once, in the list and on the page', async () => {
  const id = await suite.raise(CLIENT, 'Wards without water', '--severity', '1');
  const [here, list, there] = await Promise.all([0, 0, 0].map(() => visit(browser, suite, operator)));
  await Promise.all([openEscalation(here, CLIENT, id), openEscalation(there, CLIENT, id), live(list)]);
  await row(list, 'Wards without water').getByText('Nobody').waitFor();
  let whole = 0;
  list.on('request', (request) => {
    whole += /\/v1\/escalations(\?|$)/.test(request.url()) ? 1 : 0;
  });
  await button(here, 'Acknowledge').click();
  await news(here, 'Done: Acknowledge.');
  await event(here, 'Somebody took an escalation.').waitFor();
  await event(there, 'Somebody took an escalation.').waitFor();
  await there.getByText('Acknowledged by').waitFor();
  await row(list, 'Wards without water').getByText('Ann Lee').waitFor();
  const other = await suite.raise('northern-freight', 'Cranes locked', '--severity', '2');
  await row(list, 'Cranes locked').waitFor();
  assert.ok(other);
  assert.equal(whole, 0, 'an event refreshes what it concerns, not the whole list');
  for (const page of [here, list, there]) await leave(page);
});

test('the focus stays on its row, whatever happens to the rows', async () => {
  const id = await suite.raise('quiet-books', 'Books closed', '--severity', '4');
  const page = await visit(browser, suite, operator);
  await live(page);
  const link = page.getByRole('link', { name: 'Books closed' });
  const isFocused = () => link.evaluate((node) => node === document.activeElement);
  await link.focus();
  await suite.cli('escalation', 'ack', `quiet-books/${id}`, '--actor', 'person:ines');
  await row(page, 'Books closed').getByText('Ines Vogt').waitFor();
  assert.ok(await isFocused(), 'its own row changed');
  await suite.raise('quiet-books', 'Books burnt', '--severity', '1', '--level', '6');
  await row(page, 'Books burnt').waitFor();
  assert.ok(await isFocused(), 'another row came');
  await suite.cli('escalation', 'update', `quiet-books/${id}`, '--context', 'a', '--impact', 'b', '--action', 'c', '--workaround', 'd',
    '--next-update-at', '+PT3S');
  await row(page, 'Books closed').getByText(/overdue by/).waitFor();
  await until('its row is the first', async () => (await page.locator('tbody tr').first().innerText()).includes('Books closed'));
  assert.ok(await isFocused(), 'it moved');
  await leave(page);
});

test('an update whose next instant is past is refused at that field, and told when it is not', async () => {
  const id = await suite.raise(CLIENT, 'Records slow', '--severity', '3');
  const page = await visit(browser, suite, operator);
  await openEscalation(page, CLIENT, id);
  await button(page, 'Update the client').click();
  for (const name of ['Context', 'Impact', 'Action', 'Workaround']) await dialog(page).getByLabel(name).fill(`${name} of it`);
  const next = dialog(page).getByLabel('Next update');
  await next.fill('2020-01-01T08:00');
  await send(page);
  await page.locator('.field', { has: page.locator('[name=next_update_at]') }).getByText('The next update must be in the future.').waitFor();
  assert.equal(await next.getAttribute('aria-invalid'), 'true');
  assert.ok(await next.evaluate((node) => node === document.activeElement), 'the focus goes to the field');
  assert.equal(await dialog(page).getByLabel('Context').inputValue(), 'Context of it', 'nothing typed is lost');
  await dialog(page).getByRole('button', { name: '+1 h' }).click();
  await send(page);
  await page.getByRole('heading', { name: 'What the client was last told' }).waitFor();
  await page.locator('.standing').getByText(/in [3-5]\d min|in 1 h/).waitFor();
  await leave(page);
});

test('a text longer than there is room for is told so before it is sent', async () => {
  const page = await visit(browser, suite, operator);
  await button(page, 'Raise an escalation').click();
  await dialog(page).getByLabel('Client', { exact: true }).selectOption(CLIENT);
  await dialog(page).getByLabel('Title').fill('ä'.repeat(101));
  await send(page);
  await dialog(page).getByText('It is 2 bytes longer than the 200 there is room for.').waitFor();
  await page.keyboard.press('Escape');
  assert.equal(await dialog(page).count(), 0);
  assert.ok(await button(page, 'Raise an escalation').evaluate((node) => node === document.activeElement));
  await leave(page);
});

async function fill(page, opener, labels, radios = []) {
  await opener.click();
  for (const [name, text] of Object.entries(labels)) await dialog(page).getByLabel(name, { exact: false }).fill(text);
  for (const name of radios) await dialog(page).getByRole('radio', { name }).check();
  await send(page);
}

test('a closeout is refused with its reason, done step by step, and then closed', async () => {
  const id = await suite.raise(CLIENT, 'Theatre lights fail', '--severity', '2');
  const page = await visit(browser, suite, operator);
  await openEscalation(page, CLIENT, id);
  const close = button(page, 'Close the escalation');
  const alert = page.locator('section', { has: close }).getByRole('alert');
  await close.click();
  await alert.getByText('The client\'s primary contact has not confirmed the solution.').waitFor();

  await fill(page, button(page, 'Record the confirmation'), { 'Confirmed by': 'Somebody else' });
  await dialog(page).locator('.field').getByText('Only the client\'s primary contact confirms the solution.').waitFor();
  await dialog(page).getByLabel('Confirmed by').fill('Dr. Okafor');
  await send(page);
  await gate(page, 'confirmed the solution').getByText('Dr. Okafor').waitFor();

  await fill(page, button(page, 'Decide on a review'), { Reason: 'It was small' }, [/Not required/]);
  await dialog(page).getByText('A review is required: the severity is 1 or 2.').waitFor();
  await dialog(page).getByRole('radio', { name: /^Required/ }).check();
  await send(page);
  await gate(page, 'whether a review is required').getByText('A post-incident review is required.').waitFor();

  await fill(page, button(page, 'Assess the client'), { Manager: 'Marta Ruiz', Reason: 'They were patient' }, [/Safe/]);
  await gate(page, 'loyalty and retention').getByText('Marta Ruiz').waitFor();
  await fill(page, button(page, 'Decide on the survey'), {}, [/Asked/]);
  await gate(page, 'The survey is asked for').getByText('is to be sent').waitFor();

  await fill(page, button(page, 'Draft the review'), { Summary: 'Lights failed', 'Root cause': 'A worn relay' });
  await page.getByText('A worn relay').first().waitFor();
  await button(page, 'Publish the review').click();
  assert.equal(await dialog(page).getByLabel('Root cause').inputValue(), 'A worn relay', 'what was drafted is not typed again');
  await dialog(page).getByRole('button', { name: 'Add action' }).click();
  await dialog(page).getByRole('button', { name: '+4 h' }).click();
  await send(page);
  await dialog(page).getByText('This is needed.').first().waitFor();
  await dialog(page).getByRole('textbox', { name: 'Action' }).fill('Change the relays');
  await dialog(page).getByRole('textbox', { name: 'Owner' }).fill('Ines Vogt');
  await send(page);
  await event(page, 'A post-incident review was published.').getByText('Change the relays').waitFor();
  await close.click();
  await page.locator('.standing').getByText('Closed').waitFor();
  await event(page, 'An escalation was closed out.').waitFor();
  assert.equal(await page.getByRole('heading', { name: 'What can be done now' }).count(), 0);
  await page.getByRole('navigation').getByRole('link', { name: 'Overview' }).click();
  await page.getByLabel('Show').selectOption('ended');
  await row(page, 'Theatre lights fail').getByText('closed').waitFor();
  await leave(page);
});

test('promises are kept, levels lowered, managers engaged, others merged', async () => {
  const [id] = [await suite.raise(CLIENT, 'Beds unplanned', '--severity', '3', '--level', '4'),
    await suite.raise(CLIENT, 'Beds unplanned again', '--severity', '4')];
  const page = await visit(browser, suite, operator);
  await openEscalation(page, CLIENT, id);
  await fill(page, button(page, 'Record a perception'), { Who: 'Dr. Okafor', Statement: 'Third time.', 'Promise optional': 'A plan' },
    [/^2$/]);
  await dialog(page).getByText('A promise needs both').waitFor();
  await dialog(page).getByRole('button', { name: '+4 h' }).click();
  await send(page);
  await button(page, 'Was kept').click();
  await page.locator('.promise').getByText('Kept').waitFor();
  await button(page, 'De-escalate').click();
  await dialog(page).getByLabel('Level').selectOption('2');
  await dialog(page).getByLabel('Reason').fill('It is calm');
  await send(page);
  await page.locator('.standing').getByText('tier-2 lead').waitFor();
  await fill(page, button(page, 'Engage a manager'), { Manager: 'Marta Ruiz', 'Role': 'delivery manager' });
  await page.getByRole('heading', { name: 'Who engaged' }).waitFor();
  await button(page, 'Merge another one').click();
  await dialog(page).getByLabel('Other').selectOption({ label: 'Beds unplanned again, level 1' });
  await send(page);
  await event(page, 'Another escalation was merged into this one.').waitFor();
  await leave(page);
});

test('who was told, with proof; what failed can be tried again', async () => {
  suite.hooks.refused.add('/okafor');
  const id = await suite.raise(CLIENT, 'Pumps beep', '--severity', '2');
  await suite.cli('escalation', 'update', `${CLIENT}/${id}`, '--context', 'a', '--impact', 'b', '--action', 'c', '--workaround', 'd',
    '--next-update-at', '+PT1H');
  const page = await visit(browser, suite, operator);
  await openEscalation(page, CLIENT, id);
  const told = page.getByRole('table', { name: 'Messages about this escalation' });
  const taken = told.getByRole('row', { name: /An escalation was raised/ }).filter({ hasText: 'Ann Lee' });
  await taken.getByText('Delivered').waitFor();
  await taken.locator('summary').click();
  assert.match(await taken.locator('details > code').innerText(), /^[0-9a-f]{64}$/);
  await page.getByRole('navigation').getByRole('link', { name: 'Messages' }).click();
  await page.getByLabel('Show').selectOption('true');
  const failed = page.getByRole('row').filter({ hasText: 'Pumps beep' }).filter({ hasText: 'Dr. Okafor' });
  await failed.getByText('The peer says that the address is gone.').waitFor();
  suite.hooks.refused.delete('/okafor');
  await failed.getByRole('button', { name: 'Try again' }).click();
  await failed.waitFor({ state: 'detached' });
  await page.getByLabel('Show').selectOption('');
  await page.getByRole('row').filter({ hasText: 'Pumps beep' }).filter({ hasText: 'Dr. Okafor' }).getByText('Delivered').waitFor();
  await leave(page);
});

test('a link in a message shows, and only its button acknowledges; without a script', async () => {
  const id = await suite.raise(CLIENT, 'Masts <b>down</b>', '--severity', '2');
  const linked = () => suite.hooks.bodies.filter((body) => body.includes(id))
    .map((body) => JSON.stringify(JSON.parse(body)).match(/http:[^"\\ ]*\/a\/[^"\\ ]+/)?.[0]).find(Boolean);
  const link = await until('a message with a link', linked);
  const page = await visit(browser, suite, null, { colorScheme: 'dark', viewport: { width: 320, height: 700 } });
  await page.goto(link);
  await page.getByText('Masts <b>down</b>').waitFor();
  await accessible(page, 'the page of a link');
  await noSideways(page, 'the page of a link');
  await leave(page);
  const bare = await visit(browser, suite, null, { javaScriptEnabled: false });
  await bare.goto(link);
  const ownerNow = async () => {
    const answer = await fetch(`${suite.url}/v1/escalations/${id}`, { headers: { Authorization: `Bearer ${operator}` } });
    return (await answer.json()).acked_by;
  };
  assert.equal(await ownerNow(), undefined, 'to look is not to take');
  await bare.getByRole('button', { name: 'Acknowledge' }).click();
  await bare.getByRole('heading', { name: 'Acknowledged' }).waitFor();
  assert.match(await ownerNow(), /^person:(ann|marta)$/);
  await bare.context().close();
});

test('all of it by keyboard: signed in, filtered, raised, acknowledged, and back', async () => {
  const page = await visit(browser, suite);
  const focused = () => page.evaluate(() => {
    const node = document.activeElement;
    const shape = getComputedStyle(node);
    return { text: node.textContent.trim(), seen: shape.outlineStyle !== 'none' && parseFloat(shape.outlineWidth) >= 2 };
  });
  const tabTo = async (words) => {
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab');
      const at = await focused();
      if (at.text === words) return assert.ok(at.seen, `the focus on ${words} cannot be seen`);
    }
    return assert.fail(`no way by Tab to ${words}`);
  };
  await page.getByLabel('Token').waitFor();
  await page.keyboard.type(operator); // the field has the focus
  await page.keyboard.press('Enter');
  await live(page);
  await page.keyboard.press('Control+Home');
  await page.evaluate(() => document.activeElement.blur());
  await tabTo('Skip to the content');
  await page.keyboard.press('Enter');
  await tabTo('Raise an escalation');
  await page.keyboard.press('Enter');
  await dialog(page).waitFor();
  await page.keyboard.type('Northern'); // chooses in the list of clients
  await page.keyboard.press('Tab');
  await page.keyboard.type('Gates by keyboard');
  for (let i = 0; i < 2; i++) await page.keyboard.press('Tab'); // cause, severity
  await page.keyboard.press('Space');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Gates by keyboard' }).waitFor();
  await until('the focus on the heading', async () => (await focused()).text === 'Gates by keyboard');
  await live(page);
  await tabTo('Acknowledge');
  await page.keyboard.press('Enter');
  await event(page, 'Somebody took an escalation.').waitFor();
  assert.equal((await focused()).text, 'Acknowledge', 'news take the focus from nobody');
  await leave(page);
});

test('the gateway goes away and comes back: the page says so and misses nothing', async () => {
  const id = await suite.raise(CLIENT, 'Doors open slowly', '--severity', '3');
  const page = await visit(browser, suite, operator);
  await openEscalation(page, CLIENT, id);
  const before = suite.gateway();
  assert.ok(before > 0);
  process.kill(before, 'SIGKILL');
  await page.locator('#live[data-state="lost"]', { hasText: 'data as of' }).waitFor();
  await suite.cli('escalation', 'ack', `${CLIENT}/${id}`, '--actor', 'person:marta');
  await live(page);
  assert.notEqual(suite.gateway(), before);
  await event(page, 'Somebody took an escalation.').getByText('by Marta Ruiz').waitFor();
  await button(page, 'Acknowledge').click();
  await event(page, 'by Ann Lee').waitFor();
  await leave(page);
});

test('a hidden page lets its connection go, and catches up when it is seen again', async () => {
  const page = await visit(browser, suite, operator);
  await page.clock.install();
  await page.reload();
  await live(page);
  const streams = async () => Number(/^redress_gateway_streams(?:\{[^}]*\})? (\d+)$/m.exec(await (await fetch(`${suite.url}/metrics`)).text())?.[1]);
  const show = (hidden) => page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { value, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
  await until('one stream', async () => (await streams()) === 1);
  await show(true);
  await page.clock.fastForward(61000);
  await page.locator('#live[data-state="paused"]', { hasText: 'data as of' }).waitFor();
  await until('no stream', async () => (await streams()) === 0);
  await suite.raise(CLIENT, 'Raised unseen', '--severity', '4');
  await show(false);
  await live(page);
  await row(page, 'Raised unseen').waitFor();
  await leave(page);
});

test('a burst of changes is shown in full and asked for a few times only', async () => {
  const page = await visit(browser, suite, operator);
  await live(page);
  let asked = 0, best = Infinity;
  page.on('request', (request) => {
    asked += request.url().includes('/v1/escalations') ? 1 : 0;
  });
  const words = { method: 'POST', headers: { Authorization: `Bearer ${operator}`, 'Content-Type': 'application/json' } };
  // On a machine with other things to do a burst comes in drops, each of which is asked for: another one is tried.
  for (let burst = 1; burst <= 3 && best > 100; burst++) {
    asked = 0;
    const answers = await Promise.all(Array.from({ length: 300 }, (_, n) => fetch(`${suite.url}/v1/escalations?client=quiet-books`,
      { ...words, body: JSON.stringify({ title: `Burst ${burst} ${n}`, severity: 4 }) })));
    assert.ok(answers.every((answer) => answer.status === 201));
    await until('all rows', async () => (await page.getByRole('link', { name: new RegExp(`^Burst ${burst} `) }).count()) === 300);
    best = Math.min(best, asked);
  }
  assert.ok(best <= 100, `${best} requests for 300 changes`);
  await leave(page);
});
