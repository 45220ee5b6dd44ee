// One column: its name, its cards, and the line that adds to it.

import { h, icon } from '../shared/dom.js';

export function createLane(desk, { id }) {
  const level = h('span.level', { 'aria-hidden': 'true' });
  const title = h('input.lane-title', {
    'aria-label': 'Name of the column',
    maxlength: 60,
    spellcheck: 'false',
  });
  const count = h('span.lane-count', { 'aria-hidden': 'true' });
  const acts = h('span.lane-acts');
  const list = h('ol.cards', { 'data-lane': id });
  const empty = h('p.lane-empty', { hidden: true });
  const ghosts = h('div.ghosts', { 'aria-hidden': 'true', hidden: true }, h('span'), h('span'), h('span'));
  const input = h('input.lane-add', {
    placeholder: 'Add a card',
    maxlength: 300,
    autocomplete: 'off',
    enterkeyhint: 'done',
    'data-testid': `add-${id}`,
  });
  const form = h(
    'form.lane-foot',
    {
      onsubmit: (event) => {
        event.preventDefault();
        const text = input.value.trim();
        if (text && desk.add(id, text)) input.value = '';
        requestAnimationFrame(() => {
          list.scrollTop = list.scrollHeight;
        });
      },
    },
    icon('plus'),
    input,
  );
  const element = h(
    'section.lane',
    { 'data-lane': id },
    h('header', {}, level, title, count, acts),
    h('div.lane-body', {}, list, empty, ghosts),
    form,
  );
  let lane;

  title.addEventListener('change', () => {
    const text = title.value.trim();
    if (text && text !== lane.title) desk.attempt(() => desk.board.renameLane(lane, text));
    title.value = text || lane.title;
  });
  title.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') title.value = lane.title;
    if (event.key === 'Enter' || event.key === 'Escape') title.blur();
  });
  const clear = h(
    'button.button.small.quiet-button',
    { type: 'button', onclick: () => desk.clearLane(lane) },
    'Clear',
  );
  const remove = h('button.plain', { type: 'button', onclick: () => desk.removeLane(lane) }, icon('bin'));
  acts.append(clear, remove);

  element.list = list;
  element.input = input;
  element.update = (now, depth, board) => {
    lane = now;
    level.style.setProperty('--level', String(depth));
    if (document.activeElement !== title) title.value = now.title;
    count.textContent = now.cards.length ? String(now.cards.length) : '';
    list.setAttribute('aria-label', `${now.title}, ${now.cards.length} cards`);
    input.setAttribute('aria-label', `Add a card to ${now.title}`);
    clear.hidden = now.id !== 'done' || now.cards.length === 0;
    remove.hidden = now.fixed;
    remove.title = `Remove the column ${now.title}`;
    remove.setAttribute('aria-label', remove.title);
    const waiting = board.known === 'unknown' && board.loading && board.size === 0;
    ghosts.hidden = !waiting;
    empty.hidden = waiting || now.cards.length > 0;
    empty.textContent =
      board.known !== 'unknown' && board.size === 0 && now.id === 'todo'
        ? 'An empty board. Type below to add the first card.'
        : 'No cards';
  };
  return element;
}

/** The place at the end where a column begins. */
export function newLane(desk) {
  const input = h('input.lane-add', {
    placeholder: 'Add a column',
    'aria-label': 'Add a column',
    maxlength: 60,
    autocomplete: 'off',
  });
  return h(
    'form.lane-new',
    {
      onsubmit: (event) => {
        event.preventDefault();
        const text = input.value.trim();
        if (text && desk.attempt(() => desk.board.addLane(text))) input.value = '';
      },
    },
    icon('plus'),
    input,
  );
}
