// rosters: who is on duty now and in the days to come, when nobody is, and how evenly it is shared.
import { all, get } from '/api.js';
import { now } from '/clock.js';
import { h, replace } from '/dom.js';
import { answerSchema, propertyOf } from '/schema.js';
import { knowNames, nameOf, personName } from '/session.js';
import { table } from '/table.js';
import { capital, duration, instantText, many, plain, span, time } from '/words.js';

const DAY = 24 * 3600 * 1000;
const DAYS = [['7', '7 days'], ['14', '14 days'], ['28', '28 days']];
const SHADES = 10; // people are told apart by shade and name, never by shade alone

const iso = (ms) => new Date(ms).toISOString();

// A roster need not have a name; it is its group's then, which has no other.
const nameOfRoster = (duty) => (nameOf('roster', duty.id) === duty.id ? duty.group : nameOf('roster', duty.id));

// Whether hours that are to be covered are among those from `from` to `to`: nobody is missed in others.
const missed = (gaps, from, to) => gaps.some((gap) => Date.parse(gap.from) < to && Date.parse(gap.to) > from);

// `gaps`: by roster.
function onDuty(duties, gaps, at) {
  if (!duties.length) {
    return h('div', { class: 'empty' }, h('p', null, h('strong', null, 'There is no roster.')),
      h('p', null, 'Rosters are part of the catalog: redress apply, or redress roster set --help.'));
  }
  const nobody = (duty) => !duty.person && missed(gaps.get(duty.id), at, at + 1);
  return table('On duty now', ['Roster', 'Group', 'On duty', 'Until', 'Why'], duties.map((duty) => ({
    late: nobody(duty),
    cells: [
      h('a', { href: `#roster-${duty.id}`, on: { click: jump(duty.id) } }, h('bdi', null, nameOfRoster(duty))),
      h('bdi', null, duty.group),
      [duty.person ? h('bdi', null, personName(duty.person)) : nobody(duty) ? h('strong', { class: 'overdue' }, 'Nobody') : [h('span', { class: 'muted' }, 'Nobody'), h('small', null, 'These hours are not to be covered.')],
        duty.incoming ? h('small', null, `${personName(duty.incoming)} has not accepted yet`) : null],
      duty.until ? time(duty.until) : 'further notice',
      [duty.from_what ? capital(plain(duty.from_what)) : '–', duty.layer ? h('small', null, duty.layer) : null],
    ],
  })));
}

// What is behind the # names a page; so a place within one is scrolled to.
const jump = (id) => (event) => {
  event.preventDefault();
  const place = document.getElementById(`roster-${id}`);
  place?.scrollIntoView({ block: 'start' });
  place?.focus();
};

// --- one roster as a band ---------------------------------------------------------------------------------------------

function band(shifts, gaps, from, to) {
  const names = [...new Set(shifts.map((shift) => shift.person).filter(Boolean))].sort();
  const share = (ms) => `${((ms / (to - from)) * 100).toFixed(3)}%`;
  const svg = 'http://www.w3.org/2000/svg';
  const make = (tag, attributes, ...inside) => {
    const node = document.createElementNS(svg, tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...inside);
    return node;
  };
  const nodes = shifts.map((shift) => {
    const begin = Date.parse(shift.from), end = Date.parse(shift.to);
    const words = `${shift.person ? personName(shift.person) : 'Nobody'}: ${instantText(shift.from)} to ${instantText(shift.to)}`;
    return make('rect', {
      x: share(begin - from), width: share(end - begin), y: 0, height: '100%',
      class: shift.person ? `shade-${names.indexOf(shift.person) % SHADES}` : 'unplanned',
    }, make('title', {}, words));
  });
  for (const gap of gaps) {
    nodes.push(make('rect', { x: share(Date.parse(gap.from) - from), width: share(Date.parse(gap.to) - Date.parse(gap.from)), y: 0, height: '100%', class: 'unmanned' },
      make('title', {}, `Gap: ${instantText(gap.from)} to ${instantText(gap.to)}`)));
  }
  for (let day = new Date(from).setHours(24, 0, 0, 0); day < to; day = new Date(day).setHours(24, 0, 0, 0)) {
    nodes.push(make('line', { x1: share(day - from), x2: share(day - from), y1: 0, y2: '100%', class: 'midnight' }));
  }
  const node = make('svg', { class: 'band', role: 'img', 'aria-label': 'Shifts; the table below says the same' }, ...nodes);
  const key = h('ul', { class: 'key' }, names.map((name, i) => h('li', null, h('span', { class: `swatch shade-${i % SHADES}` }), h('bdi', null, personName(name)))),
    gaps.length ? h('li', null, h('span', { class: 'swatch unmanned' }), 'Gap: nobody, in hours that are to be covered') : null,
    shifts.some((shift) => !shift.person) ? h('li', null, h('span', { class: 'swatch unplanned' }), 'Nobody, in other hours') : null);
  return [node, key];
}

