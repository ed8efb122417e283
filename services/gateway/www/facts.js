// facts: what an escalation is, and the clocks of its tickets.
import { live, now } from '/clock.js';
import { h, replace } from '/dom.js';
import { linkTo } from '/overview.js';
import { entitySchema, propertyOf } from '/schema.js';
import { personName } from '/session.js';
import { LEVELS, age, capital, countdown, durationMs, label, meaning, plain, span, time, valueOf } from '/words.js';

// In this order; what is not there is not shown.
const FACTS = ['cause', 'alarm', 'kind', 'group', 'raised_at', 'raised_by', 'primary_contact', 'acked_by', 'acked_at', 'acked_until',
  'engaged_after', 'updates', 'highest_level', 'lowered_at', 'resolved_at', 'closed_at', 'closed_by', 'merged_into'];
const TOLD = ['context', 'impact', 'action', 'workaround'];
const CLOCKS = ['response', 'resolve', 'update'];
const PARTS = [50, 75, 90, 100, 120, 150];

function fact(schema, entity, name) {
  const of = propertyOf(schema, name);
  const value = entity[name];
  const text = meaning(of, value);
  let shown = valueOf(of, value);
  if (name.endsWith('_by')) shown = h('bdi', null, personName(value));
  if (name === 'merged_into') shown = h('a', { href: linkTo(entity.client, value) }, value);
  return h('div', { title: of.description }, h('dt', null, label(name)),
    h('dd', null, shown, text ? h('small', null, text) : null));
}

export function drawFacts(place, entity) {
  const schema = entitySchema('escalations');
  replace(place, h('dl', { class: 'facts' }, FACTS.filter((name) => entity[name]).map((name) => fact(schema, entity, name))));
}

export function isLate(entity) {
  return entity.state === 'open' && Boolean(entity.next_update_at) &&
    (Boolean(entity.update_overdue) || Date.parse(entity.next_update_at) < now());
}

// The line below the title: where it stands.
export function drawStanding(place, entity) {
  const open = entity.state === 'open';
  const item = (name, ...inside) => h('div', null, h('dt', null, name), h('dd', null, inside));
  replace(place,
    item('State', h('span', { class: `state ${open ? 'watch' : 'good'}` }, capital(plain(entity.state)))),
    item('Level', h('span', { class: `mark level-${entity.level}` }, entity.level), ' ', h('small', null, LEVELS[entity.level])),
    item('Severity', h('span', { class: `mark severity-${entity.severity}` }, entity.severity), ' ',
      h('small', null, 'of 4, 1 is the most urgent')),
    open ? item('Age', age(entity.raised_at))
      : item('Lasted', span(Date.parse(entity.closed_at) - Date.parse(entity.raised_at))),
    open ? item('Next update', entity.next_update_at
      ? [h('span', { class: isLate(entity) ? 'overdue' : null }, countdown(entity.next_update_at)), ' ', h('small', null, time(entity.next_update_at))]
      : h('span', { class: 'muted' }, 'None promised')) : null);
}

// What the client was last told.
export function drawTold(place, entity) {
  const schema = entitySchema('escalations');
  place.hidden = !entity.updated_at;
  if (place.hidden) return;
  const words = (name) => propertyOf(schema, name).description?.replace(/^The last update: (.*)\.$/, '$1') ?? name;
  replace(place, h('div', { class: 'head' }, h('h2', null, 'What the client was last told'), h('p', { class: 'muted' }, time(entity.updated_at))),
    h('dl', { class: 'told' }, TOLD.filter((name) => entity[name]).map((name) =>
      h('div', null, h('dt', null, capital(words(name))), h('dd', null, h('bdi', null, entity[name]))))));
}

// --- tickets -----------------------------------------------------------------------------------------------------------

// How much of a clock's target is used: what is known, for a running one by the instant at which it stood at zero. Of one that counts
// working hours it is known when it was last looked at, and when it reaches which part.
function usedMs(ticket, clock, at, target) {
  if (!ticket[`${clock}_origin`]) return ticket[`${clock}_used`] ? durationMs(ticket[`${clock}_used`]) : null;
  const reckoned = reckonedOf(ticket, clock);
  if (!reckoned) return at - Date.parse(ticket[`${clock}_origin`]);
  const passed = PARTS.filter((part) => Date.parse(reckoned[`at_${part}`] ?? '') <= at);
  return Math.max(durationMs(reckoned.used), ...passed.map((part) => (target * part) / 100));
}

const reckonedOf = (ticket, clock) => (ticket.reckoned ?? []).find((one) => one.clock === clock);

function clockNode(ticket, clock) {
  const target = durationMs(ticket[`${clock}_target`] ?? '');
  if (!target || usedMs(ticket, clock, now(), target) === null) return null;
  const stands = ticket[`${clock}_origin`] ? '' : clock === 'response' || ticket.phase === 'stopped' ? ', stopped' : ', paused';
  const worked = ticket[`${clock}_origin`] && reckonedOf(ticket, clock);
  const bar = h('progress', { max: 100, 'aria-label': `${capital(clock)} clock` });
  const words = h('span');
  const node = h('dd', null, bar, words);
  live(words, (at) => {
    const used = usedMs(ticket, clock, at, target);
    const percent = Math.floor((used / target) * 100);
    bar.value = Math.min(percent, 100);
    node.classList.toggle('over', percent >= 100);
    const least = worked ? 'at least ' : '';
    return `${least}${span(used)} of ${span(target)}${worked ? ' in working hours' : ''}, ${percent} %${stands}${used > target ? ': missed' : ''}`;
  });
  return h('div', null, h('dt', null, capital(clock)), node);
}

function ticketNode(id, ticket) {
  if (!ticket) return h('li', null, h('bdi', null, id), h('small', null, ' cannot be read just now'));
  const schema = entitySchema('tickets');
  const state = propertyOf(schema, 'state');
  return h('li', { class: 'ticket' },
    h('p', null, h('strong', null, h('bdi', null, id)), ' ', h('span', { class: 'state', title: meaning(state, ticket.state) }, plain(ticket.state)),
      ` priority ${ticket.priority}`),
    h('p', null, h('bdi', null, ticket.title ?? '')),
    h('p', { class: 'muted' }, [ticket.service, ticket.group, ticket.owner].filter(Boolean).map((text, i) => [i ? ' · ' : '', h('bdi', null, text)])),
    h('dl', { class: 'clocks' }, CLOCKS.map((clock) => clockNode(ticket, clock))));
}

export function drawTickets(place, entity, tickets) {
  const all = entity.tickets ?? [];
  place.hidden = !all.length;
  replace(place, h('h2', null, all.length === 1 ? 'Its ticket' : `Its ${all.length} tickets`),
    h('ul', { class: 'plainlist' }, all.map(({ ticket }) => ticketNode(ticket, tickets.get(ticket)))));
}
