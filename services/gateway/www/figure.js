// figure: what the pages of figures share: their names, numbers, ranges of days and pictures.
import { pathOf } from '/api.js';
import { now } from '/clock.js';
import { h } from '/dom.js';
import { querySchema, resolve } from '/schema.js';
import { capital, plain } from '/words.js';

const DAY = 24 * 3600 * 1000;
const LETTERS = { nps: 'NPS', sla: 'SLA', csat: 'CSAT', sip: 'SIP' };

// "sla_attainment" as "SLA attainment".
export function kpiName(name) {
  return capital(name.split('_').map((word) => LETTERS[word] ?? word).join(' '));
}

// Every figure there is, with what it means, as the API's description says.
export function kpis() {
  const schema = resolve(querySchema('kpi.value', 'kpi'));
  return (schema?.enum ?? []).map((name) => [name, schema['x-meaning']?.[name] ?? '']);
}

const counts = new Intl.NumberFormat('en-GB');
const decimals = [0, 1, 2].map((digits) => new Intl.NumberFormat('en-GB', { maximumFractionDigits: digits }));
const tiny = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 2 });

// "93.3333" as 93.33: two digits behind the point, fewer where it is large, more where all would be zeros.
export function number(value) {
  const n = Number(value);
  const size = Math.abs(n);
  return size < 0.1 ? tiny.format(n) : decimals[size >= 1000 ? 0 : size >= 100 ? 1 : 2].format(n);
}

// "6.67 to 38.59", "up to 38.59" where the lower one is clamped.
export function limitsText({ lower, upper }) {
  if (lower === undefined) return upper === undefined ? '' : `up to ${number(upper)}`;
  return upper === undefined ? `from ${number(lower)}` : `${number(lower)} to ${number(upper)}`;
}

export const count = (n) => counts.format(n);

// With its unit: "93.33 %", "12.5 minutes", "40 points".
export function withUnit(value, unit = '') {
  if (value === undefined) return '';
  return unit === 'percent' ? `${number(value)} %` : unit ? `${number(value)} ${unit}` : number(value);
}

// The same with the unit small beside it, where the number is large.
export function largeWithUnit(value, unit = '') {
  if (value === undefined) return '–';
  return unit === 'percent' ? `${number(value)} %` : [number(value), ' ', h('span', { class: 'unit' }, unit)];
}

// --- days --------------------------------------------------------------------------------------------------------------

export const dayOf = (ms) => new Date(ms).toISOString().slice(0, 10);
export const today = () => dayOf(now());
export const addDays = (day, days) => dayOf(Date.parse(day) + days * DAY);
export const daysBetween = (from, to) => Math.round((Date.parse(to) - Date.parse(from)) / DAY) + 1;

const format = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });

const months = new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric', timeZone: 'UTC' });

// A period: "Dec 2025" for a whole month, else its days.
export function periodText({ from, to }) {
  const whole = from.endsWith('-01') && addDays(to, 1).endsWith('-01') && from.slice(0, 7) === to.slice(0, 7);
  if (whole) return months.format(Date.parse(from));
  return from === to ? dayText(from) : `${dayText(from)} to ${dayText(to)}`;
}

// A day is a day wherever it is read.
export function day(iso) {
  return h('time', { datetime: iso }, dayText(iso));
}

export function dayText(iso) {
  const ms = Date.parse(iso);
  return Number.isNaN(ms) ? String(iso) : format.format(ms);
}

const monthOf = (iso, back) => {
  const [year, month] = iso.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1 - back, 1)).toISOString().slice(0, 10);
};

export const RANGES = [
  ['30', 'Last 30 days', (to) => addDays(to, -29)],
  ['90', 'Last 90 days', (to) => addDays(to, -89)],
  ['12m', 'Last 12 months', (to) => monthOf(to, 11)],
  ['24m', 'Last 24 months', (to) => monthOf(to, 23)],
];

// The range that a page's query says, the one before it of the same length, and how charts divide it.
export function rangeOf(query) {
  const valid = (text) => /^\d{4}-\d{2}-\d{2}$/.test(text ?? '') && !Number.isNaN(Date.parse(text));
  const to = valid(query.to) ? query.to : today();
  const preset = RANGES.find(([name]) => name === query.range) ?? RANGES[2];
  const from = valid(query.from) && query.from <= to ? query.from : preset[2](to);
  const days = daysBetween(from, to);
  const before = { from: addDays(from, -days), to: addDays(from, -1) };
  const period = query.period || (days <= 60 ? 'weekday' : days <= 200 ? 'week' : 'month');
  return { from, to, days, before, period, preset: query.from ? '' : preset[0] };
}

// --- pictures ----------------------------------------------------------------------------------------------------------

// A picture that suits the screen and the colours of the page; on paper it is the light one.
export function picture(path, parameters, alt, { lazy } = {}) {
  const source = (media, more) => h('source', { media, srcset: pathOf(path, { ...parameters, ...more }) });
  const slim = '(max-width: 46rem)', black = 'screen and (prefers-color-scheme: dark)';
  return h('picture', { class: 'chart' },
    source(`${black} and ${slim}`, { theme: 'dark', size: 'narrow' }),
    source(black, { theme: 'dark' }),
    source(`screen and ${slim}`, { size: 'narrow' }),
    h('img', { src: pathOf(path, parameters), alt, loading: lazy ? 'lazy' : null, on: { error: failed } }));
}

// A picture that did not come is no reason for a broken one: its words stand in its place.
function failed(event) {
  event.target.closest('picture')?.replaceWith(h('p', { class: 'none' }, event.target.alt));
}
