// table: rows of values under names, which become cards where there is no room for columns.
import { h } from '/dom.js';

// columns: names, in order; rows: {cells, head, late}: one cell a name; `head` is the place of the one that names the row.
export function table(caption, columns, rows) {
  const cell = (row, inside, i) => (i === (row.head ?? 0)
    ? h('th', { role: 'rowheader', scope: 'row', class: 'title', 'data-label': columns[i] }, h('div', null, inside))
    : h('td', { role: 'cell', 'data-label': columns[i] }, h('div', null, inside)));
  return h('table', { class: 'list', role: 'table' }, h('caption', { class: 'hidden' }, caption),
    h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, columns.map((name) => h('th', { role: 'columnheader', scope: 'col' }, name)))),
    h('tbody', { role: 'rowgroup' }, rows.map((row) => h('tr', { role: 'row', class: row.late ? 'late' : null },
      row.cells.map((inside, i) => cell(row, inside, i))))));
}
