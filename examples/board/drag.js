// Dragging with mouse, pen or finger. The card itself moves through the columns as the hand does; a copy
// follows the hand. A finger must rest first, because a finger that moves at once wants to scroll.

import { h, say } from '../shared/dom.js';

const far = 6;
const rest = 230;

export function startDrag(desk) {
  let held;
  let dropped = false;
  const lanes = desk.lanes;

  // The click that ends a drag is no click on the card.
  addEventListener(
    'pointerdown',
    () => {
      dropped = false;
    },
    true,
  );
  addEventListener(
    'click',
    (event) => {
      if (dropped) event.stopPropagation();
      dropped = false;
    },
    true,
  );

  lanes.addEventListener('pointerdown', (event) => {
    const card = event.target.closest('.card');
    if (
      held ||
      event.button !== 0 ||
      !card ||
      card.classList.contains('open') ||
      event.target.closest('button, input, textarea, select, a')
    )
      return;
    const box = card.getBoundingClientRect();
    held = {
      card,
      id: event.pointerId,
      x: event.clientX,
      y: event.clientY,
      dx: event.clientX - box.left,
      dy: event.clientY - box.top,
      touch: event.pointerType === 'touch',
    };
    if (held.touch) held.timer = setTimeout(() => lift(held), rest);
  });

  const lift = (hold) => {
    if (held !== hold || !desk.board.card(hold.card.dataset.key)) return;
    desk.dragging = true;
    desk.close();
    const { card } = hold;
    const box = card.getBoundingClientRect();
    hold.ghost = card.cloneNode(true);
    hold.ghost.className = 'card ghost';
    hold.ghost.removeAttribute('tabindex');
    hold.ghost.removeAttribute('data-testid');
    hold.ghost.style.width = `${box.width}px`;
    document.body.append(h('div.ghost-layer', { 'aria-hidden': 'true' }, hold.ghost));
    card.classList.add('lifted');
    document.documentElement.classList.add('dragging');
    follow(hold);
    hold.frame = requestAnimationFrame(() => scrollAlong(hold));
  };

  const follow = (hold) => {
    hold.ghost.style.translate = `${hold.x - hold.dx}px ${hold.y - hold.dy}px`;
    place(lanes, hold);
  };

  const scrollAlong = (hold) => {
    if (held !== hold) return;
    const box = lanes.getBoundingClientRect();
    lanes.scrollLeft += edge(hold.x, box.left, box.right);
    const body = hold.card.closest('.lane-body');
    if (body) {
      const inner = body.getBoundingClientRect();
      body.scrollTop += edge(hold.y, inner.top, inner.bottom);
    }
    place(lanes, hold);
    hold.frame = requestAnimationFrame(() => scrollAlong(hold));
  };

  addEventListener('pointermove', (event) => {
    if (!held || event.pointerId !== held.id) return;
    const moved = Math.hypot(event.clientX - held.x, event.clientY - held.y);
    if (!held.ghost && held.touch) {
      if (moved > far) drop(false);
      return;
    }
    if (!held.ghost && moved < far) return;
    held.x = event.clientX;
    held.y = event.clientY;
    if (!held.ghost) lift(held);
    else follow(held);
  });

  const drop = (keep) => {
    const hold = held;
    held = undefined;
    if (!hold) return;
    clearTimeout(hold.timer);
    if (!hold.ghost) return;
    cancelAnimationFrame(hold.frame);
    hold.ghost.parentElement.remove();
    hold.card.classList.remove('lifted');
    document.documentElement.classList.remove('dragging');
    desk.dragging = false;
    if (keep) settle(desk, hold.card);
    else say('Put back');
    desk.draw();
    dropped = true;
  };

  addEventListener('pointerup', (event) => {
    if (held?.id === event.pointerId) drop(true);
  });
  addEventListener('pointercancel', (event) => {
    if (held?.id === event.pointerId) drop(false);
  });
  addEventListener(
    'keydown',
    (event) => {
      if (event.key !== 'Escape' || !held?.ghost) return;
      event.preventDefault();
      event.stopPropagation();
      drop(false);
    },
    true,
  );
  // Only a listener that may prevent keeps a lifted card from scrolling the page under the finger.
  addEventListener(
    'touchmove',
    (event) => {
      if (held?.ghost) event.preventDefault();
    },
    { passive: false },
  );
  lanes.addEventListener('contextmenu', (event) => {
    if (held?.touch) event.preventDefault();
  });
}

function edge(at, from, to) {
  const zone = 46;
  if (at < from + zone) return -Math.ceil((from + zone - at) / 5);
  if (at > to - zone) return Math.ceil((at - to + zone) / 5);
  return 0;
}

/** Moves the held card's element to the place under the hand. */
function place(lanes, hold) {
  const lane = [...lanes.querySelectorAll('.lane')].find((element) => {
    const box = element.getBoundingClientRect();
    return hold.x >= box.left - 8 && hold.x < box.right + 8;
  });
  if (!lane) return;
  const list = lane.querySelector('.cards');
  const middle = hold.y - hold.dy + hold.ghost.offsetHeight / 2;
  const next =
    [...list.children].find((card) => {
      if (card === hold.card) return false;
      const box = card.getBoundingClientRect();
      return middle < box.top + box.height / 2;
    }) ?? null;
  if (
    hold.card.parentElement === list &&
    (hold.card.nextElementSibling === next || (next === null && list.lastElementChild === hold.card))
  )
    return;
  list.insertBefore(hold.card, next);
}

function settle(desk, card) {
  const id = card.dataset.key;
  const list = card.parentElement;
  const index = [...list.children].indexOf(card);
  const was = desk.board.place(id);
  if (was && (was.lane.id !== list.dataset.lane || was.index !== index))
    desk.move(id, list.dataset.lane, index);
}
