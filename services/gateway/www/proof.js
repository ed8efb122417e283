// proof: messages and what became of them, as a table.
import { Problem } from '/api.js';
import { h, reconcile } from '/dom.js';
import { commandButton, problemPlace } from '/forms.js';
import { commandsOn, entitySchema, propertyOf } from '/schema.js';
import { clientName, mayCommand, personName } from '/session.js';
import { capital, meaning, plain, time, valueOf } from '/words.js';

const GOOD = ['sent', 'delivered'];
const BAD = ['failed'];
const SHORT = 40; // characters of a peer's words that stand on the same line
const DIGITS = 10; // of a digest, until it is opened

const cell = (name, className, ...inside) => h('td', { role: 'cell', 'data-label': name, class: className },
  h('div', null, inside));

function receiver(row) {
  const to = row.person ? h('bdi', null, personName(row.person)) : h('span', { class: 'nobody' }, 'Nobody');
  const level = row.level ? `, level ${row.level}` : '';
  return [to, h('small', null, plain(row.reader), level, row.channel ? ` · ${plain(row.channel)}` : '')];
}

function pairs(...all) {
  const given = all.filter(([, value]) => value);
  return given.length ? h('dl', { class: 'said' }, given.map(([name, value, long]) =>
    h('div', { class: long ? 'long' : null }, h('dt', null, name), h('dd', null, value)))) : null;
}

// Sixty-four digits that nobody reads until somebody compares them.
function digest(hex, description) {
  return h('details', { title: description }, h('summary', null, h('code', null, `${hex.slice(0, DIGITS)}…`)), h('code', null, hex));
}

function outcome(row, schema) {
  const of = (name) => propertyOf(schema, name);
  const kind = GOOD.includes(row.state) ? 'good' : BAD.includes(row.state) ? 'bad' : 'watch';
  return [
    h('p', null, h('span', { class: `state ${kind}` }, capital(plain(row.state))), ' ', meaning(of('state'), row.state),
      row.failure && row.state !== 'pending' ? h('span', null, ' ', meaning(of('failure'), row.failure)) : null),
    pairs(
      ['Tries', row.attempts],
      ['Last try', !row.sent_at && !row.failed_at && row.attempted_at && time(row.attempted_at)],
      ['Taken', row.sent_at && time(row.sent_at)],
      ['Next try', row.state === 'deferred' && row.next_attempt_at ? time(row.next_attempt_at) : null],
      ['Failed', row.failed_at && time(row.failed_at)],
      ['The answer was', row.detail && h('q', null, h('bdi', null, row.detail)), row.detail?.length > SHORT],
      ['Digest', row.digest && digest(row.digest, of('digest').description)]),
  ];
}

function retry(row, done) {
  if (row.state !== 'failed' || !mayCommand()) return null;
  if (!row.person) {
    return h('small', { class: 'muted' }, row.level ? `Say in the catalog who holds level ${row.level} of this client.`
      : 'There is nobody to try again for.');
  }
  const place = problemPlace();
  const button = commandButton({
    command: commandsOn('messages').get('retry'),
    path: `/v1/messages/${encodeURIComponent(row.id)}/retry`,
    client: row.client,
    place,
    done,
  });
  return [button, place];
}

function rowNode(row, { about, linkTo, done }) {
  const schema = entitySchema('messages');
  return h('tr', { role: 'row' },
    cell('When', 'when', time(row.queued_at)),
    h('th', { role: 'rowheader', scope: 'row', class: 'title' }, h('div', null,
      h('span', { class: 'plain' }, meaning(propertyOf(schema, 'stage'), row.stage)),
      about ? h('small', null, h('bdi', null, clientName(row.client)), ' · ',
        row.escalation ? h('a', { href: linkTo(row.client, row.escalation) }, h('bdi', null, row.title || row.escalation))
          : valueOf(null, row.title ?? '')) : null)),
    cell('To', 'to', receiver(row)),
    cell('Proof', 'proof', outcome(row, schema)),
    cell('', 'action', retry(row, done)));
}

// { node, draw(rows) }: the newest first. `about`: whether each row says which escalation it is about.
export function proofTable({ caption, about, linkTo, done }) {
  const body = h('tbody', { role: 'rowgroup' });
  const names = ['Decided', 'What it tells', 'To', 'What became of it', 'Action'];
  const head = h('tr', { role: 'row' }, names.map((name) => h('th', { role: 'columnheader', scope: 'col' }, name)));
  const node = h('table', { class: 'list messages', role: 'table' }, h('caption', { class: 'hidden' }, caption),
    h('thead', { role: 'rowgroup' }, head), body);
  const draw = (rows) => {
    node.hidden = !rows.length;
    const newest = [...rows].sort((a, b) => b.queued_at.localeCompare(a.queued_at) || b.id.localeCompare(a.id));
    reconcile(body, newest, { key: (row) => row.id, make: (row) => rowNode(row, { about, linkTo, done }) });
  };
  return { node, draw };
}

// Messages cannot be read by everybody: an empty list and why, instead of no page.
export async function readOr(promise, otherwise) {
  try {
    return await promise;
  } catch (problem) {
    if (problem instanceof Problem && problem.status !== 401) return { ...otherwise, problem };
    throw problem;
  }
}
