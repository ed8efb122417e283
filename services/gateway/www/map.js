// map: the service model on one page, and its gaps as a list.
import { all, pathOf } from '/api.js';
import { h, replace } from '/dom.js';
import { answerSchema, propertyOf } from '/schema.js';
import { session } from '/session.js';
import { table } from '/table.js';
import { many, meaning } from '/words.js';

const PAPERS = [['a3', 'A3'], ['a4', 'A4'], ['11x17', '11 × 17 in']];

function gaps(rows) {
  const missing = rows.filter((row) => row.gap);
  if (!missing.length) return h('p', { class: 'empty' }, 'Nothing is missing on this page.');
  const band = propertyOf(answerSchema('catalog.map'), 'band');
  return table('Gaps', ['Where', 'What', 'What is missing'], missing.map((row) => ({
    head: 1,
    cells: [meaning(band, row.band).replace(/\.$/, ''), h('bdi', null, row.name || row.id || row.of || ''), row.gap],
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
    h('figure', { class: 'map', tabindex: 0, role: 'group', 'aria-label': 'The map, which scrolls where it is wider than the screen' }, h('img', { src: picture, alt: `The service model on one page, with ${many(count, 'gap')}; the list below has them.` })),
    h('section', { class: 'card' }, h('h2', null, 'Gaps'), gaps(rows)));
}
