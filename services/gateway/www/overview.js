// overview: the escalations that are open, the most urgent first, as they change.
import { all, get } from '/api.js';
import { now } from '/clock.js';
import { announce, h, reconcile, replace } from '/dom.js';
import { fieldOf } from '/fields.js';
import { openForm } from '/forms.js';
import { coalesced, listen } from '/live.js';
import { creator, entitySchema, propertyOf } from '/schema.js';
import { clientName, clientsToAsk, isClient, mayCommand, personName, session } from '/session.js';
import { LEVELS, age, countdown, plain, span, time } from '/words.js';

const MANY = 20; // escalations that changed at once, from which on the whole list is read again
const HIGH_LEVEL = 4; // managers and above

export function linkTo(client, id) {
  return `#/escalations/${encodeURIComponent(client)}/${encodeURIComponent(id)}`;
}

// A row of the list, made of one escalation in full.
function rowOf(entity) {
  return { ...entity, escalation: entity.id, tickets: entity.tickets?.length ?? 0 };
}

const overdue = (row) => Boolean(row.update_overdue) || (row.next_update_at && Date.parse(row.next_update_at) < now());
const owned = (row) => row.acked_by && Date.parse(row.acked_until) > now();

const ORDERS = {
  urgent: (a, b) => Number(overdue(b) ?? 0) - Number(overdue(a) ?? 0) || b.level - a.level || a.severity - b.severity ||
    a.raised_at.localeCompare(b.raised_at),
  oldest: (a, b) => a.raised_at.localeCompare(b.raised_at),
};

// --- a row -------------------------------------------------------------------------------------------------------------

const cell = (name, className, ...inside) => h('td', { role: 'cell', 'data-label': name, class: className },
  h('div', null, inside));

function ownerOf(row) {
  if (!owned(row)) return h('span', { class: 'nobody' }, 'Nobody');
  return [h('bdi', null, personName(row.acked_by)), h('small', null, 'until ', time(row.acked_until))];
}

function nextOf(row) {
  if (!row.next_update_at) return h('span', { class: 'muted' }, 'None promised');
  return [h('span', { class: overdue(row) ? 'overdue' : null }, countdown(row.next_update_at)),
    h('small', null, time(row.next_update_at))];
}

function tail(row) {
  if (row.state !== 'open') return [cell('Ended', 'ended', plain(row.state), h('small', null, time(row.closed_at)))];
  return [isClient() ? null : cell('Owner', 'owner', ownerOf(row)), cell('Next update', 'next', nextOf(row))];
}

function rowNode(row) {
  const late = row.state === 'open' && overdue(row);
  const cause = propertyOf(entitySchema('escalations'), 'cause');
  return h('tr', { role: 'row', class: late ? 'late' : null },
    cell('Level', 'level', h('span', { class: `mark level-${row.level}` }, row.level), h('small', null, LEVELS[row.level])),
    h('th', { role: 'rowheader', scope: 'row', class: 'title' }, h('div', null,
      h('a', { href: linkTo(row.client, row.escalation) }, h('bdi', null, row.title || 'Without a title')),
      h('small', null, h('bdi', null, clientName(row.client)), ' · ',
        h('span', { title: cause['x-meaning']?.[row.cause] }, plain(row.cause)),
        row.tickets ? ` · ${row.tickets} ${row.tickets === 1 ? 'ticket' : 'tickets'}` : null,
        row.resolved_at && row.state === 'open' ? h('span', { class: 'waits' }, ' · solved, waits for its closeout') : null))),
    cell('Severity', 'severity', h('span', { class: `mark severity-${row.severity}` }, row.severity)),
    cell('Age', 'age', row.state === 'open' ? age(row.raised_at)
      : span(Date.parse(row.closed_at) - Date.parse(row.raised_at))),
    tail(row));
}

function headNode(ended) {
  const names = ['Level', 'Escalation', 'Severity', ended ? 'Lasted' : 'Age',
    ...(ended ? ['Ended'] : [...(isClient() ? [] : ['Owner']), 'Next update'])];
  return h('thead', { role: 'rowgroup' },
    h('tr', { role: 'row' }, names.map((name) => h('th', { role: 'columnheader', scope: 'col' }, name))));
}

// --- what it comes to --------------------------------------------------------------------------------------------------

function tiles(rows) {
  const count = (test) => rows.filter(test).length;
  const all = [
    ['open', rows.length, ''],
    [count(overdue) === 1 ? 'update overdue' : 'updates overdue', count(overdue), 'bad'],
    [`at level ${HIGH_LEVEL} or above`, count((row) => row.level >= HIGH_LEVEL), ''],
    isClient() ? null : ['without an owner', count((row) => !owned(row)), 'watch'],
    ['waiting for closeout', count((row) => row.resolved_at), ''],
  ];
  return h('ul', { class: 'tiles', 'aria-label': 'In short' }, all.filter(Boolean).map(([name, n, kind]) =>
    h('li', { class: n && kind ? kind : null }, h('strong', null, n), ' ', name)));
}

