// kpi: one figure: its chart with the numbers behind it, what it was when it was sealed, its signals, and what it counted.
import { all, get, pathOf } from '/api.js';
import { announce, h, replace } from '/dom.js';
import { count, day, dayText, kpiName, kpis, largeWithUnit, limitsText, number, periodText, picture, rangeOf, withUnit } from '/figure.js';
import { asked, certainty, figureOr, filters, heading, linkToKpi, scopeOf, showKpis, verdictOf } from '/kpis.js';
import { linksTo } from '/links.js';
import { answerSchema, propertyOf, resolve } from '/schema.js';
import { PARTS, clientName, isClient, knowNames, partOf } from '/session.js';
import { table } from '/table.js';
import { capital, many, meaning, plain, time } from '/words.js';

const COUNTED_PAGE = 50;
const SIDES = { good: 'Better', bad: 'Worse', watch: 'Signal' };
const SIDELESS = ['fourteen_alternate', 'fifteen_within', 'eight_outside']; // of how points are spread

// What an absent list means to the page: nothing, and why.
async function listOr(path, parameters, signal) {
  try {
    return await all(path, parameters, { most: 500, signal });
  } catch (problem) {
    if (problem.status === 401 || problem.name === 'AbortError') throw problem;
    return { rows: [], problem };
  }
}

async function chartOr(parameters, signal) {
  try {
    return await get('/v1/queries/kpi.series', parameters, signal);
  } catch (problem) {
    if (problem.status === 401 || problem.name === 'AbortError') throw problem;
    return { points: [], problem };
  }
}

// --- the figure --------------------------------------------------------------------------------------------------------

const fact = (name, ...value) => h('div', null, h('dt', null, name), h('dd', null, value));

// Everything else that the answer says, in the words of its description.
const SHOWN = ['kpi', 'formula', 'unit', 'from', 'to', 'value', 'low', 'high', 'n', 'coverage', 'exclusions', 'small', 'changed', 'squares',
  'baseline_squares', 'clients_sum', 'baseline_from', 'baseline_to'];
const NAMES = {
  numerator: 'Numerator', denominator: 'Denominator', covered: 'Covered', eligible: 'Could have been', adjusted: 'Centre of the interval',
  by_client: 'Each client alike', clients: 'Clients', baseline: 'In the baseline', population: 'Who could be asked',
  baseline_numerator: 'Numerator then', baseline_denominator: 'Denominator then',
};
const UNITS = ['by_client', 'adjusted', 'baseline'];

function facts(figure) {
  const schema = answerSchema('kpi.value');
  const rows = Object.entries(figure).filter(([name]) => !SHOWN.includes(name));
  return h('dl', { class: 'facts' },
    fact('Formula', figure.formula),
    figure.baseline_from ? fact('Baseline', day(figure.baseline_from), ' to ', day(figure.baseline_to)) : null,
    rows.map(([name, value]) => h('div', { title: propertyOf(schema, name).description },
      h('dt', null, NAMES[name] ?? capital(plain(name))), h('dd', null, UNITS.includes(name) ? withUnit(value, figure.unit) : count(value)))));
}

function figureCard(figure) {
  if (figure.problem) return h('section', { class: 'card' }, h('h2', null, 'The figure'), h('p', { class: 'none' }, figure.problem.message));
  return h('section', { class: 'card' }, h('h2', null, 'The figure'),
    h('p', { class: 'value large' }, h('span', null, largeWithUnit(figure.value, figure.unit)), verdictOf(figure)),
    h('p', { class: 'sure' }, certainty(figure).map((part, i) => [i ? ' · ' : '', h('span', null, part)])), facts(figure));
}

