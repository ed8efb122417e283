// programme_parts: the parts of a programme's page.
import { h } from '/dom.js';
import { count, day, dayText, kpiName, number, periodText, picture, withUnit } from '/figure.js';
import { linkToKpi } from '/kpis.js';
import { problemPlace } from '/forms.js';
import { buttonsOf, evidenceList, ragOf, verdictWords } from '/programmes.js';
import { answerSchema, entitySchema, propertyOf, resolve } from '/schema.js';
import { mayCommand, partOf, personName } from '/session.js';
import { table } from '/table.js';
import { capital, many, meaning, plain } from '/words.js';

const card = (id, title, ...inside) => h('section', { class: 'card', 'aria-labelledby': id }, h('h2', { id }, title), inside);
const names = (list) => (list ?? []).map((one) => personName(one.person)).join(', ');

// A figure's name, which leads to its page.
const kpiLink = (client, { kpi, service, component }) => h('a', { href: linkToKpi(kpi, { client, service: component ? undefined : service, component }) }, kpiName(kpi));

// --- exit --------------------------------------------------------------------------------------------------------------

// `lessons`: their names; what shows a condition may be one of them, or somebody.
function conditionNode(one, lessons) {
  return h('li', { class: one.holds ? 'passed' : 'open' },
    h('span', { class: 'tick', 'aria-hidden': 'true' }, one.holds ? '✓' : '○'),
    h('div', null, h('p', null, one.condition, h('span', { class: 'hidden' }, one.holds ? ': holds' : ': open')),
      one.holds ? one.evidence ? h('small', null, h('bdi', null, lessons[one.evidence] ?? personName(one.evidence))) : null
        : h('small', null, (one.why ?? '').replace(/\.$/, ''), one.about ? [': ', h('bdi', null, one.about)] : null, one.count === undefined ? '' : ` (${count(one.count)})`, one.day ? [', ', day(one.day)] : null, '.')));
}

export function conditionsCard({ conditions, lessons }) {
  const open = conditions.filter((one) => !one.holds).length;
  return card('exit', 'Exit conditions', h('p', { class: 'muted' }, open ? `${open} of ${conditions.length} are open.` : 'All of them hold.'),
    h('ul', { class: 'gates' }, conditions.map((one) => conditionNode(one, lessons))));
}

// --- what it proved ----------------------------------------------------------------------------------------------------

const PARTS = { baseline: 'Baseline', between: 'Between', behind: 'After' };

function chartOf(entity, one, points, unit) {
  if (!points?.length) return null;
  const alt = `${kpiName(one.kpi)} over ${many(points.length, 'closed period')}; the table below has the numbers.`;
  return [
    picture(`/v1/programmes/${encodeURIComponent(entity.id)}/chart.svg`, { client: entity.client, objective: one.number, title: `${kpiName(one.kpi)}${unit && unit !== one.kpi ? `, ${unit}` : ''}: ${one.name}`,
      mark_day: entity.launched_on, mark: 'Programme' }, alt),
    h('details', null, h('summary', null, `${many(points.length, 'period')} as a table`),
      table('Periods', ['Period', unit ? `Figure, ${unit}` : 'Figure', 'n', 'Target', 'Counts for'], points.map((point) => ({
        late: point.bad_signal,
        cells: [periodText(point), point.value === undefined ? (point.withheld ? 'Withheld' : 'Too little') : number(point.value), point.n === undefined ? '' : count(point.n),
          point.target === undefined ? '' : number(point.target), [PARTS[point.part] ?? '', point.bad_signal ? h('small', null, 'a signal on the bad side') : null]],
      })))),
  ];
}

// Of two percentages the difference is one of percentage points.
const changeUnit = (unit) => (unit === 'percent' ? 'percentage points' : unit);

function outcomeNode(entity, objective, outcome, points, unit) {
  const change = outcome?.change === undefined ? null : [`${withUnit(outcome.before, unit)} before, ${withUnit(outcome.after, unit)} after: a change of `,
    h('strong', null, withUnit(outcome.change, changeUnit(unit))), outcome.low === undefined ? ' (too little for an interval)' : ` (95 % certain: ${number(outcome.low)} to ${number(outcome.high)})`, outcome.less_is_better ? '; less is better' : ''];
  return h('div', { class: 'outcome' },
    h('h3', null, h('bdi', null, objective.name), ' ', outcome ? verdictWords(outcome.verdict) : null),
    change ? h('p', null, change) : h('p', { class: 'muted' }, outcome?.withheld ? 'Withheld: few people answered.' : 'No period closed behind the last action yet.'),
    outcome?.since ? h('p', { class: 'muted' }, `After: ${dayText(outcome.since)} to ${dayText(outcome.until)}, ${outcome.periods} ${outcome.periods === 1 ? 'period' : 'periods'}, n = ${count(outcome.n_after ?? 0)}. `,
      `Before: n = ${count(outcome.n_before ?? 0)}, frozen at the launch.`) : null,
    chartOf(entity, objective, points, unit));
}

