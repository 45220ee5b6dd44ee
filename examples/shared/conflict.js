// The dialog that lets a person decide between two edits of one record: what it was, mine, theirs, and what
// to keep.

import { fit, h, icon, plural, swap } from './dom.js';

/**
 * Conflicts wait until somebody looks; `open` shows the oldest, and goes on to the next when one is resolved.
 */
export function watchConflicts(db, naming) {
  const dialog = h('dialog.conflict', { 'aria-labelledby': 'conflict-title' });
  document.body.append(dialog);
  let showing;

  const show = (conflict) => {
    showing = conflict;
    swap(
      dialog,
      conflictForm(
        conflict,
        naming,
        db.conflicts().length,
        (value) => settle(conflict, value),
        () => dialog.close(),
      ),
    );
    for (const area of dialog.querySelectorAll('textarea')) fit(area);
  };
  const settle = (conflict, value) => {
    conflict.resolve(value);
    const next = db
      .conflicts()
      .find((other) => other.id !== conflict.id || other.collection !== conflict.collection);
    if (next) show(next);
    else dialog.close();
  };
  db.conflicts.subscribe((list) => {
    if (!dialog.open || !showing) return;
    const now = list.find((other) => other.id === showing.id && other.collection === showing.collection);
    if (!now) list.length ? show(list[0]) : dialog.close();
    else if (JSON.stringify(now.theirs) !== JSON.stringify(showing.theirs)) show(now);
  });
  return {
    open(which) {
      const list = db.conflicts();
      const conflict = list.find((other) => other.id === which) ?? list[0];
      if (!conflict) return;
      if (!dialog.open) dialog.showModal();
      show(conflict);
      for (const area of dialog.querySelectorAll('textarea')) fit(area);
    },
  };
}

const sides = [
  ['base', 'Before'],
  ['mine', 'Yours'],
  ['theirs', 'Theirs'],
];

function conflictForm(conflict, naming, count, settle, close) {
  const gone = !conflict.mine || !conflict.theirs;
  const fields = fieldsOf(conflict);
  const kept = new Map();
  const head = h(
    'div.conflict-head',
    {},
    h(
      'div',
      {},
      h(
        'h2',
        { id: 'conflict-title' },
        gone ? 'Edited on one side, deleted on the other' : 'Changed here and elsewhere',
      ),
      h('p', {}, intro(conflict, fields, naming), count > 1 && ` ${plural(count, 'conflict')} in all.`),
    ),
    h(
      'button.plain',
      { type: 'button', 'aria-label': 'Decide later', title: 'Decide later', onclick: close },
      icon('close'),
    ),
  );
  const body = gone
    ? h('div.conflict-body', {}, pair(conflict, naming))
    : h(
        'div.conflict-body',
        {},
        fields.map((field) => fieldRow(conflict, field, naming, kept)),
      );
  const save = () => {
    const { id, ...value } = structuredClone(conflict.merged);
    for (const [field, read] of kept) write(value, field.split('.'), read());
    settle(value);
  };
  const foot = h(
    'div.conflict-foot',
    {},
    h(
      'button.button',
      { type: 'button', onclick: () => settle('mine') },
      conflict.mine ? 'Keep mine' : 'Keep it deleted',
    ),
    h(
      'button.button',
      { type: 'button', onclick: () => settle('theirs') },
      conflict.theirs ? 'Take theirs' : 'Accept deletion',
    ),
    !gone && h('button.button.main', { type: 'submit' }, 'Save this'),
  );
  return h(
    'form',
    {
      method: 'dialog',
      onsubmit: (event) => {
        event.preventDefault();
        save();
      },
    },
    head,
    body,
    foot,
  );
}

function intro(conflict, fields, naming) {
  const name = naming.title({
    collection: conflict.collection,
    id: conflict.id,
    value: conflict.mine ?? conflict.base,
  });
  if (!conflict.mine) return `You deleted “${name}” while it was edited elsewhere.`;
  if (!conflict.theirs) return `“${name}” was deleted elsewhere while you edited it.`;
  const labels = fields.map((field) => (naming.fields[field]?.label ?? field).toLowerCase());
  return `Both sides edited the ${labels.join(' and the ')} of “${name}”.`;
}

