// The SDK with `dialect: 'baserow'`, from Node, against ours and against servers of the contract alone.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import test from 'node:test';

import { open } from '../../dist/index.node.js';
import { adapter, offline } from './adapter-cases.mjs';
import { PlainBaserow } from './baserow-plain.mjs';
import { database as newDatabase, done, person, start } from './baserow-world.mjs';
import { recorder, until } from './wire.mjs';

// Node 20 has no WebSocket of its own.
const WebSocket = createRequire(new URL('../peers/deepstream/package.json', import.meta.url))('ws');

// What the shared cases write.
const types = { only: 'text', from: 'text', by: 'text', n: 'number', i: 'number', a: 'number', b: 'number' };
Object.assign(types, { c: 'number', first: 'boolean', kept: 'boolean' });
const isEmpty = (cell) => cell === null || cell === false || cell === '';
/** A row without its place and empty cells, numbers as numbers. */
function plain({ order, ...row }) {
  const cells = Object.entries(row).filter(([, cell]) => !isEmpty(cell));
  return Object.fromEntries(
    cells.map(([name, cell]) => [name, types[name] === 'number' ? Number(cell) : cell]),
  );
}

const { cases, database, page } = adapter({
  options: (world) => ({ dialect: 'baserow', WebSocket, token: () => world.login() }),
  makesCollections: false,
  isRemoteId: (remoteId) => /^\d+$/.test(remoteId),
  plain,
});

/** A server of ours, with tables as the cases want them. */
async function ours(t) {
  const world = await start(t);
  const ada = await person(world, 'ada');
  const stock = await newDatabase(world, ada, 'Stock');
  const tables = new Map();
  const ask = (method, place, body) => done(world, method, `database/${place}`, { person: ada, body });
  const rows = (name, more = '') => `rows/table/${tables.get(name).id}/${more}?user_field_names=true`;
  const withId = (row) => ({ ...row, id: `${row.id}` });
  const fieldOf = (name, field) => tables.get(name).fields.find((one) => one.name === field);
  return {
    ...world,
    port: world.server.port,
    root: world.server.url,
    mount: '/baserow',
    ada,
    tables,
    ask,
    login: () => JSON.stringify({ email: ada.email, password: ada.password }),
    async list(name, fields = types, collection) {
      const [[first], ...others] = Object.entries(fields);
      const body = { name, data: [[first]], first_row_header: true, collection };
      const table = await ask('POST', `tables/database/${stock.id}/`, body);
      tables.set(name, table);
      table.fields = await ask('GET', `fields/table/${table.id}/`);
      for (const [field, type] of others)
        table.fields.push(
          await ask('POST', `fields/table/${table.id}/`, {
            name: field,
            type,
            ...(type.endsWith('_select') && {
              select_options: ['red', 'blue'].map((value) => ({ value, color: value })),
            }),
          }),
        );
      return table;
    },
    async field(name, field, type) {
      const { id } = tables.get(name);
      tables.get(name).fields.push(await ask('POST', `fields/table/${id}/`, { name: field, type }));
    },
    rename: (name, field, to) => ask('PATCH', `fields/${fieldOf(name, field).id}/`, { name: to }),
    removeField: (name, field) => ask('DELETE', `fields/${fieldOf(name, field).id}/`),
    add: async (name, data) => withId(await ask('POST', rows(name), data)),
    set: (name, id, data) => ask('PATCH', rows(name, `${id}/`), data),
    remove: (name, id) => ask('DELETE', `rows/table/${tables.get(name).id}/${id}/`),
    async values(name) {
      const all = [];
      for (let at = 1; ; at++) {
        const { results, next } = await ask('GET', `${rows(name)}&size=200&page=${at}`);
        all.push(...results.map(({ id, ...row }) => plain(row)));
        if (!next) return all;
      }
    },
  };
}

/** The same face before a server of the contract. */
async function another(t, options) {
  const server = await PlainBaserow.start(t, options);
  const tables = new Map();
  const fieldOf = (name, field) => tables.get(name).fields.find((one) => one.name === field);
  return {
    port: server.port,
    server,
    tables,
    login: () => JSON.stringify({ email: server.email, password: server.password }),
    async list(name, fields = types) {
      tables.set(name, server.table(name, fields));
      return tables.get(name);
    },
    field: async (name, field, type) => server.field(tables.get(name), field, type),
    rename: async (name, field, to) => server.rename(tables.get(name), fieldOf(name, field), to),
    removeField: async (name, field) => server.removeField(tables.get(name), fieldOf(name, field)),
    async add(name, data) {
      return { id: `${server.add(tables.get(name), data).id}` };
    },
    set: async (name, id, data) => server.set(tables.get(name), Number(id), data),
    remove: async (name, id) => server.remove(tables.get(name), [Number(id)]),
    async values(name) {
      const table = tables.get(name);
      return [...table.rows.values()].map((row) => plain(server.named(table, row)));
    },
  };
}

const worlds = {
  ours,
  'a server of the contract': (t) => another(t),
  'a newer one': (t) => another(t, { newer: true }),
};

