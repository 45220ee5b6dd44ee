// One line of the sheet. Its cells show, and a text or number is edited where it stands.

import { h, icon } from '../shared/dom.js';
import { columns } from './table.js';

function createFlag(column, change) {
  const box = h('input', {
    type: 'checkbox',
    'aria-label': column.name,
    onchange: () => change(box.checked),
  });
  const cell = h('td.flag', {}, box);
  cell.show = (value) => (box.checked = value === true);
  return cell;
}

/** Enter, typing or a double click begin to edit; Enter and Tab keep it, Escape does not. */
function createText(column, change) {
  let value = null;
  let editor;
  const text = h('span');
  const cell = h('td', { tabindex: 0, 'data-type': column.type, 'aria-label': column.name }, text);
  const finish = (keeps, focuses) => {
    if (!editor) return;
    const said = editor.value;
    const closed = editor;
    editor = undefined;
    closed.remove();
    text.hidden = false;
    if (focuses) cell.focus();
    const next = column.type === 'number' && said.trim() === '' ? null : said;
    if (keeps && next !== (value ?? (next === null ? null : ''))) change(next);
  };
  const begin = (first) => {
    if (editor) return;
    editor = h('input', {
      type: 'text',
      'aria-label': column.name,
      inputmode: column.type === 'number' ? 'numeric' : undefined,
      value: first ?? value ?? '',
      onblur: () => finish(true, false),
    });
    text.hidden = true;
    cell.append(editor);
    editor.focus();
    if (first === undefined) editor.select();
  };
  cell.addEventListener('dblclick', () => begin());
  cell.addEventListener('keydown', (event) => {
    if (editor) {
      if (event.key === 'Enter') finish(true, true);
      else if (event.key === 'Escape') finish(false, true);
      else return;
      event.preventDefault();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      begin();
    } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      begin(event.key);
    }
  });
  cell.show = (next) => {
    value = next ?? null;
    text.textContent = value ?? '';
  };
  return cell;
}

/** `update(row, meta)` draws it. */
export function createRow(rows, conflicts) {
  let id;
  const cells = columns.map((column) => {
    const change = (value) => rows.update(id, { [column.name]: value });
    return column.type === 'boolean' ? createFlag(column, change) : createText(column, change);
  });
  const clash = h(
    'button.button.small.clash',
    { type: 'button', hidden: true, onclick: () => conflicts.open() },
    'Conflict',
  );
  const wait = h('span.wait', { hidden: true, title: 'Not on the server yet' }, 'pending');
  const remove = h(
    'button.plain',
    { type: 'button', 'aria-label': 'Delete this row', onclick: () => rows.remove(id) },
    icon('bin'),
  );
  const element = h('tr', { 'data-testid': 'row' }, cells, h('td.end', {}, clash, wait, remove));
  element.update = (row, meta) => {
    id = row.id;
    for (const [i, column] of columns.entries()) cells[i].show(row[column.name]);
    wait.hidden = !meta?.pending;
    clash.hidden = !meta?.conflict;
    element.dataset.waits = meta?.pending ? 'yes' : 'no';
  };
  return element;
}
