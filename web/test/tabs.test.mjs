import assert from 'node:assert/strict';
import test from 'node:test';
import { Browser } from './browser.mjs';
import { FakeServer, until } from './server.mjs';

/** A server and a browser with some tabs, of which the first leads. */
async function tabs(context, count, options = () => ({})) {
  const server = new FakeServer();
  const browser = new Browser();
  browser.install();
  const open = [];
  for (let i = 0; i < count; i++) {
    const db = await browser.tab(context, { WebSocket: server.WebSocket, ...options(i) });
    db.collection('notes')
      .query({})
      .subscribe(() => {});
    open.push(db);
  }
  const all = { server, browser, open };
  if (count) await until(() => open.every((db) => db.status().state === 'online'), 'online');
  return all;
}

const leaders = (open) => open.filter((db) => db.status().leader);
const names = (said) => said.map(([name]) => name);
const code = (promise) =>
  promise.then(
    () => 'resolved',
    (error) => error.code,
  );
/** The name of the one store's lock. */
const lockOf = ({ databases }) => [...databases.all.keys()][0];
const steal = ({ locks, databases }) =>
  locks.request(lockOf({ databases }), { steal: true }, () => {}).catch(() => {});

test('one of three tabs leads, over one connection, and all show the same', async (context) => {
  const { server, open } = await tabs(context, 3);
  const [first, second, third] = open;
  assert.deepEqual(leaders(open), [first]);
  assert.equal(server.sockets.size, 1);
  const write = second.collection('notes').put('a', { n: 1 });
  assert.equal(second.collection('notes').get('a').n, 1);
  assert.equal(write.state, 'accepted');
  await write.durable;
  await write.acknowledged;
  await until(() => third.collection('notes').get('a')?.n === 1, 'the write in the third');
  server.write('notes', 'b', { n: 2 });
  for (const db of open) await until(() => db.collection('notes').get('b')?.n === 2, 'news');
  assert.equal(server.sockets.size, 1);
});

test('when the leader closes the next one leads, with what was written', async (context) => {
  const { server, open } = await tabs(context, 3);
  await open[1].collection('notes').put('a', { n: 1 }).acknowledged;
  await open[0].close();
  await until(() => leaders(open.slice(1)).length === 1, 'another leads');
  const [next] = leaders(open.slice(1));
  await until(() => next.status().state === 'online', 'online');
  for (const db of open.slice(1)) assert.equal(db.collection('notes').get('a').n, 1);
  await open[2].collection('notes').update('a', { n: 2 }).acknowledged;
  assert.equal(server.read('notes', 'a').n, 2);
  assert.equal(server.sockets.size, 1);
});

test('what the leader refuses is refused where it was written, and told there alone', async (context) => {
  const { open } = await tabs(context, 2);
  const [leader, follower] = open;
  const told = open.map((db) => {
    const heard = [];
    db.on('refused', (info) => heard.push(info.key));
    return heard;
  });
  const write = follower.collection('notes').insert({ id: 'same', by: 'follower' });
  leader.collection('notes').insert({ id: 'same', by: 'leader' });
  assert.equal(await code(write.durable), 'exists');
  assert.equal(await code(write.acknowledged), 'exists');
  assert.equal(write().error.code, 'exists');
  await until(() => told[1].length === 1, 'the event');
  assert.deepEqual(told, [[], [write.key]]);
  assert.equal(follower.collection('notes').get('same').by, 'leader');
  assert.equal(follower.pending().filter(({ state }) => state === 'refused').length, 1);
  follower.dismiss(write);
  await until(() => follower.status().refused === 0, 'dismissed');
});

test('a message that the leader missed is asked for again, in order', async (context) => {
  const { server, browser, open } = await tabs(context, 2);
  const [leader, follower] = open;
  let missed = 0;
  browser.misses = (tab, [name, , , , asks]) =>
    tab === leader.tab && name === 'do' && asks.some((ask) => ask.length === 2) && ++missed === 1;
  const first = follower.collection('notes').insert({ id: 'a', n: 1 });
  await until(() => missed > 0, 'the message was lost');
  const second = follower.collection('notes').increment('a', 'n', 1);
  await until(() => second.state === 'acknowledged' || second.state === 'refused', 'an answer', 4000);
  assert.deepEqual([first.state, second.state], ['acknowledged', 'acknowledged']);
  assert.deepEqual(server.read('notes', 'a'), { n: 2 });
});

