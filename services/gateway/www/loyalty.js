// loyalty: which clients may be lost and why, what satisfaction and loyalty make of each, and what an announced change would.
import { all, get } from '/api.js';
import { h, replace } from '/dom.js';
import { count, day, number, picture, withUnit } from '/figure.js';
import { answerSchema, propertyOf } from '/schema.js';
import { clientName } from '/session.js';
import { table } from '/table.js';
import { capital, many, meaning, plain } from '/words.js';

const LEVELS = { red: 'bad', amber: 'watch', green: 'good' };
const QUADRANTS = ['hostage', 'loyal', 'defector', 'mercenary', 'undecided'];
const DELTAS = [['-0.50', 'down by 0.5'], ['-1.00', 'down by 1'], ['-2.00', 'down by 2'], ['0.50', 'up by 0.5'], ['1.00', 'up by 1']];

const linkTo = (client) => h('a', { href: `#/kpis?client=${encodeURIComponent(client)}` }, h('bdi', null, clientName(client)));

// --- risk --------------------------------------------------------------------------------------------------------------

function reasons(row) {
  const list = row.reasons ?? [];
  if (!list.length) return h('span', { class: 'muted' }, 'Nothing speaks for it');
  return h('ul', { class: 'reasons' }, list.map((one) => h('li', null, h('strong', null, `+${one.points}`), ' ', h('bdi', null, capital(one.words || plain(one.what))))));
}

function riskCard(rows, more) {
  if (!rows.length) return h('section', { class: 'card' }, h('h2', null, 'Risk'), h('p', { class: 'empty' }, 'Nothing is known of any client yet.'));
  const schema = propertyOf(answerSchema('kpi.risk'), 'level');
  return h('section', { class: 'kpis risk' }, h('h2', null, 'Clients by risk'),
    table('Clients by risk', ['Score', 'Client', 'Why', 'Contract ends', 'Pays a month', 'Told'], rows.map((row) => ({
      head: 1,
      cells: [[h('span', { class: 'mark' }, row.score ?? 0), '\u00a0', h('span', { class: `state ${LEVELS[row.level]}`, title: meaning(schema, row.level) }, capital(row.level))],
        linkTo(row.client), reasons(row), row.renewal ? day(row.renewal) : '–', row.value === undefined ? '–' : withUnit(row.value, row.currency),
        row.told ? 'Managers were told' : ''],
    }))), more ? h('p', { class: 'muted' }, `The first ${rows.length} are shown.`) : null);
}

// --- quadrants ---------------------------------------------------------------------------------------------------------

function member(row) {
  const then = row.quadrant_then && row.quadrant_then !== row.quadrant;
  return h('li', { class: row.crosses ? 'crosses' : null }, linkTo(row.client), ' ',
    h('span', { class: 'muted' }, row.satisfaction === undefined ? '' : `${number(row.satisfaction)} of 5`, row.answers ? `, ${many(row.answers, 'answer')}` : ''),
    row.lock && row.locked ? h('small', null, h('bdi', null, row.lock)) : null,
    then ? h('small', { class: 'then' }, `then ${row.satisfaction_then === undefined ? '' : number(row.satisfaction_then)}: `, h('strong', null, row.quadrant_then)) : null);
}

function quadrantTable(rows, open) {
  return h('details', { open }, h('summary', null, `${many(rows.length, 'client')} by name`),
    h('div', { class: 'quadrants' }, QUADRANTS.map((name) => {
      const mine = rows.filter((row) => row.quadrant === name).sort((a, b) => (b.satisfaction ?? 0) - (a.satisfaction ?? 0));
      return h('section', { class: `card ${name}` }, h('h3', null, `${capital(name)} (${mine.length})`),
        h('p', { class: 'muted' }, meaning(propertyOf(answerSchema('kpi.loyalty'), 'quadrant'), name)),
        mine.length ? h('ul', { class: 'members' }, mine.map(member)) : h('p', { class: 'muted' }, 'Nobody.'));
    })));
}

