// readiness: the eleven questions of a service's design, answered by what the catalog holds.
import { all } from '/api.js';
import { h, replace } from '/dom.js';
import { knowNames, nameOf, session } from '/session.js';
import { capital, plain } from '/words.js';

const STATES = { yes: ['Yes', 'good'], partly: ['Partly', 'watch'], no: ['No', 'bad'] };

// Its kind, its name with the id that files say, and what is said about it.
function itemNode(one) {
  const name = nameOf(one.of, one.id);
  return [`${capital(plain(one.of))} `, name === one.id ? null : [h('strong', null, h('bdi', null, name)), ' '], h('code', null, one.id), one.words ? [': ', h('bdi', null, one.words)] : null];
}

// `count`: how many there are, of which not all may be listed.
function named(title, list, count, open) {
  if (!list.length) return null;
  const words = count > list.length ? `${title} (${count}, of which ${list.length} are listed)` : `${title} (${list.length})`;
  return h('details', { open }, h('summary', null, words), h('ul', { class: 'ids' }, list.map((one) => h('li', null, itemNode(one)))));
}

function answer(row) {
  const [words, kind] = STATES[row.state] ?? [row.state, ''];
  return h('li', { class: 'card question' },
    h('div', { class: 'head' }, h('h2', null, `${row.number}. ${row.question}`), h('strong', { class: `state ${kind}` }, words)),
    h('p', null, row.sentence), named('Missing', row.missing ?? [], row.lacking, true), named('Evidence', row.evidence ?? [], row.found));
}

export async function showReadiness(app, rest, query) {
  const { rows } = await all('/v1/queries/catalog.readiness', { client: query.client }, { signal: app.signal });
  await knowNames([...new Set(rows.flatMap((row) => [...row.missing ?? [], ...row.evidence ?? []]).map((one) => one.of))]);
  const count = (state) => rows.filter((row) => row.state === state).length;
  app.title('Readiness');
  replace(app.root,
    h('div', { class: 'head' }, h('h1', { tabindex: -1 }, 'Readiness')),
    h('p', { class: 'muted' }, `${count('yes')} of ${rows.length} questions are answered, ${count('partly')} in part, ${count('no')} not.`),
    session.clients.size ? h('div', { class: 'row filters', role: 'group', 'aria-label': 'Filters' },
      h('label', { class: 'choice' }, h('span', null, 'Client'),
        h('select', { name: 'client', on: { change: (event) => { location.hash = `#/readiness?client=${encodeURIComponent(event.target.value)}`; } } },
          [['', 'All clients'], ...session.clients].map(([value, words]) => h('option', { value, selected: value === (query.client ?? '') }, words))))) : null,
    h('ol', { class: 'questions' }, rows.map(answer)));
}
