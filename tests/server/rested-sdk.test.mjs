// The SDK with `dialect: 'rested'`, from Node, against ours and against a server of the contract alone.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import test from 'node:test';

import { open } from '../../dist/index.node.js';
import { adapter, offline } from './adapter-cases.mjs';
import { PlainRested } from './rested-plain.mjs';
import { ask, endpoint, manage, project, start, user } from './rested-world.mjs';
import { until } from './wire.mjs';

// Node 20 has no WebSocket of its own.
const WebSocket = createRequire(new URL('../peers/deepstream/package.json', import.meta.url))('ws');

const {
  cases,
  ours: withVersions,
  database,
  page,
} = adapter({
  options: (world) => ({ dialect: 'rested', WebSocket, token: () => world.key }),
  makesCollections: false,
  // Our server takes the page's own ids, so there is no other.
  isRemoteId: (remoteId, id) => remoteId === undefined || /^[0-9a-f]{32}$/.test(remoteId) || remoteId === id,
});

/** Two servers behind one face: what somebody else does there, and what is stored. */
const worlds = [
  {
    name: 'ours',
    async start(t) {
      const world = await project(await start(t));
      const id = (record) => ({ ...record, id: record.uniqueId });
      return {
        ...world,
        port: world.server.port,
        root: world.server.url,
        mount: '/rested',
        list: (name) => endpoint(world, name),
        add: async (name, data) => id((await ask(world, 'POST', name, {}, { data })).json),
        set: (name, uniqueId, data) => ask(world, 'PUT', name, { uniqueId }, { data }),
        remove: (name, uniqueId) => ask(world, 'DELETE', name, { uniqueId }),
        values: async (name) => (await ask(world, 'GET', name, { dataOnly: 'true' })).json,
      };
    },
  },
  {
    name: 'a server of the contract',
    async start(t) {
      const plain = await PlainRested.start(t);
      const add = plain.add.bind(plain);
      plain.add = (name, data) => {
        const record = add(name, data);
        record.id = record.uniqueId;
        return record;
      };
      return plain;
    },
  },
];

for (const { name, start: begin } of worlds)
  test(name, { concurrency: 4 }, async (t) => {
    const world = await begin(t);
    const all = { ...cases, ...(world.mount !== undefined && withVersions) };
    await Promise.all(Object.entries(all).map(([claim, run]) => t.test(claim, (t) => run(t, world))));
  });

for (const { name, start: begin } of worlds)
  test(`${name}: another key is refused, collection by collection`, async (t) => {
    const world = await begin(t);
    await world.list('list-key');
    const { db } = await database(t, world, { token: () => 'f'.repeat(32) });
    db.collection('list-key')
      .query({})
      .subscribe(() => {});
    const error = await until(() => db.status().error, 'the error');
    assert.equal(error.path, 'list-key');
    assert.match(error.message, /API key/i);
  });

test('ours: what other dialects write is seen, and what was missed', async (t) => {
  const world = await worlds[0].start(t);
  await world.list('list-shared');
  const one = await page(t, world, 'list-shared');
  await one.rows.insert({ by: 'page' }).acknowledged;
  const native = await open({ url: world.root, storage: 'memory', log: 'error', transports: ['sse'] });
  t.after(() => native.close());
  await native.collection('list-shared').insert({ id: 'n', by: 'native' }).acknowledged;
  await until(() => one.seen.rows.length === 2, 'the native record');
  await offline(one);
  await native.collection('list-shared').update('n', { by: 'native again' }).acknowledged;
  one.wire.open();
  await until(() => one.seen.rows.some(({ by }) => by === 'native again'), 'what was missed');
});

test('ours: a record made here has its id for all', async (t) => {
  const world = await worlds[0].start(t);
  await world.list('list-ids');
  const { rows, seen } = await page(t, world, 'list-ids');
  await rows.insert({ n: 1 }).acknowledged;
  const [{ id }] = seen.rows;
  const { json } = await ask(world, 'GET', 'list-ids', { uniqueId: id });
  assert.deepEqual(json.data, { n: 1 });
  assert.equal(rows.meta(id).remoteId, undefined);
});

test('ours: who is logged in sees and writes their own', async (t) => {
  const world = await worlds[0].start(t);
  await endpoint(world, 'list-users', { authentication: true });
  await endpoint(world, 'list-mine', { secure: true });
  const [ann, bob] = [await user(world, 'list-users', 'ann'), await user(world, 'list-users', 'bob')];
  const as = (one) => ({ token: () => JSON.stringify({ key: world.key, accessToken: one.token }) });
  const first = await page(t, world, 'list-mine', { ...as(ann), store: 'ann' });
  const other = await page(t, world, 'list-mine', { ...as(bob), store: 'bob' });
  await first.rows.insert({ by: 'ann' }).acknowledged;
  await other.rows.insert({ by: 'bob' }).acknowledged;
  await until(() => first.seen.rows.length === 1 && other.seen.rows.length === 1, 'one each');
  assert.deepEqual([first.seen.rows[0].by, other.seen.rows[0].by], ['ann', 'bob']);
  await ask(
    world,
    'POST',
    'list-users',
    { logout: 'true' },
    { headers: { Authorization: `Bearer ${ann.token}` } },
  );
  await until(() => first.db.status().state === 'auth', 'the log-out');
  const stranger = await page(t, world, 'list-mine', { store: 'stranger' });
  await until(() => stranger.db.status().error, 'what is wrong');
  assert.equal(stranger.db.status().error.path, 'list-mine');
  assert.equal(stranger.db.status().state, 'online', 'other endpoints may be open');
});

test('ours: options that change end the socket, and the page comes back', async (t) => {
  const world = await worlds[0].start(t);
  const { endpointId } = await world.list('list-options');
  // A write is a request of its own: it may be acknowledged before there is a socket to end.
  let opened;
  const isOpen = new Promise((resolve) => (opened = resolve));
  class Watched extends WebSocket {
    constructor(...how) {
      super(...how);
      this.once('open', opened);
    }
  }
  const one = await page(t, world, 'list-options', { WebSocket: Watched });
  await one.rows.insert({ n: 1 }).acknowledged;
  await isOpen;
  const states = [];
  one.db.on('status', ({ state }) => states.push(state));
  await manage(world, 'PATCH', `projects/${world.project}/endpoints/${endpointId}`, { description: 'other' });
  await until(() => states.some((state) => state !== 'online'), 'the end of the socket');
  await until(() => one.db.status().state === 'online', 'coming back');
  await world.add('list-options', { n: 2 });
  await until(() => one.seen.rows.length === 2, 'what happens after that');
});