/** Paths as dotted field names; whatever spelling they come in. */
function fieldsOf(conflict) {
  const names = conflict.paths.map((path) => path.replace(/^\//, '').replaceAll('/', '.')).filter(Boolean);
  if (names.length) return [...new Set(names)];
  const all = new Set([...Object.keys(conflict.mine ?? {}), ...Object.keys(conflict.theirs ?? {})]);
  return [...all].filter(
    (name) =>
      name !== 'id' && JSON.stringify(conflict.mine?.[name]) !== JSON.stringify(conflict.theirs?.[name]),
  );
}

const read = (row, field) => field.split('.').reduce((value, key) => value?.[key], row);

function write(value, keys, what) {
  const [key, ...rest] = keys;
  if (rest.length) write((value[key] ??= {}), rest, what);
  else if (what === undefined) delete value[key];
  else value[key] = what;
}

function fieldRow(conflict, field, naming, kept) {
  const label = naming.fields[field]?.label ?? field;
  const base = read(conflict.base, field);
  const result =
    typeof (read(conflict.mine, field) ?? read(conflict.theirs, field) ?? '') === 'string'
      ? textResult(conflict, field, label)
      : choiceResult(conflict, field);
  kept.set(field, result.read);
  const cards = sides.map(([side, name]) => {
    const value = read(conflict[side], field);
    const text =
      naming.show?.(field, value) ??
      (typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value));
    const words = h(
      'span.side-text',
      {},
      side === 'base' || typeof value !== 'string'
        ? text || h('i', {}, 'empty')
        : marked(String(base ?? ''), value),
    );
    if (side === 'base') return h('div.side', { 'data-side': side }, h('small', {}, name), words);
    return h(
      'button.side',
      {
        type: 'button',
        'data-side': side,
        'aria-pressed': String(side === 'mine'),
        onclick: () => result.take(side),
      },
      h('small', {}, name),
      words,
    );
  });
  result.onChange((value) => {
    for (const card of cards) {
      if (card.dataset.side !== 'base')
        card.setAttribute('aria-pressed', String(value === read(conflict[card.dataset.side], field)));
    }
  });
  return h('fieldset.conflict-field', {}, h('legend', {}, label), h('div.sides', {}, cards), result.element);
}

function textResult(conflict, field, label) {
  const area = h('textarea.field', {
    rows: 1,
    'aria-label': `${label} to keep`,
    value: read(conflict.mine, field) ?? '',
    oninput: () => changed(),
  });
  let told = () => {};
  const changed = () => {
    fit(area);
    told(area.value);
  };
  return {
    element: h('label.result', {}, h('small', {}, 'Keep'), area),
    read: () => area.value,
    take: (side) => {
      area.value = read(conflict[side], field) ?? '';
      changed();
    },
    onChange: (fn) => {
      told = fn;
    },
  };
}

function choiceResult(conflict, field) {
  let value = read(conflict.mine, field);
  let told = () => {};
  return {
    element: '',
    read: () => value,
    take: (side) => {
      value = read(conflict[side], field);
      told(value);
    },
    onChange: (fn) => {
      told = fn;
    },
  };
}

/** The whole record, where one side deleted it. */
function pair(conflict, naming) {
  const row = conflict.mine ?? conflict.theirs ?? {};
  const lines = Object.keys(naming.fields)
    .filter((field) => row[field] !== undefined && row[field] !== '')
    .map((field) =>
      h(
        'div',
        {},
        h('dt', {}, naming.fields[field].label),
        h('dd', {}, naming.show?.(field, row[field]) ?? String(row[field])),
      ),
    );
  return h('dl.whole', {}, lines);
}

/** `after` with the part that differs from `before` marked, at word boundaries. */
function marked(before, after) {
  if (after === '') return [h('i', {}, 'empty')];
  const old = before.split(/(\s+)/);
  const now = after.split(/(\s+)/);
  let from = 0;
  while (from < now.length && from < old.length && now[from] === old[from]) from += 1;
  let back = 0;
  while (
    back < now.length - from &&
    back < old.length - from &&
    now[now.length - 1 - back] === old[old.length - 1 - back]
  )
    back += 1;
  const middle = now.slice(from, now.length - back).join('');
  const lead = middle.length - middle.trimStart().length;
  const tail = middle.trimEnd().length;
  return [
    now.slice(0, from).join('') + middle.slice(0, lead),
    tail > lead && h('mark', {}, middle.slice(lead, tail)),
    middle.slice(Math.max(lead, tail)) + now.slice(now.length - back).join(''),
  ];
}
