// map: the service model on one page, and its gaps as a list.
import { all, pathOf } from '/api.js';
import { h, replace } from '/dom.js';
import { session } from '/session.js';
import { table } from '/table.js';
import { capital, plain } from '/words.js';

const PAPERS = [['a3', 'A3'], ['a4', 'A4'], ['11x17', '11 × 17 in']];

function gaps(rows) {
  const missing = rows.filter((row) => row.gap);
  if (!missing.length) return h('p', { class: 'empty' }, 'Nothing is missing on this page.');
  return table('Gaps', ['Where', 'What', 'What is missing'], missing.map((row) => ({
    head: 1,
    cells: [capital(plain(row.band)), h('bdi', null, row.name || row.id || row.of || ''), row.gap],
  })));
}

export async function showMap(app, rest, query) {
  const paper = PAPERS.some(([id]) => id === query.paper) ? query.paper : 'a3';
  const { rows } = await all('/v1/queries/catalog.map', { client: query.client }, { signal: app.signal });
  const picture = pathOf('/v1/map.svg', { client: query.client, paper });
  const go = (change) => {
    const next = Object.entries({ ...query, ...change }).filter(([, value]) => value);
    location.hash = `#/map?${new URLSearchParams(next)}`;
  };
  const choice = (name, words, options, chosen) => h('label', { class: 'choice' }, h('span', null, words),
    h('select', { name, on: { change: (event) => go({ [name]: event.target.value }) } },
      options.map(([value, text]) => h('option', { value, selected: value === (chosen ?? '') }, text))));
  const count = rows.filter((row) => row.gap).length;
  app.title('Service map');
  replace(app.root,
    h('div', { class: 'head' }, h('h1', { tabindex: -1 }, 'Service map'),
      h('a', { href: picture, download: `service-map-${query.client || 'all'}-${paper}.svg` }, 'Download to print')),
    h('div', { class: 'row filters', role: 'group', 'aria-label': 'Filters' },
      choice('client', 'Client', [['', 'All services'], ...session.clients], query.client),
      choice('paper', 'Paper', PAPERS, paper)),
    h('figure', { class: 'map' }, h('img', { src: picture, alt: `The service model on one page, with ${count} ${count === 1 ? 'gap' : 'gaps'}; they are listed below.` })),
    h('section', { class: 'card' }, h('h2', null, 'Gaps'), gaps(rows)));
}
