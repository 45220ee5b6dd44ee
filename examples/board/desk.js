// The desk: draws columns and cards, and hands what people do to the model.

import { h, keyed, mark, plural, say, swap, toast } from '../shared/dom.js';
import { createCard } from './card.js';
import { createLane, newLane } from './lane.js';

/** What cards, columns, keys and dragging may ask of the page. */
export class Desk {
  #open;
  #elements = new Map();
  #waiting = false;

  dragging = false;

  constructor(main, db, board, people) {
    this.db = db;
    this.board = board;
    this.peopleList = people;
    this.lanes = h('div.lanes', { 'data-testid': 'lanes' });
    this.note = h('div.board-note', { role: 'status', hidden: true });
    this.adder = newLane(this);
    swap(
      main,
      h('h1.unseen', {}, 'Shared task board'),
      this.note,
      this.lanes,
      h(
        'p.hints',
        {},
        h('span', {}, h('kbd', {}, 'N'), ' new card'),
        h('span', {}, h('kbd', {}, 'Enter'), ' edit'),
        h('span', {}, h('kbd', {}, 'Shift'), ' + ', h('kbd', {}, 'arrows'), ' move'),
        h('span', {}, h('kbd', {}, 'Del'), ' delete'),
      ),
    );
    main.removeAttribute('aria-busy');
    main.classList.add('ready');
    for (const source of [board, people, db.pending, db.conflicts, db.status])
      source.subscribe(() => this.draw());
    document.addEventListener('pointerdown', (event) => {
      if (this.#open && !event.target.closest('.card.open, dialog, .panel')) this.close();
    });
    addEventListener('pagehide', () => this.close());
  }

  people() {
    return this.peopleList.list();
  }

  /** Draws once for everything that happened in one turn. */
  draw() {
    if (this.#waiting) return;
    this.#waiting = true;
    queueMicrotask(() => {
      this.#waiting = false;
      if (!this.dragging) this.#draw();
    });
  }

  #draw() {
    const before = this.#rects();
    const lanes = this.board.lanes();
    const pending = new Set(
      this.db
        .pending()
        .filter(
          (write) => write.collection === 'tasks' && write.state !== 'refused' && write.state !== 'conflict',
        )
        .map((write) => write.id),
    );
    const clashes = new Set(
      this.db
        .conflicts()
        .filter((conflict) => conflict.collection === 'tasks')
        .map((conflict) => conflict.id),
    );
    const focused = document.activeElement;
    const seen = new Set();
    keyed(
      this.lanes,
      [...lanes, { id: '+' }],
      (lane) => lane.id,
      (lane) => (lane.id === '+' ? this.adder : createLane(this, lane)),
      (element, lane) => {
        if (lane.id === '+') return;
        element.update(lane, lanes.indexOf(lane) / Math.max(1, lanes.length - 1), this.board);
        this.#drawCards(element.list, lane.cards, { pending, clashes, seen });
      },
    );
    for (const id of this.#elements.keys()) if (!seen.has(id)) this.#forget(id);
    if (focused !== document.activeElement && focused?.isConnected && focused !== document.body)
      focused.focus({ preventScroll: true });
    this.#drawNote();
    this.#settleInto(before);
  }

  #drawCards(list, cards, { pending, clashes, seen }) {
    const apart = this.db.status().state !== 'online';
    // A card that came from another column brings its element along, with its focus and its open editor.
    for (const card of cards) {
      seen.add(card.id);
      const element = this.#elements.get(card.id);
      if (element && element.parentElement !== list) list.append(element);
    }
    keyed(
      list,
      cards,
      (card) => card.id,
      (card) => this.#create(card.id),
      (element, card) =>
        element.update(card, {
          waits: pending.has(card.id),
          apart,
          clash: clashes.has(card.id),
          others: this.peopleList.on(card.id),
          assignee: card.assignee ? this.peopleList.find(card.assignee) : undefined,
        }),
    );
  }

  #create(id) {
    const element = createCard(this);
    this.#elements.set(id, element);
    return element;
  }

  #forget(id) {
    this.#elements.get(id)?.remove();
    this.#elements.delete(id);
    if (this.#open !== id) return;
    this.#open = undefined;
    this.peopleList.open(null);
  }