// As it was known when the range was over, beside what is known now.
function sealedCard(figure, sealed, query, range) {
  const go = (event) => {
    if (event.target.value) location.hash = linkToKpi(query.kpi, { ...query, as_of: event.target.value });
  };
  const asOf = query.as_of || range.to;
  const same = !sealed.problem && !figure.problem && sealed.value === figure.value && sealed.n === figure.n;
  const row = (name, one) => ({ cells: [name, one.problem ? one.problem.message : one.value === undefined ? '–' : withUnit(one.value, one.unit),
    one.problem ? '' : count(one.n)] });
  return h('section', { class: 'card' }, h('div', { class: 'head' }, h('h2', null, 'Sealed and today'),
    h('label', { class: 'choice' }, h('span', null, 'As it was known on'), h('input', { type: 'date', value: asOf, on: { change: go } }))),
  table('Sealed and today', ['Known', 'Figure', 'n'], [row(['at the end of ', dayText(asOf)], sealed), row('today', figure)]),
  h('p', { class: 'muted' }, same ? 'Nothing that was told later changed it.' : 'What was told later changed today’s figure; what was known then stays as it was.'));
}

// --- the chart and the numbers behind it -------------------------------------------------------------------------------

function pointRow(point, unit, rules) {
  const side = !point.rule ? '' : point.good ? 'good' : SIDELESS.includes(point.rule) ? 'watch' : 'bad';
  const signal = side && [h('span', { class: `state ${side}` }, SIDES[side]), ' ', meaning(rules, point.rule)];
  return {
    late: side === 'bad',
    cells: [periodText(point),
      point.value === undefined ? h('span', { class: 'muted' }, point.withheld ? 'Withheld' : point.n ? 'Too little' : 'Nothing') : withUnit(point.value, unit === 'percent' ? unit : ''), count(point.n ?? 0),
      limitsText(point), [point.baseline ? 'Baseline ' : '', signal]],
  };
}

function chartCard(chart, query, range) {
  if (chart.problem) return h('section', { class: 'card' }, h('h2', null, 'Chart'), h('p', { class: 'none' }, chart.problem.message));
  const points = chart.points ?? [];
  const point = resolve(propertyOf(answerSchema('kpi.series'), 'points').items) ?? {};
  const signals = points.filter((one) => one.rule).length;
  const go = (event) => {
    location.hash = linkToKpi(query.kpi, { ...query, period: event.target.value });
  };
  const periods = [['weekday', 'Weekdays'], ['day', 'Days'], ['week', 'Weeks'], ['month', 'Months']];
  return h('section', { class: 'card' },
    h('div', { class: 'head' }, h('h2', null, 'Chart'),
      h('label', { class: 'choice' }, h('span', null, 'Periods'), h('select', { name: 'period', on: { change: go } },
        periods.map(([value, words]) => h('option', { value, selected: value === range.period }, words))))),
    picture('/v1/chart.svg', { ...seriesOf(query, range), title: heading(query, kpiName(query.kpi)) },
      `${kpiName(query.kpi)} over ${many(points.length, 'period')}, ${signals} of them signals; the table below has the numbers.`),
    h('details', { open: points.length <= 14 }, h('summary', null, `${many(points.length, 'period')} as a table`),
      table('Periods', ['Period', chart.unit === 'percent' ? 'Figure' : `Figure, ${chart.unit}`, 'n', 'Limits', 'Signal'], points.map((one) => pointRow(one, chart.unit, propertyOf(point, 'rule'))))));
}

const seriesOf = (query, range) => ({ kpi: query.kpi, ...scopeOf(query), from: range.from, to: range.to, period: range.period });

// --- signals -----------------------------------------------------------------------------------------------------------

// Of the service or component that is asked for; of everything where neither is.
const isOf = ({ service, component }) => (row) => (!service || row.service === service) && (!component || row.component === component);

function signalsCard({ rows, problem }, query, range) {
  if (problem) return null; // not for this reader
  const mine = rows.filter((row) => row.from <= range.to && row.to >= range.from && isOf(query)(row));
  const schema = answerSchema('kpi.signals');
  return h('section', { class: 'card' }, h('h2', null, 'Signals'),
    mine.length ? table('Signals', ['Days', 'Of', 'What it is', 'Found by', 'Tickets'], mine.map((row) => ({
      late: !row.good,
      cells: [periodText(row),
        h('bdi', null, [query.client ? '' : clientName(row.client ?? ''), partOf(row)].filter(Boolean).join(', ') || 'the whole client'),
        [h('span', { class: `state ${row.good ? 'good' : 'bad'}` }, capital(plain(row.kind))), h('small', null, meaning(propertyOf(schema, 'kind'), row.kind))],
        [meaning(propertyOf(schema, 'rule'), row.rule), row.count === undefined ? null : h('small', null, `${row.count} where ${number(row.expected)} ${Number(row.expected) === 1 ? 'was' : 'were'} to be expected`)],
        (row.tickets ?? []).map((one) => one.ticket).join(', ')],
    }))) : h('p', { class: 'muted' }, 'No signal of this figure in these days.'));
}