function shiftTable(shifts, gaps) {
  return h('details', null, h('summary', null, `${many(shifts.length, 'shift')} as a table`),
    table('Shifts', ['From', 'To', 'Lasts', 'On duty', 'Why'], shifts.map((shift) => ({
      head: 3,
      late: !shift.person && missed(gaps, Date.parse(shift.from), Date.parse(shift.to)),
      cells: [time(shift.from), time(shift.to), span(Date.parse(shift.to) - Date.parse(shift.from)),
        shift.person ? h('bdi', null, personName(shift.person)) : 'Nobody',
        [shift.source ? capital(plain(shift.source)) : 'Nobody is planned', shift.layer ? ` (${shift.layer})` : null]],
    }))));
}

const asPercent = (text) => `${Number(text)} %`;

function facts(coverage, gaps) {
  const schema = answerSchema('catalog.coverage');
  const overloaded = (coverage.people ?? []).filter((load) => load.above_average);
  const tired = (coverage.people ?? []).filter((load) => load.short_rests);
  const fact = (name, ...value) => h('div', { title: propertyOf(schema, name.toLowerCase()).description }, h('dt', null, name), h('dd', null, value));
  const long = (name, value) => h('div', { class: 'long' }, h('dt', null, name), h('dd', null, value));
  return h('dl', { class: 'facts' },
    fact('Coverage', asPercent(coverage.coverage)), fact('Balance', asPercent(coverage.balance)), fact('Score', `${coverage.score} of 100`),
    fact('Gaps', gaps.length ? h('strong', { class: 'overdue' }, `${gaps.length}: the first on `, time(gaps[0].from)) : 'none'),
    overloaded.length ? long('Overloaded', overloaded.map((load) => `${personName(load.person)} (${load.above_average} % above the average)`).join(', ')) : null,
    tired.length ? long('Less than 11 h of rest', tired.map((load) => `${personName(load.person)} (${load.short_rests === 1 ? 'once' : `${load.short_rests} times`})`).join(', ')) : null);
}

function loads(coverage) {
  const people = coverage.people ?? [];
  if (!people.length) return null;
  return h('details', null, h('summary', null, 'How it is shared'),
    table('Load', ['Person', 'On duty', 'At night', 'At weekends'], people.map((load) => ({
      cells: [h('bdi', null, personName(load.person)), duration(load.lasts), duration(load.night), duration(load.weekend)],
    }))));
}

// What is taken over with the turn that is on, and with the next one.
function handovers(duty) {
  const path = `/v1/handovers/${encodeURIComponent(duty.id)}.html`;
  return h('p', { class: 'row' }, h('a', { href: path }, 'What is handed over'),
    duty.until ? h('a', { href: `${path}?at=${encodeURIComponent(duty.until)}` }, 'With the next turn') : null);
}

async function rosterSection(duty, from, to, signal) {
  const asked = { roster: duty.id, from: iso(from), to: iso(to) };
  const [shifts, gaps, coverage] = await Promise.all([
    all('/v1/queries/catalog.shifts', asked, { signal }),
    all('/v1/queries/catalog.gaps', asked, { signal }),
    get('/v1/queries/catalog.coverage', asked, signal),
  ]);
  return { gaps: gaps.rows, node: h('section', { id: `roster-${duty.id}`, class: 'card roster', tabindex: -1 }, h('h2', null, h('bdi', null, nameOfRoster(duty)), nameOfRoster(duty) === duty.group ? null : [' · ', h('bdi', null, duty.group)], h('small', null, h('code', null, duty.id))),
    handovers(duty), facts(coverage, gaps.rows), band(shifts.rows, gaps.rows, from, to), shiftTable(shifts.rows, gaps.rows), loads(coverage)) };
}

export async function showRosters(app, rest, query) {
  const days = DAYS.some(([value]) => value === query.days) ? query.days : '14';
  const from = Math.floor(now() / 60000) * 60000, to = from + Number(days) * DAY;
  const duties = (await all('/v1/queries/catalog.duties', {}, { signal: app.signal })).rows;
  const [, ...sections] = await Promise.all([knowNames(['roster']), ...duties.map((duty) => rosterSection(duty, from, to, app.signal))]);
  const gaps = new Map(duties.map((duty, i) => [duty.id, sections[i].gaps]));
  const schema = answerSchema('catalog.coverage');
  const reading = ['coverage', 'balance', 'score'].map((name) => `${capital(name)}: ${propertyOf(schema, name).description}`).join(' ');
  app.title('Rosters');
  replace(app.root,
    h('div', { class: 'head' }, h('h1', { tabindex: -1 }, 'Rosters')),
    h('section', { class: 'now' }, h('h2', null, 'On duty now'), onDuty(duties, gaps, from)),
    duties.length ? h('div', { class: 'row filters', role: 'group', 'aria-label': 'Filters' },
      h('label', { class: 'choice' }, h('span', null, 'Show'),
        h('select', { name: 'days', on: { change: (event) => { location.hash = `#/rosters?days=${event.target.value}`; } } },
          DAYS.map(([value, words]) => h('option', { value, selected: value === days }, words))))) : null,
    duties.length ? h('p', { class: 'muted reading' }, reading) : null,
    sections.map(({ node }) => node));
}
