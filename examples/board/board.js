// The page: opens the store and puts model, people, desk and bar together.

import { h, icon, mark, swap, toast } from '../shared/dom.js';
import { mountBar } from '../shared/bar.js';
import { openSession } from '../shared/session.js';
import { Board, collections } from './model.js';
import { Desk } from './desk.js';
import { startDrag } from './drag.js';
import { startKeys } from './keys.js';
import { People, peopleButton } from './people.js';

const main = document.getElementById('board');

function naming(board, people) {
  return {
    fields: {
      title: { label: 'Title' },
      notes: { label: 'Notes' },
      column: { label: 'Column' },
      assignee: { label: 'Assignee' },
      labels: { label: 'Labels' },
      name: { label: 'Name' },
    },
    title(write) {
      if (write.collection === 'people') return 'Your name';
      const value = write.value ?? {};
      if (write.collection === 'columns')
        return `Column “${value.title ?? board.lane(write.id)?.title ?? 'removed'}”`;
      return board.card(write.id)?.title || value.title || 'A card';
    },
    show(field, value) {
      if (field === 'column') return board.lane(value)?.title ?? 'Removed column';
      if (field === 'assignee') return people.find(value)?.name ?? (value ? 'Somebody' : 'Nobody');
      if (field === 'labels') return (value ?? []).join(', ');
      return undefined;
    },
  };
}

async function start() {
  const session = await openSession({ store: 'board', collections });
  const { db } = session;
  const board = new Board(db);
  const people = new People(db);
  const desk = new Desk(main, db, board, people);
  desk.conflicts = mountBar({
    session,
    page: 'board',
    naming: naming(board, people),
    extra: peopleButton(people, db),
  }).conflicts;
  startDrag(desk);
  startKeys(desk);
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
      h('h2', {}, 'The board could not be opened'),
      h('p', {}, error.message),
      h('button.button', { type: 'button', onclick: () => location.reload() }, icon('wave'), 'Reload'),
    ),
  );
  throw error;
});
