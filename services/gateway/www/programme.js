// programme: one service improvement programme: what it is for, its plan, its reviews, whether it may be closed, and what it proved.
import { all, get } from '/api.js';
import { h, replace } from '/dom.js';
import { day, kpiName, number, today } from '/figure.js';
import { openForm, problemPlace } from '/forms.js';
import { linksTo } from '/links.js';
import { coalesced, listen } from '/live.js';
import { figureOr, linkToKpi } from '/kpis.js';
import { sessionEnded } from '/overview.js';
import { causesCard, conditionsCard, criteriaCard, evidenceCard, lessonsCard, objectivesCard, planCard, reviewsCard, risksCard, verdictCard } from '/programme_parts.js';
import { buttonsOf, people, ragOf, verdictWords } from '/programmes.js';
import { commandsOn, creator, entitySchema, propertyOf } from '/schema.js';
import { PARTS, clientName, isClient, knowNames, mayCommand, partOf, personName } from '/session.js';
import { capital, meaning, plain, time } from '/words.js';

// What each state is followed by, in this order; what is not named here can be found under "More".
const STEPS = {
  launched: ['approve', 'cause'], planning: ['cause', 'post', 'sign'], executing: ['review', 'cause', 'post', 'sign', 'monitor'],
  on_hold: ['resume'], monitoring: ['review', 'lesson', 'survey', 'signoff'], signoff: ['confirm', 'decline', 'close'], closed: ['reopen'],
};
const WORDS = {
  approve: 'Approve the charter', revise: 'Revise the charter', assign: 'Give roles to others', cause: 'Record a cause', clone: 'Take over another plan',
  post: 'Post the plan to the client', sign: 'Client signed the plan', hold: 'Put on hold', resume: 'Go on', review: 'Record a review', monitor: 'Begin to monitor',
  criterion: 'Sign a criterion', lesson: 'File a lesson', ticket: 'Say the ticket', survey: 'Decide on the survey', signoff: 'Ask the client to confirm',
  confirm: 'Client confirmed', decline: 'Client declined', close: 'Close out', reopen: 'Open again', cancel: 'Give up',
};

// The unit of each figure that it is about, as answers say it.
async function readUnits(entity, signal) {
  const kpis = [...new Set([...(entity.objectives ?? []), ...(entity.criteria ?? [])].map((one) => one.kpi).filter(Boolean))];
  const day = today();
  const asked = { client: entity.client, from: day, to: day, baseline_from: day, baseline_to: day };
  return Object.fromEntries(await Promise.all(kpis.map(async (kpi) => [kpi, (await figureOr({ kpi, ...asked }, signal)).unit])));
}

// What the catalog calls the lessons; who may not read it sees their ids.
async function readLessons(entity, signal) {
  const read = (entity.lessons ?? []).map(async ({ lesson }) => [lesson, await get(`/v1/lessons/${encodeURIComponent(lesson)}`, {}, signal).then((one) => one.name).catch(() => lesson)]);
  return Object.fromEntries(isClient() ? [] : await Promise.all(read));
}

async function read(client, id, signal) {
  const asked = (name, more) => all(`/v1/queries/sip.${name}`, { client, programme: id, ...more }, { signal }).then((page) => page.rows);
  const entity = await get(`/v1/programmes/${encodeURIComponent(id)}`, { client }, signal);
  const [actions, reviews, conditions, outcomes, agenda] = await Promise.all(['actions', 'reviews', 'exit', 'verdict', 'agenda'].map((name) => asked(name)));
  const charts = await Promise.all((entity.objectives ?? []).map((one) => asked('chart', { objective: one.number })));
  const [units, lessons] = await Promise.all([readUnits(entity, signal), readLessons(entity, signal), knowNames(PARTS)]);
  return { entity, actions, reviews, conditions, outcomes, agenda, charts, units, lessons };
}

function standing(entity) {
  const item = (name, ...inside) => h('div', null, h('dt', null, name), h('dd', null, inside));
  const last = entity.closures?.at(-1);
  const schema = propertyOf(entitySchema('programmes'), 'state');
  return h('dl', { class: 'standing' },
    item('State', h('span', { class: `state ${['closed', 'cancelled'].includes(entity.state) ? 'good' : 'watch'}`, title: meaning(schema, entity.state) }, capital(plain(entity.state)))),
    item(['closed', 'cancelled'].includes(entity.state) ? 'At the last review' : 'Health', ragOf(entity.rag, entity.trend)),
    item('Plan', h('progress', { max: 100, value: entity.percent ?? 0, 'aria-label': 'How much of the plan is done' }), `${entity.percent ?? 0} % of ${entity.actions ?? 0} ${entity.actions === 1 ? 'action' : 'actions'}`),
    entity.next_review ? item('Next review', day(entity.next_review)) : null,
    last ? item('Closed', time(last.at), ' ', verdictWords(last.verdict)) : null,
    item('It stands so because', h('span', { class: 'muted' }, entity.reason || meaning(schema, entity.state))));
}

const aboutOf = ({ client, service, component }) => ({ client, service: component ? undefined : service, component });

