// timeline: what happened, in the words of the API's description of each event.
import { h, reconcile } from '/dom.js';
import { eventSchema, propertyOf } from '/schema.js';
import { isClient, personName } from '/session.js';
import { clockTime, instantText, label, plain, time, valueOf } from '/words.js';

const LONG = 60; // characters of a value, from which on it has a line of its own
const MANY = 3; // entries of a list, from which on it is folded
const SAME_MS = 1000; // an event and what it tells of: further apart they are two moments

// What of an event's data is said: not what the line says already.
function said(event) {
  return Object.entries(event.data ?? {}).filter(([name, value]) =>
    name !== 'occurred_at' && !(typeof value === 'string' && value === event.time));
}

function entry(schema, [name, value]) {
  const of = propertyOf(schema, name);
  const shown = valueOf(of, value);
  if (Array.isArray(value) && value.length > MANY) {
    return h('div', { class: 'long' }, h('dt', null, label(name)),
      h('dd', null, h('details', null, h('summary', null, `${value.length} entries`), shown)));
  }
  const long = Array.isArray(value) || (typeof value === 'string' && value.length > LONG);
  return h('div', { class: long ? 'long' : null, title: of.description }, h('dt', null, label(name)), h('dd', null, shown));
}

function when(event) {
  const happened = event.data?.occurred_at;
  const late = happened && Math.abs(Date.parse(event.time) - Date.parse(happened)) > SAME_MS;
  return [time(event.time, h('span', null, h('span', { class: 'day' }, instantText(event.time).replace(/, [\d:]+$/, '')), ' ',
    h('span', { class: 'clock' }, clockTime(Date.parse(event.time))))),
  late ? h('small', null, 'of ', time(happened)) : null];
}

function itemNode(event, id) {
  const schema = eventSchema(event);
  const subject = event.subject.split('/').slice(1).join('/');
  const data = said(event);
  const [kind] = event.type.split('.');
  return h('li', { class: `event ${kind} ${event.type.replace('.', '-')}` },
    h('div', { class: 'when' }, when(event)),
    h('div', { class: 'what' },
      h('p', null, h('strong', null, schema.description ?? plain(event.type)),
        subject === id ? null : h('span', { class: 'about' }, ' ', h('bdi', null, subject)),
        isClient() || !event.actor ? null : h('span', { class: 'by' }, ' by ', h('bdi', null, personName(event.actor)))),
      data.length ? h('dl', { class: 'said' }, data.map((pair) => entry(schema, pair))) : null));
}

const order = (a, b) => a.time.localeCompare(b.time) || a.id.split('/')[0].localeCompare(b.id.split('/')[0]) ||
  Number(a.sequence) - Number(b.sequence);

// A section that shows the events of one escalation: { node, draw(events) }.
export function timeline(id) {
  let events = [];
  let newestFirst = true;
  const list = h('ol', { class: 'timeline' });
  const draw = (news = events) => {
    events = [...news].sort(order);
    reconcile(list, newestFirst ? [...events].reverse() : events, {
      key: (event) => event.id,
      stamp: (event) => event.id,
      make: (event) => itemNode(event, id),
    });
    count.textContent = `${events.length} ${events.length === 1 ? 'event' : 'events'}, ${newestFirst ? 'the newest first' : 'the oldest first'}`;
    turn.textContent = newestFirst ? 'Oldest first' : 'Newest first';
  };
  const count = h('p', { class: 'muted' });
  const turn = h('button', { type: 'button', class: 'quiet', on: { click: () => {
    newestFirst = !newestFirst;
    draw();
  } } });
  const node = h('section', { class: 'card', 'aria-labelledby': 'timeline' },
    h('div', { class: 'head' }, h('h2', { id: 'timeline' }, 'Timeline'), turn), count, list);
  return { node, draw };
}
