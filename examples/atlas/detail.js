// One city: where it is, its name and a note, both edited in place.

import { fit, h, icon, swap } from '../shared/dom.js';
import { countryName, position } from './cities.js';

export class Detail {
  #cities;
  #id;
  #shown = {};
  #save;

  constructor(cities, { save, close }) {
    this.#cities = cities;
    this.#save = save;
    this.name = h('input.field.detail-name', {
      'aria-label': 'Name of the city',
      maxlength: 200,
      autocomplete: 'off',
      spellcheck: 'false',
      'data-testid': 'city-name',
    });
    this.note = h('textarea.field', {
      rows: 2,
      'aria-label': 'Note about the city',
      placeholder: 'Write a note',
      maxlength: 4000,
      'data-testid': 'city-note',
    });
    this.where = h('p.detail-where');
    this.state = h('p.detail-state');
    this.empty = h(
      'p.detail-empty',
      {},
      'Choose a city in the list or on the map to see where it lies, and to edit it.',
    );
    this.form = h(
      'form.detail-form',
      {
        hidden: true,
        onsubmit: (event) => {
          event.preventDefault();
          this.commit();
        },
      },
      h(
        'div.detail-head',
        {},
        this.name,
        h(
          'button.plain',
          { type: 'button', 'aria-label': 'Close', title: 'Close', onclick: close },
          icon('close'),
        ),
      ),
      this.where,
      this.note,
      this.state,
    );
    this.element = h(
      'section.detail',
      { 'aria-label': 'City', 'data-testid': 'detail' },
      this.empty,
      this.form,
    );
    this.name.addEventListener('change', () => this.commit());
    this.note.addEventListener('change', () => this.commit());
    this.note.addEventListener('input', () => fit(this.note));
    this.form.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      this.#shown = {};
      this.draw(new Set());
      event.target.blur();
    });
  }

  get id() {
    return this.#id;
  }

  show(id) {
    this.commit();
    this.#id = id;
    this.#shown = {};
  }

  /** Writes what was changed, and only that. */
  commit() {
    const row = this.#id === undefined ? undefined : this.#cities.get(this.#id);
    if (!row) return;
    const changes = {};
    const name = this.name.value.trim();
    const note = this.note.value.trim();
    if (name && name !== this.#shown.name) changes.name = name;
    if (note !== this.#shown.note) changes.note = note || undefined;
    if (!name) this.name.value = this.#shown.name;
    this.#shown = { name: name || this.#shown.name, note };
    if (Object.keys(changes).length) this.#save(this.#id, changes);
  }

  draw(pending) {
    const row = this.#id === undefined ? undefined : this.#cities.get(this.#id);
    this.element.dataset.open = row ? 'yes' : 'no';
    this.empty.hidden = Boolean(row);
    this.form.hidden = !row;
    if (!row) return;
    this.#take(this.name, 'name', String(row.name ?? ''));
    this.#take(this.note, 'note', String(row.note ?? ''));
    fit(this.note);
    swap(this.where, h('span', {}, countryName(row.country)), h('span.detail-position', {}, position(row)));
    swap(this.state, pending.has(row.id) && h('span.wait', {}, 'Not sent yet'));
  }

  /** News is taken over unless the field is being edited. */
  #take(field, key, value) {
    const untouched = this.#shown[key] === undefined || field.value.trim() === this.#shown[key];
    if (untouched && field.value !== value) field.value = value;
    if (untouched) this.#shown[key] = value;
  }
}
