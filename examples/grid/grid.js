// The page: a sheet over one table. Cells are edited in place, with the network or without.

import { h, icon, keyed, mark, swap, toast } from '../shared/dom.js';
import { mountBar } from '../shared/bar.js';
import { openSession } from '../shared/session.js';
import { account, collection, columns, url } from './table.js';
import { createRow } from './row.js';

const main = document.getElementById('grid');

const naming = {
  fields: Object.fromEntries(columns.map(({ name }) => [name, { label: name }])),
  title: (write) => write.value?.Name || 'A row',
  show: () => undefined,
};

/** Moves from cell to cell by the arrows, as sheets do. */
function moveByKeys(body) {
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  body.addEventListener('keydown', (event) => {
    const cell = event.target.closest('td');
    const step = steps[event.key];
    if (!step || !cell || event.target.matches('input[type=text]')) return;
    const line = [...body.rows][cell.parentElement.rowIndex - 1 + step[0]];
    const next = line?.cells[cell.cellIndex + step[1]];
    if (!next) return;
    event.preventDefault();
    (next.querySelector('input[type=checkbox], button') ?? next).focus();
  });
}

async function start() {
  const name = await collection();
  const session = await openSession({
    store: 'grid',
    dialect: 'baserow',
    url,
    token: () => JSON.stringify(account),
    collections: { [name]: { keep: 'all', policy: 'merge' } },
  });
  const { db } = session;
  const rows = db.collection(name);
  const { conflicts } = mountBar({ session, page: 'grid', naming });
  const body = h('tbody');
  const add = h(
    'button.button',
    { type: 'button', onclick: () => rows.insert({ Name: '' }) },
    icon('plus'),
    'Add a row',
  );
  const sheet = h(
    'table.sheet',
    { 'aria-label': 'Tide pools' },
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        columns.map(({ name: label }) => h('th', { scope: 'col' }, label)),
        h('th'),
      ),
    ),
    body,
  );
  moveByKeys(body);
  main.removeAttribute('aria-busy');
  swap(main, h('h1.unseen', {}, 'Tide pools, a small spreadsheet'), h('div.scroll', {}, sheet), add);

  const draw = (list) =>
    keyed(
      body,
      list,
      (row) => row.id,
      () => createRow(rows, conflicts),
      (element, row) => element.update(row, rows.meta(row.id)),
    );
  let shown = [];
  // What was made here has no place in the table before the server gives it one: it stands at the end.
  const place = (row) => row.order ?? Infinity;
  rows.query({}).subscribe((list) => draw((shown = list.toSorted((a, b) => place(a) - place(b) || 0))));
  db.pending.subscribe(() => draw(shown));
  db.on('refused', (write) => toast(`Refused: ${write.error?.message ?? 'the server gave no reason'}`));
  db.on('error', (error) => toast(error.message));
}

start().catch((error) => {
  main.removeAttribute('aria-busy');
  swap(
    main,
    h(
      'div.blank',
      { role: 'alert' },
      mark('pool'),
      h('h2', {}, 'The table could not be opened'),
      h('p', {}, error.message),
      h('button.button', { type: 'button', onclick: () => location.reload() }, icon('wave'), 'Reload'),
    ),
  );
  throw error;
});
