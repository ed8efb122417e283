// kpis: every figure of a client, a service or a component over a range of days: a card each, with what it rests on.
import { get, pathOf } from '/api.js';
import { h, replace } from '/dom.js';
import { RANGES, count, dayText, kpiName, kpis, largeWithUnit, picture, rangeOf, withUnit } from '/figure.js';
import { linksTo } from '/links.js';
import { PARTS, isClient, knowNames, partOf, session } from '/session.js';

// In this order; what is in none of them stands at the end.
const GROUPS = [
  ['Satisfaction', ['nps', 'csat_relationship', 'csat_escalation', 'satisfaction_improvement']],
  ['Loyalty', ['retention', 'gross_retention', 'net_retention', 'hostages']],
  ['Service levels', ['sla_attainment', 'sla_improvement', 'response_time', 'resolve_time', 'resolution_rate', 'first_contact', 'incidents']],
  ['Escalations', ['engagement_time', 'promises_kept']],
  ['Cost and prevention', ['unit_cost', 'reactive', 'reactive_hours', 'maturity']],
];
const NEEDS_BASELINE = ['satisfaction_improvement', 'sla_improvement'];
const NO_SERIES = [...NEEDS_BASELINE, 'maturity']; // a change is of another figure, and a step of three periods
const READING = 'n: how many were counted. Coverage: of all that should have been counted, the share that was. 95 % certain: where the true value lies in 95 of 100 such cases.';
const MARKS = ' Charts: shaded is the frozen baseline, the straight line its mean, dashed its limits, dash and dot the target, a diamond a signal.';
const BY = { weekday: 'By weekday', day: 'By day', week: 'By week', month: 'By month' };

export const scopeOf = ({ client, service, component }) => ({ client, service, component });

export const linkToKpi = (kpi, query) => pathOf('#/kpis', { ...query, kpi });

// What is asked of a figure: an improvement is over the range before, which others are compared with.
export function asked(kpi, query, range) {
  const given = query.baseline_from && query.baseline_to;
  const baseline = given ? { baseline_from: query.baseline_from, baseline_to: query.baseline_to }
    : NEEDS_BASELINE.includes(kpi) ? { baseline_from: range.before.from, baseline_to: range.before.to } : {};
  return { kpi, ...scopeOf(query), from: range.from, to: range.to, ...baseline };
}

// --- the head of both pages --------------------------------------------------------------------------------------------

export function filters(query, range) {
  const go = (change) => {
    const next = Object.entries({ ...query, ...change }).filter(([, value]) => value);
    location.hash = `#/kpis?${new URLSearchParams(next)}`;
  };
  const choice = (name, text, options, chosen, change) => h('label', { class: 'choice' }, h('span', null, text),
    h('select', { name, on: { change: (event) => go(change ? change(event.target.value) : { [name]: event.target.value }) } },
      options.map(([value, words]) => h('option', { value, selected: value === (chosen ?? '') }, words))));
  const words = (name, text) => h('label', { class: 'choice' }, h('span', null, text),
    h('datalist', { id: `known-${name}` }, [...session.named.get(name) ?? []].map(([id, called]) => h('option', { value: id, label: called }))),
    h('input', { name, value: query[name] ?? '', list: `known-${name}`, autocomplete: 'off', size: 16, on: { change: (event) => go({ [name]: event.target.value.trim(), [name === 'service' ? 'component' : 'service']: '' }) } }));
  const date = (name, text) => h('label', { class: 'choice' }, h('span', null, text),
    h('input', { type: 'date', name, value: range[name], on: { change: (event) => event.target.value && go({ from: range.from, to: range.to, [name]: event.target.value, range: '' }) } }));
  const all = session.me.clients.length ? [] : [['', 'All clients']];
  const shown = [...all, ...session.clients];
  return h('div', { class: 'row filters', role: 'group', 'aria-label': 'Filters' },
    shown.length > 1 ? choice('client', 'Client', shown, query.client, (client) => ({ client, service: '', component: '' })) : null,
    words('service', 'Service'), words('component', 'Component'),
    choice('range', 'Days', [...(range.preset ? [] : [['', 'As chosen']]), ...RANGES], range.preset, (name) => ({ range: name, from: '', to: '' })),
    date('from', 'from'), date('to', 'to'));
}

export function heading(query, name) {
  const who = query.client ? session.clients.get(query.client) ?? query.client : isClient() || session.me.clients.length === 1 ? '' : 'all clients';
  return [name, [who, partOf(query)].filter(Boolean).join(', ')].filter(Boolean).join(': ');
}

