// app: which page is shown, and who is signed in. Pages are named by what is behind the #, so that the gateway serves one
// file: #/ and #/escalations/CLIENT/ID and #/messages and so on, each with a query such as ?client=acme.
import { Problem } from '/api.js';
import { live } from '/clock.js';
import { announce, h, replace } from '/dom.js';
import { showEscalation } from '/escalation.js';
import { showKpi } from '/kpi.js';
import { silence } from '/live.js';
import { showLoyalty } from '/loyalty.js';
import { showMap } from '/map.js';
import { showMessages } from '/messages.js';
import { showOverview } from '/overview.js';
import { showProgramme } from '/programme.js';
import { showProgrammes } from '/programmes.js';
import { showReadiness } from '/readiness.js';
import { showRosters } from '/rosters.js';
import { loadSchema } from '/schema.js';
import { isClient, open, personName, session, signOut } from '/session.js';
import { showSignIn } from '/signin.js';
import { instantText, zone } from '/words.js';

// One programme is below the register of all.
const showImprovement = (app, rest, query) => (rest.length ? showProgramme(app, rest) : showProgrammes(app, rest, query));

const PAGES = [
  { name: 'Overview', path: '', show: showOverview, nav: true },
  { name: 'Messages', path: 'messages', show: showMessages, nav: true, provider: true },
  { name: 'KPIs', path: 'kpis', show: showKpi, nav: true },
  { name: 'Loyalty', path: 'loyalty', show: showLoyalty, nav: true, provider: true, whole: true },
  { name: 'Improvement', path: 'programmes', show: showImprovement, nav: true },
  { name: 'Rosters', path: 'rosters', show: showRosters, nav: true, provider: true, whole: true },
  { name: 'Service map', path: 'map', show: showMap, nav: true, provider: true, whole: true },
  { name: 'Readiness', path: 'readiness', show: showReadiness, nav: true, provider: true, whole: true },
  { name: 'Escalation', path: 'escalations', show: showEscalation },
];

const SLOW_MS = 700;
const main = document.getElementById('main');
let leave = new AbortController();

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a % that means nothing; there is nothing of that name
  }
}

function place() {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const [name, ...rest] = path.split('/').map(decoded);
  return { name, rest, query: Object.fromEntries(new URLSearchParams(query)) };
}

function visible() {
  // `whole`: about the catalog, which a token for some clients only does not see.
  return PAGES.filter((page) => !(page.provider && isClient()) && !(page.whole && session.me?.clients.length));
}

function drawBar(current) {
  const nav = document.getElementById('nav');
  const who = document.getElementById('who');
  nav.hidden = !session.me;
  if (!session.me) {
    replace(nav);
    replace(who);
    return;
  }
  replace(nav, visible().filter((page) => page.nav).map((page) =>
    h('a', { href: `#/${page.path}`, 'aria-current': page.path === current ? 'page' : null }, page.name)));
  replace(who,
    h('span', null, h('bdi', null, personName(session.me.person)), h('span', { class: 'role' }, ` ${session.me.role}`)),
    h('button', { type: 'button', class: 'quiet', on: { click: end } }, 'Sign out'));
}

async function end() {
  try {
    await signOut();
    signedOut('You are signed out.');
  } catch (problem) {
    announce(`You are still signed in: ${problem.message}`);
  }
}

function signedOut(news) {
  leave.abort();
  leave = new AbortController();
  session.me = null;
  silence();
  drawBar();
  showSignIn(main, { done: () => go({ focus: true }) });
  document.title = 'Sign in · Redress';
  if (news) announce(news);
}

// A page could not be read: says why, and offers to try again.
function trouble(problem) {
  document.title = `${problem.title ?? 'The page failed'} · Redress`;
  replace(main, h('h1', { tabindex: -1 }, problem.title ?? 'The page failed'),
    h('p', { role: 'alert', class: 'trouble' }, problem.message),
    h('div', { class: 'row' },
      h('button', { type: 'button', class: 'primary', on: { click: () => go({ focus: true }) } }, 'Try again'),
      h('a', { href: '#/' }, 'Overview')));
}

// What a page may use of the application.
const context = () => ({
  root: main,
  signal: leave.signal,
  title: (text) => {
    document.title = `${text} · Redress`;
  },
  signedOut: () => signedOut('Your session has ended. Sign in to go on.'),
  fail: (problem) => {
    if (problem.name === 'AbortError') return;
    if (problem.status === 401) signedOut('Your session has ended. Sign in to go on.');
    else trouble(problem);
  },
});

async function go({ focus } = {}) {
  for (const dialog of document.querySelectorAll('dialog[open]')) dialog.close(); // the way back leads out of a form, too
  leave.abort();
  leave = new AbortController();
  const { signal } = leave;
  silence();
  const { name, rest, query } = place();
  const page = visible().find((one) => one.path === name);
  drawBar(name);
  if (!page) {
    trouble(new Problem(404, { title: 'There is no such page', detail: 'The overview shows what is open.' }));
    return;
  }
  const app = context();
  // Where answers are long in coming, what was shown before is not taken for them.
  const slow = setTimeout(() => !signal.aborted && replace(main, h('p', { class: 'muted', role: 'status' }, `${page.name}: waiting for answers …`)), SLOW_MS);
  try {
    await page.show(app, rest, query);
  } catch (problem) {
    if (!signal.aborted) app.fail(problem);
  } finally {
    clearTimeout(slow);
  }
  if (focus && !signal.aborted) main.querySelector('h1')?.focus();
}

async function begin() {
  replace(document.getElementById('zone'), `Times are in ${zone}.`,
    live(h('span', { class: 'paper' }), (at) => ` As of ${instantText(at)}.`));
  document.getElementById('skip').addEventListener('click', (event) => {
    event.preventDefault(); // what is behind the # names a page
    main.focus();
  });
  window.addEventListener('hashchange', () => session.me && go({ focus: true }));
  try {
    await loadSchema();
    await open();
  } catch (problem) {
    if (problem.status === 401) signedOut();
    else {
      replace(main, h('h1', null, problem.title ?? 'The page failed'), h('p', { role: 'alert' }, problem.message),
        h('button', { type: 'button', class: 'primary', on: { click: begin } }, 'Try again'));
    }
    return;
  }
  await go();
}

begin();
