// One record, seen by RESTED, JSONPad, deepstream and pages of ours: what each of them writes, all others
// hear.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  begin,
  deepstreamWriter,
  jsonpadListener,
  jsonpadWriter,
  nativeListener,
  nativeWriter,
  restedListener,
  restedWriter,
} from './bridge-world.mjs';
import { commands, connect, read, recorder, until } from './deepstream-world.mjs';
import { api } from './jsonpad-world.mjs';
import { ask, endpoint, manage, socket } from './rested-world.mjs';
import { Socket } from './world.mjs';

const writers = {
  RESTED: restedWriter,
  JSONPad: jsonpadWriter,
  deepstream: deepstreamWriter,
  'our own': nativeWriter,
};
const listeners = { RESTED: restedListener, JSONPad: jsonpadListener, 'our own': nativeListener };

for (const [name, writer] of Object.entries(writers)) {
  test(`what ${name} writes is heard by all`, async (t) => {
    const world = await begin(t);
    const write = await writer(world, t);
    const heard = [];
    for (const listener of Object.values(listeners)) heard.push(await listener(world, t));
    const all = async (expected) => {
      for (const [i, next] of heard.entries())
        assert.deepEqual((await next()).slice(0, 2), expected, Object.keys(listeners)[i]);
    };
    const handle = await write.create({ n: 1 });
    await all(['create', { n: 1 }]);
    await write.update(handle, { n: 2, of: name });
    await all(['update', { n: 2, of: name }]);
    const found = (await ask(world, 'GET', 'tasks')).json;
    assert.deepEqual(
      found.map((record) => record.data),
      [{ n: 2, of: name }],
    );
    await write.remove(handle);
    await all(['remove', undefined]);
    assert.deepEqual((await ask(world, 'GET', 'tasks')).json, []);
  });

  test(`deepstream's subscribers hear what ${name} writes`, async (t) => {
    const world = await begin(t);
    const write = await writer(world, t);
    const handle = await write.create({ n: 1 });
    const [{ id }] = await page(world, t);
    const client = await connect(t, { port: world.server.port, path: '/deepstream/deepstream' });
    const record = client.record.getRecord(`tasks/${id}`);
    await record.whenReady();
    assert.deepEqual(record.get(), { n: 1 });
    const [seen, gone] = [recorder(), recorder()];
    record.subscribe(seen);
    record.on('delete', gone);
    await write.update(handle, { n: 2 });
    await until(() => seen.calls.some((data) => data?.n === 2));
    await write.remove(handle);
    await gone.count(1);
    const [head] = await commands(world, [read(`tasks/${id}`)]);
    assert.equal(head.success, false);
  });
}

/** Records of the collection, as a page of ours gets them. */
async function page(world, t) {
  const connection = await Socket.open(world.server.port);
  t.after(() => connection.close());
  await connection.hello('client-0000reader');
  connection.send({ type: 'subscribe', sub: 1, collection: 'tasks', snapshot: true });
  return (await connection.next('snapshot')).records;
}

test('an id is the same whichever way it is looked up', async (t) => {
  const world = await begin(t);
  const write = await nativeWriter(world, t);
  const id = await write.create({ n: 1 });
  const [record] = (await ask(world, 'GET', 'tasks')).json;
  const [item] = (await api(world.pad, 'GET', 'lists/tasks/items')).json.items;
  assert.equal(record.uniqueId, '726f636b706f6f6c' + BigInt(item.id).toString(16).padStart(16, '0'));
  await ask(world, 'PATCH', 'tasks', { uniqueId: record.uniqueId }, { data: { by: 'rested' } });
  const [head] = await commands(world, [read(`tasks/${id}`)]);
  assert.deepEqual(head.data, { n: 1, by: 'rested' });
  const made = (await ask(world, 'POST', 'tasks', {}, { data: 2 })).json;
  const records = await page(world, t);
  assert.ok(records.some((one) => one.id === made.uniqueId));
});

test('a version counts in every dialect', async (t) => {
  const world = await begin(t);
  const write = await nativeWriter(world, t);
  const id = await write.create({ n: 1 });
  const [{ uniqueId }] = (await ask(world, 'GET', 'tasks')).json;
  const seen = await ask(world, 'GET', 'tasks', { uniqueId });
  await write.update(id, { n: 2 });
  const late = await ask(
    world,
    'PUT',
    'tasks',
    { uniqueId },
    {
      data: { n: 3 },
      headers: { 'If-Match': seen.headers.get('etag') },
    },
  );
  assert.equal(late.status, 412);
});

test('deleting all items of a list is single deletes to others, with the records as they were', async (t) => {
  const world = await begin(t);
  const write = restedWriter(world);
  for (let n = 0; n < 3; n++) await write.create({ n });
  const next = await restedListener(world, t);
  await api(world.pad, 'DELETE', 'lists/tasks/items');
  const gone = [await next(), await next(), await next()];
  assert.deepEqual(
    gone.map(([what, , data]) => [what, data.n]).sort(),
    [0, 1, 2].map((n) => ['remove', n]),
  );
});

test('of the last facet that goes the records go too, and no sooner', async (t) => {
  const world = await begin(t);
  const [{ endpointId }] = [await endpoint(world, 'other', { collection: 'others' })];
  await ask(world, 'POST', 'tasks', {}, { data: 1 });
  await api(world.pad, 'DELETE', 'lists/tasks');
  assert.equal((await ask(world, 'GET', 'tasks')).json.length, 1, 'the endpoint still has them');
  await ask(world, 'POST', 'other', {}, { data: 1 });
  await manage(world, 'DELETE', `projects/${world.project}/endpoints/${endpointId}`);
  const again = await endpoint(world, 'again', { collection: 'others' });
  assert.equal(again.collection, 'others');
  assert.deepEqual((await ask(world, 'GET', 'again')).json, []);
});

test('a schema of the collection holds over REST', async (t) => {
  const schema = { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } };
  const world = await begin(t, { collections: { tasks: { schema } } });
  const refused = await ask(world, 'POST', 'tasks', {}, { data: { n: 'x' } });
  assert.equal(refused.status, 400);
  assert.equal((await ask(world, 'POST', 'tasks', {}, { data: { n: 1 } })).status, 200);
});

test('rights of the collection count besides the key', async (t) => {
  const rules = { read: 'anyone', create: 'role:editor' };
  const world = await begin(t, { collections: { tasks: { rules } } });
  const refused = await ask(world, 'POST', 'tasks', {}, { data: 1 });
  assert.equal(refused.status, 403, refused.text);
  assert.equal((await ask(world, 'GET', 'tasks')).status, 200);
  const listening = await socket(world, 'tasks');
  assert.equal(listening.status, 101);
  listening.close();
});
