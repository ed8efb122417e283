// links: from a page about a client to the others about it.
import { pathOf } from '/api.js';
import { h } from '/dom.js';

const PAGES = [['', 'Escalations'], ['kpis', 'Figures'], ['programmes', 'Improvement']];

// `here`: the path of the page that shows them.
export function linksTo(client, here) {
  return PAGES.filter(([path]) => path !== here).map(([path, words]) => h('a', { href: pathOf(`#/${path}`, { client }) }, words));
}
