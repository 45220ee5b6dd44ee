// The SDK with `dialect: 'deepstream'`, from Node, against the original and against ours.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import test from 'node:test';

import { open } from '../../dist/index.node.js';
import { Wire, commands, connect, read, recorder, sleep, until, worlds, write } from './deepstream-world.mjs';
import { folder } from './world.mjs';

// Node 20 has no WebSocket of its own.
const WebSocket = createRequire(new URL('../peers/deepstream/package.json', import.meta.url))('ws');

const list = (name, ids) => ({
  topic: 'list',
  action: 'write',
  listName: name,
  data: ids.map((id) => `${name}/${id}`),
});
const stored = async (world, name) => (await commands(world, [read(name)]))[0];
const holds = async (world, name, data) =>
  JSON.stringify((await stored(world, name)).data) === JSON.stringify(data);

async function database(t, world, options = {}) {
  const wire = await Wire.to(t, world);
  const db = await open({
    url: `http://127.0.0.1:${wire.port}${world.mount ?? ''}`,
    dialect: 'deepstream',
    WebSocket,
    log: 'error',
    ...options,
  });
  t.after(() => db.close());
  return { db, wire };
}

/** A database with one collection of which all is kept, and what its query shows. */
async function page(t, world, collection, options) {
  const { db, wire } = await database(t, world, {
    collections: { [collection]: { keep: 'all' } },
    ...options,
  });
  const rows = db.collection(collection);
  const seen = { rows: [] };
  rows.query({}).subscribe((now) => (seen.rows = now));
  return { db, rows, seen, wire };
}

async function offline({ db, wire }) {
  wire.shut();
  await until(() => db.status().state !== 'online', 'being offline');
}