export function verdictCard({ entity, outcomes, charts, units }) {
  return card('verdict', 'Before and after', (entity.objectives ?? []).map((one, i) =>
    outcomeNode(entity, one, outcomes.find((outcome) => outcome.objective === one.number), charts[i], units[one.kpi])));
}

// --- what it is to reach -----------------------------------------------------------------------------------------------

export function objectivesCard({ entity, reviews, units }) {
  const now = new Map((reviews.at(-1)?.metrics ?? []).map((metric) => [metric.objective, metric]));
  return card('objectives', 'Objectives', table('Objectives', ['Objective', 'Figure', 'Baseline', 'Target', 'At the last review', 'By'], (entity.objectives ?? []).map((one) => {
    const metric = now.get(one.number);
    return { cells: [[h('bdi', null, one.name), h('small', null, h('bdi', null, one.measured))], [kpiLink(entity.client, one), partOf(one) ? h('small', null, h('bdi', null, partOf(one))) : null],
      [withUnit(one.baseline, units[one.kpi]), h('small', null, `${dayText(one.since)} to ${dayText(one.until)}`)], withUnit(one.target, units[one.kpi]),
      metric?.value === undefined ? '–' : [withUnit(metric.value, units[one.kpi]), h('small', null, metric.trend)], day(one.by)] };
  })));
}

export function criteriaCard({ entity, units }) {
  const all = entity.criteria ?? [];
  if (!all.length) return null;
  return card('criteria', 'Criteria', h('ul', { class: 'plainlist' }, all.map((one) => h('li', null,
    h('p', null, `${one.number}. `, h('bdi', null, one.words), ' ', h('small', null, one.kind === 'success' ? 'success' : 'closeout', one.kpi ? [', by ', kpiLink(entity.client, one), ` ${withUnit(one.target, units[one.kpi])}`] : null)),
    one.signed_by ? h('p', null, h('span', { class: `state ${one.met ? 'good' : 'bad'}` }, one.met ? 'Holds' : 'Does not hold'), ' ', h('bdi', null, personName(one.signed_by)), ', ', day(one.signed_on),
      one.evidence ? [' ', h('small', null, h('bdi', null, one.evidence))] : null) : null))));
}

export function causesCard(entity) {
  const all = entity.causes ?? [];
  if (!all.length) return null;
  return card('causes', 'Root causes', h('ol', { class: 'plainlist' }, all.map((one) => h('li', null, h('p', null, `${one.number}. `, h('bdi', null, one.words)),
    one.evidence ? h('small', null, h('bdi', null, one.evidence)) : null))));
}

export function risksCard(entity) {
  const all = entity.risks ?? [];
  if (!all.length) return null;
  return card('risks', 'Risks', h('ul', { class: 'plainlist' }, all.map((one) => h('li', null, h('p', null, h('bdi', null, one.words)), one.answer ? h('small', null, h('bdi', null, one.answer)) : null))));
}

export function lessonsCard({ entity, lessons }) {
  const all = entity.lessons ?? [];
  if (!all.length) return null;
  return card('lessons', 'Lessons', h('ul', { class: 'plainlist' }, all.map((one) => h('li', null, h('bdi', null, lessons[one.lesson] ?? one.lesson)))));
}

export function evidenceCard(entity) {
  const all = entity.evidence ?? [];
  if (!all.length) return null;
  return card('again', 'What showed itself since the launch', evidenceList(all, resolve(propertyOf(entitySchema('programmes'), 'evidence').items)));
}

// --- the plan ----------------------------------------------------------------------------------------------------------

const NEXT = { pending: [], open: ['start', 'hold', 'skip'], wip: ['finish', 'hold', 'skip'], on_hold: ['start', 'skip'], done_unverified: ['verify', 'refute'] };
const STATES = { done: 'good', skipped: '', done_unverified: 'watch', on_hold: 'watch', wip: '', open: '', pending: '' };

