// Rows of Baserow over HTTP, and what those who look at their table are told.
import assert from 'node:assert/strict';
import test from 'node:test';

import { ask, database, done, join, person, socket, start, table } from './baserow-world.mjs';

async function begin(t, options) {
  const world = await start(t, options);
  const ada = await person(world, 'ada');
  const ben = await person(world, 'ben');
  await join(world, ada, ben);
  const parts = await table(world, ada, await database(world, ada, 'Stock'), 'Parts');
  const fields = await done(world, 'GET', `database/fields/table/${parts.id}/`, { person: ada });
  const [name, notes, active] = fields.map(({ id }) => `field_${id}`);
  const rows = `database/rows/table/${parts.id}/`;
  const first = (await done(world, 'GET', rows, { person: ada })).results;
  const [own, looks, elsewhere] = [
    await socket(world, ada),
    await socket(world, ben),
    await socket(world, ben),
  ];
  await own.turnTo(parts);
  await looks.turnTo(parts);
  const quiet = async () => {
    for (const one of [own, elsewhere]) assert.deepEqual(await one.heard(), []);
  };
  const cells = { [name]: null, [notes]: null, [active]: false };
  return {
    world,
    ada,
    parts,
    rows,
    first,
    name,
    active,
    cells,
    looks,
    quiet,
    said: { person: ada, socket: own },
  };
}

test('new rows are told to those who look at the table', async (t) => {
  const { world, parts, rows, first, name, cells, looks, quiet, said } = await begin(t);
  const row = await done(world, 'POST', rows, { ...said, body: { [name]: 'bolt' } });
  assert.deepEqual(row, { id: row.id, order: '3.00000000000000000000', ...cells, [name]: 'bolt' });
  const { items } = await done(world, 'POST', `${rows}batch/?before=${first[1].id}`, {
    ...said,
    body: { items: [{ [name]: 'a' }, { [name]: 'b' }] },
  });
  const frame = { type: 'rows_created', table_id: parts.id, metadata: {} };
  assert.deepEqual(await looks.heard(), [
    { ...frame, rows: [row], before_row_id: null },
    { ...frame, rows: items, before_row_id: first[1].id },
  ]);
  await quiet();
});

test('changed rows are told with what they were', async (t) => {
  const { world, parts, rows, first, name, active, looks, quiet, said } = await begin(t);
  const [a, b] = first;
  const body = {
    items: [
      { id: b.id, [name]: 'b' },
      { id: a.id, [active]: true },
    ],
  };
  const { items } = await done(world, 'PATCH', `${rows}batch/`, { ...said, body });
  assert.deepEqual(items, [
    { ...b, [name]: 'b' },
    { ...a, [active]: true },
  ]);
  const moved = await done(world, 'PATCH', `${rows}${b.id}/move/?before_id=${a.id}`, said);
  assert.deepEqual(moved, { ...items[0], order: '0.50000000000000000000' });
  const ids = (...names) => names.map((one) => Number(one.slice('field_'.length)));
  const before = { type: 'before_rows_update', table_id: parts.id };
  const after = { type: 'rows_updated', table_id: parts.id, metadata: {} };
  assert.deepEqual(await looks.heard(), [
    { ...before, row_ids: [b.id, a.id], updated_field_ids: ids(name, active) },
    { ...after, rows_before_update: [b, a], rows: items },
    { ...before, row_ids: [b.id], updated_field_ids: [] },
    { ...after, rows_before_update: [items[0]], rows: [moved] },
  ]);
  await quiet();
});

test('deleted rows are told as they were', async (t) => {
  const { world, parts, rows, first, looks, quiet, said } = await begin(t);
  const ids = first.map(({ id }) => id).reverse();
  const answer = await ask(world, 'POST', `${rows}batch-delete/`, { ...said, body: { items: ids } });
  assert.equal(answer.status, 204);
  assert.deepEqual(await looks.heard(), [
    { type: 'before_rows_delete', table_id: parts.id, row_ids: ids },
    { type: 'rows_deleted', table_id: parts.id, row_ids: ids, rows: first.toReversed() },
  ]);
  await quiet();
  const gone = await ask(world, 'DELETE', `${rows}${ids[0]}/`, said);
  assert.deepEqual([gone.status, gone.json.error], [404, 'ERROR_ROW_DOES_NOT_EXIST']);
});