  #drawNote() {
    const { known, error } = this.board;
    const state = this.db.status().state;
    let parts;
    if (error) parts = [h('b', {}, 'The board could not be read.'), ` ${error.message}`];
    else if (known === 'unknown' && state === 'offline')
      parts = [
        mark('pool'),
        h(
          'span',
          {},
          h('b', {}, 'This board has never been downloaded to this browser.'),
          ' The server does not answer yet. You can begin all the same: ',
          'what you add now joins the others’ cards as soon as it does.',
        ),
      ];
    this.note.hidden = !parts;
    if (parts) swap(this.note, parts);
  }

  #rects() {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches || this.#elements.size > 250) return undefined;
    return new Map([...this.#elements].map(([id, element]) => [id, element.getBoundingClientRect()]));
  }

  /** Cards that others moved glide to their place, so that the eye can follow. */
  #settleInto(before) {
    if (!before) return;
    for (const [id, element] of this.#elements) {
      const from = before.get(id);
      if (!from?.width || element.classList.contains('open')) continue;
      const to = element.getBoundingClientRect();
      const [x, y] = [from.left - to.left, from.top - to.top];
      if (Math.abs(x) + Math.abs(y) < 2) continue;
      element.animate([{ translate: `${x}px ${y}px` }, { translate: '0 0' }], {
        duration: 190,
        easing: 'cubic-bezier(.2,.7,.3,1)',
      });
    }
  }

  element(id) {
    return this.#elements.get(id);
  }

  openCard(id) {
    if (this.#open === id) return;
    this.close();
    const row = this.board.card(id);
    const element = this.element(id);
    if (!row || !element) return;
    this.#open = id;
    this.peopleList.open(id);
    element.openEditor(row);
    element.scrollIntoView({ block: 'nearest' });
  }

  close({ focus = false, save = true } = {}) {
    if (!this.#open) return;
    const element = this.element(this.#open);
    this.#open = undefined;
    this.peopleList.open(null);
    if (!save) element?.dropEditor();
    element?.closeEditor();
    if (focus) element?.focus();
  }

  get openId() {
    return this.#open;
  }

  /** Runs a write; one that is refused at once is said, and nothing has happened. */
  attempt(run) {
    try {
      return run();
    } catch (error) {
      toast(error.message);
      return undefined;
    }
  }

  add(laneId, title) {
    const write = this.attempt(() => this.board.add(laneId, title));
    if (write) say(`Added ${title} to ${this.board.lane(laneId).title}`);
    return write;
  }

  edit(id, changes) {
    if (this.board.card(id)) this.attempt(() => this.board.edit(id, changes));
    else
      toast('This card was deleted while you edited it.', {
        label: 'Bring it back',
        run: () =>
          this.attempt(() =>
            this.db.collection('tasks').put(id, { ...changes, column: 'todo', done: false, labels: [] }),
          ),
      });
  }

  label(id, name, on) {
    this.attempt(() => this.board.label(id, name, on));
  }

  remove(id) {
    const title = this.board.card(id)?.title ?? 'card';
    this.close({ save: false });
    const undo = this.attempt(() => this.board.remove(id));
    if (undo)
      toast(`Deleted “${title.length > 60 ? `${title.slice(0, 58)}…` : title}”`, {
        label: 'Undo',
        run: () => this.attempt(undo),
      });
  }

  move(id, laneId, index) {
    this.attempt(() => this.board.move(id, laneId, index));
    const lane = this.board.lane(laneId);
    say(`Moved to ${lane.title}, place ${index + 1} of ${lane.cards.length}`);
  }

  clearLane(lane) {
    const undo = this.attempt(() => this.board.clear(lane.id));
    if (undo)
      toast(`Deleted ${plural(lane.cards.length, 'card')}`, { label: 'Undo', run: () => this.attempt(undo) });
  }

  removeLane(lane) {
    const to = this.attempt(() => this.board.removeLane(lane.id));
    if (to)
      toast(
        lane.cards.length
          ? `Removed “${lane.title}”; its cards are in “${to.title}”`
          : `Removed “${lane.title}”`,
      );
  }

  resolve(id) {
    this.conflicts.open(id);
  }
}
