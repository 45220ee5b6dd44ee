// Tables of Baserow over HTTP, and what their group is told.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';

import { ask, database, done, join, person, socket, start, table } from './baserow-world.mjs';
import { folder } from './world.mjs';

async function begin(t, options) {
  const world = await start(t, options);
  const ada = await person(world, 'ada');
  const ben = await person(world, 'ben');
  await join(world, ada, ben);
  const base = await database(world, ada, 'Stock');
  return { world, ada, ben, base };
}

test('a table comes with fields, rows and a view, and is told of as one thing', async (t) => {
  const { world, ada, ben, base } = await begin(t);
  const [own, bens] = [await socket(world, ada), await socket(world, ben)];
  const made = await done(world, 'POST', `database/tables/database/${base.id}/`, {
    person: ada,
    socket: own,
    body: { name: 'Parts' },
  });
  assert.deepEqual(made, { id: made.id, name: 'Parts', order: 1, database_id: base.id });
  assert.deepEqual(await bens.heard(), [{ type: 'table_created', table: made }]);
  assert.deepEqual(await own.heard(), []);
  const fields = await done(world, 'GET', `database/fields/table/${made.id}/`, { person: ben });
  assert.deepEqual(
    fields.map(({ name, type, primary, order }) => [name, type, primary, order]),
    [
      ['Name', 'text', true, 0],
      ['Notes', 'long_text', false, 1],
      ['Active', 'boolean', false, 2],
    ],
  );
  const rows = await done(world, 'GET', `database/rows/table/${made.id}/`, { person: ben });
  assert.equal(rows.count, 2);
  const [application] = await done(world, 'GET', `applications/group/${ada.group}/`, { person: ada });
  assert.deepEqual(application.tables, [made]);
});

test('a table is renamed, put elsewhere and deleted', async (t) => {
  const { world, ada, ben, base } = await begin(t);
  const [first, second] = [await table(world, ada, base, 'A'), await table(world, ada, base, 'B')];
  const heard = await socket(world, ben);
  const place = `database/tables/${first.id}/`;
  const renamed = await done(world, 'PATCH', place, { person: ada, body: { name: 'C' } });
  const order = [second.id, first.id];
  await done(world, 'POST', `database/tables/database/${base.id}/order/`, {
    person: ada,
    body: { table_ids: order },
  });
  assert.equal((await ask(world, 'DELETE', place, { person: ada })).status, 204);
  const hash = (id) => createHash('sha256').update(`${id}`).digest('hex');
  assert.deepEqual(await heard.heard(), [
    { type: 'table_updated', table_id: first.id, table: renamed, force_table_refresh: false },
    { type: 'tables_re_ordered', database_id: base.id, order },
    { type: 'tables_reordered', database_id: hash(base.id), order: order.map(hash) },
    { type: 'table_deleted', database_id: base.id, table_id: first.id },
  ]);
  assert.equal((await ask(world, 'GET', place, { person: ada })).json.error, 'ERROR_TABLE_DOES_NOT_EXIST');
});

test('upstream has one word for the order of tables', async (t) => {
  const { world, ada, base } = await begin(t, { settings: { profile: 'upstream', orderIds: 'plain' } });
  const [first, second] = [await table(world, ada, base, 'A'), await table(world, ada, base, 'B')];
  const heard = await socket(world, ada);
  const order = [second.id, first.id];
  await done(world, 'POST', `database/tables/database/${base.id}/order/`, {
    person: ada,
    body: { table_ids: order },
  });
  assert.deepEqual(await heard.heard(), [{ type: 'tables_reordered', database_id: base.id, order }]);
});

test('a table begins with the rows that it is given', async (t) => {
  const { world, ada, base } = await begin(t);
  const made = await done(world, 'POST', `database/tables/database/${base.id}/`, {
    person: ada,
    body: { name: 'T', first_row_header: true, data: [['Tool', 'Size'], ...Array(2500).fill(['saw', 7])] },
  });
  const rows = await done(world, 'GET', `database/rows/table/${made.id}/?user_field_names=true&page=25`, {
    person: ada,
  });
  assert.equal(rows.count, 2500);
  assert.equal(rows.results.at(-1).order, '2500.00000000000000000000');
  assert.deepEqual([rows.results[0].Tool, rows.results[0].Size], ['saw', '7']);
});

test('a table and its rows are there after a restart', async (t) => {
  const data = folder(t);
  const { world, ada, base } = await begin(t, { data });
  const made = await table(world, ada, base, 'Parts');
  const rows = await done(world, 'GET', `database/rows/table/${made.id}/`, { person: ada });
  await world.server.stop();
  const again = await start(t, { data });
  assert.deepEqual(await done(again, 'GET', `database/rows/table/${made.id}/`, { person: ada }), rows);
});