const raw = (rows) => rows.query({})().rows;

cases['fields that change while somebody looks are followed'] = async (t, world) => {
  await world.list('list-fields', { Name: 'text', Price: 'number' });
  await world.add('list-fields', { Name: 'bolt', Price: 3 });
  const { rows, seen } = await page(t, world, 'list-fields');
  await until(() => seen.rows.length === 1, 'the row');
  await world.rename('list-fields', 'Name', 'Title');
  await until(() => raw(rows)[0].Title === 'bolt' && !('Name' in raw(rows)[0]), 'the other name');
  await world.field('list-fields', 'Notes', 'long_text');
  await until(() => 'Notes' in raw(rows)[0], 'the new field');
  await rows.update(raw(rows)[0].id, { Title: 'nut', Notes: 'of steel' }).acknowledged;
  await world.removeField('list-fields', 'Price');
  await until(() => !('Price' in raw(rows)[0]), 'the end of a field');
  const { id, order, ...cells } = raw(rows)[0];
  assert.deepEqual(cells, { Title: 'nut', Notes: 'of steel' });
};

cases['fields that changed while a page was away are followed'] = async (t, world) => {
  await world.list('list-away', { Name: 'text', Price: 'number' });
  const row = await world.add('list-away', { Name: 'bolt', Price: 3 });
  const one = await page(t, world, 'list-away');
  await until(() => one.seen.rows.length === 1, 'the row');
  await offline(one);
  one.rows.update(row.id, { Price: '4' });
  await world.rename('list-away', 'Name', 'Title');
  await world.field('list-away', 'Notes', 'long_text');
  one.wire.open();
  const wanted = { id: row.id, Title: 'bolt', Price: '4' };
  await until(() => {
    const { order, Notes, ...cells } = raw(one.rows)[0];
    return Notes === null && JSON.stringify(cells) === JSON.stringify(wanted);
  }, 'both changes');
};

cases['options are shown as objects and said by id, text or object'] = async (t, world) => {
  await world.list('list-options', { Name: 'text', Colour: 'single_select', Tags: 'multiple_select' });
  const { rows } = await page(t, world, 'list-options');
  await rows.insert({ Name: 'bolt', Colour: 'red', Tags: ['red', 'blue'] }).acknowledged;
  const [{ id }] = await until(() => raw(rows)[0]?.Colour?.color && raw(rows), 'the options');
  const red = raw(rows)[0].Colour;
  assert.deepEqual(red, { id: red.id, value: 'red', color: 'red' });
  await rows.update(id, { Colour: 'blue', Tags: [raw(rows)[0].Tags[1]] }).acknowledged;
  await until(() => raw(rows)[0].Colour.value === 'blue' && raw(rows)[0].Tags.length === 1, 'the objects');
  await rows.update(id, { Colour: red.id }).acknowledged;
  await until(() => raw(rows)[0].Colour.value === 'red', 'the id');
  await rows.update(id, { Colour: null, Tags: undefined }).acknowledged;
  await until(() => raw(rows)[0].Colour === null && raw(rows)[0].Tags.length === 0, 'nothing chosen');
};

cases['a cell that is refused is said by its name, and the others are written'] = async (t, world) => {
  await world.list('list-no', { Name: 'text', Price: 'number' });
  const { db, rows } = await page(t, world, 'list-no');
  await until(() => db.status().state === 'online', 'the link');
  const refused = recorder();
  db.on('refused', refused);
  const writes = ['1', 'much', '3'].map((Price) => rows.insert({ Name: Price, Price }));
  rows.insert({ Nmae: 'bolt' });
  await writes[0].acknowledged;
  await writes[2].acknowledged;
  await until(() => refused.calls.length === 2, 'the refusals');
  const errors = refused.calls.map(({ error }) => error.message).sort();
  assert.match(errors[0], /^Price: ERROR_REQUEST_BODY_VALIDATION: /);
  assert.match(errors[1], /no field "Nmae"/);
  assert.deepEqual((await world.values('list-no')).map(({ Name }) => Name).sort(), ['1', '3']);
};

cases['tables are named by themselves, with their database, or by id; several at a time'] = async (
  t,
  world,
) => {
  const table = await world.list('list-named', { Name: 'text' });
  await world.list('list-other', { Name: 'text' });
  const names = ['list-named', 'Stock/list-named', `table_${table.id}`, 'list-other'];
  const keep = Object.fromEntries(names.map((name) => [name, { keep: 'all' }]));
  const { db } = await database(t, world, { collections: keep });
  await until(() => db.status().state === 'online', 'the link');
  await world.add('list-named', { Name: 'bolt' });
  await world.add('list-other', { Name: 'nut' });
  const texts = () =>
    names.map((name) =>
      raw(db.collection(name))
        .map(({ Name }) => Name)
        .join(),
    );
  await until(() => texts().join() === 'bolt,bolt,bolt,nut', 'the rows of all');
  const unknown = db.collection('list-nowhere');
  unknown.query({}).subscribe(() => {});
  const error = await until(() => db.status().error, 'what is wrong');
  assert.equal(error.path, 'list-nowhere');
  assert.match(error.message, /no table/);
};