const cases = {
  'edits made offline are pushed when the link is back': async (t, world) => {
    await commands(world, [write('off/1', { a: 1, b: 1 }), list('off', ['1'])]);
    const one = await page(t, world, 'off');
    await until(() => one.seen.rows.length === 1, 'the first record');
    await offline(one);
    const edit = one.rows.update('1', { a: 2 });
    one.rows.insert({ id: '2', n: 1 });
    one.rows.update('1', { c: 3 });
    one.wire.open();
    await until(() => holds(world, 'off/2', { n: 1 }), 'the insert');
    await until(() => holds(world, 'off/1', { a: 2, b: 1, c: 3 }), 'the edits');
    await edit.acknowledged;
    await one.db.synced();
  },
  'edits of different members on both sides are joined': async (t, world) => {
    await commands(world, [write('both/1', { a: 1, b: 1 }), list('both', ['1'])]);
    const one = await page(t, world, 'both');
    await until(() => one.seen.rows.length === 1, 'the record');
    await offline(one);
    one.rows.update('1', { a: 2 });
    await commands(world, [write('both/1', 9, { path: 'b' })]);
    one.wire.open();
    await until(() => holds(world, 'both/1', { a: 2, b: 9 }), 'both edits on the server');
    await until(() => one.seen.rows[0].b === 9 && one.seen.rows[0].a === 2, 'both edits in the page');
  },
  'edits of one member on both sides are a conflict for whom the policy says so': async (t, world) => {
    await commands(world, [write('clash/1', { a: 1 }), list('clash', ['1'])]);
    const one = await page(t, world, 'clash', { collections: { clash: { keep: 'all', policy: 'manual' } } });
    await until(() => one.seen.rows.length === 1, 'the record');
    await offline(one);
    one.rows.update('1', { a: 2 });
    await commands(world, [write('clash/1', { a: 3 })]);
    one.wire.open();
    const [conflict] = await until(
      () => one.db.conflicts().length === 1 && one.db.conflicts(),
      'the conflict',
    );
    assert.deepEqual([conflict.mine.a, conflict.theirs.a], [2, 3]);
    await conflict.resolve({ a: 23 }).acknowledged;
    assert.deepEqual((await stored(world, 'clash/1')).data, { a: 23 });
  },
  'writes that others overtake all the time arrive': async (t, world) => {
    await commands(world, [write('race/1', { a: 0, b: 0 }), list('race', ['1'])]);
    const { rows, seen } = await page(t, world, 'race');
    await until(() => seen.rows.length === 1, 'the record');
    const writes = [];
    for (let i = 1; i <= 20; i++) {
      writes.push(rows.update('1', { a: i }).acknowledged);
      await commands(world, [write('race/1', i, { path: 'b' })]);
    }
    await Promise.all(writes);
    await until(() => holds(world, 'race/1', { a: 20, b: 20 }), 'the last of both');
    await until(() => seen.rows[0].a === 20 && seen.rows[0].b === 20, 'the last of both in the page');
  },
  'a write whose answer was lost is not done twice': async (t, world) => {
    await commands(world, [write('lost/1', { n: 1 }), list('lost', ['1'])]);
    const { rows, seen, wire } = await page(t, world, 'lost');
    await until(() => seen.rows.length === 1, 'the record');
    wire.deaf();
    const edit = rows.update('1', { n: 2 });
    await until(async () => (await stored(world, 'lost/1')).version === 2, 'the write on the server');
    wire.cut();
    await edit.acknowledged;
    assert.equal((await stored(world, 'lost/1')).version, 2);
    await until(() => seen.rows[0].n === 2, 'the write in the page');
  },
  'what another deletes and makes again goes and comes': async (t, world) => {
    await commands(world, [write('del/1', { n: 1 }), write('del/2', { n: 1 }), list('del', ['1', '2'])]);
    const { rows, seen } = await page(t, world, 'del');
    await until(() => seen.rows.length === 2, 'both records');
    await commands(world, [{ topic: 'record', action: 'delete', recordName: 'del/1' }]);
    await until(() => seen.rows.length === 1, 'the delete');
    await commands(world, [write('del/1', { again: true })]);
    await until(() => seen.rows.length === 2, 'the new record');
    await rows.update('1', { x: 1 }).acknowledged;
    assert.deepEqual((await stored(world, 'del/1')).data, { again: true, x: 1 });
    await rows.remove('1').acknowledged;
    assert.equal((await stored(world, 'del/1')).success, false);
  },
  'two databases that insert into one collection see the records of both': async (t, world) => {
    const [one, other] = [await page(t, world, 'two'), await page(t, world, 'two', { store: 'other' })];
    for (let i = 0; i < 20; i++) {
      one.rows.insert({ id: `a${i}`, i });
      other.rows.insert({ id: `b${i}`, i });
    }
    const whole = () => one.seen.rows.length === 40 && other.seen.rows.length === 40;
    await until(whole, 'forty records in both');
  },
  'what the server forbids is refused, and shown no longer': async (t, world) => {
    const { rows, seen, db } = await page(t, world, 'denied');
    const refused = recorder();
    db.on('refused', refused);
    await assert.rejects(rows.insert({ id: '1', n: 1 }).acknowledged, { code: 'forbidden' });
    await refused.count(1);
    await until(() => seen.rows.length === 0, 'the end of the refused record');
  },
  'what was written offline is there and is pushed after a restart': async (t, world) => {
    const dir = folder(t);
    const one = await page(t, world, 'again', { dir, store: 'again' });
    await until(() => one.db.status().state === 'online', 'the link');
    await offline(one);
    await one.rows.insert({ id: '1', kept: true }).durable;
    await one.db.close();
    const url = `http://127.0.0.1:${one.wire.port}${world.mount ?? ''}`;
    one.wire.open();
    const db = await open({ url, dialect: 'deepstream', WebSocket, dir, store: 'again', log: 'error' });
    assert.deepEqual(db.collection('again').get('1'), { id: '1', kept: true });
    await db.synced();
    await db.close();
    assert.deepEqual((await stored(world, 'again/1')).data, { kept: true });
  },
  'events go to and come from the npm client': async (t, world) => {
    const client = await connect(t, world);
    const { db } = await database(t, world);
    await until(() => db.status().state === 'online', 'the link');
    const [heard, answered] = [recorder(), recorder()];
    db.event('news').subscribe(heard);
    client.event.subscribe('answers', answered);
    // A subscription is not acknowledged to the page: who was not heard says it again.
    const telling = setInterval(() => {
      client.event.emit('news', { n: 1 });
      db.event('answers').emit([1, 'two']);
    }, 50);
    t.after(() => clearInterval(telling));
    assert.deepEqual((await heard.count(1))[0][0], { n: 1 });
    assert.deepEqual((await answered.count(1))[0], [1, 'two']);
  },
  'procedures are called both ways': async (t, world) => {
    const client = await connect(t, world);
    const { db } = await database(t, world);
    await until(() => db.status().state === 'online', 'the link');
    client.rpc.provide('add', ({ a, b }, response) => response.send(a + b));
    client.rpc.provide('fail', (_, response) => response.error('out of order'));
    const call = (name, data) => db.rpc.call(name, data).catch((error) => error);
    const sum = await until(async () => {
      const answer = await call('add', { a: 2, b: 5 });
      return answer instanceof Error ? false : answer;
    }, 'a provider');
    assert.equal(sum, 7);
    assert.match((await call('fail', null)).message, /out of order/);
    assert.equal((await call('nobody-provides-this', null)).code, 'not-found');
    db.rpc.provide('greet', ({ name }) => `hello ${name}`);
    const greeting = await until(() => client.rpc.make('greet', { name: 'Ada' }).catch(() => false), 'ours');
    assert.equal(greeting, 'hello Ada');
  },
  'the users online are the members of the room deepstream': async (t, world) => {
    const { db } = await database(t, world);
    await until(() => db.status().state === 'online', 'the link');
    const room = db.presence('deepstream');
    room.subscribe(() => {});
    const client = await connect(t, world, { login: { username: 'zoe' } });
    await until(() => room().some(({ user }) => user === 'zoe'), 'who came');
    client.close();
    await until(() => !room().some(({ user }) => user === 'zoe'), 'who went');
  },
  'one record is fetched by its id, listed or not': async (t, world) => {
    await commands(world, [write('alone/1', { n: 1 }), write('alone/3', { n: 3 })]);
    const { db } = await database(t, world);
    const alone = db.collection('alone');
    assert.deepEqual(await alone.fetch('1'), { id: '1', n: 1 });
    assert.equal(await alone.fetch('2'), undefined);
    assert.deepEqual(await alone.fetch('3'), { id: '3', n: 3 }, 'after the list was complete');
    const watched = recorder();
    alone.watch('4').subscribe(watched);
    await until(() => watched.calls.at(-1)?.known === 'complete', 'that there is none');
    await commands(world, [write('alone/4', { n: 4 })]);
    await until(() => watched.calls.at(-1)?.row?.n === 4, 'a record that others make');
    await commands(world, [write('alone/1', { n: 11 })]);
    await until(() => alone.get('1').n === 11, 'a change of it');
  },
  'what the dialect cannot do is refused at the call': async (t, world) => {
    const { db } = await database(t, world);
    assert.equal(db.capabilities.batches, false);
    assert.equal(db.capabilities.rpc, true);
    const batch = () => db.batch(() => db.collection('c').insert({ n: 1 }));
    assert.throws(batch, { code: 'unsupported', message: /batches/ });
    assert.deepEqual(db.pending(), []);
  },
};

