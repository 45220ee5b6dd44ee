// One collection as a table of Baserow, a list of JSONPad, an endpoint of RESTED and a page of ours.
import assert from 'node:assert/strict';
import test from 'node:test';

import { ask, database, done, person, socket } from './baserow-world.mjs';
import * as bridge from './bridge-world.mjs';
import { commands, write } from './deepstream-world.mjs';
import { api } from './jsonpad-world.mjs';
import { ask as restedAsk } from './rested-world.mjs';
import { secret } from './secrets.mjs';
import { Socket, put } from './world.mjs';

const jwtSecret = secret('what-the-tokens-of-the-bridge-are-signed-with');

/** The world of the other dialects, with a table over `tasks` that has a number field called `n`. */
async function begin(t) {
  const world = await bridge.begin(t, { dialects: { ...bridge.dialects, baserow: { jwtSecret } } });
  const rows = { server: world.server, base: `${world.server.url}/baserow/api` };
  const ada = await person(rows, 'ada');
  const base = await database(rows, ada, 'Stock');
  const table = await done(rows, 'POST', `database/tables/database/${base.id}/`, {
    person: ada,
    body: { name: 'Tasks', collection: 'tasks' },
  });
  const body = { name: 'n', type: 'number' };
  await done(rows, 'POST', `database/fields/table/${table.id}/`, { person: ada, body });
  return { ...world, rows, ada, table, place: `database/rows/table/${table.id}/` };
}

const writers = {
  RESTED: bridge.restedWriter,
  JSONPad: bridge.jsonpadWriter,
  deepstream: bridge.deepstreamWriter,
  'our own': bridge.nativeWriter,
};

for (const [name, writer] of Object.entries(writers)) {
  test(`whoever looks at a table is told what ${name} writes`, async (t) => {
    const world = await begin(t);
    const writes = await writer(world, t);
    const looks = await socket(world.rows, world.ada);
    await looks.turnTo(world.table);
    const fieldOf = async () => {
      const fields = await done(world.rows, 'GET', `database/fields/table/${world.table.id}/`, {
        person: world.ada,
      });
      return `field_${fields.find((one) => one.name === 'n').id}`;
    };
    const field = await fieldOf();
    const handle = await writes.create({ n: 1, more: true });
    const created = (await looks.until('rows_created')).at(-1);
    assert.equal(created.rows[0][field], '1');
    assert.equal(created.before_row_id, null);
    await writes.update(handle, { n: 2, more: true });
    const updated = (await looks.until('rows_updated')).at(-1);
    assert.deepEqual([updated.rows_before_update[0][field], updated.rows[0][field]], ['1', '2']);
    await writes.remove(handle);
    const gone = (await looks.until('rows_deleted')).at(-1);
    assert.deepEqual([gone.row_ids, gone.rows[0][field]], [[created.rows[0].id], '2']);
  });
}

test('a row that Baserow writes is heard by all others, who keep what it does not show', async (t) => {
  const world = await begin(t);
  const listeners = [
    await bridge.restedListener(world, t),
    await bridge.jsonpadListener(world, t),
    await bridge.nativeListener(world, t),
  ];
  const said = { person: world.ada };
  const row = await done(world.rows, 'POST', `${world.place}?user_field_names=true`, {
    ...said,
    body: { n: 1 },
  });
  for (const next of listeners) assert.deepEqual((await next()).slice(0, 2), ['create', { n: 1 }]);
  const item = (await api(world.pad, 'GET', `lists/tasks/items/${row.id}`)).json.item;
  assert.equal(item.id, `${row.id}`);
  await api(world.pad, 'PUT', `lists/tasks/items/${row.id}`, JSON.stringify({ n: 1, more: 'kept' }));
  for (const next of listeners) assert.deepEqual((await next())[1], { n: 1, more: 'kept' });
  const place = `${world.place}${row.id}/?user_field_names=true`;
  await done(world.rows, 'PATCH', place, { ...said, body: { n: '2', Name: 'x' } });
  for (const next of listeners) assert.deepEqual((await next())[1], { n: 2, more: 'kept', Name: 'x' });
  assert.equal((await ask(world.rows, 'DELETE', `${world.place}${row.id}/`, said)).status, 204);
  for (const next of listeners) assert.equal((await next())[0], 'remove');
});

test('the fields of a table hold in every dialect', async (t) => {
  const world = await begin(t);
  const rested = await restedAsk(world, 'POST', 'tasks', {}, { data: { n: 'x' } });
  assert.equal(rested.status, 400);
  const item = await api(world.pad, 'POST', 'lists/tasks/items', JSON.stringify({ n: 'x' }));
  assert.deepEqual([item.status, item.json.error_code], [400, 3000]);
  const [answer] = await commands(world, [write('tasks/d', { n: 'x' })]);
  assert.deepEqual([answer.success, answer.errorEvent], [false, 'INVALID_MESSAGE_DATA']);
  const page = await Socket.open(world.server.port);
  t.after(() => page.close());
  await page.hello('client-0000fields');
  page.send({ type: 'push', settled: 0, except: [], mutations: [put(1, 'tasks', 'p', { n: 'x' })] });
  const { code, path } = await page.next('refuse');
  assert.deepEqual([code, path], ['invalid', '/n']);
  const list = await done(world.rows, 'GET', world.place, { person: world.ada });
  assert.equal(list.count, 0);
});
