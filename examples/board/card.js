// One card: closed it shows, open it is edited where it lies.

import { fit, h, icon, keyed, swap } from '../shared/dom.js';
import { labels } from './model.js';
import { initials } from './people.js';

const tintOf = new Map(labels);

/** A card's element. `update(row, view)` draws it; view = { waits, apart, clash, others, assignee }.
 *  Only apart from the server the word stands on the card: online it would come and go with every edit. */
export function createCard(desk) {
  const title = h('p.card-title');
  const chips = h('span.chips');
  const signs = h('span.signs');
  const face = h('div.face', {}, title, h('div.card-foot', {}, chips, signs));
  const element = h('li.card', { tabindex: 0, 'data-testid': 'card' }, face);
  let editor;
  element.update = (row, view) => {
    title.textContent = row.title || 'Untitled';
    title.classList.toggle('quiet', !row.title);
    element.dataset.waits = view.waits ? 'yes' : 'no';
    element.dataset.clash = view.clash ? 'yes' : 'no';
    element.setAttribute('aria-label', describe(row, view));
    keyed(
      chips,
      (row.labels ?? []).filter((name) => typeof name === 'string'),
      (name) => name,
      (name) => h('span.chip', {}, name),
      (chip, name) => {
        chip.dataset.tint = tintOf.get(name) ?? 7;
      },
    );
    swap(
      signs,
      row.notes && h('span.sign', { title: 'Has notes' }, icon('notes')),
      view.clash &&
        h(
          'button.sign.clash-sign',
          { type: 'button', onclick: () => desk.resolve(row.id) },
          icon('clash'),
          'Conflict',
        ),
      view.waits && view.apart && h('span.sign.wait', { title: 'Not on the server yet' }, 'pending'),
      view.others.map((person) =>
        h(
          'span.avatar.small.editing',
          { 'data-tint': person.tint, title: `${person.name} is editing` },
          initials(person.name),
        ),
      ),
      view.assignee &&
        !view.others.some((person) => person.id === view.assignee.id) &&
        h(
          'span.avatar.small',
          { 'data-tint': view.assignee.tint, title: `Assigned to ${view.assignee.name}` },
          initials(view.assignee.name),
        ),
    );
    face.querySelector('.card-foot').hidden = !chips.children.length && !signs.children.length;
    editor?.update(row);
  };
  element.openEditor = (row) => {
    if (editor) return;
    editor = createEditor(row, desk);
    element.classList.add('open');
    element.append(editor.element);
    editor.start();
  };
  element.closeEditor = () => {
    if (!editor) return;
    const changes = editor.changes();
    editor.element.remove();
    editor = undefined;
    element.classList.remove('open');
    if (changes) desk.edit(element.dataset.key, changes);
  };
  element.dropEditor = () => editor?.forget();
  return element;
}

function describe(row, view) {
  const parts = [row.title || 'Untitled'];
  if (row.labels?.length) parts.push(row.labels.join(', '));
  if (view.assignee) parts.push(`assigned to ${view.assignee.name}`);
  if (view.waits) parts.push('not sent yet');
  if (view.clash) parts.push('has a conflict');
  return parts.join(', ');
}

/**
 * Title, notes, labels and assignee of an open card. Text is written when the card closes, choices at once.
 */
function createEditor(row, desk) {
  const fields = [
    textField(row, 'title', 'Title', 'What is to be done?'),
    textField(row, 'notes', 'Notes', 'Notes'),
  ];
  const toggles = h(
    'div.label-set',
    { role: 'group', 'aria-label': 'Labels' },
    labels.map(([name, tint]) =>
      h(
        'button.chip',
        {
          type: 'button',
          'data-tint': tint,
          'data-name': name,
          onclick: (event) =>
            desk.label(row.id, name, event.currentTarget.getAttribute('aria-pressed') !== 'true'),
        },
        name,
      ),
    ),
  );
  const who = h('select.field', {
    'aria-label': 'Assigned to',
    onchange: () => desk.edit(row.id, { assignee: who.value || undefined }),
  });
  const element = h(
    'div.editor',
    {},
    fields[0].element,
    fields[1].element,
    toggles,
    h(
      'div.editor-foot',
      {},
      who,
      h(
        'button.plain',
        {
          type: 'button',
          title: 'Delete this card',
          'aria-label': 'Delete this card',
          onclick: () => desk.remove(row.id),
        },
        icon('bin'),
      ),
      h('button.button.small.main', { type: 'button', onclick: () => desk.close() }, 'Done'),
    ),
  );
  const update = (now) => {
    for (const field of fields) field.update(now);
    for (const toggle of toggles.children)
      toggle.setAttribute('aria-pressed', String((now.labels ?? []).includes(toggle.dataset.name)));
    const people = desk.people();
    swap(
      who,
      h('option', { value: '' }, 'Nobody'),
      people.map((person) =>
        h('option', { value: person.id }, person.self ? `${person.name} (you)` : person.name),
      ),
    );
    who.value = people.some((person) => person.id === now.assignee) ? now.assignee : '';
  };
  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.isComposing) return;
    if (event.target === fields[0].area || event.ctrlKey || event.metaKey) {
      event.preventDefault();
      desk.close({ focus: true });
    }
  });
  update(row);
  return {
    element,
    update,
    start() {
      for (const field of fields) fit(field.area);
      fields[0].area.focus({ preventScroll: true });
      fields[0].area.setSelectionRange(fields[0].area.value.length, fields[0].area.value.length);
    },
    changes() {
      const changed = fields.filter((field) => field.dirty());
      return changed.length
        ? Object.fromEntries(changed.map((field) => [field.name, field.area.value.trim()]))
        : undefined;
    },
    forget: () => fields.forEach((field) => field.forget()),
  };
}

/** News of the same field is taken over while it is untouched, and offered while it is being edited. */
function textField(row, name, label, placeholder) {
  let from = row[name] ?? '';
  let news = from;
  const area = h('textarea.field', {
    rows: 1,
    'aria-label': label,
    placeholder,
    value: from,
    maxlength: name === 'title' ? 300 : 4000,
    oninput: () => fit(area),
  });
  const offer = h('p.meanwhile', { hidden: true });
  const take = () => {
    from = news;
    area.value = news;
    offer.hidden = true;
    fit(area);
    area.focus();
  };
  return {
    name,
    area,
    element: h(`div.text-${name}`, {}, area, offer),
    dirty: () => area.value.trim() !== from,
    forget: () => {
      area.value = from;
    },
    update(now) {
      const text = now[name] ?? '';
      if (text === news) return;
      const untouched = area.value.trim() === from;
      news = text;
      if (untouched || text === area.value.trim()) {
        from = area.value = text;
        offer.hidden = true;
        fit(area);
        return;
      }
      offer.hidden = false;
      swap(
        offer,
        h('span', {}, 'Meanwhile elsewhere: ', h('q', {}, text || 'empty')),
        h('button.button.small', { type: 'button', onclick: take }, 'Take it'),
      );
    },
  };
}