function actionRow(one, schema, refresh) {
  const button = buttonsOf('actions', one.id, one.client, refresh);
  const place = problemPlace();
  const verbs = mayCommand() ? [...(NEXT[one.state] ?? []), ...(['done', 'skipped'].includes(one.state) ? [] : ['change'])] : [];
  const late = one.overdue && !['done_unverified', 'done', 'skipped'].includes(one.state);
  const initial = { words: one.words, owner: one.owner, due: one.due, days: one.days, effect_kpi: one.effect_kpi, effect: one.effect };
  return {
    head: 1, late,
    cells: [one.number,
      [h('bdi', null, one.words), h('small', null, `removes cause ${one.cause}`, one.waits_for?.length ? `, after ${one.waits_for.map(({ number: n }) => n).join(', ')}` : '',
        one.effect_kpi ? [`, for ${kpiName(one.effect_kpi)} `, h('bdi', null, one.effect ?? '')] : null),
      one.reason ? h('small', null, 'Because ', h('bdi', null, one.reason)) : null, one.evidence ? h('small', null, 'Shown by ', h('bdi', null, one.evidence)) : null],
      [h('bdi', null, personName(one.owner)), one.responsible?.length ? h('small', null, 'with ', names(one.responsible)) : null],
      [h('span', { class: late ? 'overdue' : null }, day(one.due)), one.slips ? h('small', null, `first ${dayText(one.original_due)}, ${one.slips} ${one.slips === 1 ? 'slip' : 'slips'}`) : null],
      [h('span', { class: `state ${late ? 'bad' : STATES[one.state]}`, title: meaning(propertyOf(schema, 'state'), one.state) }, late ? 'Overdue' : capital(plain(one.state))),
        one.verified_by ? h('small', null, 'verified by ', h('bdi', null, personName(one.verified_by)), ', ', dayText(one.verified_on)) : null],
      verbs.length ? h('div', { class: 'row' }, verbs.map((verb) => button(verb, { place, initial: verb === 'change' ? initial : {} })), place) : ''],
  };
}

export function planCard({ entity, actions }, refresh) {
  const schema = answerSchema('sip.actions');
  const open = mayCommand() && actions.some((one) => !['done', 'skipped'].includes(one.state));
  return card('plan', 'Action plan', actions.length ? table('Actions', ['No.', 'Action', 'Owner', 'Due', 'State', ...(open ? ['Do'] : [])], actions.map((one) => {
    const row = actionRow(one, schema, refresh);
    return open ? row : { ...row, cells: row.cells.slice(0, -1) };
  }))
    : h('p', { class: 'muted' }, entity.causes?.length ? 'No action is planned yet.' : 'No cause is recorded yet; actions remove causes.'));
}

// --- reviews -----------------------------------------------------------------------------------------------------------

function agendaList(items) {
  return h('ul', { class: 'plainlist' }, items.map((one) => h('li', null, capital(plain(one.kind)), one.number ? ` ${one.number}` : '', one.words ?? one.risk ? [': ', h('bdi', null, one.words ?? one.risk)] : null, one.day ? [' ', day(one.day)] : null)));
}

function reviewNode(one, units) {
  return h('li', null,
    h('p', null, h('strong', null, `Review ${one.number}, `, day(one.held_on)), ' ', ragOf(one.rag, one.trend), h('small', null, ` · ${one.percent ?? 0} % of the plan done`, one.overdue ? `, ${one.overdue} overdue` : '')),
    h('p', { class: 'said' }, h('bdi', null, one.minutes)), h('p', { class: 'muted' }, 'Present: ', h('bdi', null, names(one.attended))),
    h('details', null, h('summary', null, 'Agenda and figures'), agendaList(one.agenda ?? []),
      table('Figures', ['Figure', 'Baseline', 'Target', 'Then', 'Trend'], (one.metrics ?? []).map((metric) => ({
        cells: [kpiName(metric.kpi), withUnit(metric.baseline, units[metric.kpi]), withUnit(metric.target, units[metric.kpi]), metric.value === undefined ? '–' : withUnit(metric.value, units[metric.kpi]), metric.trend] })))));
}

export function reviewsCard({ entity, reviews, agenda, units }) {
  const ended = ['closed', 'cancelled'].includes(entity.state);
  return card('reviews', 'Progress reviews', reviews.length ? h('ol', { class: 'plainlist' }, [...reviews].reverse().map((one) => reviewNode(one, units))) : h('p', { class: 'muted' }, 'None was held yet.'),
    ended || !agenda.length ? null : h('details', null, h('summary', null, `Agenda of the next one (${agenda.length})`), agendaList(agenda)));
}
