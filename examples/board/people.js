// Who is at the board: presence says who is here now, the collection `people` who has ever been.

import { ago, h, keyed, swap } from '../shared/dom.js';
import { iAm, whoAmI } from '../shared/session.js';

const room = 'board';

export function initials(name) {
  const words = name
    .trim()
    .split(/[\s-]+/)
    .filter(Boolean);
  return ((words[0]?.[0] ?? '?') + (words.length > 1 ? words.at(-1)[0] : '')).toUpperCase();
}

export function avatar(person, className = '') {
  return h(
    `span.avatar${className}`,
    { 'data-tint': person.tint, title: person.name, 'aria-hidden': 'true' },
    initials(person.name),
  );
}

/** The avatars in the bar, and behind them the list with one's own name and colour. */
export function peopleButton(people, db) {
  const stack = h('span.stack');
  const more = h('span.stack-more');
  const panel = h('div.panel.people', { id: 'people-panel', popover: 'auto', 'aria-label': 'People' });
  const button = h(
    'button.people-button',
    { type: 'button', popovertarget: 'people-panel', 'data-testid': 'people' },
    stack,
    more,
  );
  document.body.append(panel);
  const own = ownForm(people);
  const list = h('ul.people-list', { 'data-testid': 'people-list' });
  swap(panel, own.element, list);

  const draw = () => {
    const all = people.list();
    const faces = all.filter((person) => person.here !== false).slice(0, 5);
    keyed(
      stack,
      faces,
      (person) => person.id,
      () => h('span.avatar', { 'aria-hidden': 'true' }),
      (element, person) => {
        element.dataset.tint = person.tint;
        element.dataset.here = person.here === undefined ? 'unknown' : 'yes';
        element.textContent = initials(person.name);
        element.title = person.name;
      },
    );
    const here = all.filter((person) => person.here).length;
    more.textContent = here > faces.length ? `+${here - faces.length}` : '';
    button.setAttribute('aria-label', here ? `${here} at the board. Show people` : 'People');
    keyed(
      list,
      all,
      (person) => person.id,
      () => h('li'),
      (element, person) =>
        swap(
          element,
          h(
            'span.avatar',
            {
              'data-tint': person.tint,
              'data-here': person.here === undefined ? 'unknown' : person.here ? 'yes' : 'no',
              'aria-hidden': 'true',
            },
            initials(person.name),
          ),
          h('span.person', {}, h('b', {}, person.name), h('small', {}, whereabouts(person))),
        ),
    );
  };
  people.subscribe(draw);
  db.status.subscribe(draw);
  panel.addEventListener('toggle', (event) => {
    if (event.newState === 'open') {
      own.fill();
      draw();
    }
  });
  return button;
}

function whereabouts(person) {
  if (person.self) return person.here ? 'you, here now' : 'you, offline';
  if (person.here) return person.on ? 'editing a card' : 'here now';
  const seen = person.seenAt ? `last here ${ago(person.seenAt)}` : 'away';
  return person.here === undefined ? `${seen}, unknown while you are offline` : `offline, ${seen}`;
}

function ownForm(people) {
  const name = h('input.field', {
    id: 'own-name',
    maxlength: 40,
    autocomplete: 'off',
    onchange: () => {
      const value = name.value.trim();
      if (value) people.rename({ name: value });
      else name.value = people.me.name;
    },
  });
  const tints = h(
    'div.tints',
    { role: 'radiogroup', 'aria-label': 'Your colour' },
    Array.from({ length: 8 }, (_, tint) =>
      h(
        'label.tint',
        { 'data-tint': tint },
        h('input', {
          type: 'radio',
          name: 'tint',
          value: String(tint),
          'aria-label': `Colour ${tint + 1}`,
          onchange: () => people.rename({ tint }),
        }),
      ),
    ),
  );
  return {
    element: h('div.own', {}, h('label', { for: 'own-name' }, 'Your name here'), name, tints),
    fill() {
      name.value = people.me.name;
      for (const input of tints.querySelectorAll('input'))
        input.checked = Number(input.value) === people.me.tint;
    },
  };
}

export class People {
  #db;
  #me = whoAmI();
  #room;
  #all;
  #peers = [];
  #rows = [];
  #complete = false;
  #on = null;
  #fns = new Set();

  constructor(db) {
    this.#db = db;
    this.#all = db.collection('people');
    this.#room = db.presence(room);
    this.#room.subscribe((peers) => {
      this.#peers = peers;
      this.#tell();
    });
    this.#all.query({ orderBy: 'name' }).subscribe((rows, result) => {
      this.#rows = rows;
      this.#complete = result.known === 'complete';
      this.#signIn();
      this.#tell();
    });
    this.#present();
  }

  get me() {
    return this.#me;
  }

  subscribe(fn) {
    this.#fns.add(fn);
    fn();
  }

  /**
   * Everybody known, who sits here first, then who is here, then the others. `here` is undefined when it
   * cannot be known.
   */
  list() {
    const online = this.#db.status().state === 'online';
    const here = new Map(this.#peers.filter((peer) => peer.state?.id).map((peer) => [peer.state.id, peer]));
    const seen = new Map(this.#rows.map((row) => [row.id, row]));
    for (const [id, peer] of here) seen.set(id, { ...seen.get(id), ...peer.state });
    seen.set(this.#me.id, { ...seen.get(this.#me.id), ...this.#me });
    const order = (person) => (person.self ? 0 : person.here ? 1 : 2);
    return [...seen.values()]
      .filter((person) => typeof person.name === 'string')
      .map((person) => ({
        ...person,
        self: person.id === this.#me.id,
        here: online ? person.id === this.#me.id || here.has(person.id) : undefined,
      }))
      .sort((a, b) => order(a) - order(b) || (a.name < b.name ? -1 : 1));
  }

  find(id) {
    return id === this.#me.id ? this.#me : this.#rows.find((row) => row.id === id);
  }

  /** Who else has this card open; unknown while offline. */
  on(cardId) {
    if (this.#db.status().state !== 'online') return [];
    return this.#peers
      .filter((peer) => !peer.self && peer.state?.on === cardId && peer.state.id)
      .map((peer) => peer.state);
  }

  open(cardId) {
    if (this.#on === cardId) return;
    this.#on = cardId;
    this.#present();
  }

  rename(changes) {
    this.#me = { ...this.#me, ...changes };
    iAm(this.#me);
    this.#present();
    this.#signIn();
    this.#tell();
  }

  #present() {
    this.#room.set({ ...this.#me, on: this.#on });
  }

  /** Written only when the list is known, so that a first visit without a server leaves nothing behind. */
  #signIn() {
    if (!this.#complete) return;
    const { id, ...me } = this.#me;
    const row = this.#rows.find((other) => other.id === id);
    if (row && row.name === me.name && row.tint === me.tint && Date.now() - (row.seenAt ?? 0) < 600_000)
      return;
    if (row) this.#all.update(id, { ...me, seenAt: Date.now() });
    else this.#all.put(id, { ...me, seenAt: Date.now() });
  }

  #tell() {
    for (const fn of this.#fns) fn();
  }
}
