import assert from 'node:assert/strict';
import test from 'node:test';
import { open } from '../../dist/index.node.js';
import { FakeServer, until } from './server.mjs';

let count = 0;
/** A server and a database that talks to it. */
async function pair(options = {}, prepare = () => {}) {
  const server = new FakeServer();
  prepare(server);
  const db = await open({
    url: 'http://fake',
    store: `sync-${++count}`,
    WebSocket: server.WebSocket,
    log: 'error',
    ...options,
  });
  return { server, db, t: db.collection('t') };
}
const online = (db) => until(() => db.status().state === 'online', 'online');

test('open does not wait for the network, and says what is not known yet', async (context) => {
  const { server, db, t } = await pair({}, (its) => its.stop());
  context.after(() => db.close());
  const query = t.query();
  assert.deepEqual([query().known, query().rows.length], ['unknown', 0]);
  server.start();
  server.write('t', 'a', { n: 1 });
  await until(() => query().known === 'complete', 'complete');
  assert.equal(query().rows[0].n, 1);
  assert.equal(db.status().transport, 'websocket');
  assert.equal((await t.fetch('a')).n, 1);
  assert.equal(await t.fetch('none'), undefined);
});

test('a write goes through its states, and its handle says so', async (context) => {
  const { server, db, t } = await pair();
  context.after(() => db.close());
  await online(db);
  const write = t.insert({ n: 1 });
  const states = [];
  write.subscribe(({ state }) => states.push(state));
  assert.equal(db.pending().length, 1);
  assert.equal(db.write(write.key)().key, write.key);
  await write.acknowledged;
  await write.durable;
  assert.deepEqual([...new Set(states)], states);
  assert.equal(states.at(-1), 'acknowledged');
  assert.deepEqual(server.read('t', write.id), { n: 1 });
  await db.synced();
  await until(() => db.pending().length === 0, 'nothing pending');
  await until(() => t.meta(write.id).version === '1', "the server's version");
});

test('changes of others arrive, once a task', async (context) => {
  const { server, db, t } = await pair();
  context.after(() => db.close());
  await t.query().ready();
  const seen = [];
  t.query({ orderBy: 'n' }).subscribe((rows) => seen.push(rows.map(({ n }) => n)));
  server.write('t', 'a', { n: 2 });
  server.write('t', 'b', { n: 1 });
  await until(() => seen.at(-1).length === 2, 'both rows');
  server.write('t', 'a', undefined);
  await until(() => seen.at(-1).length === 1, 'one row');
  assert.deepEqual([seen[0], seen.at(-1)], [[], [1]]);
});

test('what is written offline is sent when the link is back', async (context) => {
  const { server, db, t } = await pair();
  context.after(() => db.close());
  await online(db);
  server.stop();
  await until(() => db.status().state !== 'online', 'offline');
  t.put('a', { n: 1 });
  t.increment('a', 'n', 5);
  t.update('a', { x: null });
  assert.deepEqual(t.get('a'), { id: 'a', n: 6, x: null });
  server.start();
  await db.synced();
  assert.deepEqual(server.read('t', 'a'), { n: 6, x: null });
});

test('pause is offline on purpose', async (context) => {
  const { server, db, t } = await pair();
  context.after(() => db.close());
  await online(db);
  db.pause();
  await until(() => db.status().state === 'offline', 'paused');
  t.put('a', {});
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(server.read('t', 'a'), undefined);
  db.resume();
  await db.synced();
  assert.deepEqual(server.read('t', 'a'), {});
});

test('a refused write is told, kept, tried again or forgotten', async (context) => {
  const { server, db, t } = await pair({}, (its) => {
    its.refuse = ({ data }) => data?.bad && { code: 'invalid', message: 'bad is bad', path: '/bad' };
  });
  context.after(() => db.close());
  const refused = [];
  db.on('refused', (info) => refused.push(info));
  const [one, two] = [t.put('a', { bad: 1 }), t.put('b', { bad: 1 })];
  await assert.rejects(
    one.acknowledged,
    (error) => error.code === 'invalid' && error.path === '/bad' && error.write.id === 'a',
  );
  await until(() => refused.length === 2, 'both events');
  assert.equal(one.state, 'refused');
  assert.equal(one().error.message, 'bad is bad');
  assert.deepEqual(
    db.pending().map(({ state, error }) => [state, error.code]),
    [
      ['refused', 'invalid'],
      ['refused', 'invalid'],
    ],
  );
  assert.equal(db.status().refused, 2);
  const again = db.retry(one, { good: 1 });
  await again.acknowledged;
  assert.deepEqual(server.read('t', 'a'), { good: 1 });
  db.dismiss(two);
  await until(() => db.pending().length === 0, 'forgotten');
  assert.throws(() => db.retry({ key: 'none#1' }), { code: 'not-found' });
});

