// The trash of Baserow over HTTP: what comes back, what is told of that, and what goes for good.
import assert from 'node:assert/strict';
import test from 'node:test';

import { grid } from './baserow-grid.mjs';
import { ask, done } from './baserow-world.mjs';

const types = (frames) => frames.map(({ type }) => type);

function restoring({ ask: by }) {
  return (type, id, parent) =>
    by('PATCH', 'trash/restore/', {
      trash_item_type: type,
      trash_item_id: id,
      ...(parent && { parent_trash_item_id: parent }),
    });
}

test('rows, fields, views, tables, databases and groups come back, and everybody is told', async (t) => {
  const made = await grid(t);
  const { ada, stock, parts, fields, view, heard, ask: by } = made;
  const restore = restoring(made);
  const drop = async (place) => {
    await by('DELETE', place);
    await heard();
  };
  /** Each of the three is told one thing of that type, or only those on the page are. */
  const told = async (type, isOnPage) => {
    const all = await heard();
    assert.deepEqual(all.map(types), [[type], [type], isOnPage ? [] : [type]]);
    return all.map(([frame]) => frame);
  };
  const row = await by('POST', `database/rows/table/${parts.id}/`, {});

  await drop(`database/rows/table/${parts.id}/${row.id}/`);
  await restore('row', row.id, parts.id);
  const [created] = await told('rows_created', true);
  assert.deepEqual(created, {
    type: 'rows_created',
    table_id: parts.id,
    rows: [row],
    metadata: {},
    before_row_id: null,
  });

  await drop(`database/fields/${fields[1].id}/`);
  await restore('field', fields[1].id);
  const [field] = await told('field_restored', true);
  assert.deepEqual(field, {
    type: 'field_restored',
    field: { ...fields[1], filters: [], sortings: [] },
    related_fields: [],
  });

  await drop(`database/views/${view.id}/`);
  await restore('view', view.id);
  const [back] = await told('view_created', true);
  assert.deepEqual(back.view, { ...view, filters: [], sortings: [], decorations: [] });

  await drop(`database/tables/${parts.id}/`);
  await restore('table', parts.id);
  for (const frame of await told('table_created')) assert.deepEqual(frame.table, parts);

  await drop(`applications/${stock.id}/`);
  await restore('application', stock.id);
  for (const frame of await told('application_created')) assert.deepEqual(frame.application.tables, [parts]);

  await drop(`groups/${ada.group}/`);
  await restore('group', ada.group);
  const [toAda, toBen] = await told('group_restored');
  assert.deepEqual([toAda.group.permissions, toBen.group.permissions], ['ADMIN', 'MEMBER']);
  assert.deepEqual(toBen.applications[0].tables, [parts]);
});

test('rows that were deleted together come back together', async (t) => {
  const made = await grid(t);
  const { world, ada, parts, heard, ask: by } = made;
  const rows = `database/rows/table/${parts.id}/`;
  const { items } = await by('POST', `${rows}batch/`, { items: [{}, {}, {}] });
  await by('POST', `${rows}batch-delete/`, { items: items.map(({ id }) => id) });
  const { results } = await done(world, 'GET', `trash/group/${ada.group}/`, { person: ada });
  assert.deepEqual(
    results.map((entry) => entry.trash_item_type),
    ['rows'],
  );
  await heard();
  await restoring(made)('rows', results[0].trash_item_id, parts.id);
  const [, [frame, ...more]] = await heard();
  assert.deepEqual(frame.rows, items);
  assert.deepEqual(more, []);
});

test('what is restored wrongly is refused in the words of the contract', async (t) => {
  const made = await grid(t);
  const { world, ada, parts, view, ask: by } = made;
  const row = await by('POST', `database/rows/table/${parts.id}/`, {});
  await by('DELETE', `database/rows/table/${parts.id}/${row.id}/`);
  await by('DELETE', `database/views/${view.id}/`);
  await by('DELETE', `database/tables/${parts.id}/`);
  const cases = [
    [{}, 400, 'ERROR_REQUEST_BODY_VALIDATION'],
    [{ trash_item_type: 'view', trash_item_id: view.id, more: 1 }, 400, 'ERROR_REQUEST_BODY_VALIDATION'],
    [{ trash_item_type: 'view', trash_item_id: 999 }, 404, 'ERROR_TRASH_ITEM_DOES_NOT_EXIST'],
    [{ trash_item_type: 'view', trash_item_id: view.id }, 400, 'ERROR_CANNOT_RESTORE_PARENT_BEFORE_CHILD'],
    [{ trash_item_type: 'row', trash_item_id: row.id }, 400, 'ERROR_PARENT_ID_MUST_BE_PROVIDED'],
  ];
  for (const [body, status, error] of cases) {
    const answer = await ask(world, 'PATCH', 'trash/restore/', { person: ada, body });
    assert.deepEqual([answer.status, answer.json.error], [status, error]);
  }
  const { groups } = await done(world, 'GET', 'trash/', { person: ada });
  assert.deepEqual(groups[0].applications[0].trashed, false);
});

test('a table goes for good when its time in the trash is over', async (t) => {
  const made = await grid(t, { settings: { trashGraceSeconds: 1 } });
  const { world, ada, parts, ask: by } = made;
  await by('DELETE', `database/tables/${parts.id}/`);
  const count = async () => {
    const entries = await done(world, 'GET', `trash/group/${ada.group}/`, { person: ada });
    return entries.count;
  };
  while ((await count()) > 0) await new Promise((resolve) => setTimeout(resolve, 50));
  const body = { trash_item_type: 'table', trash_item_id: parts.id };
  const answer = await ask(world, 'PATCH', 'trash/restore/', { person: ada, body });
  assert.equal(answer.json.error, 'ERROR_TRASH_ITEM_DOES_NOT_EXIST');
});
