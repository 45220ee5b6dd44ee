// The form of one story. What is typed is here alone until it is saved; saved, it is a draft that readers do
// not see before it is published.

import { h } from '../shared/dom.js';
import { authorField, dateField, flagField, textField } from './fields.js';
import { slugOf, statusWords, today } from './stories.js';

let forms = 0;

function createFields(stories) {
  const number = ++forms;
  const id = (name) => `story-${number}-${name}`;
  return {
    title: textField({ name: 'title', label: 'Title', id: id('title'), maxlength: 300 }),
    slug: textField({ name: 'slug', label: 'Slug', id: id('slug'), maxlength: 120 }),
    body: textField({ name: 'body', label: 'Body', id: id('body'), isLong: true }),
    author: authorField({ id: id('author'), stories }),
    published_on: dateField({ name: 'published_on', label: 'Date', id: id('date') }),
    featured: flagField({ name: 'featured', label: 'Featured', id: id('featured') }),
  };
}

/** The slug goes along with the title until somebody writes one. */
function followTitle({ title, slug }) {
  let was = '';
  title.control.addEventListener('input', () => {
    const now = title.control.value;
    if (slug.control.value === slugOf(was)) slug.show(slugOf(now));
    was = now;
  });
  return () => {
    was = title.control.value;
  };
}

function createActs(form) {
  const button = (text, className, run) =>
    h(`button.button${className}`, { type: 'button', onclick: run }, text);
  const acts = {
    publish: button('Publish', '.main', () => form.publish()),
    save: h('button.button', { type: 'submit' }, 'Save draft'),
    unpublish: button('Unpublish', '', () => form.unpublish()),
    forget: button('Discard changes', '', () => form.forget()),
    remove: button('Delete', '.bad', () => form.remove()),
  };
  return { ...acts, element: h('div.acts', {}, Object.values(acts)) };
}

function createSigns(form) {
  const badge = h('span.badge');
  const waits = h('span.wait', { hidden: true, title: 'Not on the server yet' }, 'pending');
  const touched = h('span.unsaved', { hidden: true }, 'unsaved changes');
  const clash = h(
    'button.button.small.clash',
    { type: 'button', hidden: true, onclick: () => form.desk.resolve(form.id) },
    'Conflict',
  );
  const gone = h(
    'p.gone',
    { hidden: true, role: 'status' },
    'This story was deleted elsewhere. Saving makes it anew.',
  );
  return { badge, waits, touched, clash, gone, line: h('p.signs', {}, badge, touched, waits, clash) };
}

export class Form {
  #fields;
  #acts;
  #signs;
  #settleSlug;
  #story;

  /** `id` is undefined for a story that is not written yet. */
  constructor(desk, id) {
    this.desk = desk;
    this.id = id;
    this.#fields = createFields(desk.stories);
    this.#acts = createActs(this);
    this.#signs = createSigns(this);
    this.#settleSlug = followTitle(this.#fields);
    const { title, slug, body, author, published_on: date, featured } = this.#fields;
    this.element = h(
      'form.story-form',
      {
        'aria-label': 'Story',
        onsubmit: (event) => {
          event.preventDefault();
          this.save();
        },
        oninput: () => this.#changed(),
        onkeydown: (event) => {
          if (event.key !== 's' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          this.save();
        },
      },
      this.#signs.line,
      this.#signs.gone,
      title.element,
      slug.element,
      body.element,
      h('div.three', {}, author.element, date.element, featured.element),
      this.#acts.element,
    );
    this.update(id === undefined ? undefined : desk.stories.find(id));
  }

  get isTouched() {
    return Object.values(this.#fields).some((field) => field.isTouched());
  }

  get title() {
    return this.#fields.title.control.value.trim();
  }

  focus() {
    this.#fields.title.control.focus();
  }

  /** The story as it is now; undefined: there is none (any more). */
  update(story) {
    this.#story = story;
    this.#fields.author.redraw();
    if (story) for (const [name, field] of Object.entries(this.#fields)) field.update(story.row[name]);
    if (!this.isTouched) this.#settleSlug();
    this.#draw();
  }

  #changed() {
    this.#fields.title.control.setCustomValidity('');
    this.update(this.#story);
    this.desk.draw();
  }

  #draw() {
    const story = this.#story;
    const { badge, waits, touched, clash, gone } = this.#signs;
    const status = story?.status ?? 'draft';
    const isTouched = this.isTouched;
    badge.textContent = story ? statusWords[status] : 'New story';
    badge.dataset.status = story ? status : 'new';
    waits.hidden = !story?.waits;
    touched.hidden = !isTouched;
    clash.hidden = !story?.clash;
    gone.hidden = Boolean(story) || this.id === undefined;
    this.#acts.save.disabled = !isTouched && Boolean(story);
    this.#acts.publish.disabled = status === 'published' && !isTouched;
    const hasChanges = status === 'updated' || (status === 'published' && isTouched);
    this.#acts.publish.textContent = hasChanges ? 'Publish changes' : 'Publish';
    this.#acts.unpublish.hidden = status === 'draft';
    this.#acts.forget.hidden = !isTouched || !story;
    this.#acts.remove.textContent = story ? 'Delete' : 'Discard';
  }

  /** What is written: all of a new story, of others what was changed. */
  #changes() {
    const fields = Object.entries(this.#fields).filter(([, field]) => !this.#story || field.isTouched());
    return Object.fromEntries(fields.map(([name, field]) => [name, field.value()]));
  }

  #isComplete() {
    const { control } = this.#fields.title;
    control.setCustomValidity(this.title ? '' : 'Give the story a title.');
    return control.reportValidity();
  }

  #written(write) {
    if (!this.#isComplete()) return;
    const id = write(this.#story && this.id);
    for (const field of Object.values(this.#fields)) field.settle();
    this.desk.written(this, id);
  }

  save() {
    if (this.#acts.save.disabled) return;
    this.#written((id) => this.desk.stories.save(id, this.#changes()));
  }

  publish() {
    const date = this.#fields.published_on;
    if (!date.value() && this.title) date.show(today());
    this.#written((id) => this.desk.stories.publish(id, this.#changes()));
  }

  unpublish() {
    this.desk.stories.unpublish(this.id);
  }

  forget() {
    for (const field of Object.values(this.#fields)) field.forget();
    this.#settleSlug();
    this.#changed();
  }

  remove() {
    this.desk.remove(this, this.#story);
  }
}