// --- what was counted --------------------------------------------------------------------------------------------------

const COUNTED = ['Day', 'What', 'Of', 'Counts as', 'Adds'];

function countedRow(row) {
  return {
    head: 1,
    cells: [day(row.day), [h('bdi', null, row.id), h('small', null, plain(row.what))],
      h('bdi', null, [isClient() ? '' : clientName(row.client), partOf(row)].filter(Boolean).join(', ')),
      [row.words, row.excluded ? h('small', null, 'Left out: ', h('bdi', null, row.reason ?? ''), row.at ? [', ', time(row.at)] : null,
        row.client_agreed ? ', the client agreed' : null) : null],
      row.value === undefined ? '' : count(row.value)],
  };
}

function countedCard(query, range, app) {
  const place = h('div');
  const more = h('button', { type: 'button' }, 'Show what was counted');
  const rows = [];
  let cursor;
  const load = async () => {
    more.setAttribute('aria-disabled', 'true');
    try {
      const page = await get('/v1/queries/kpi.counted', { kpi: query.kpi, ...scopeOf(query), from: range.from, to: range.to, limit: COUNTED_PAGE, cursor }, app.signal);
      rows.push(...page.rows);
      cursor = page.cursor;
      replace(place, rows.length ? table('What was counted', COUNTED, rows.map(countedRow)) : h('p', { class: 'muted' }, 'Nothing was counted.'));
      more.hidden = !cursor;
      more.textContent = `${count(rows.length)} are shown: show more`;
      announce(`${many(rows.length, 'row')}${cursor ? ', and there are more' : ''}`);
    } catch (problem) {
      if (problem.status === 401) app.fail(problem);
      else if (problem.name !== 'AbortError') replace(place, h('p', { class: 'none' }, problem.message));
    } finally {
      more.removeAttribute('aria-disabled');
    }
  };
  more.addEventListener('click', load);
  return h('section', { class: 'card counted' }, h('h2', null, 'What was counted'), place, more);
}

// --- the page ----------------------------------------------------------------------------------------------------------

export async function showKpi(app, rest, query) {
  const [, words] = kpis().find(([name]) => name === query.kpi) ?? [];
  if (words === undefined) {
    await showKpis(app, query);
    return;
  }
  const range = rangeOf(query);
  const parameters = asked(query.kpi, query, range);
  const [figure, sealed, chart, signals] = await Promise.all([
    figureOr(parameters, app.signal), figureOr({ ...parameters, as_of: query.as_of || range.to }, app.signal),
    chartOr(seriesOf(query, range), app.signal),
    listOr('/v1/queries/kpi.signals', { client: query.client, kpi: query.kpi }, app.signal), knowNames(PARTS),
  ]);
  const { kpi, ...others } = query;
  const name = kpiName(kpi);
  app.title(name);
  replace(app.root,
    h('p', { class: 'crumbs' }, h('a', { href: pathOf('#/kpis', others) }, 'KPIs'), h('span', null, ' / '), name),
    h('div', { class: 'head' }, h('h1', { tabindex: -1 }, heading(query, name)), h('p', { class: 'muted' }, words)),
    filters(query, range), query.client ? h('p', { class: 'row others' }, linksTo(query.client, 'kpis')) : null,
    h('div', { class: 'columns' },
      h('div', { class: 'wide' }, chartCard(chart, query, range)),
      h('div', { class: 'side' }, figureCard(figure), sealedCard(figure, sealed, query, range)),
      h('div', { class: 'wide' }, signalsCard(signals, query, range), countedCard(query, range, app))));
}