test('what a leader took and never stored is given to the next one, and done once', async (context) => {
  const { server, browser, open } = await tabs(context, 2);
  const [leader, follower] = open;
  await follower.collection('notes').put('sum', { n: 0 }).acknowledged;
  const disk = browser.databases.all.get(lockOf(browser));
  disk.halted = true;
  const write = follower.collection('notes').increment('sum', 'n', 1);
  await until(() => leader.collection('notes').get('sum').n === 1, 'the leader has it');
  assert.equal(write.state, 'accepted');
  steal(browser);
  disk.go();
  await until(() => leaders(open).length === 1 && leaders(open)[0].status().state === 'online', 'a leader');
  await write.acknowledged;
  for (const db of open) await until(() => db.collection('notes').get('sum').n === 1, 'one');
  assert.equal(server.read('notes', 'sum').n, 1);
});

test('a tab that takes its time to read the store is not taken for a dead one', async (context) => {
  const { browser, open } = await tabs(context, 3);
  const disk = browser.databases.all.get(lockOf(browser));
  disk.halted = true;
  const said = (which) => browser.said.filter(([name]) => name === which);
  const closing = open[0].close();
  await until(() => new Set(said('hold').map(([, id]) => id)).size === 2, 'another holds it');
  // After four without an answer a tab takes the lock.
  const enough = said('ping').length + 5;
  await until(() => said('ping').length >= enough, 'pings', 9000);
  assert.equal(new Set(said('hold').map(([, id]) => id)).size, 2);
  disk.go();
  await closing;
  await until(() => leaders(open.slice(1)).length === 1, 'it leads');
});

test('a leader that knows nothing of its end stores nothing, and steps down', async (context) => {
  const { server, browser, open } = await tabs(context, 2);
  const [old, next] = open;
  await old.collection('notes').put('a', { n: 1 }).acknowledged;
  // Another tab has had the store since: its epoch is past.
  const rows = browser.databases.all.get(lockOf(browser)).rows;
  rows.set(rows.get('epoch'), 1);
  const before = [...rows.keys()];
  const write = old.collection('notes').put('a', { n: 2 });
  await until(() => names(browser.said).filter((name) => name === 'lead').length >= 2, 'it enters anew');
  assert.deepEqual(
    before.filter((key) => !rows.has(key)),
    [],
  );
  await write.acknowledged;
  for (const db of open) await until(() => db.collection('notes').get('a').n === 2, 'its write');
  assert.equal(server.read('notes', 'a').n, 2);
  assert.equal(leaders(open).length, 1);
  assert.equal(next.status().state, 'online');
});

test('logging out in a follower closes all tabs and wipes the store', async (context) => {
  const { browser, open } = await tabs(context, 3);
  await open[1].collection('notes').put('a', { n: 1 }).acknowledged;
  await open[2].synced();
  await open[2].logout();
  for (const db of open) await until(() => db.status().state === 'closed', 'closed');
  assert.deepEqual([...browser.databases.all.keys()], []);
  await until(() => browser.locks.names.length === 0, 'every lock is let go');
});

test('a tab that has closed can wipe the store all the same', async (context) => {
  const { browser, open } = await tabs(context, 2);
  await open[0].collection('notes').put('a', { n: 1 }).acknowledged;
  await open[1].close();
  await open[1].destroy();
  await until(() => open[0].status().state === 'closed', 'closed');
  assert.deepEqual([...browser.databases.all.keys()], []);
});

test('events and calls of a follower live on under the next leader', async (context) => {
  const { server, open } = await tabs(context, 3);
  const [leader, follower, other] = open;
  const heard = [];
  follower.event('bell').subscribe((data) => heard.push(data));
  follower.rpc.provide('double', (n) => 2 * n);
  await until(() => server.providers.size === 1, 'the wish at the server');
  await until(() => {
    assert.equal(leader.event('bell').emit('ding'), true);
    return heard.length > 0;
  }, 'an event');
  assert.equal(await other.rpc.call('double', 4), 8);
  await leader.close();
  await until(() => leaders([follower, other]).length === 1, 'another leads');
  await until(() => [follower, other].every((db) => db.status().state === 'online'), 'online');
  heard.length = 0;
  await until(() => {
    other.event('bell').emit('dong');
    return heard.includes('dong');
  }, 'an event again');
  await until(async () => (await other.rpc.call('double', 5).catch(() => 0)) === 10, 'a call again');
});

test('a tab of a newer version leads, and older ones write no more', async (context) => {
  const { server, browser, open } = await tabs(context, 2, () => ({ version: 1 }));
  const fresh = await browser.tab(context, { WebSocket: server.WebSocket, version: 2 });
  await until(() => fresh.status().leader, 'the newer one leads');
  for (const db of open) {
    await until(() => db.status().state === 'outdated', 'outdated');
    assert.throws(() => db.collection('notes').put('x', {}), { code: 'outdated' });
  }
  await fresh.collection('notes').put('a', { n: 1 }).acknowledged;
  for (const db of open) await until(() => db.collection('notes').get('a')?.n === 1, 'news');
});
