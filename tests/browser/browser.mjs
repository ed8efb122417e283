// The browser, and what the tests do with a page again and again.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import fs from 'node:fs';
import { chromium } from 'playwright-core';
import { PATIENCE_MS } from './suite.mjs';

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SERIOUS = ['serious', 'critical'];

export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
}

// A page in a browser session of its own. Whatever a script of it throws, and whatever its content policy forbids, fails
// the test that closes it.
export async function visit(browser, suite, token, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, timezoneId: 'Europe/Berlin', ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  page.wrong = [];
  page.on('pageerror', (error) => page.wrong.push(error.stack));
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy|Uncaught/.test(message.text())) page.wrong.push(message.text());
  });
  await page.goto(suite.url);
  if (token) await signIn(page, token);
  return page;
}

export async function leave(page) {
  assert.deepEqual(page.wrong, [], 'errors on the page');
  await page.context().close();
}

export async function signIn(page, token) {
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation').getByRole('link', { name: 'Overview' }).waitFor();
}

export const live = (page) => page.locator('#live[data-state="live"]').waitFor();

export async function openEscalation(page, client, id) {
  await page.evaluate(([c, i]) => {
    location.hash = `#/escalations/${c}/${i}`;
  }, [client, id]);
  await page.locator('.timeline li').first().waitFor();
  await live(page);
}

export const row = (page, title) => page.getByRole('row').filter({ has: page.getByRole('link', { name: title, exact: true }) });
export const event = (page, words) => page.locator('.timeline li', { hasText: words });
export const gate = (page, words) => page.locator('.gates li', { hasText: words });

// Whoever cannot see or cannot use a mouse is not kept out, as far as axe can tell.
export async function accessible(page, where) {
  await page.evaluate(AXE); // its scripts come over the debugging port: no policy is weakened for it
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  const bad = found.violations.filter((one) => SERIOUS.includes(one.impact))
    .map((one) => `${one.id}: ${one.help}: ${one.nodes.map((node) => node.target).join(' | ')}`);
  assert.deepEqual(bad, [], `axe on ${where}`);
}

export async function noSideways(page, where) {
  const { wide, room } = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth,
    room: document.documentElement.clientWidth,
  }));
  assert.ok(wide <= room, `${where} is ${wide} px wide where there are ${room}`);
}
