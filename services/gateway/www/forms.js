// forms: a command as a form in a dialog, or as a button where it has no fields. What was refused is said at the field it is
// about, else at the form's head. A form has one Idempotency-Key: sent twice, the command is done once.
import { Problem, pathOf, post, uuid7 } from '/api.js';
import { announce, h, replace, uniqueId } from '/dom.js';
import { fieldOf } from '/fields.js';
import { fieldsOf, resolve } from '/schema.js';
import { verbWords } from '/words.js';

// What an answer that is not the expected one means to whoever sent the form.
function advice(problem) {
  if (problem.status === 401) return 'You are signed out. Sign in in another tab, then send this again.';
  if (problem.code === 'id_reused') return 'An earlier try of this form was done after all, with other words. Close it and look.';
  if (problem.passes) return 'Send it again: it is done once, however often it is sent.';
  return '';
}

function problemNodes(problem) {
  const more = advice(problem);
  return [h('strong', null, `${problem.title}:`), ' ', h('span', null, problem.message), more ? h('p', null, more) : null];
}

const sent = new Set();

// Whether an event came of what was sent here: whoever did it was told already.
export const isOwn = (event) => sent.has(event.causationid);

// Sends a command; the caller shows a Problem.
async function send(path, body, key, client) {
  sent.add(key);
  return post(pathOf(path, { client }), body, { 'Idempotency-Key': key });
}

function asProblem(error) {
  if (error instanceof Problem) return error;
  return new Problem(-1, { title: 'The page failed', detail: String(error) });
}

function check(fields) {
  let first = null;
  for (const field of fields) {
    const text = field.validity();
    field.fail(text);
    if (text) first ??= field;
  }
  first?.focus();
  return !first;
}

// A refusal at its field, or at the head.
function showProblem(problem, fields, head) {
  const name = problem.field.split(/[.[\s]/)[0];
  const field = fields.find((one) => one.name === name);
  if (field) {
    field.fail(problem.message);
    field.focus();
  } else {
    replace(head, problemNodes(problem));
    head.hidden = false;
    head.focus();
  }
}

function formOf({ command, path, client, known = {}, initial = {}, extra = [], submit, done }) {
  const required = command.schema.required ?? [];
  const needed = ([name]) => Number(required.includes(name));
  const fields = [...extra, ...fieldsOf(command).sort((a, b) => needed(b) - needed(a)).map(([name, schema]) =>
    fieldOf(name, resolve(schema), required.includes(name), known[name]))];
  for (const field of fields) if (initial[field.name] !== undefined) field.write(initial[field.name]);
  const head = h('div', { class: 'problem', role: 'alert', tabindex: -1, hidden: true });
  const button = h('button', { class: 'primary' }, submit);
  const key = uuid7();
  let busy = false;
  const submitted = async (event) => {
    event.preventDefault();
    head.hidden = true;
    if (busy || !check(fields)) return;
    busy = true;
    button.setAttribute('aria-disabled', 'true');
    button.textContent = 'Sending…';
    try {
      const body = Object.fromEntries(fields.map((field) => [field.name, field.read()]));
      const whose = client ?? body.client;
      delete body.client;
      done(await send(path, body, key, whose), whose);
    } catch (error) {
      showProblem(asProblem(error), fields, head);
    } finally {
      busy = false;
      button.removeAttribute('aria-disabled');
      button.textContent = submit;
    }
  };
  const cancel = h('button', { type: 'button', class: 'quiet', on: { click: () => form.closest('dialog').close() } }, 'Cancel');
  const form = h('form', { novalidate: true, on: { submit: submitted } }, head, fields.map((field) => field.node),
    h('div', { class: 'row end' }, cancel, button));
  return { form, focus: () => (fields[0] ? fields[0].focus() : button.focus()) };
}

// Opens a dialog with the command's form: { command, path, client, known, initial, extra, done(answer, client) }: known
// choices and what is filled in already, by field. It goes when the
// command was done; Escape leaves it, and the focus goes back to where it was.
export function openForm(options) {
  const title = options.title ?? verbWords(options.command.verb);
  const heading = h('h2', { id: uniqueId('title') }, title);
  const dialog = h('dialog', { 'aria-labelledby': heading.id });
  const { form, focus } = formOf({
    ...options,
    submit: title,
    done: (answer, client) => {
      dialog.close();
      announce(`Done: ${title}.`);
      options.done(answer, client);
    },
  });
  dialog.append(heading, h('p', { class: 'lead' }, options.command.schema.description ?? ''), form);
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  focus();
}

// A button for a command. One without fields is sent at once, and `place` says what was refused.
export function commandButton(options) {
  const { command, path, client, place, primary, done, text = verbWords(command.verb) } = options;
  let key = uuid7();
  let busy = false;
  const direct = async () => {
    if (busy) return;
    busy = true;
    button.setAttribute('aria-disabled', 'true');
    button.textContent = 'Sending…';
    place.hidden = true;
    try {
      const answer = await send(path, options.body ?? {}, key, client);
      key = uuid7();
      announce(`Done: ${text}.`);
      done(answer);
    } catch (error) {
      replace(place, problemNodes(asProblem(error)));
      place.hidden = false;
    } finally {
      busy = false;
      button.removeAttribute('aria-disabled');
      button.textContent = text;
    }
  };
  const fieldless = options.body || fieldsOf(command).length === 0;
  const button = h('button', {
    type: 'button',
    class: primary ? 'primary' : null,
    title: command.schema.description,
    on: { click: fieldless ? direct : () => openForm(options) },
  }, text);
  return button;
}

export function problemPlace() {
  return h('div', { class: 'problem', role: 'alert', hidden: true });
}