test('upstream sends no word before', async (t) => {
  const { world, rows, first, name, looks, said } = await begin(t, { settings: { profile: 'upstream' } });
  await done(world, 'PATCH', `${rows}${first[0].id}/`, { ...said, body: { [name]: 'x' } });
  await ask(world, 'DELETE', `${rows}${first[0].id}/`, said);
  assert.deepEqual(
    (await looks.heard()).map(({ type }) => type),
    ['rows_updated', 'rows_deleted'],
  );
});

test('rows are listed a page at a time, searched and sorted', async (t) => {
  const { world, ada, rows, name } = await begin(t);
  const items = Array.from({ length: 150 }, (_, i) => ({ [name]: `part ${String(i).padStart(3, '0')}` }));
  await done(world, 'POST', `${rows}batch/`, { person: ada, body: { items } });
  const list = (query) => done(world, 'GET', `${rows}?${query}`, { person: ada });
  const page = await list(`size=50&page=3&order_by=-${name}`);
  assert.equal(page.count, 152);
  assert.deepEqual([page.results[0][name], page.results.at(-1)[name]], ['part 049', 'part 000']);
  assert.equal(page.previous, `${world.base}/${rows}?size=50&order_by=-${name}&page=2`);
  const next = await fetch(page.next, { headers: { Authorization: `JWT ${ada.token}` } });
  assert.equal((await next.json()).results.length, 2);
  const found = await list('search=PART%20014');
  assert.deepEqual(
    found.results.map((row) => row[name]),
    ['part 014'],
  );
  for (const [query, error] of [
    ['page=99', 'ERROR_INVALID_PAGE'],
    ['size=201', 'ERROR_PAGE_SIZE_LIMIT'],
    ['order_by=field_0', 'ERROR_ORDER_BY_FIELD_NOT_FOUND'],
  ])
    assert.equal((await ask(world, 'GET', `${rows}?${query}`, { person: ada })).json.error, error);
});

test('rows that are written at the same time are all there', async (t) => {
  const { world, ada, rows, name, looks } = await begin(t);
  const writes = Array.from({ length: 40 }, (_, i) =>
    done(world, 'POST', rows, { person: ada, body: { [name]: `${i}` } }),
  );
  const made = await Promise.all(writes);
  assert.equal(new Set(made.map(({ id }) => id)).size, 40);
  const told = (await looks.heard()).flatMap((frame) => frame.rows.map(({ id }) => id));
  assert.deepEqual(told.toSorted(), made.map(({ id }) => id).toSorted());
  assert.equal((await done(world, 'GET', rows, { person: ada })).count, 42);
});

test('every socket hears of changes in the order in which they were made', async (t) => {
  const limits = { userMessagesPerSecond: 100_000, userMessagesBurst: 100_000 };
  const { world, ada, rows, first, name, looks } = await begin(t, { more: { limits } });
  const sockets = [looks];
  while (sockets.length < 5) {
    const one = await socket(world, ada);
    await one.turnTo({ id: Number(/\d+/.exec(rows)) });
    sockets.push(one);
  }
  const edit = (row, value) =>
    done(world, 'PATCH', `${rows}${row.id}/`, { person: ada, body: { [name]: value } });
  const writers = Array.from({ length: 50 }, async (_, writer) => {
    for (let i = 0; i < 4; i++) await edit(first[writer % 2], `${writer} ${i}`);
  });
  await Promise.all(writers);
  for (let i = 0; i < 200; i++) await edit(first[0], `last ${i}`);

  const all = await Promise.all(sockets.map((one) => one.heard()));
  for (const heard of all.slice(1)) assert.deepEqual(heard, all[0], 'the same on all of them');
  const told = all[0].filter(({ type }) => type === 'rows_updated');
  assert.equal(told.length, 400);
  // Each is told with what the row was before: that is what the one before it has left.
  const now = new Map(first.map((row) => [row.id, row[name]]));
  for (const { rows_before_update: before, rows: after } of told) {
    assert.equal(before[0][name], now.get(before[0].id));
    now.set(after[0].id, after[0][name]);
  }
  const values = told.map((frame) => frame.rows[0][name]);
  assert.deepEqual(
    values.slice(200),
    Array.from({ length: 200 }, (_, i) => `last ${i}`),
  );
  for (let writer = 0; writer < 50; writer++)
    assert.deepEqual(
      values.filter((value) => value.startsWith(`${writer} `)),
      [0, 1, 2, 3].map((i) => `${writer} ${i}`),
    );
  for (const row of first)
    assert.equal((await done(world, 'GET', `${rows}${row.id}/`, { person: ada }))[name], now.get(row.id));
});
