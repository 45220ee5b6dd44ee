// Fields of Baserow over HTTP, and what those who look at their table are told.
import assert from 'node:assert/strict';
import test from 'node:test';

import { ask, database, done, join, person, socket, start, table } from './baserow-world.mjs';

async function begin(t) {
  const world = await start(t);
  const ada = await person(world, 'ada');
  const ben = await person(world, 'ben');
  await join(world, ada, ben);
  const base = await database(world, ada, 'Stock');
  const parts = await table(world, ada, base, 'Parts');
  const fields = `database/fields/table/${parts.id}/`;
  return { world, ada, ben, base, parts, fields };
}

test('whoever looks at a table is told of its fields, and nobody else', async (t) => {
  const { world, ada, ben, base, parts, fields } = await begin(t);
  const other = await table(world, ada, base, 'Other');
  const sockets = {};
  for (const name of ['own', 'elsewhere', 'nowhere']) sockets[name] = await socket(world, ada);
  const looks = await socket(world, ben);
  await sockets.own.turnTo(parts);
  await sockets.elsewhere.turnTo(other);
  await looks.turnTo(parts);
  const said = { person: ada, socket: sockets.own };
  const body = { name: 'Size', type: 'number', number_decimal_places: 1 };
  const { related_fields, ...field } = await done(world, 'POST', fields, { ...said, body });
  assert.deepEqual(related_fields, []);
  assert.deepEqual(field, {
    id: field.id,
    table_id: parts.id,
    name: 'Size',
    order: 3,
    type: 'number',
    primary: false,
    read_only: false,
    number_decimal_places: 1,
    number_negative: false,
  });
  const place = `database/fields/${field.id}/`;
  const changed = await done(world, 'PATCH', place, { ...said, body: { name: 'Length' } });
  assert.equal(changed.number_decimal_places, 1);
  assert.deepEqual(await done(world, 'DELETE', place, said), { related_fields: [] });
  assert.deepEqual(await looks.heard(), [
    { type: 'field_created', field, related_fields: [] },
    { type: 'field_updated', field_id: field.id, field: { ...field, name: 'Length' }, related_fields: [] },
    { type: 'field_deleted', table_id: parts.id, field_id: field.id, related_fields: [] },
  ]);
  for (const name of ['own', 'elsewhere', 'nowhere']) assert.deepEqual(await sockets[name].heard(), []);
  assert.equal((await ask(world, 'GET', place, said)).json.error, 'ERROR_FIELD_DOES_NOT_EXIST');
});

test('cells are of the types of their fields', async (t) => {
  const { world, ada, parts, fields } = await begin(t);
  const ids = {};
  const make = async (type, more = {}) => {
    const made = await done(world, 'POST', fields, { person: ada, body: { name: type, type, ...more } });
    ids[type] = made;
    return made;
  };
  const options = [
    { value: 'red', color: 'light-red' },
    { value: 'blue', color: 'blue' },
  ];
  await make('number', { number_decimal_places: 2, number_negative: true });
  await make('date');
  await make('url');
  await make('email');
  await make('phone_number');
  const [red] = (await make('single_select', { select_options: options })).select_options;
  const [, blue] = (await make('multiple_select', { select_options: options })).select_options;
  await make('created_on', { date_include_time: true });
  const row = await done(world, 'POST', `database/rows/table/${parts.id}/?user_field_names=true`, {
    person: ada,
    body: {
      number: '-3.5',
      date: '2023-04-01',
      url: 'https://a.test',
      email: 'ada@x.test',
      phone_number: '+1 2',
      single_select: red.id,
      multiple_select: ['blue'],
      created_on: 'is not to be said',
    },
  });
  assert.equal(row.number, '-3.50');
  assert.equal(row.date, '2023-04-01');
  assert.deepEqual([row.url, row.email, row.phone_number], ['https://a.test', 'ada@x.test', '+1 2']);
  assert.deepEqual(row.single_select, red);
  assert.deepEqual(row.multiple_select, [blue]);
  assert.match(row.created_on, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  const wrong = await ask(world, 'PATCH', `database/rows/table/${parts.id}/${row.id}/`, {
    person: ada,
    body: { [`field_${ids.number.id}`]: '1.234', [`field_${ids.email.id}`]: 'ada' },
  });
  assert.equal(wrong.status, 400);
  assert.deepEqual(wrong.json.detail, {
    [`field_${ids.number.id}`]: [
      { error: 'Ensure that there are no more than 2 decimal places.', code: 'max_decimal_places' },
    ],
    [`field_${ids.email.id}`]: [{ error: 'Enter a valid email address.', code: 'invalid' }],
  });
});

test('a field that cannot be is refused by name', async (t) => {
  const { world, ada, fields } = await begin(t);
  const error = async (method, place, body) =>
    (await ask(world, method, place, { person: ada, body })).json.error;
  const exists = 'ERROR_FIELD_WITH_SAME_NAME_ALREADY_EXISTS';
  assert.equal(await error('POST', fields, { name: 'Name', type: 'text' }), exists);
  assert.equal(await error('POST', fields, { name: 'a', type: 'formula' }), 'ERROR_REQUEST_BODY_VALIDATION');
  assert.equal(
    await error('POST', fields, { name: 'id', type: 'text' }),
    'ERROR_RESERVED_BASEROW_FIELD_NAME',
  );
  const [primary] = await done(world, 'GET', fields, { person: ada });
  assert.equal(await error('DELETE', `database/fields/${primary.id}/`), 'ERROR_CANNOT_DELETE_PRIMARY_FIELD');
});
