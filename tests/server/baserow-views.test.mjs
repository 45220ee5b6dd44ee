// Views of Baserow and what is in them over HTTP, and what those who look at their table are told.
import assert from 'node:assert/strict';
import test from 'node:test';

import { grid } from './baserow-grid.mjs';
import { ask, done, person } from './baserow-world.mjs';

const viewKeys = [
  ['id', 'table_id', 'name', 'order', 'type', 'table', 'filter_type', 'filters_disabled'],
  ['public_view_has_password', 'show_logo', 'public', 'slug', 'row_identifier_type'],
].flat();

test('views are made, changed, put in order and deleted, and told of', async (t) => {
  const { parts, view, ask: by, told } = await grid(t);
  const of = `database/views/table/${parts.id}/`;
  const made = await by('POST', of, { name: 'Big', type: 'grid', filter_type: 'OR' });
  assert.deepEqual(Object.keys(made), viewKeys);
  assert.deepEqual(made.table, parts);
  const changed = await by('PATCH', `database/views/${made.id}/`, { name: 'Bigger' });
  assert.deepEqual(changed, { ...made, name: 'Bigger' });
  await by('POST', `${of}order/`, { view_ids: [made.id, view.id] });
  await by('DELETE', `database/views/${made.id}/`);
  const created = { ...made, filters: [], sortings: [], decorations: [] };
  assert.deepEqual(await told(), [
    { type: 'view_created', view: created },
    { type: 'view_updated', view_id: made.id, view: changed },
    { type: 'views_reordered', table_id: parts.id, order: [made.id, view.id] },
    { type: 'view_deleted', table_id: parts.id, view_id: made.id },
  ]);
});

test('a copy of a view has all that the view has', async (t) => {
  const { parts, fields, view, ask: by, told } = await grid(t);
  const at = `database/views/${view.id}/`;
  await by('POST', `${at}filters/`, { field: fields[0].id, type: 'contains', value: 'bo' });
  await by('POST', `${at}sortings/`, { field: fields[0].id, order: 'DESC' });
  await told();
  const copy = await by('POST', `${at}duplicate/`);
  assert.equal(copy.name, 'Grid 2');
  assert.deepEqual(
    copy.filters.map(({ view, type, value }) => ({ view, type, value })),
    [{ view: copy.id, type: 'contains', value: 'bo' }],
  );
  assert.deepEqual(
    copy.sortings.map(({ order }) => order),
    ['DESC'],
  );
  assert.deepEqual(await told(), [
    { type: 'view_created', view: copy },
    { type: 'views_reordered', table_id: parts.id, order: [view.id, copy.id] },
  ]);
});

const parts = [
  {
    name: 'view_filter',
    list: 'filters',
    one: 'filter',
    make: (field) => ({ field, type: 'equal', value: 'a' }),
    shown: (field) => ({ field, type: 'equal', value: 'a', preload_values: {} }),
    change: { value: 'b' },
  },
  {
    name: 'view_sort',
    list: 'sortings',
    one: 'sort',
    make: (field) => ({ field, order: 'ASC' }),
    shown: (field) => ({ field, order: 'ASC' }),
    change: { order: 'DESC' },
  },
  {
    name: 'view_decoration',
    list: 'decorations',
    one: 'decoration',
    make: () => ({ type: 'left_border_color', value_provider_type: '', value_provider_conf: {}, order: 1 }),
    shown: () => ({ type: 'left_border_color', value_provider_type: '', value_provider_conf: {}, order: 1 }),
    change: { type: 'background_color' },
  },
];

for (const { name, list, one, make, shown, change } of parts)
  test(`${list} of a view are told of`, async (t) => {
    const { world, ben, fields, view, ask: by, told } = await grid(t);
    const of = `database/views/${view.id}/${list}/`;
    const made = await by('POST', of, make(fields[0].id));
    assert.deepEqual(made, { id: made.id, view: view.id, ...shown(fields[0].id) });
    assert.deepEqual(await done(world, 'GET', of, { person: ben }), [made]);
    const at = `database/views/${one}/${made.id}/`;
    const changed = await by('PATCH', at, change);
    assert.deepEqual(changed, { ...made, ...change });
    assert.deepEqual(await done(world, 'GET', at, { person: ben }), changed);
    await by('DELETE', at);
    assert.deepEqual(await told(), [
      { type: `${name}_created`, [name]: made },
      { type: `${name}_updated`, [`${name}_id`]: made.id, [name]: changed },
      { type: `${name}_deleted`, view_id: view.id, [`${name}_id`]: made.id },
    ]);
    assert.equal((await ask(world, 'GET', at, { person: ben })).status, 404);
  });

