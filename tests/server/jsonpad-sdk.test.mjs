// The SDK with `dialect: 'jsonpad'`, from Node, against ours and against a server of the contract alone.
import assert from 'node:assert/strict';
import test from 'node:test';

import { open } from '../../dist/index.node.js';
import { adapter, offline } from './adapter-cases.mjs';
import { PlainPad } from './jsonpad-plain.mjs';
import { add, api, list, start } from './jsonpad-world.mjs';
import { recorder, until } from './wire.mjs';

const login = JSON.stringify({ user: 'user', token: 'api-token', realtimeToken: 'realtime-token' });
const {
  cases,
  ours: withVersions,
  database,
  page,
} = adapter({
  options: () => ({ dialect: 'jsonpad', token: () => login }),
  makesCollections: true,
  isRemoteId: (remoteId) => /^\d+$/.test(remoteId),
});

/** Two servers behind one face: what somebody else does there, and what is stored. */
const worlds = [
  {
    name: 'ours',
    async start(t) {
      const world = await start(t);
      const items = (name) => `lists/${name}/items`;
      return {
        port: world.server.port,
        root: world.server.url,
        mount: '/jsonpad',
        list: (name) => list(world, name),
        add: (name, data) => add(world, name, data),
        set: (name, id, data) => api(world, 'PUT', `${items(name)}/${id}`, JSON.stringify(data)),
        remove: (name, id) => api(world, 'DELETE', `${items(name)}/${id}`),
        values: async (name) => (await api(world, 'GET', `${items(name)}/data?page_size=1000`)).json,
      };
    },
  },
  { name: 'a server of the contract', start: (t) => PlainPad.start(t) },
];

cases['tokens that the server does not know are an error of log-in'] = async (t, world) => {
  const { db } = await database(t, world, { token: () => login.replace('api-token', 'another') });
  await until(() => db.status().state === 'auth', 'being turned away');
  const asked = recorder();
  const token = (ask) => (asked(ask.reason), login.replace('realtime-token', 'another'));
  const half = await database(t, world, { token, store: 'half' });
  await world.list('list-half');
  half.db
    .collection('list-half')
    .query({})
    .subscribe(() => {});
  await until(() => half.db.status().state === 'auth', 'being told of the realtime token');
  assert.deepEqual(asked.calls, ['start']);
  const plain = await database(t, world, { token: () => 'no JSON', store: 'plain' });
  await until(() => plain.db.status().state === 'auth', 'being told what is wanted');
  assert.match(plain.db.status().error.message, /realtimeToken/);
};

for (const { name, start } of worlds)
  test(name, { concurrency: 4 }, async (t) => {
    const world = await start(t);
    const all = { ...cases, ...(world.mount !== undefined && withVersions) };
    await Promise.all(Object.entries(all).map(([claim, run]) => t.test(claim, (t) => run(t, world))));
  });

test('ours: what other dialects write is seen, and read again is nothing', async (t) => {
  const world = await worlds[0].start(t);
  const one = await page(t, world, 'shared');
  await one.rows.insert({ by: 'page' }).acknowledged;
  const native = await open({ url: world.root, storage: 'memory', log: 'error', transports: ['sse'] });
  t.after(() => native.close());
  await native.collection('shared').insert({ id: 'n', by: 'native' }).acknowledged;
  await until(() => one.seen.rows.length === 2, 'the native record');
  const refused = recorder();
  one.db.on('refused', refused);
  await offline(one);
  await native.collection('shared').update('n', { by: 'native again' }).acknowledged;
  one.wire.open();
  await until(() => one.seen.rows.some(({ by }) => by === 'native again'), 'what was missed');
  assert.deepEqual(refused.calls, []);
});
