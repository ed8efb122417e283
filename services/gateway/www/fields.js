// fields: a control for each field of a command, made from its schema. Each field is { name, node, read, write, validity,
// fail, focus }: read() gives the value for the command, undefined when nothing was said; write() puts one in.
import { now } from '/clock.js';
import { h, uniqueId } from '/dom.js';
import { resolve } from '/schema.js';
import { LEVELS, capital, label, plain } from '/words.js';

const AREA_FROM = 300; // characters, from which on a text gets several lines
const FEW = 6; // choices that are shown all at once
const SOON = [['+15 min', 15], ['+30 min', 30], ['+1 h', 60], ['+4 h', 240]];

const encoder = new TextEncoder();

function localInput(ms) {
  const two = (n) => String(n).padStart(2, '0');
  const at = new Date(ms);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

// The choices of a field: [value, words, meaning].
function choicesOf(name, schema) {
  if (schema.enum) return schema.enum.map((word) => [word, capital(plain(word)), schema['x-meaning']?.[word]]);
  if (schema.type !== 'integer' || schema.maximum - schema.minimum >= FEW) return null;
  const numbers = Array.from({ length: schema.maximum - schema.minimum + 1 }, (_, i) => schema.minimum + i);
  return numbers.map((n) => [n, String(n), name === 'level' ? LEVELS[n] : '']);
}

function textControl(schema, id) {
  const long = (schema.maxLength ?? 0) > AREA_FROM;
  const control = long ? h('textarea', { id, rows: 3 }) : h('input', { id, type: 'text', autocomplete: 'off' });
  return {
    control,
    read: () => control.value.trim() || undefined,
    rule: () => {
      const most = schema['x-max-bytes'];
      const over = most ? encoder.encode(control.value.trim()).length - most : 0;
      return over > 0 ? `It is ${over} bytes longer than the ${most} there is room for.` : '';
    },
  };
}

function numberControl(schema, id) {
  const control = h('input', { id, type: 'number', inputmode: 'numeric', min: schema.minimum, max: schema.maximum, step: 1 });
  return {
    control,
    read: () => (control.value === '' ? undefined : control.valueAsNumber),
    rule: () => (control.validity.valid ? '' : `It must be a whole number from ${schema.minimum} to ${schema.maximum}.`),
  };
}

function instantControl(schema, id) {
  const control = h('input', { id, type: 'datetime-local', step: 60 });
  const set = (minutes) => () => {
    control.value = localInput(now() + minutes * 60000);
    control.focus();
  };
  const soon = SOON.map(([text, minutes]) => h('button', { type: 'button', class: 'quick', on: { click: set(minutes) } }, text));
  return {
    control,
    node: h('div', { class: 'instant' }, control, h('div', { class: 'row', role: 'group', 'aria-label': 'From now' }, soon)),
    read: () => (control.value ? new Date(control.value).toISOString() : undefined),
    write: (value) => {
      control.value = localInput(Date.parse(value));
    },
    rule: () => (control.validity.badInput ? 'It must be a whole date and time.' : ''),
  };
}

function dateControl(schema, id) {
  const control = h('input', { id, type: 'date' });
  return {
    control,
    read: () => control.value || undefined,
    rule: () => (control.validity.badInput ? 'It must be a whole date.' : ''),
  };
}

function boolControl(schema, id) {
  const control = h('input', { id, type: 'checkbox' });
  const write = (value) => {
    control.checked = value;
  };
  return { control, read: () => control.checked || undefined, write, rule: () => '' };
}

function selectControl(choices, id, number) {
  const control = h('select', { id }, h('option', { value: '' }, 'Choose'),
    choices.map(([value, words]) => h('option', { value }, words)));
  const read = () => (control.value === '' ? undefined : number ? Number(control.value) : control.value);
  return { control, read, rule: () => '' };
}

// A few choices with what they mean, all to be seen.
function radioField(name, schema, choices, required) {
  const group = uniqueId('choice');
  const options = choices.map(([value, words, meaning]) => h('label', { class: 'option' },
    h('input', { type: 'radio', name: group, value }),
    h('span', null, words, meaning ? h('small', null, meaning) : null)));
  const error = h('p', { class: 'error', id: uniqueId('error'), hidden: true });
  const node = h('fieldset', { class: 'field', 'aria-describedby': error.id },
    h('legend', null, label(name), required ? null : h('span', { class: 'optional' }, ' optional')),
    schema.description ? h('p', { class: 'help' }, schema.description) : null,
    error, h('div', { class: choices.some(([, , meaning]) => meaning) ? 'options' : 'options short' }, options));
  const chosen = () => node.querySelector('input:checked')?.value;
  const read = () => {
    const value = chosen();
    return value === undefined ? undefined : schema.type === 'integer' ? Number(value) : value;
  };
  const write = (value) => {
    for (const input of node.querySelectorAll('input')) input.checked = input.value === String(value);
  };
  return finish({ name, node, read, write, rule: () => '', required, error, control: node.querySelector('input') });
}

function finish({ name, node, read, write, rule, required, error, control }) {
  const put = (value) => {
    control.value = value;
  };
  const fail = (text) => {
    error.textContent = text;
    error.hidden = !text;
    node.classList.toggle('failed', Boolean(text));
    for (const one of node.matches('fieldset') ? node.querySelectorAll('input') : [control]) {
      if (text) one.setAttribute('aria-invalid', 'true');
      else one.removeAttribute('aria-invalid');
    }
  };
  const validity = () => rule() || (required && read() === undefined ? 'This is needed.' : '');
  return { name, node, read, write: write ?? put, fail, validity, focus: () => control.focus() };
}

function listField(name, schema, required) {
  const item = resolve(schema.items);
  const rows = h('div', { class: 'rows' });
  const fields = new Map();
  const error = h('p', { class: 'error', hidden: true });
  const add = () => {
    const inner = Object.entries(item.properties).map(([part, of]) =>
      fieldOf(part, resolve(of), item.required?.includes(part)));
    const remove = h('button', { type: 'button', class: 'quiet', on: { click: () => {
      fields.delete(row);
      row.remove();
      more.focus();
    } } }, 'Remove');
    const row = h('div', { class: 'subform', role: 'group', 'aria-label': label(name) }, inner.map((field) => field.node), remove);
    fields.set(row, inner);
    rows.append(row);
    return inner;
  };
  const more = h('button', { type: 'button', class: 'quiet', on: { click: () => add()[0].focus() } }, `Add ${plain(name).replace(/s$/, '')}`);
  const node = h('fieldset', { class: 'field' },
    h('legend', null, label(name), required ? null : h('span', { class: 'optional' }, ' optional')),
    schema.description ? h('p', { class: 'help' }, schema.description) : null, error, rows, more);
  const read = () => {
    const all = [...fields.values()].map((row) => Object.fromEntries(row.map((f) => [f.name, f.read()])));
    return all.length ? all : undefined;
  };
  const write = (all) => {
    for (const value of all) for (const field of add()) if (value[field.name] !== undefined) field.write(value[field.name]);
  };
  const validity = () => {
    let bad = '';
    for (const field of [...fields.values()].flat()) {
      const text = field.validity();
      field.fail(text);
      if (text) bad = 'Something is missing here.';
    }
    return bad;
  };
  const fail = (text) => {
    error.textContent = text;
    error.hidden = !text;
  };
  return { name, node, read, write, fail, validity, focus: () => (node.querySelector('[aria-invalid]') ?? more).focus() };
}

function controlOf(name, schema, id, choices) {
  if (choices) return selectControl(choices, id, schema.type === 'integer');
  if (schema.format === 'date-time') return instantControl(schema, id);
  if (schema.format === 'date') return dateControl(schema, id);
  if (schema.type === 'integer') return numberControl(schema, id);
  if (schema.type === 'boolean') return boolControl(schema, id);
  return textControl(schema, id);
}

// `known`: choices that the page knows and the schema cannot, such as the promises of one escalation.
export function fieldOf(name, schema, required, known) {
  const choices = known ?? choicesOf(name, schema);
  if (schema.type === 'array') return listField(name, schema, required);
  if (choices && !known && choices.length <= FEW) return radioField(name, schema, choices, required);
  const id = uniqueId(name);
  const { control, node, read, write, rule } = controlOf(name, schema, id, choices);
  const help = h('p', { class: 'help', id: `${id}-help` }, schema.description ?? '');
  const error = h('p', { class: 'error', id: `${id}-error`, hidden: true });
  control.name = name;
  control.setAttribute('aria-describedby', `${help.id} ${error.id}`);
  if (required) control.setAttribute('aria-required', 'true');
  const whole = h('div', { class: 'field' },
    h('label', { for: id }, label(name), required ? null : h('span', { class: 'optional' }, ' optional')),
    help, error, node ?? control);
  return finish({ name, node: whole, read, write, rule, required, error, control });
}