test('of field options some are sent, and all are told', async (t) => {
  const { fields, view, ask: by, told } = await grid(t);
  const options = { [fields[1].id]: { width: 300, hidden: true } };
  const answer = await by('PATCH', `database/views/${view.id}/field-options/`, { field_options: options });
  const usual = { width: 200, hidden: false, order: 32767, aggregation_type: '', aggregation_raw_type: '' };
  const all = Object.fromEntries(fields.map(({ id }) => [id, { ...usual, ...options[id] }]));
  assert.deepEqual(answer, { field_options: all });
  assert.deepEqual(await told(), [
    { type: 'view_field_options_updated', view_id: view.id, field_options: all },
  ]);
});

test('a grid view shows the rows that pass its filters in its order', async (t) => {
  const { world, ben, parts, fields, view, ask: by } = await grid(t);
  const name = `field_${fields[0].id}`;
  const items = ['bolt', 'nut', 'big bolt', 'axle'].map((text) => ({ [name]: text }));
  await by('POST', `database/rows/table/${parts.id}/batch/`, { items });
  await by('POST', `database/views/${view.id}/filters/`, {
    field: fields[0].id,
    type: 'contains',
    value: 'BOLT',
  });
  await by('POST', `database/views/${view.id}/sortings/`, { field: fields[0].id, order: 'DESC' });
  const shown = await done(world, 'GET', `database/views/grid/${view.id}/?size=1&include=field_options`, {
    person: ben,
  });
  assert.equal(shown.count, 2);
  assert.equal(shown.results[0][name], 'bolt');
  assert.deepEqual(Object.keys(shown.field_options), fields.map(({ id }) => `${id}`).sort());
  const next = await done(world, 'GET', shown.next.replace(`${world.base}/`, ''), { person: ben });
  assert.deepEqual(
    next.results.map((row) => row[name]),
    ['big bolt'],
  );
  assert.equal(next.next, null);
});

test('views are refused to strangers, and bad bodies to members', async (t) => {
  const { world, ada, parts, fields, view } = await grid(t);
  const eve = await person(world, 'eve');
  const of = `database/views/table/${parts.id}/`;
  const at = `database/views/${view.id}/`;
  const cases = [
    ['GET', of, eve, undefined, 400, 'ERROR_USER_NOT_IN_GROUP'],
    ['DELETE', at, eve, undefined, 400, 'ERROR_USER_NOT_IN_GROUP'],
    ['GET', 'database/views/999/', ada, undefined, 404, 'ERROR_VIEW_DOES_NOT_EXIST'],
    ['GET', 'database/views/table/999/', ada, undefined, 404, 'ERROR_TABLE_DOES_NOT_EXIST'],
    ['POST', of, ada, { name: 'a', type: 'form' }, 400, 'ERROR_REQUEST_BODY_VALIDATION'],
    ['POST', `${of}order/`, ada, { view_ids: [999] }, 400, 'ERROR_VIEW_NOT_IN_TABLE'],
    ['POST', `${at}filters/`, ada, { field: 999, type: 'equal' }, 400, 'ERROR_FIELD_NOT_IN_TABLE'],
    ['GET', 'database/views/filter/999/', ada, undefined, 404, 'ERROR_VIEW_FILTER_DOES_NOT_EXIST'],
    ['GET', 'database/views/sort/999/', ada, undefined, 404, 'ERROR_VIEW_SORT_DOES_NOT_EXIST'],
    ['GET', 'database/views/decoration/999/', ada, undefined, 404, 'ERROR_VIEW_DECORATION_DOES_NOT_EXIST'],
  ];
  await done(world, 'POST', `${at}sortings/`, { person: ada, body: { field: fields[0].id } });
  cases.push([
    'POST',
    `${at}sortings/`,
    ada,
    { field: fields[0].id },
    400,
    'ERROR_VIEW_SORT_FIELD_ALREADY_EXISTS',
  ]);
  for (const [method, place, user, body, status, error] of cases) {
    const answer = await ask(world, method, place, { person: user, body });
    assert.deepEqual([answer.status, answer.json.error], [status, error], `${method} ${place}`);
  }
});
