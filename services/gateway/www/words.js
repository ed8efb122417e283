// words: values as people read them. What a field or a word means comes from the API's description; here is only how it is
// put.
import { live, now } from '/clock.js';
import { h } from '/dom.js';
import { resolve } from '/schema.js';

// Who answers at a level, as `redress timeline` says it.
export const LEVELS = [
  '',
  'owner of the incident',
  'tier-2 lead',
  'service manager',
  'delivery and account manager',
  'director',
  'executives of both sides',
];

const VERBS = {
  raise: 'Raise an escalation',
  ack: 'Acknowledge',
  update: 'Update the client',
  engage: 'Engage a manager',
  perceive: 'Record a perception',
  keep: 'Promise kept',
  merge: 'Merge another one',
  deescalate: 'De-escalate',
  confirm: 'Record the confirmation',
  review: 'Decide on a review',
  assess: 'Assess the client',
  survey: 'Decide on the survey',
  close: 'Close the escalation',
  draft: 'Draft the review',
  publish: 'Publish the review',
  retry: 'Try again',
};

// Words of the API that are short for others.
const LONG = { acked: 'acknowledged', ack: 'acknowledgement', wip: 'in work' };

export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

// "client_wish" as "client wish".
export function plain(name) {
  return name.split('_').map((word) => LONG[word] ?? word).join(' ');
}

export function verbWords(verb) {
  return VERBS[verb] ?? capital(plain(verb));
}

// "next_update_at" as "Next update".
export function label(name) {
  return capital(plain(name.replace(/(.)_at$/, '$1')));
}

// --- time --------------------------------------------------------------------------------------------------------------

const SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;

// "1 message", "2 messages"; counts are told with their thousands.
export const many = (n, one, more = `${one}s`) => `${n.toLocaleString('en-GB')} ${n === 1 ? one : more}`;

// "3 d 4 h", "2 h 05 min", "12 min", "40 s"
export function span(ms) {
  const two = (n) => String(n).padStart(2, '0');
  if (ms < MINUTE) return `${Math.max(0, Math.floor(ms / SECOND))} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ${two(Math.floor((ms % HOUR) / MINUTE))} min`;
  return `${Math.floor(ms / DAY)} d ${Math.floor((ms % DAY) / HOUR)} h`;
}

// ISO 8601 durations as the API writes them; NaN for others.
export function durationMs(text) {
  const parts = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(text);
  if (!parts) return NaN;
  const [days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0));
  return days * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND;
}

export function duration(text) {
  const ms = durationMs(text);
  return Number.isNaN(ms) ? text : span(ms);
}

const format = (options) => new Intl.DateTimeFormat('en-GB', options);
const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
const DATE = { day: 'numeric', month: 'short' };
const thisYear = format({ ...DATE, ...CLOCK });
const anyYear = format({ ...DATE, year: 'numeric', ...CLOCK });
const withSeconds = format({ ...CLOCK, second: '2-digit' });
const yearOf = format({ year: 'numeric' });

export const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

export function clockTime(ms) {
  return withSeconds.format(ms);
}

export function instantText(iso) {
  const at = new Date(iso);
  return (yearOf.format(at) === yearOf.format(now()) ? thisYear : anyYear).format(at);
}

const inUtc = (iso) => `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;

// An instant in the zone of whoever reads it.
export function time(iso, text = instantText(iso)) {
  return h('time', { datetime: iso, title: inUtc(iso) }, text);
}

// How long ago, as it grows.
export function age(iso) {
  return live(time(iso, ''), (at) => span(at - Date.parse(iso)));
}

// "in 12 min", "overdue by 3 min", as it goes.
export function countdown(iso) {
  return live(time(iso, ''), (at) => {
    const left = Date.parse(iso) - at;
    return left >= 0 ? `in ${span(left)}` : `overdue by ${span(-left)}`;
  });
}

// --- values ------------------------------------------------------------------------------------------------------------

function listValue(schema, items) {
  const item = resolve(schema.items);
  const words = (row) => Object.entries(row)
    .map(([name, value], i) => [i ? ', ' : '', `${plain(name)} `, valueOf(resolve(item.properties[name]), value)]);
  return h('ul', { class: 'inline' }, items.map((row) => h('li', null,
    Object.keys(row).length === 1 ? valueOf(resolve(Object.values(item.properties)[0]), Object.values(row)[0]) : words(row))));
}

// A value as its schema says it is: a node or a text.
export function valueOf(schema, value) {
  if (schema?.enum) return h('span', { title: schema['x-meaning']?.[value] }, plain(String(value)));
  if (schema?.format === 'date-time') return time(value);
  if (schema?.format === 'duration') return duration(value);
  if (Array.isArray(value)) return listValue(schema ?? {}, value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (value && typeof value === 'object') {
    return h('ul', { class: 'inline' }, Object.entries(value).map(([name, text]) => h('li', null, `${name}: ${text}`)));
  }
  return h('bdi', null, String(value));
}

// What an enumeration's word means.
export function meaning(schema, value) {
  return schema?.['x-meaning']?.[value] ?? '';
}
