// Fields of the form. News of a field is taken over while nobody has touched it, and offered otherwise.

import { fit, h, swap } from '../shared/dom.js';

/** What a control shows, and what a record holds: both ways. */
const plain = { shown: (value) => value ?? '', held: (value) => value };
const emptyIsNull = { shown: (value) => value ?? '', held: (value) => value || null };
const flag = { shown: (value) => value === true, held: (value) => value };

/** `control` has the value; `words` is it to be read by people. */
function createField({ name, label, control, form = plain, words = String, get, set }) {
  let from = form.shown(undefined);
  let news = from;
  const offer = h('p.meanwhile', { hidden: true, role: 'status' });
  const id = control.id;
  const element = h(`div.field-of.of-${name}`, {}, h('label', { for: id }, label), control, offer);
  const show = (value) => {
    set(value);
    if (control.tagName === 'TEXTAREA') fit(control);
  };
  const take = () => {
    from = news;
    show(news);
    offer.hidden = true;
    control.focus();
    control.dispatchEvent(new Event('input', { bubbles: true }));
  };
  const current = () => (typeof get() === 'string' ? get().trim() : get());
  return {
    name,
    control,
    element,
    isTouched: () => current() !== from,
    value: () => form.held(current()),
    show,
    /** What it shows is what was written. */
    settle() {
      from = news = current();
      offer.hidden = true;
    },
    forget() {
      from = news;
      show(news);
      offer.hidden = true;
    },
    update(value) {
      const now = form.shown(value);
      if (now === news && offer.hidden) return;
      const isUntouched = current() === from;
      news = now;
      if (isUntouched || now === current()) {
        from = now;
        if (now !== current()) show(now);
        offer.hidden = true;
        return;
      }
      offer.hidden = false;
      swap(
        offer,
        h('span', {}, 'Meanwhile elsewhere: ', h('q', {}, words(now) || 'empty')),
        h('button.button.small', { type: 'button', onclick: take }, 'Take it'),
      );
    },
  };
}

export function textField({ name, label, id, isLong, ...more }) {
  const control = h(isLong ? 'textarea.field' : 'input.field', {
    id,
    type: isLong ? undefined : 'text',
    rows: isLong ? 6 : undefined,
    autocomplete: 'off',
    oninput: () => isLong && fit(control),
    ...more,
  });
  return createField({
    name,
    label,
    control,
    get: () => control.value,
    set: (value) => {
      control.value = value;
    },
  });
}

export function dateField({ name, label, id }) {
  const control = h('input.field', { id, type: 'date' });
  return createField({
    name,
    label,
    control,
    form: emptyIsNull,
    get: () => control.value,
    set: (value) => {
      control.value = value;
    },
  });
}

export function flagField({ name, label, id }) {
  const control = h('input', { id, type: 'checkbox' });
  return createField({
    name,
    label,
    control,
    form: flag,
    words: (value) => (value ? 'yes' : 'no'),
    get: () => control.checked,
    set: (value) => {
      control.checked = value;
    },
  });
}

const another = '+';

/** Who wrote it; at the end of the list somebody new. */
export function authorField({ id, stories }) {
  const control = h('select.field', { id });
  const name = h('input.field', {
    type: 'text',
    'aria-label': 'Name of the new author',
    placeholder: 'Name',
    maxlength: 120,
    autocomplete: 'off',
  });
  const add = h('button.button.small', { type: 'button' }, 'Add');
  const newcomer = h('div.newcomer', { hidden: true }, name, add);
  let chosen = '';
  let drawn = '';
  const draw = () => {
    const authors = stories.authors();
    const known = !chosen || authors.some((author) => author.id === chosen);
    const now = JSON.stringify([authors.map(({ id, name }) => [id, name]), chosen]);
    // An open list of choices is left alone while it says the same.
    if (now === drawn) return;
    drawn = now;
    swap(
      control,
      h('option', { value: '' }, 'Nobody'),
      authors.map((author) => h('option', { value: author.id }, author.name || 'Without a name')),
      !known && h('option', { value: chosen }, 'Somebody who is not here'),
      h('option', { value: another }, 'New author…'),
    );
    control.value = chosen;
  };
  const field = createField({
    name: 'author',
    label: 'Author',
    control,
    form: {
      shown: (link) => stories.author(link)?.id ?? link ?? '',
      held: (value) => value || null,
    },
    words: (value) => stories.author(value)?.name ?? '',
    get: () => chosen,
    set: (value) => {
      chosen = value;
      draw();
    },
  });
  const choose = (value) => {
    chosen = value;
    newcomer.hidden = true;
    draw();
    control.dispatchEvent(new Event('input', { bubbles: true }));
  };
  control.addEventListener('change', () => {
    if (control.value !== another) return choose(control.value);
    control.value = chosen;
    newcomer.hidden = false;
    name.focus();
  });
  const make = () => {
    if (!name.value.trim()) return name.focus();
    choose(stories.addAuthor(name.value.trim()));
    name.value = '';
    control.focus();
  };
  add.addEventListener('click', make);
  newcomer.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Enter') return make();
    newcomer.hidden = true;
    control.focus();
  });
  field.element.append(newcomer);
  field.redraw = draw;
  return field;
}
