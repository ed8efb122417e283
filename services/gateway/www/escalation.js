// escalation: one escalation: what it is, what happened, who was told, and what can be done now.
import { all, get } from '/api.js';
import { drawAdvice } from '/advice.js';
import { announce, h, replace } from '/dom.js';
import { CLOSEOUT_VERBS, closeout, drawPeople, drawPromises, drawReview } from '/closeout.js';
import { drawFacts, drawStanding, drawTickets, drawTold, isLate } from '/facts.js';
import { commandButton, isOwn, openForm, problemPlace } from '/forms.js';
import { linksTo } from '/links.js';
import { coalesced, listen } from '/live.js';
import { linkTo, sessionEnded } from '/overview.js';
import { proofTable, readOr } from '/proof.js';
import { commandsOn, eventSchema } from '/schema.js';
import { clientName, isClient, mayCommand, personName } from '/session.js';
import { LEVELS, verbWords } from '/words.js';
import { timeline } from '/timeline.js';

const FIRST = ['ack', 'update', 'engage', 'perceive']; // in this order; the API's others follow
const ELSEWHERE = [...CLOSEOUT_VERBS, 'keep']; // where they belong

// --- reading -----------------------------------------------------------------------------------------------------------

const url = (nouns, id, rest = '') => `/v1/${nouns}/${encodeURIComponent(id)}${rest}`;

async function readTickets(entity, options) {
  const read = (entity.tickets ?? []).map(async ({ ticket }) =>
    [ticket, await get(url('tickets', ticket), { client: entity.client }, options.signal).catch(() => null)]);
  return new Map(await Promise.all(read));
}

async function readReview(entity, options) {
  if (!entity.review) return { review: null, rows: [] };
  const [review, history] = await Promise.all([
    get(url('reviews', entity.review), { client: entity.client }, options.signal),
    all(url('reviews', entity.review, '/history'), { client: entity.client }, options),
  ]);
  return { review, rows: history.rows };
}

async function read(client, id, signal) {
  const options = { signal };
  const [entity, history, messages] = await Promise.all([
    get(url('escalations', id), { client }, signal),
    all(url('escalations', id, '/history'), { client }, options),
    isClient() ? { rows: [] } : readOr(all('/v1/messages', { client, escalation: id }, options), { rows: [] }),
  ]);
  const [tickets, review, advice] = await Promise.all([
    readTickets(entity, options),
    readOr(readReview(entity, options), { review: null, rows: [] }),
    isClient() ? { rows: [] } : readOr(all('/v1/queries/escalation.consultations', { client, escalation: id }, options), { rows: [] }),
  ]);
  return { entity, events: [...history.rows, ...review.rows], messages, tickets, review: review.review, advice: advice.rows };
}

// --- doing -------------------------------------------------------------------------------------------------------------

// The choices of a command's fields that only this escalation knows.
async function knownChoices(verb, entity, signal) {
  if (verb === 'deescalate') {
    const lower = Array.from({ length: entity.level - 1 }, (_, i) => i + 1);
    return { level: lower.map((level) => [level, `${level}, ${LEVELS[level]}`]) };
  }
  if (verb !== 'merge') return {};
  const open = await all('/v1/escalations', { client: entity.client }, { signal });
  const others = open.rows.filter((row) => row.escalation !== entity.id);
  return { other: others.map((row) => [row.escalation, `${row.title || row.escalation}, level ${row.level}`]) };
}

function buttons(state, app, refresh) {
  const commands = commandsOn('escalations');
  return (verb, options = {}) => {
    const command = commands.get(verb);
    if (!command) return null;
    const all = {
      command,
      path: url('escalations', state.entity.id, `/${verb}`),
      client: state.entity.client,
      done: refresh,
      ...options,
    };
    if (!['deescalate', 'merge'].includes(verb)) return commandButton(all);
    const ask = async () => {
      try {
        openForm({ ...all, known: await knownChoices(verb, state.entity, app.signal) });
      } catch (problem) {
        announce(problem.message);
      }
    };
    return h('button', { type: 'button', title: command.schema.description, on: { click: ask } }, options.text ?? verbWords(verb));
  };
}

function actions(state, button) {
  const place = problemPlace();
  const row = h('div', { class: 'row' });
  const node = h('section', { class: 'card actions', 'aria-labelledby': 'actions' }, h('h2', { id: 'actions' }, 'What can be done now'), row, place);
  let shown = '';
  const draw = () => {
    const { entity } = state;
    const others = [...commandsOn('escalations').keys()].filter((verb) => !FIRST.includes(verb) && !ELSEWHERE.includes(verb));
    const verbs = [...FIRST, ...others].filter((verb) => verb !== 'deescalate' || entity.level > 1);
    node.hidden = !mayCommand() || entity.state !== 'open';
    if (verbs.join() === shown) return;
    shown = verbs.join();
    replace(row, verbs.map((verb, i) => button(verb, { place, primary: i === 0 })));
  };
  return { node, draw };
}