function facts(entity) {
  const fact = (name, value) => (value ? h('div', null, h('dt', null, name), h('dd', null, value)) : null);
  const who = (id) => (id ? h('bdi', null, personName(id)) : null);
  return h('section', { class: 'card', 'aria-labelledby': 'facts' }, h('h2', { id: 'facts' }, 'Facts'), h('dl', { class: 'facts' },
    fact('Manager', who(entity.manager)), fact('Coordinator', who(entity.coordinator)), fact('Sponsor', who(entity.sponsor)), fact('Sponsor at the client', who(entity.client_sponsor)),
    fact('Approver', who(entity.approver)), fact('Launched', day(entity.launched_on)), fact('Ticket', entity.ticket && h('bdi', null, entity.ticket)),
    fact('Contract', entity.contract && h('bdi', null, entity.contract)), fact('About', partOf(entity) && h('bdi', null, partOf(entity))), fact('Figure', entity.kpi && h('a', { href: linkToKpi(entity.kpi, aboutOf(entity)) }, kpiName(entity.kpi))),
    fact('Plan', entity.plan_version ? `version ${entity.plan_version}${entity.posted_version === entity.plan_version ? ', posted' : ', not posted'}${entity.signed_version === entity.plan_version ? ', signed' : ''}` : null),
    fact('Reviews', `every ${entity.cadence_days} days`), fact('Periods in target', `${entity.periods} in a row`), fact('No recurrence for', `${entity.window_days} days`),
    fact('Watched until', entity.watch_until && time(entity.watch_until)), fact('Estimated cost', entity.cost && number(entity.cost))),
  h('p', { class: 'muted id' }, entity.id));
}

function doing(state, refresh) {
  const { entity } = state;
  if (!mayCommand()) return null;
  const place = problemPlace();
  const button = buttonsOf('programmes', entity.id, entity.client, refresh);
  const criteria = (entity.criteria ?? []).filter((one) => !one.kpi).map((one) => [one.number, `${one.number}: ${one.words}`]);
  const options = { place, known: criteria.length ? { number: criteria } : {} };
  const first = (STEPS[entity.state] ?? []).filter((verb) => verb !== 'approve' || (entity.approver && !entity.approved_by));
  const others = [...commandsOn('programmes').keys()].filter((verb) => !first.includes(verb));
  const initial = { revise: { problem: entity.problem, charter: entity.charter, cost: entity.cost, benefit: entity.benefit } };
  const make = (verb, more) => button(verb, { ...options, text: WORDS[verb] ?? capital(plain(verb)), initial: initial[verb] ?? {}, ...more });
  const plan = () => {
    const command = creator('actions', 'plan');
    const causes = (entity.causes ?? []).map((one) => [one.number, `${one.number}: ${one.words}`]);
    openForm({ command, path: '/v1/actions', client: entity.client, title: 'Plan an action', initial: { programme: entity.id },
      known: { ...people(command), ...(causes.length ? { cause: causes } : {}) }, done: refresh });
  };
  const planning = ['launched', 'planning', 'executing', 'monitoring'].includes(entity.state);
  return h('section', { class: 'card actions', 'aria-labelledby': 'actions' }, h('h2', { id: 'actions' }, 'What can be done now'),
    h('div', { class: 'row' }, first.map((verb, i) => make(verb, { primary: i === 0 })),
      planning && entity.causes?.length ? h('button', { type: 'button', on: { click: plan } }, 'Plan an action') : null),
    h('details', null, h('summary', null, 'More'), h('div', { class: 'row' }, others.map((verb) => make(verb)))), place);
}

function page(state, app, refresh) {
  const { entity } = state;
  const told = (name, value) => (value ? h('div', null, h('dt', null, name), h('dd', null, h('bdi', null, value))) : null);
  replace(app.root,
    h('p', { class: 'crumbs' }, h('a', { href: '#/programmes' }, 'Improvement'), h('span', null, ' / '), h('bdi', null, clientName(entity.client))),
    h('div', { class: 'head' }, h('h1', { tabindex: -1 }, h('bdi', null, entity.title)),
      h('p', { class: 'row' }, linksTo(entity.client, 'programmes'), h('a', { href: `/v1/sip/reports/${encodeURIComponent(entity.client)}.html?programme=${encodeURIComponent(entity.id)}` }, 'Report to print'))),
    standing(entity),
    h('div', { class: 'columns' },
      h('div', { class: 'wide' }, doing(state, refresh),
        h('section', { class: 'card' }, h('h2', null, 'Charter'), h('dl', { class: 'told' }, told('Problem', entity.problem), told('What is to be done', entity.charter),
          told('What it is good for', entity.benefit), told('Told the client with the plan', entity.notes)))),
      h('div', { class: 'side' }, conditionsCard(state), facts(entity), criteriaCard(state), causesCard(entity), isClient() ? null : risksCard(entity), lessonsCard(state)),
      h('div', { class: 'wide' }, verdictCard(state), objectivesCard(state), planCard(state, refresh), reviewsCard(state), evidenceCard(entity))));
}

export async function showProgramme(app, [client, id]) {
  let state = await read(client, id, app.signal);
  const refresh = coalesced(async () => {
    if (app.signal.aborted) return;
    try {
      const next = await read(client, id, app.signal);
      if (JSON.stringify(next) === JSON.stringify(state)) return;
      state = next;
      page(state, app, refresh);
    } catch (problem) {
      if (problem.status === 401) app.fail(problem);
    }
  });
  app.title(state.entity.title);
  page(state, app, refresh);
  listen({
    parameters: { services: 'sip', clients: client },
    onEvents: (events) => {
      if (events.some((event) => event.subject.includes(id))) refresh();
    },
    onFresh: refresh,
    onEnded: () => sessionEnded(app),
  });
}