test('a batch is refused whole', async (context) => {
  const { server, db, t } = await pair({}, (its) => {
    its.refuse = ({ id }) => id === 'bad' && { code: 'forbidden', message: 'no' };
  });
  context.after(() => db.close());
  await online(db);
  let inner;
  const batch = db.batch(() => {
    inner = t.put('good', {});
    t.put('bad', {});
  });
  await assert.rejects(batch.acknowledged, { code: 'forbidden' });
  await assert.rejects(inner.acknowledged, { code: 'depends' });
  assert.equal(server.read('t', 'good'), undefined);
});

test('what was not sent can be cancelled', async (context) => {
  const { db, t } = await pair({}, (its) => its.stop());
  context.after(() => db.close());
  const write = t.put('a', {});
  assert.equal(db.cancel(write), true);
  assert.equal(t.get('a'), undefined);
  await assert.rejects(write.acknowledged, { code: 'cancelled' });
  assert.equal(write.state, 'cancelled');
  assert.equal(db.cancel(write), false);
  assert.equal(db.cancel({ key: 'nonsense' }), false);
});

/** Both sides change `title` of t/a while apart. */
async function clash(options) {
  const { server, db, t } = await pair(options);
  await online(db);
  const events = [];
  for (const name of ['merged', 'conflict']) db.on(name, (detail) => events.push([name, detail]));
  await t.put('a', { title: 'old', n: 0 }).acknowledged;
  await until(() => t.meta('a').pending === 0, 'settled');
  db.pause();
  await until(() => db.status().state === 'offline', 'paused');
  server.write('t', 'a', { title: 'theirs', n: 0, more: 1 });
  t.update('a', { title: 'mine', n: 5 });
  db.resume();
  return { server, db, t, events };
}

test('merge: fields of both, mine where they meet, and an event', async (context) => {
  const { server, db, t, events } = await clash();
  context.after(() => db.close());
  await until(() => server.read('t', 'a').title === 'mine', 'merged');
  await db.synced();
  assert.deepEqual(t.get('a'), { id: 'a', title: 'mine', n: 5, more: 1 });
  const [, told] = events.find(([name]) => name === 'merged');
  assert.deepEqual(
    [told.paths, told.base.title, told.mine.title, told.theirs.title],
    [['title'], 'old', 'mine', 'theirs'],
  );
});

test('manual: the conflict waits, and resolving it settles the write', async (context) => {
  const { server, db, t, events } = await clash({
    collections: { t: { policy: { default: 'merge', fields: { title: 'manual' } } } },
  });
  context.after(() => db.close());
  await until(() => db.conflicts().length === 1, 'a conflict');
  const [conflict] = db.conflicts();
  assert.equal(db.conflicts()[0], conflict);
  assert.deepEqual(
    [conflict.base.title, conflict.mine.title, conflict.theirs.title, conflict.paths],
    ['old', 'mine', 'theirs', ['title']],
  );
  assert.equal(t.get('a').title, 'mine');
  assert.equal(t.meta('a').conflict, true);
  assert.equal(db.status().conflicts, 1);
  assert.equal(events[0][0], 'conflict');
  await conflict.resolve({ title: 'both', n: 1 }).acknowledged;
  assert.deepEqual(server.read('t', 'a'), { title: 'both', n: 1 });
  assert.equal(db.conflicts().length, 0);
  assert.throws(() => conflict.resolve('mine'), { code: 'not-found' });
});

test('a function decides, and one that throws leaves it to the user', async (context) => {
  const policy = ({ mine, theirs }) => ({ title: `${mine.title}+${theirs.title}` });
  const one = await clash({ collections: { t: { policy } } });
  context.after(() => one.db.close());
  await until(() => one.server.read('t', 'a').title === 'mine+theirs', 'decided');
  const two = await clash({
    collections: {
      t: {
        policy: () => {
          throw new Error('no idea');
        },
      },
    },
    log: () => {},
  });
  context.after(() => two.db.close());
  await until(() => two.db.conflicts().length === 1, 'left to the user');
});

test('server: theirs stays', async (context) => {
  const { db, t } = await clash({ collections: { t: { policy: 'server' } } });
  context.after(() => db.close());
  await db.synced();
  await until(() => t.get('a').title === 'theirs', 'theirs');
  assert.equal(t.get('a').more, 1);
});

test('another user on the other side: nothing is shown or pushed', async (context) => {
  const { server, db, t } = await pair({ user: 'ada' }, (its) => {
    its.user = 'eve';
  });
  context.after(() => db.close());
  t.put('a', {});
  await until(() => db.status().state === 'user-mismatch', 'noticed');
  assert.equal(server.pushed.length, 0);
  assert.deepEqual(t.query()().rows, []);
  assert.equal(t.get('a'), undefined);
});