// --- a card ------------------------------------------------------------------------------------------------------------

// Interval, number and coverage: a figure is not shown without them.
export function certainty(figure) {
  const parts = [];
  if (figure.low !== undefined) parts.push(`95 % certain: ${withUnit(figure.low)} to ${withUnit(figure.high, figure.unit)}`);
  parts.push(`n = ${count(figure.n ?? 0)}`);
  if (figure.coverage !== undefined) parts.push(`coverage ${withUnit(figure.coverage, 'percent')}`);
  if (figure.exclusions) parts.push(`${count(figure.exclusions)} left out by a record`);
  return parts;
}

const TOO_FEW = 'Fewer people answered than are reported, so that nobody learns who said what.';

export function verdictOf(figure) {
  if (figure.withheld) return [h('span', { class: 'state watch', title: TOO_FEW }, 'Withheld')];
  if (figure.value === undefined) {
    const why = !figure.n ? 'Nothing was counted' : figure.baseline_from ? 'Nothing to compare with' : 'Too little to say';
    return [h('span', { class: 'state watch' }, why)];
  }
  return [
    figure.small ? h('span', { class: 'state watch', title: 'Too few to be relied on: the interval is that of small samples.' }, 'Few: read the interval') : null,
    figure.changed ? h('span', { class: 'state watch', title: 'The interval does not hold zero.' }, 'More than chance') : null,
  ].filter(Boolean);
}

function cardOf([kpi, meaning], figure, query, range, group) {
  const title = h('h3', null, h('a', { href: linkToKpi(kpi, query) }, kpiName(kpi)));
  if (figure.problem) {
    return h('li', { class: 'card kpi muted', 'data-group': group }, title, h('p', { class: 'muted' }, meaning), h('p', { class: 'muted none' }, figure.problem.message));
  }
  return h('li', { class: 'card kpi', 'data-kpi': kpi, 'data-group': group }, title,
    h('p', { class: 'value' }, h('span', null, largeWithUnit(figure.value, figure.unit)), verdictOf(figure)),
    h('p', { class: 'sure' }, certainty(figure).map((part, i) => [i ? ' · ' : '', h('span', null, part)])),
    figure.value === undefined || NO_SERIES.includes(kpi) ? null : picture('/v1/chart.svg',
      { kpi, ...scopeOf(query), from: range.from, to: range.to, period: range.period, title: BY[range.period], size: 'narrow' },
      `Chart of ${kpiName(kpi)}; its numbers are on the figure's own page.`, { lazy: true }),
    h('details', null, h('summary', null, 'How it is computed'), h('p', null, meaning), h('p', null, figure.formula)));
}

// A figure, or why there is none: the page shows the others.
export async function figureOr(parameters, signal) {
  try {
    return await get('/v1/queries/kpi.value', parameters, signal);
  } catch (problem) {
    if (problem.status === 401 || problem.name === 'AbortError') throw problem;
    return { problem };
  }
}

export async function showKpis(app, query) {
  const range = rangeOf(query);
  const all = kpis();
  const grouped = GROUPS.flatMap(([, names]) => names);
  const groups = [...GROUPS, ['Others', all.map(([name]) => name).filter((name) => !grouped.includes(name))]];
  const [, ...read] = await Promise.all([knowNames(PARTS), ...all.map(async ([name]) => [name, await figureOr(asked(name, query, range), app.signal)])]);
  const figures = new Map(read);
  app.title('KPIs');
  replace(app.root,
    h('div', { class: 'head' }, h('h1', { tabindex: -1 }, heading(query, 'KPIs')),
      h('p', { class: 'muted' }, `${dayText(range.from)} to ${dayText(range.to)}, whole days`)),
    filters(query, range), query.client ? h('p', { class: 'row others' }, linksTo(query.client, 'kpis')) : null,
    h('p', { class: 'muted reading' }, READING, h('span', { class: 'paper' }, MARKS)),
    groups.map(([name, names]) => {
      const mayRead = ([kpi]) => figures.get(kpi).problem?.status !== 403; // what is the provider's own
      const shown = all.filter(([kpi]) => names.includes(kpi)).filter(mayRead).sort(([a], [b]) => names.indexOf(a) - names.indexOf(b));
      return shown.length ? h('section', { class: 'kpis figures' }, h('h2', null, name),
        h('ul', null, shown.map((kpi) => cardOf(kpi, figures.get(kpi[0]), query, range, name)))) : null;
    }));
}