cases['who is not known is told so'] = async (t, world) => {
  const token = () => JSON.stringify({ email: 'eve@x.test', password: 'what was it' });
  const { db } = await database(t, world, { token, store: 'eve' });
  await until(() => db.status().state === 'auth', 'being turned away');
  assert.match(db.status().error.message, /ERROR_INVALID_CREDENTIALS/);
  const none = await database(t, world, { token: () => '{}', store: 'none' });
  await until(() => none.db.status().state === 'auth', 'being told what is wanted');
  assert.match(none.db.status().error.message, /refresh_token/);
};

for (const [name, begin] of Object.entries(worlds))
  test(name, { concurrency: 4 }, async (t) => {
    const world = await begin(t);
    const each = ([claim, run]) => t.test(claim, (t) => run(t, world));
    await Promise.all(Object.entries(cases).map(each));
  });

test('many writes that wait are one request, and so are rows to be looked at before', async (t) => {
  const world = await another(t);
  await world.list('list-batch', { Name: 'text' });
  const one = await page(t, world, 'list-batch');
  await until(() => one.db.status().state === 'online', 'the link');
  const count = (method, end) =>
    world.server.asked.filter(({ what }) => what.startsWith(method) && what.endsWith(end)).length;
  await offline(one);
  for (let i = 0; i < 50; i++) one.rows.insert({ Name: `${i}` });
  one.wire.open();
  await one.db.synced();
  assert.equal(count('POST', '/batch/'), 1);
  await offline(one);
  world.server.asked = [];
  for (const { id, Name } of raw(one.rows)) one.rows.update(id, { Name: `${Name}!` });
  one.wire.open();
  await one.db.synced();
  assert.equal(count('PATCH', '/batch/'), 1);
  assert.ok(world.server.asked.filter(({ what }) => /rows\/table\/\d+\/\d+/.test(what)).length === 0);
  for (const { id } of raw(one.rows)) one.rows.remove(id);
  await one.db.synced();
  assert.equal(world.server.asked.filter(({ what }) => what.startsWith('DELETE')).length, 0);
  assert.deepEqual(await world.values('list-batch'), []);
  await one.rows.insert({ Name: 'alone' }).acknowledged;
  const write = world.server.asked.at(-1);
  assert.match(write.what, /^POST .*\/rows\/table\/\d+\/$/);
  assert.match(write.headers.websocketid, /^[0-9a-f-]{36}$/);
});

test('a token that has run out while the page was away is no hindrance', async (t) => {
  const world = await another(t);
  await world.list('list-expired', { Name: 'text' });
  const one = await page(t, world, 'list-expired');
  await until(() => one.db.status().state === 'online', 'the link');
  await offline(one);
  world.server.expire();
  await world.add('list-expired', { Name: 'bolt' });
  one.wire.open();
  await until(() => one.seen.rows.length === 1, 'what was missed');
  world.server.expire();
  await one.rows.insert({ Name: 'nut' }).acknowledged;
  assert.equal((await world.values('list-expired')).length, 2);
});

test('tokens that the app has are refreshed by themselves or by the app', async (t) => {
  const world = await another(t);
  await world.list('list-tokens', { Name: 'text' });
  const logIn = async () => {
    const answer = await fetch(`http://127.0.0.1:${world.port}/api/user/token-auth/`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: world.login(),
    });
    return answer.json();
  };
  const tokens = JSON.stringify(await logIn());
  world.server.expire();
  const kept = await page(t, world, 'list-tokens', { token: () => tokens, store: 'kept' });
  await kept.rows.insert({ Name: 'bolt' }).acknowledged;
  const reasons = [];
  const token = async ({ reason }) => (reasons.push(reason), (await logIn()).access_token);
  const own = await page(t, world, 'list-tokens', { token, store: 'own' });
  await own.rows.insert({ Name: 'nut' }).acknowledged;
  world.server.expire();
  await own.rows.insert({ Name: 'washer' }).acknowledged;
  assert.deepEqual(reasons, ['start', 'refused']);
});

test('ours: what other dialects write is seen, and what was missed', async (t) => {
  const world = await ours(t);
  await world.list('list-shared', { Name: 'text', Price: 'number' }, 'parts');
  const one = await page(t, world, 'list-shared');
  await one.rows.insert({ Name: 'bolt', Price: '3' }).acknowledged;
  const native = await open({ url: world.root, storage: 'memory', log: 'error', transports: ['sse'] });
  t.after(() => native.close());
  const parts = native.collection('parts');
  await until(() => parts.query({})().rows.length === 1, 'the row in the native page');
  const [{ id }] = raw(one.rows);
  assert.equal(parts.get(id).Name, 'bolt', 'it is called the same everywhere');
  await offline(one);
  one.rows.update(id, { Price: '4' });
  await parts.update(id, { Name: 'bolts' }).acknowledged;
  one.wire.open();
  await until(() => raw(one.rows)[0].Name === 'bolts' && parts.get(id).Price === 4, 'both');
});
