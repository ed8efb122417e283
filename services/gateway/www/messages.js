// messages: everything that somebody was told, or was to be told, with its proof.
import { all, get } from '/api.js';
import { h, replace } from '/dom.js';
import { coalesced, listen } from '/live.js';
import { linkTo, sessionEnded } from '/overview.js';
import { proofTable } from '/proof.js';
import { clientsToAsk, session } from '/session.js';
import { many } from '/words.js';

const MOST = 2000; // rows that are read at first, the oldest: they come in that order
const LEFT_OUT = ' These are the oldest and what happens now; what was decided between is left out. Choose a client, or look on the page of an escalation, which has all of its own.';
const MANY = 20; // messages that changed at once, from which on all are read again

function filters(query) {
  const go = (change) => {
    const next = Object.entries({ ...query, ...change }).filter(([, value]) => value);
    location.hash = `#/messages?${new URLSearchParams(next)}`;
  };
  const option = (chosen) => ([value, words]) => h('option', { value, selected: (chosen ?? '') === value }, words);
  return h('div', { class: 'row filters', role: 'group', 'aria-label': 'Filters' },
    session.clients.size > 1 ? h('label', { class: 'choice' }, h('span', null, 'Client'),
      h('select', { name: 'client', on: { change: (event) => go({ client: event.target.value }) } },
        [['', 'All clients'], ...session.clients].map(option(query.client)))) : null,
    h('label', { class: 'choice' }, h('span', null, 'Show'),
      h('select', { name: 'failed', on: { change: (event) => go({ failed: event.target.value }) } },
        [['', 'All messages'], ['true', 'Failed only']].map(option(query.failed)))));
}

function nothing(failed) {
  return h('div', { class: 'empty' },
    h('p', null, h('strong', null, failed ? 'No message failed.' : 'Nobody was told anything yet.')),
    failed ? null : h('p', null, 'Messages come of escalations; the catalog says who is told (redress client set --help).'));
}

export async function showMessages(app, rest, query) {
  const failed = query.failed === 'true';
  const rows = new Map();
  const table = proofTable({ caption: 'Messages', about: true, linkTo, done: () => {} });
  const empty = h('div');
  const count = h('p', { class: 'muted', 'aria-live': 'polite' });
  let more = false;

  const draw = () => {
    table.draw([...rows.values()]);
    replace(empty, rows.size ? null : nothing(failed));
    count.textContent = rows.size ? `${many(rows.size, 'message')}, the newest first.${more ? LEFT_OUT : ''}` : '';
  };
  const load = async () => {
    const parts = await Promise.all(clientsToAsk(query.client).map((client) =>
      all('/v1/messages', { client, failed: failed || undefined }, { most: MOST, signal: app.signal })));
    rows.clear();
    more = parts.some((part) => part.more);
    for (const row of parts.flatMap((part) => part.rows)) rows.set(row.id, row);
    draw();
  };
  const refreshOne = async ([id, client]) => {
    const row = await get(`/v1/messages/${encodeURIComponent(id)}`, { client }, app.signal);
    if (failed && row.state !== 'failed') rows.delete(id);
    else rows.set(id, row);
  };
  let changed = new Map();
  const refresh = coalesced(async () => {
    const these = changed;
    changed = new Map();
    try {
      if (these.size > MANY) await load();
      else await Promise.all([...these].map(refreshOne));
      draw();
    } catch (problem) {
      if (problem.status === 401) app.fail(problem);
    }
  });
  const came = (events) => {
    for (const event of events) {
      const [client, id] = event.subject.split('/');
      changed.set(id, client);
    }
    refresh();
  };

  await load();
  app.title('Messages');
  replace(app.root, h('div', { class: 'head' }, h('h1', { tabindex: -1 }, 'Messages')), filters(query), count, table.node, empty);
  listen({
    parameters: { services: 'notification', clients: query.client },
    onEvents: came,
    onFresh: () => load().catch(() => {}),
    onEnded: () => sessionEnded(app),
  });
}
