// The list of matches: any number of rows, of which only those in sight exist.

import { h, keyed } from '../shared/dom.js';
import { countryName } from './cities.js';

const beyond = 6;

export class CityList {
  #rows = [];
  #active = -1;
  #onPick;
  #pending = new Set();
  #height = 48;

  constructor(onPick) {
    this.#onPick = onPick;
    this.rowsBox = h('div.list-rows', { role: 'presentation' });
    this.space = h('div.list-space', { role: 'presentation' }, this.rowsBox);
    this.element = h(
      'div.list',
      { role: 'listbox', tabindex: 0, 'aria-label': 'Cities', 'data-testid': 'cities' },
      this.space,
    );
    this.element.addEventListener('scroll', () => this.#draw(), { passive: true });
    new ResizeObserver(() => this.#draw()).observe(this.element);
    this.element.addEventListener('click', (event) => {
      const row = event.target.closest('[data-key]');
      if (row) this.#pick(Number(row.getAttribute('aria-posinset')) - 1);
    });
    this.element.addEventListener('keydown', (event) => this.#key(event));
  }

  set(rows, pending) {
    const chosen = this.#rows[this.#active]?.id;
    this.#rows = rows;
    this.#pending = pending;
    // The chosen city stays chosen while it is in sight of where it was; a far jump in the list is not
    // followed.
    if (chosen !== undefined && rows[this.#active]?.id !== chosen)
      this.#active = rows.findIndex((row) => row.id === chosen);
    this.#height = matchMedia('(pointer: coarse)').matches ? 54 : 48;
    this.space.style.height = `${rows.length * this.#height}px`;
    this.#draw();
  }

  toTop() {
    this.element.scrollTop = 0;
  }

  /** Marks a city that was chosen elsewhere, and shows it if it is among the matches. */
  choose(id) {
    if (this.#rows[this.#active]?.id === id) return;
    this.#active = this.#rows.findIndex((row) => row.id === id);
    if (this.#active >= 0) this.#reveal();
    this.#draw();
  }

  #reveal() {
    const from = this.#active * this.#height;
    const box = this.element;
    if (from < box.scrollTop) box.scrollTop = from;
    else if (from + this.#height > box.scrollTop + box.clientHeight)
      box.scrollTop = from + this.#height - box.clientHeight;
  }

  #pick(index) {
    this.#active = index;
    this.#reveal();
    this.#draw();
    this.#onPick(this.#rows[index].id);
  }

  #key(event) {
    const page = Math.max(1, Math.floor(this.element.clientHeight / this.#height) - 1);
    const last = this.#rows.length - 1;
    const to = {
      ArrowDown: this.#active + 1,
      ArrowUp: this.#active - 1,
      PageDown: this.#active + page,
      PageUp: this.#active - page,
      Home: 0,
      End: last,
    }[event.key];
    if (to === undefined || last < 0) return;
    event.preventDefault();
    this.#pick(Math.min(last, Math.max(0, to)));
  }

  #draw() {
    const { scrollTop, clientHeight } = this.element;
    const first = Math.max(0, Math.floor(scrollTop / this.#height) - beyond);
    const rows = this.#rows.slice(first, Math.ceil((scrollTop + clientHeight) / this.#height) + beyond);
    this.rowsBox.style.translate = `0 ${first * this.#height}px`;
    keyed(
      this.rowsBox,
      rows,
      (row) => row.id,
      () => h('div.city', { role: 'option' }, h('b'), h('span.city-note'), h('span.city-land')),
      (element, row) => this.#fill(element, row, first + rows.indexOf(row)),
    );
    const active = this.#rows[this.#active];
    if (active) this.element.setAttribute('aria-activedescendant', `city-${this.#active}`);
    else this.element.removeAttribute('aria-activedescendant');
  }

  #fill(element, row, index) {
    const [name, note, land] = element.children;
    element.id = `city-${index}`;
    element.setAttribute('aria-posinset', String(index + 1));
    element.setAttribute('aria-setsize', String(this.#rows.length));
    element.setAttribute('aria-selected', String(index === this.#active));
    element.dataset.waits = this.#pending.has(row.id) ? 'yes' : 'no';
    const text = String(row.name ?? 'Unnamed');
    if (name.textContent !== text) name.textContent = text;
    note.textContent = typeof row.note === 'string' ? row.note : '';
    land.textContent = countryName(row.country);
  }
}
