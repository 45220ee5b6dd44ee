// Everything the mouse can do, with the keyboard: arrows walk, Shift and arrows carry, Enter edits, Delete
// deletes, N adds.

export function startKeys(desk) {
  desk.lanes.addEventListener('click', (event) => {
    const card = event.target.closest('.card');
    if (card && !event.target.closest('button, select, a, textarea')) desk.openCard(card.dataset.key);
  });

  desk.lanes.addEventListener('keydown', (event) => {
    const card = event.target.closest('.card');
    if (!card) return;
    if (card.classList.contains('open')) {
      if (event.key === 'Escape') {
        event.preventDefault();
        desk.close({ focus: true, save: false });
      }
      return;
    }
    if (event.target !== card || event.ctrlKey || event.altKey || event.metaKey) return;
    const run = {
      Enter: () => desk.openCard(card.dataset.key),
      Delete: () => removeAndStay(desk, card),
      Backspace: () => removeAndStay(desk, card),
    }[event.key];
    const step = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    if (!run && !step) return;
    event.preventDefault();
    if (run) run();
    else if (event.shiftKey) carry(desk, card, step);
    else walk(desk, card, step);
  });

  addEventListener('keydown', (event) => {
    if (event.key.toLowerCase() !== 'n' || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest('input, textarea, select, dialog, [popover]')) return;
    event.preventDefault();
    const lane = event.target.closest?.('.lane') ?? desk.lanes.querySelector('.lane');
    lane.input.focus();
  });

  // An open card closes, and is saved, when the focus goes elsewhere on the page.
  desk.lanes.addEventListener('focusout', (event) => {
    const card = event.target.closest('.card.open');
    if (card && event.relatedTarget && !card.contains(event.relatedTarget)) desk.close();
  });
}

function neighbour(desk, id, [across, along]) {
  const at = desk.board.place(id);
  if (!at) return undefined;
  const lanes = desk.board.lanes();
  const lane = lanes[lanes.findIndex((other) => other.id === at.lane.id) + across];
  return lane && { lane, index: across ? Math.min(at.index, lane.cards.length) : at.index + along, from: at };
}

function carry(desk, card, step) {
  const to = neighbour(desk, card.dataset.key, step);
  if (!to || to.index < 0 || (!step[0] && to.index >= to.lane.cards.length)) return;
  desk.move(card.dataset.key, to.lane.id, to.index);
  queueMicrotask(() => {
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  });
}

function walk(desk, card, step) {
  let to = neighbour(desk, card.dataset.key, step);
  // An empty column is stepped over.
  for (let far = 2; to && step[0] && to.lane.cards.length === 0; far += 1)
    to = neighbour(desk, card.dataset.key, [step[0] * far, 0]);
  const next = to?.lane.cards[step[0] ? Math.min(to.index, to.lane.cards.length - 1) : to.index];
  if (next) desk.element(next.id)?.focus();
}

function removeAndStay(desk, card) {
  const next = card.nextElementSibling ?? card.previousElementSibling;
  desk.remove(card.dataset.key);
  next?.focus();
}
