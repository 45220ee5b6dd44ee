// The desk: all stories, the one that is being written, and what can be done with it.

import { h, icon, keyed, plural, say, swap, toast } from '../shared/dom.js';
import { Form } from './form.js';
import { statusWords } from './stories.js';

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

function createItem(open) {
  const title = h('span.item-title');
  const badge = h('span.badge');
  const about = h('span.item-about');
  const signs = h('span.item-signs');
  const button = h('button.item', { type: 'button' }, title, badge, about, signs);
  const element = h('li', { 'data-testid': 'item' }, button);
  button.addEventListener('click', () => open(element.dataset.key));
  element.update = (story, { isOpen, isTouched }) => {
    const { row, status, author, waits, clash } = story;
    title.textContent = row.title || 'Untitled';
    badge.textContent = statusWords[status];
    badge.dataset.status = status;
    const on = row.published_on && day.format(new Date(row.published_on));
    about.textContent = [author?.name, on].filter(Boolean).join(' · ');
    swap(
      signs,
      isTouched && h('span.unsaved', {}, 'unsaved'),
      waits && h('span.wait', { title: 'Not on the server yet' }, 'pending'),
      clash && h('span.clashes', {}, 'conflict'),
    );
    if (isOpen) button.setAttribute('aria-current', 'true');
    else button.removeAttribute('aria-current');
  };
  return element;
}

export class Desk {
  /** Forms by the id of their story, under '' the one of a new story. Only the open and the touched stay. */
  #forms = new Map();
  #open;
  #isWaiting = false;

  constructor({ stories, resolve, only }) {
    this.stories = stories;
    this.resolve = resolve;
    this.search = h('input.field', {
      type: 'search',
      'aria-label': 'Search the stories',
      placeholder: 'Search',
      oninput: () => this.draw(),
    });
    this.count = h('p.quiet.count', { role: 'status' });
    this.list = h('ul.items', { 'aria-label': 'Stories' });
    this.noteWords = h('p');
    this.fill = h(
      'button.button',
      { type: 'button', onclick: () => this.stories.fill() },
      'Fill with sample stories',
    );
    this.note = h('div.desk-note', { hidden: true }, this.noteWords, this.fill);
    this.place = h('div.place');
    const add = h(
      'button.button.main',
      { type: 'button', onclick: () => this.open('') },
      icon('plus'),
      'New story',
    );
    this.element = h(
      'section.desk',
      { id: 'desk', 'aria-labelledby': 'desk-title' },
      h(
        'header.desk-head',
        {},
        h('h2', { id: 'desk-title' }, 'Editor'),
        !only && h('a.alone', { href: '?editor', target: '_blank' }, 'Open alone', icon('out')),
        add,
      ),
      h('div.desk-list', {}, h('div.desk-find', {}, this.search, this.count), this.note, this.list),
      this.place,
    );
    addEventListener('beforeunload', (event) => {
      if ([...this.#forms.values()].some((form) => form.isTouched)) event.preventDefault();
    });
    stories.subscribe(() => this.draw());
    this.#drawPlace();
  }

  /** '' is a new story; undefined: none. */
  open(id) {
    const left = this.#forms.get(this.#open);
    if (left && !left.isTouched) this.#forms.delete(this.#open);
    this.#open = id;
    if (id !== undefined && !this.#forms.has(id)) this.#forms.set(id, new Form(this, id || undefined));
    this.#drawPlace();
    this.draw();
  }

  /** The story that readers know by this id. */
  edit(id) {
    const story = this.stories.find(id);
    if (!story) return toast('This story is not at the desk yet.');
    this.open(story.id);
    this.element.scrollIntoView({ block: 'nearest' });
    this.#forms.get(story.id).focus();
  }

  written(form, id) {
    if (form.id !== id) {
      this.#forms.delete(form.id ?? '');
      form.id = id;
      this.#forms.set(id, form);
      this.#open = id;
    }
    form.update(this.stories.find(id));
    this.draw();
    say(`“${form.title}” is ${statusWords[this.stories.find(id)?.status ?? 'draft'].toLowerCase()}.`);
  }

  remove(form, story) {
    this.#forms.delete(form.id ?? '');
    if (story) this.stories.remove(story.id);
    this.open(undefined);
    this.search.focus();
    if (!story) return;
    const { id, _status, _publishedAt, _firstPublishedAt, _isValid, ...fields } = story.row;
    const again = () =>
      this.open(story.status === 'draft' ? this.stories.save('', fields) : this.stories.publish('', fields));
    toast(`“${story.row.title || 'Untitled'}” was deleted.`, { label: 'Undo', run: again });
  }

  /** Draws once for everything that happened in one turn. */
  draw() {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    queueMicrotask(() => {
      this.#isWaiting = false;
      this.#draw();
    });
  }

  #draw() {
    const stories = this.stories.list();
    const wanted = this.search.value.trim().toLowerCase();
    const texts = ({ row, author }) => `${row.title ?? ''}\n${row.body ?? ''}\n${author?.name ?? ''}`;
    const found = stories.filter((story) => texts(story).toLowerCase().includes(wanted));
    keyed(
      this.list,
      found,
      (story) => story.id,
      () => createItem((id) => this.open(id)),
      (item, story) =>
        item.update(story, {
          isOpen: story.id === this.#open,
          isTouched: Boolean(this.#forms.get(story.id)?.isTouched),
        }),
    );
    const count = wanted
      ? `${found.length} of ${plural(stories.length, 'story', 'stories')}`
      : plural(stories.length, 'story', 'stories');
    if (this.count.textContent !== count) this.count.textContent = count;
    this.#drawNote(stories.length, found.length);
    this.#drawForms();
  }

  #drawForms() {
    for (const [id, form] of this.#forms) {
      const story = id ? this.stories.find(id) : undefined;
      if (id && !story && !form.isTouched) {
        this.#forms.delete(id);
        if (id === this.#open) this.open(undefined);
      } else form.update(story);
    }
  }

  #drawPlace() {
    const form = this.#forms.get(this.#open);
    if (form) {
      if (form.element.parentElement !== this.place) swap(this.place, form.element);
      if (this.#open === '') form.focus();
    } else swap(this.place, h('p.hint', {}, 'Choose a story, or begin a new one.'));
  }

  #drawNote(all, found) {
    const { known, error } = this.stories.state;
    const words = noteWords({ all, found, known, error });
    this.note.hidden = !words;
    if (words && this.noteWords.textContent !== words) this.noteWords.textContent = words;
    this.fill.hidden = all > 0 || known !== 'complete';
  }
}

function noteWords({ all, found, known, error }) {
  if (error) return `The stories could not be read: ${error.message}`;
  if (all > 0) return found === 0 ? 'No story is like that.' : undefined;
  if (known === 'complete') return 'There is no story yet.';
  if (known === 'cached') return 'There was no story yet when the server was last here.';
  return 'The stories have not been read from the server yet. You can begin one all the same.';
}