// --- the page ----------------------------------------------------------------------------------------------------------

function card(...inside) {
  return h('section', { class: 'card', hidden: true }, inside);
}

function messagesCard(done) {
  const table = proofTable({ caption: 'Messages about this escalation', about: false, linkTo, done });
  const none = h('p', { class: 'muted' });
  const node = h('section', { class: 'card', 'aria-labelledby': 'told', hidden: isClient() }, h('h2', { id: 'told' }, 'Who was told'), none, table.node);
  const draw = ({ rows, problem }) => {
    table.draw(rows);
    none.hidden = rows.length > 0;
    none.textContent = problem ? `The messages cannot be read just now. ${problem.message}` : 'Nobody was told anything about it yet.';
  };
  return { node, draw };
}

// Draws a part only when what it shows has changed, so that what is chosen or focused in it stays; where the focus was on
// something that is gone, it goes to what took its place.
function keeper() {
  const shown = new Map();
  return (place, shows, draw) => {
    const stamp = JSON.stringify(shows);
    if (shown.get(place) === stamp) return;
    shown.set(place, stamp);
    const focused = place.contains(document.activeElement);
    draw();
    if (focused && !place.contains(document.activeElement)) (place.querySelector('button, a') ?? place.querySelector('h2'))?.focus();
  };
}

function page(state, app, refresh) {
  const button = buttons(state, app, refresh);
  const title = h('h1', { tabindex: -1 });
  const parts = {
    standing: h('dl', { class: 'standing' }),
    facts: h('div'),
    tickets: card(), told: card(), promises: card(), people: card(), review: card(), advice: card(),
  };
  const doing = actions(state, button), gates = closeout({ button });
  const story = timeline(state.entity.id), sent = messagesCard(refresh);
  const keep = keeper();
  const draw = () => {
    const { entity } = state;
    replace(title, h('bdi', null, entity.title || entity.id));
    keep(parts.standing, [entity, isLate(entity)], () => drawStanding(parts.standing, entity));
    doing.draw();
    gates.draw(entity);
    keep(parts.facts, entity, () => drawFacts(parts.facts, entity));
    keep(parts.tickets, [...state.tickets], () => drawTickets(parts.tickets, entity, state.tickets));
    keep(parts.told, entity, () => drawTold(parts.told, entity));
    keep(parts.promises, entity.promises, () => drawPromises(parts.promises, entity, button));
    keep(parts.people, [entity.engagements, entity.perceptions], () => drawPeople(parts.people, entity));
    keep(parts.advice, state.advice, () => drawAdvice(parts.advice, state.advice, refresh));
    keep(parts.review, state.review, () => drawReview(parts.review, state.review, refresh));
    story.draw(state.events);
    sent.draw(state.messages);
  };
  replace(app.root,
    h('p', { class: 'crumbs' }, h('a', { href: '#/' }, 'Overview'), h('span', null, ' / '), h('a', { href: `#/?client=${encodeURIComponent(state.entity.client)}` }, h('bdi', null, clientName(state.entity.client)))),
    h('div', { class: 'head' }, title, h('p', { class: 'row' }, linksTo(state.entity.client, ''))), parts.standing,
    h('div', { class: 'columns' },
      h('div', { class: 'wide' }, doing.node, parts.told),
      h('div', { class: 'side' }, gates.node, parts.advice, parts.promises, parts.review, parts.people, parts.tickets,
        h('section', { class: 'card', 'aria-labelledby': 'facts' }, h('h2', { id: 'facts' }, 'Facts'), parts.facts,
          h('p', { class: 'muted id' }, state.entity.id))),
      h('div', { class: 'wide' }, story.node, sent.node)));
  return draw;
}

function concerns(event, { entity, review, messages }) {
  const id = event.subject.split('/').slice(1).join('/');
  return id === entity.id || id === review?.id || event.data?.escalation === entity.id ||
    messages.rows.some((message) => message.id === id) || (entity.tickets ?? []).some(({ ticket }) => ticket === id);
}

export async function showEscalation(app, [client, id]) {
  const state = await read(client, id, app.signal);
  let draw = () => {};
  const refresh = coalesced(async () => {
    if (app.signal.aborted) return;
    try {
      Object.assign(state, await read(client, id, app.signal));
      draw();
    } catch (problem) {
      if (problem.status === 401) app.fail(problem);
    }
  });
  draw = page(state, app, refresh);
  app.title(state.entity.title || id);
  draw();
  listen({
    parameters: { services: isClient() ? 'escalation' : 'escalation,notification', clients: client },
    onEvents: (events) => {
      const mine = events.filter((event) => concerns(event, state));
      const news = mine.findLast((event) => event.subject.endsWith(`/${id}`) && !isOwn(event));
      if (mine.length) refresh();
      if (news) announce(`${eventSchema(news).description ?? news.type}${news.actor ? ` By ${personName(news.actor)}.` : ''}`);
    },
    onFresh: refresh,
    onEnded: () => sessionEnded(app),
  });
}