function nothing(ended) {
  if (ended) return h('p', { class: 'empty' }, 'Nothing has ended here yet.');
  return h('div', { class: 'empty' }, h('p', null, h('strong', null, 'No escalation is open.')),
    h('p', null, mayCommand()
      ? 'Clocks of tickets raise them by themselves; tickets come in by POST /v1/tickets, POST /v1/ingest, or redress import. You can raise one by hand.'
      : 'When one is raised, it appears here at once.'));
}

// --- raising -----------------------------------------------------------------------------------------------------------

function raiseForm() {
  const known = [...session.clients].map(([id, name]) => [id, name === id ? id : `${name} (${id})`]);
  const client = fieldOf('client', { type: 'string', maxLength: 64, description: 'Whose escalation it is.' }, true,
    known.length ? known : undefined);
  openForm({
    command: creator('escalations', 'raise'),
    path: '/v1/escalations',
    extra: [client],
    done: (answer, whose) => {
      location.hash = linkTo(whose, answer.result.id);
    },
  });
}

// --- the page ----------------------------------------------------------------------------------------------------------

function filters(query) {
  const go = (change) => {
    const next = Object.entries({ ...query, ...change }).filter(([, value]) => value);
    location.hash = `#/?${new URLSearchParams(next)}`;
  };
  const choice = (name, text, options) => h('label', { class: 'choice' }, h('span', null, text),
    h('select', { name, on: { change: (event) => go({ [name]: event.target.value }) } },
      options.map(([value, words]) => h('option', { value, selected: (query[name] ?? '') === value }, words))));
  const clients = [['', 'All clients'], ...session.clients];
  return h('div', { class: 'row filters', role: 'group', 'aria-label': 'Filters' },
    session.clients.size > 1 ? choice('client', 'Client', clients) : null,
    choice('state', 'Show', [['', 'Open'], ['ended', 'Ended']]),
    choice('order', 'Order', [['', 'Most urgent first'], ['oldest', 'Oldest first']]));
}

export async function showOverview(app, rest, query) {
  const ended = query.state === 'ended';
  const order = ORDERS[query.order] ?? ORDERS.urgent;
  const rows = new Map();
  const body = h('tbody', { role: 'rowgroup' });
  const table = h('table', { class: 'list', role: 'table' },
    h('caption', { class: 'hidden' }, ended ? 'Escalations that ended' : 'Open escalations'), headNode(ended), body);
  const short = h('div');
  const empty = h('div');

  const draw = () => {
    const sorted = [...rows.values()].sort(order);
    reconcile(body, sorted, {
      key: (row) => row.escalation,
      stamp: (row) => JSON.stringify([row, overdue(row), owned(row)]),
      make: rowNode,
    });
    table.hidden = !sorted.length;
    replace(empty, sorted.length ? null : nothing(ended));
    replace(short, ended || !sorted.length ? null : tiles(sorted));
  };
  const load = async () => {
    const parts = await Promise.all(clientsToAsk(query.client).map((client) =>
      all('/v1/escalations', { client, ended: ended || undefined }, { signal: app.signal })));
    rows.clear();
    for (const row of parts.flatMap((part) => part.rows)) rows.set(row.escalation, row);
    draw();
  };
  const refreshOne = async ([id, client]) => {
    const entity = await get(`/v1/escalations/${encodeURIComponent(id)}`, { client }, app.signal);
    if ((entity.state === 'open') !== ended) {
      if (!rows.has(id) && !ended) announce(`New escalation: ${entity.title ?? id}`);
      rows.set(id, rowOf(entity));
    } else {
      rows.delete(id);
    }
  };
  let changed = new Map();
  const refresh = coalesced(async () => {
    const these = changed;
    changed = new Map();
    try {
      if (these.size > MANY) await load();
      else await Promise.all([...these].map(refreshOne));
      if (these.size) draw();
    } catch (problem) {
      if (problem.status === 401) app.fail(problem);
      // else the stream is lost too, and says so; it asks for everything when it is back
    }
  });
  const came = (events) => {
    for (const event of events) {
      const [client, id] = event.subject.split('/');
      if (event.type.startsWith('escalation.')) changed.set(id, client);
    }
    refresh();
  };

  await load();
  app.title(ended ? 'Ended escalations' : 'Open escalations');
  replace(app.root,
    h('div', { class: 'head' }, h('h1', { tabindex: -1 }, ended ? 'Ended escalations' : 'Open escalations'),
      mayCommand() ? h('button', { type: 'button', class: 'primary', on: { click: raiseForm } }, 'Raise an escalation') : null),
    short, filters(query), table, empty);
  listen({
    parameters: { services: 'escalation', clients: query.client },
    onEvents: came,
    onFresh: () => load().catch(() => {}),
    onEnded: () => sessionEnded(app),
  });
}

// Whether a stream was refused because nobody is signed in any more.
export async function sessionEnded(app) {
  try {
    await get('/v1/me');
    return false;
  } catch (problem) {
    if (problem.status === 401) app.signedOut();
    return problem.status === 401;
  }
}