test('a token is asked for; a throw is later, null is signed out', async (context) => {
  const asked = [];
  const answers = [
    () => {
      throw new Error('no network');
    },
    () => 'secret',
  ];
  const { server, db } = await pair({
    log: () => {},
    token: async ({ reason, signal }) => {
      asked.push([reason, signal.aborted]);
      return answers.shift()();
    },
  });
  context.after(() => db.close());
  await online(db);
  assert.equal(server.hellos[0].token, 'secret');
  assert.deepEqual(asked[0], ['start', false]);
  assert.equal(asked.length, 2);
  const out = await pair({ token: () => null });
  context.after(() => out.db.close());
  await until(() => out.db.status().state === 'auth', 'signed out');
  assert.equal(out.server.hellos.length, 0);
});

test('a server of another version: stopped, with a reason, and no hammering', async (context) => {
  const { server, db } = await pair({ log: () => {} }, (its) => {
    its.error = { code: 'unsupported_version', message: 'this server speaks version 7' };
  });
  context.after(() => db.close());
  await until(() => db.status().state === 'stopped', 'stopped');
  assert.match(db.status().error.message, /version 7/);
  const { length } = server.hellos;
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(server.hellos.length, length);
});

test('a server that is not there is tried again ever more slowly', async (context) => {
  let tries = 0;
  const { db } = await pair({
    log: () => {},
    WebSocket: class {
      constructor() {
        tries++;
        setTimeout(() => this.onclose?.({ code: 1006, reason: '' }));
      }
      send() {}
      close() {}
    },
  });
  context.after(() => db.close());
  await new Promise((resolve) => setTimeout(resolve, 700));
  assert.ok(tries >= 1 && tries < 12, `${tries} tries in 700 ms`);
  assert.notEqual(db.status().state, 'online');
  await assert.rejects(db.collection('t').fetch('a', { signal: AbortSignal.timeout(50) }));
});

test('presence is said, and heard', async (context) => {
  const server = new FakeServer();
  const dbs = await Promise.all(
    ['p1', 'p2'].map((store) => open({ url: 'http://fake', store, WebSocket: server.WebSocket })),
  );
  context.after(() => Promise.all(dbs.map((db) => db.close())));
  const rooms = dbs.map((db) => db.presence('room'));
  const seen = [];
  rooms[0].subscribe((peers) => seen.push(peers));
  rooms[0].set({ name: 'one' });
  rooms[1].set({ name: 'two' });
  await until(() => rooms[0]().length === 2, 'both in the room');
  assert.deepEqual(
    rooms[0]()
      .map(({ self, state }) => [state.name, self])
      .sort(),
    [
      ['one', true],
      ['two', false],
    ],
  );
  for (let x = 0; x < 50; x++) rooms[1].set({ x });
  await until(() => rooms[0]().some(({ state }) => state.x === 49), 'the last state');
  assert.ok(seen.length < 12, 'slowed down');
  rooms[1].set(null);
  await until(() => rooms[0]().length === 1, 'left');
  dbs[0].pause();
  await until(() => rooms[0]().length === 0, 'nobody is known of without a connection');
  dbs[0].resume();
  await until(() => rooms[0]().length === 1, 'said again');
  assert.throws(() => rooms[0].set({ big: 'x'.repeat(5000) }), { code: 'too-large' });
});

test('closed: reads go on, writes say so', async () => {
  const { db, t } = await pair();
  await online(db);
  t.put('a', { n: 1 });
  await db.close();
  assert.equal(db.status().state, 'closed');
  assert.equal(t.get('a').n, 1);
  assert.throws(() => t.put('b', {}), { code: 'closed' });
  await assert.rejects(db.synced(), { code: 'closed' });
  assert.match(await (await db.export()).text(), /"n":1/);
  const again = await open({
    url: 'http://fake',
    store: `sync-${count}`,
    WebSocket: new FakeServer().WebSocket,
  });
  assert.notEqual(again, db);
  await again.close();
});

test('logout asks about unsent writes', async (context) => {
  const { server, db, t } = await pair({}, (its) => its.stop());
  context.after(() => db.close());
  t.put('a', {});
  await assert.rejects(db.logout(), { code: 'unsynced' });
  await assert.rejects(db.logout({ pending: 'nonsense' }), { code: 'usage' });
  server.start();
  await db.logout({ pending: 'push' });
  assert.deepEqual(server.read('t', 'a'), {});
  assert.equal(db.status().state, 'closed');
});