function whatIf(query, changes) {
  const go = (change) => {
    const next = Object.entries({ ...query, ...change }).filter(([, value]) => value);
    location.hash = `#/loyalty?${new URLSearchParams(next)}`;
  };
  const choice = (name, words, options, chosen) => h('label', { class: 'choice' }, h('span', null, words),
    h('select', { name, on: { change: (event) => go({ [name]: event.target.value }) } },
      options.map(([value, text]) => h('option', { value, selected: value === (chosen ?? '') }, text))));
  if (!changes.length) return h('p', { class: 'muted' }, 'No change is announced: redress change set --help says how one is, and then what it would do is foreseen here.');
  return h('div', { class: 'row filters', role: 'group', 'aria-label': 'What if' },
    choice('change', 'What if this change comes', [['', 'None'], ...changes.map((one) => [one.id, one.title || one.name || one.id])], query.change),
    query.change ? choice('delta', 'and satisfaction goes', DELTAS, query.delta || DELTAS[0][0]) : null);
}

function foreseen(rows, query) {
  if (!query.change) return null;
  const cross = rows.filter((row) => row.crosses);
  return h('p', { role: 'status' }, rows.length ? `It touches ${many(rows.length, 'client')}; ` : 'It touches no client that is known here.',
    rows.length ? cross.length ? [h('strong', null, `${cross.length} would cross the line between satisfied and not: `), cross.map((row, i) => [i ? ', ' : '', linkTo(row.client)]), '. Talk to them before.']
      : 'none of them would cross the line between satisfied and not.' : null);
}

// --- the curve ---------------------------------------------------------------------------------------------------------

function curveCard(curve) {
  if (!curve || !curve.clients) return null;
  return h('section', { class: 'card' }, h('h2', null, 'How many stay, by how satisfied they are'),
    h('p', { class: 'muted' }, `${count(curve.stay)} of ${count(curve.clients)} clients stay`, curve.retention === undefined ? '' : `: ${withUnit(curve.retention, 'percent')}`,
      curve.hostages ? `; ${count(curve.hostages)} of them as hostages` : '', '.'),
    table('Loyalty curve', ['Satisfaction', 'Clients', 'Stay', 'Retention', 'Hostages'], (curve.points ?? []).map((one) => ({
      cells: [capital(plain(one.rating)), count(one.clients), count(one.stay),
        one.retention === undefined ? '–' : [h('progress', { max: 100, value: Number(one.retention), 'aria-label': `Retention, ${one.rating}` }), withUnit(one.retention, 'percent')],
        count(one.hostages)],
    }))));
}

export async function showLoyalty(app, rest, query) {
  const change = query.change || undefined;
  const asked = { change, delta: change ? query.delta || DELTAS[0][0] : undefined };
  const [risk, loyalty, curve, changes] = await Promise.all([
    all('/v1/queries/kpi.risk', {}, { most: 500, signal: app.signal }),
    all('/v1/queries/kpi.loyalty', asked, { most: 2000, signal: app.signal }),
    get('/v1/queries/kpi.curve', {}, app.signal),
    all('/v1/changes', {}, { most: 500, signal: app.signal }),
  ]);
  app.title('Loyalty');
  replace(app.root,
    h('div', { class: 'head' }, h('h1', { tabindex: -1 }, 'Loyalty and risk')),
    riskCard(risk.rows, risk.more),
    h('section', { class: 'kpis' }, h('h2', null, 'Satisfaction and loyalty'), whatIf(query, changes.rows), foreseen(loyalty.rows, query),
      loyalty.rows.length ? picture('/v1/loyalty.svg', asked, 'Clients by satisfaction and loyalty; the lists below have all of them.') : h('p', { class: 'muted' }, 'No client is known here yet.'),
      loyalty.rows.length ? quadrantTable(loyalty.rows, Boolean(query.change)) : null),
    curveCard(curve));
}
