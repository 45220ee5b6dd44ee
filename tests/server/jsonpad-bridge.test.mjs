// One record, seen by native pages, by deepstream and by JSONPad: what is written in one is heard in all
// others.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { commands, write } from './deepstream-world.mjs';
import { add, api, list, poll, start } from './jsonpad-world.mjs';
import { Socket, put, sleep } from './world.mjs';

async function page(world) {
  const socket = await Socket.open(world.server.port);
  await socket.hello('client-00000001');
  socket.send({ type: 'subscribe', sub: 1, collection: 'tasks', snapshot: true });
  await socket.next('snapshot');
  let number = 0;
  return {
    socket,
    async change() {
      for (;;) {
        const { changes } = await socket.next('changes');
        if (changes.length > 0) return changes;
      }
    },
    async push(mutation) {
      socket.send({ type: 'push', settled: 0, except: [], mutations: [{ ...mutation, number: ++number }] });
      return socket.next('ack');
    },
  };
}

async function begin(t) {
  const world = await start(t);
  await list(world, 'tasks');
  world.http = `${world.server.url}/deepstream/api/v1`;
  world.page = await page(world);
  t.after(() => world.page.socket.close());
  return world;
}

test('a write of a page answers polls', async (t) => {
  const world = await begin(t);
  const answered = poll(world, 'lists/tasks');
  await sleep(150);
  await world.page.push(put(0, 'tasks', 'x', { n: 1 }));
  const { json, text } = await answered;
  assert.equal(json.event_type, 'item-create');
  assert.deepEqual(json.event_data.data, { n: 1 });
  const [, digits] = /"object_id":(\d+),/.exec(text);
  assert.equal(digits, json.event_data.id);
  const found = await api(world, 'GET', `lists/tasks/items/${digits}`);
  assert.deepEqual(found.json.item.data, { n: 1 });
});

test("deepstream's write answers polls", async (t) => {
  const world = await begin(t);
  const answered = poll(world, 'lists/tasks?events=item-update');
  await sleep(150);
  assert.deepEqual(await commands(world, [write('tasks/d', { a: 1 })]), [{ success: true }]);
  assert.deepEqual(await commands(world, [write('tasks/d', { a: 2 })]), [{ success: true }]);
  assert.deepEqual((await answered).json.event_data.data, { a: 2 });
});

test('a write of an item is heard by pages, and deleting all is single deletes to them', async (t) => {
  const world = await begin(t);
  const item = await add(world, 'tasks', { n: 5 });
  const [made] = await world.page.change();
  assert.deepEqual([made.id, made.data], [item.id, { n: 5 }]);
  await api(world, 'PUT', `lists/tasks/items/${item.id}`, '{"n":6}');
  assert.deepEqual((await world.page.change())[0].data, { n: 6 });
  const other = await add(world, 'tasks', 1);
  await world.page.change();
  const answered = poll(world, 'lists/tasks');
  await sleep(150);
  assert.equal((await api(world, 'DELETE', 'lists/tasks/items')).status, 204);
  assert.deepEqual((await answered).json, {
    object_id: 'tasks',
    event_type: 'item-delete-all',
    event_data: null,
  });
  const gone = await world.page.change();
  assert.deepEqual(gone.map((change) => change.id).sort(), [item.id, other.id].sort());
  assert.ok(gone.every((change) => change.data === undefined));
});

test('a list that goes takes its records along, and a second account keeps them', async (t) => {
  const world = await begin(t);
  await world.page.push(put(0, 'tasks', 'x', 1));
  await world.page.change();
  const answered = poll(world, 'lists/tasks');
  await sleep(150);
  await api(world, 'DELETE', 'lists/tasks');
  assert.equal((await answered).json.event_type, 'list-delete');
  assert.equal((await world.page.change())[0].data, undefined);
});

test('nothing is lost by who polls slowly, while all dialects write', async (t) => {
  const world = await begin(t);
  let { headers } = await poll(world, 'lists?wait=0');
  const expected = [];
  for (let i = 0; i < 20; i++) {
    if (i % 3 === 0) await add(world, 'tasks', i);
    else if (i % 3 === 1) await world.page.push(put(0, 'tasks', `p${i}`, i));
    else await commands(world, [write(`tasks/d${i}`, { i })]);
    expected.push(i % 3 === 2 ? { i } : i);
  }
  const heard = [];
  while (heard.length < expected.length) {
    const answer = await poll(world, `lists/tasks?since=${headers.get('rockpool-cursor')}`);
    assert.equal(answer.json.event_type, 'item-create');
    heard.push(answer.json.event_data.data);
    headers = answer.headers;
  }
  assert.deepEqual(heard, expected);
});

test('what is not shared is not seen by others', async (t) => {
  const world = await start(t, { more: { spaces: { default: { access: 'open', share: ['tasks'] } } } });
  await list(world, 'mine');
  await add(world, 'mine', 1);
  const socket = await Socket.open(world.server.port);
  t.after(() => socket.close());
  await socket.hello('client-00000001');
  socket.send({ type: 'subscribe', sub: 1, collection: 'mine', snapshot: true });
  assert.deepEqual((await socket.next('snapshot')).records, []);
  socket.send({ type: 'subscribe', sub: 2, collection: 'jsonpad:user/mine', snapshot: true });
  assert.equal((await socket.next('error')).code, 'forbidden');
});