for (const { name, start } of worlds)
  test(name, { concurrency: 4 }, async (t) => {
    const world = await start(t);
    await Promise.all(Object.entries(cases).map(([claim, run]) => t.test(claim, (t) => run(t, world))));
  });

test('ours: a collection holds what anybody writes to it, listed or not', async (t) => {
  const world = await worlds[1].start(t);
  await commands(world, [write('free/1', { n: 1 }), write('denied-not/1', {})]);
  const { rows, seen, db } = await page(t, world, 'free');
  await until(() => seen.rows.length === 1, 'what was there');
  await commands(world, [write('free/2', { n: 2 }), write('other/3', {}), write('free/2', 3, { path: 'n' })]);
  await until(() => seen.rows.length === 2 && seen.rows[1].n === 3, 'what is written by HTTP');
  const native = await open({ url: world.root, WebSocket, storage: 'memory', log: 'error' });
  t.after(() => native.close());
  await native.collection('free').insert({ id: '3', n: 3 }).acknowledged;
  await until(() => seen.rows.length === 3, 'what is written natively');
  await rows.insert({ id: '4', n: 4 }).acknowledged;
  await rows.remove('1').acknowledged;
  await until(() => seen.rows.map(({ id }) => id).join() === '2,3,4', 'its own');
  assert.equal((await stored(world, 'free')).success, false, 'there is no list');
  assert.equal(db.status().pending, 0);
});

test('ours: a collection of more records than there may be subscriptions is followed', async (t) => {
  const world = await worlds[1].start(t);
  const many = Array.from({ length: 2500 }, (_, i) => write(`many/${i}`, { i }));
  await commands(world, many);
  const { seen } = await page(t, world, 'many');
  await until(() => seen.rows.length === 2500, 'all of them');
  await commands(world, [write('many/2499', { i: 'changed' })]);
  await until(() => seen.rows.some(({ i }) => i === 'changed'), 'a change of the last');
});

for (const { name, start } of worlds)
  test(`${name}: credentials are the JSON text that the token function gives`, async (t) => {
    const world = await start(t, { users: { demo: { password: 'demo-password' } } });
    const token = (password) => () => JSON.stringify({ username: 'demo', password });
    const { db } = await database(t, world, { token: token('demo-password') });
    await until(() => db.status().state === 'online', 'the log-in');
    await db.collection('mine').insert({ id: '1', n: 1 }).acknowledged;
    const stranger = await database(t, world, { token: token('another'), store: 'stranger' });
    await until(() => stranger.db.status().state === 'auth', 'being turned away');
    await sleep(50);
    assert.equal(stranger.db.status().state, 'auth');
  });
