// The board as data: columns of cards out of three collections, and everything that can be done to them.

import { between } from './rank.js';

/**
 * Columns that every board has. A record of the same id in `columns` renames one; nothing is written before
 * that.
 */
const standing = [
  { id: 'todo', title: 'To do', rank: 'C' },
  { id: 'doing', title: 'Doing', rank: 'O' },
  { id: 'done', title: 'Done', rank: 'm' },
];

export const labels = [
  ['urgent', 3],
  ['question', 1],
  ['idea', 5],
  ['docs', 6],
  ['design', 2],
];

export const collections = {
  tasks: { keep: 'all', policy: { default: 'merge', fields: { title: 'manual', notes: 'manual' } } },
  columns: { keep: 'all', policy: 'merge' },
  people: { keep: 'all', policy: 'client' },
};

const below = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const byRank = (a, b) => below(a.rank ?? '', b.rank ?? '') || below(a.id, b.id);

export class Board {
  #tasks;
  #columns;
  #rows = [];
  #extra = [];
  #fns = new Set();

  known = 'unknown';
  loading = true;
  error = undefined;

  constructor(db) {
    this.db = db;
    this.#tasks = db.collection('tasks');
    this.#columns = db.collection('columns');
    this.#tasks.query({ orderBy: 'rank' }).subscribe((rows, result) => {
      this.#rows = rows;
      this.known = result.known;
      this.loading = result.loading;
      this.error = result.error;
      this.#tell();
    });
    this.#columns.query({ orderBy: 'rank' }).subscribe((rows) => {
      this.#extra = rows;
      this.#tell();
    });
  }

  subscribe(fn) {
    this.#fns.add(fn);
    fn();
  }

  #tell() {
    for (const fn of this.#fns) fn();
  }

  get size() {
    return this.#rows.length;
  }

  card(id) {
    return this.#tasks.get(id);
  }

  /** Columns in order, each with its cards in order. */
  lanes() {
    const said = new Map(this.#extra.map((row) => [row.id, row]));
    const lanes = standing.map((lane) => ({ ...lane, ...said.get(lane.id), fixed: true, cards: [] }));
    for (const row of this.#extra) {
      if (!standing.some((lane) => lane.id === row.id)) lanes.push({ ...row, fixed: false, cards: [] });
    }
    lanes.sort(byRank);
    const byId = new Map(lanes.map((lane) => [lane.id, lane]));
    for (const row of this.#rows) (byId.get(laneOf(row)) ?? lanes[0]).cards.push(row);
    return lanes;
  }

  lane(id) {
    return this.lanes().find((lane) => lane.id === id);
  }

  /** Where a card is: its column, and its place in it. */
  place(id) {
    for (const lane of this.lanes()) {
      const index = lane.cards.findIndex((card) => card.id === id);
      if (index >= 0) return { lane, index };
    }
    return undefined;
  }

  add(laneId, title) {
    const last = this.lane(laneId).cards.at(-1);
    return this.#tasks.insert({ title, notes: '', ...inLane(laneId), rank: between(last?.rank), labels: [] });
  }

  edit(id, changes) {
    return this.#tasks.update(id, changes);
  }

  label(id, name, on) {
    if (on) this.#tasks.include(id, 'labels', name);
    else this.#tasks.exclude(id, 'labels', name);
  }

  /** Moves a card to a place in a column, counted without the card itself. */
  move(id, laneId, index) {
    const cards = this.lane(laneId).cards.filter((card) => card.id !== id);
    const rank = between(cards[index - 1]?.rank, cards[index]?.rank);
    if (rank !== undefined) {
      this.#tasks.update(id, { ...inLane(laneId), rank });
      return;
    }
    // Neighbours of equal rank leave no room: the column is numbered anew, all or nothing.
    cards.splice(index, 0, this.card(id));
    this.db.batch(() => {
      let rank = '';
      for (const card of cards.slice(0, 200)) {
        rank = between(rank);
        this.#tasks.update(card.id, card.id === id ? { ...inLane(laneId), rank } : { rank });
      }
    });
  }

  /** Returns what brings the card back. */
  remove(id) {
    const { id: _, ...value } = this.card(id);
    this.#tasks.remove(id);
    return () => this.#tasks.put(id, value);
  }

  /** Removes all cards of a column at once; returns what brings them back. */
  clear(laneId) {
    const cards = this.lane(laneId).cards.slice(0, 200);
    this.db.batch(() => cards.forEach((card) => this.#tasks.remove(card.id)));
    return () => this.db.batch(() => cards.forEach(({ id, ...value }) => this.#tasks.put(id, value)));
  }

  addLane(title) {
    return this.#columns.insert({ title, rank: between(this.lanes().at(-1).rank) });
  }

  renameLane(lane, title) {
    if (this.#columns.get(lane.id)) this.#columns.update(lane.id, { title });
    else this.#columns.put(lane.id, { title, rank: lane.rank });
  }

  /**
   * The cards of the column go to its neighbour in the same batch, so that nobody ever sees them homeless.
   */
  removeLane(id) {
    const lanes = this.lanes();
    const at = lanes.findIndex((lane) => lane.id === id);
    const to = lanes[at - 1] ?? lanes[at + 1];
    let rank = to.cards.at(-1)?.rank;
    this.db.batch(() => {
      for (const card of lanes[at].cards.slice(0, 200)) {
        rank = between(rank);
        this.#tasks.update(card.id, { ...inLane(to.id), rank });
      }
      this.#columns.remove(id);
    });
    return to;
  }
}

/** `done` stands beside the column because the ten-line example reads and writes it. */
const inLane = (id) => ({ column: id, done: id === 'done' });

const laneOf = (row) => (row.done ? 'done' : row.column && row.column !== 'done' ? row.column : 'todo');
