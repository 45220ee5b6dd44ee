// Readers that do not keep up: bounded memory, nothing lost, no reconnect, and nobody else waits for them.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { Requests } from './requests.mjs';
import { becomes, rss } from './watch.mjs';
import { Server, Socket, folder, put, sleep } from './world.mjs';

const text = 'x'.repeat(20_000);
const limitMet = (server, name) => server.metric(`rockpool_limit_total\\{limit="${name}"\\}`);

async function start(t, limits = {}) {
  const config = path.join(folder(t), 'rockpool.json');
  writeFileSync(config, JSON.stringify({ data: ':memory:', limits }));
  return Server.start(t, '--config', config);
}

class Publisher {
  static async of(server) {
    const made = new Publisher();
    made.socket = await Socket.open(server.port);
    await made.socket.hello('client-that-publishes');
    return made;
  }
  n = 0;
  // Two collections at once: what belongs together has to stay so. Each is acknowledged before the next.
  async write(count) {
    for (let i = 0; i < count; i++) {
      const id = `r${++this.n}`;
      const batch = [put(2 * this.n - 1, 'a', id, { text }), put(2 * this.n, 'b', id, { n: this.n })];
      this.socket.send({ type: 'push', settled: 0, except: [], mutations: [{ batch }] });
      await this.socket.next('ack');
      await this.socket.next('ack');
    }
  }
}

async function listener(server, client) {
  const socket = await Socket.open(server.port);
  await socket.hello(client);
  for (const collection of ['a', 'b']) {
    socket.send({ type: 'subscribe', sub: collection, collection, snapshot: true });
    await socket.next('subscribed');
  }
  await socket.until(() => socket.messages.filter((m) => m.type === 'changes').length === 2);
  socket.messages.length = 0;
  return socket;
}

const seen = (socket, topic) =>
  socket.messages
    .filter((m) => m.type === 'changes' && m.topic === topic)
    .flatMap((m) => m.changes.map((change) => change.id));
const ids = (count) => Array.from({ length: count }, (_, i) => `r${i + 1}`);

test('a reader that stalls goes on where it was, in order, with nothing lost or doubled', async (t) => {
  const server = await start(t);
  const publisher = await Publisher.of(server);
  const reader = await listener(server, 'client-that-stalls');
  reader.stream.pause();
  await publisher.write(600); // 12 MB, far more than queue and socket hold
  assert.ok((await limitMet(server, 'queue')) >= 1, 'it was taken off its topics');
  assert.equal(await limitMet(server, 'queue_hard'), 0);
  reader.stream.resume();
  await reader.until(() => seen(reader, 'c:b').length >= 600);
  await publisher.write(10);
  await reader.until(() => seen(reader, 'c:b').length >= 610);
  assert.deepEqual(seen(reader, 'c:a'), ids(610));
  assert.deepEqual(seen(reader, 'c:b'), ids(610));
  assert.equal(reader.ended, false);
  // What one batch did is told in one frame, with one cursor.
  for (const message of reader.messages.filter((m) => m.topic === 'c:b')) {
    const beside = reader.messages.filter((m) => m.topic === 'c:a' && m.cursor === message.cursor);
    assert.equal(beside.length, 1);
    assert.deepEqual(
      beside[0].changes.map((change) => change.id),
      message.changes.map((change) => change.id),
    );
  }
});

test('a reader that never resumes costs little, and is told to come back', async (t) => {
  const server = await start(t, { queueSeconds: 2 });
  const publisher = await Publisher.of(server);
  const readers = [];
  for (let i = 0; i < 8; i++) readers.push(await listener(server, `client-that-sleeps-${i}`));
  const other = await listener(server, 'client-that-keeps-up');
  readers.forEach((reader) => reader.stream.pause());
  await publisher.write(100);
  const before = rss(server.child.pid);
  await publisher.write(400); // 8 MB for each of 8
  // The records themselves are in memory once, and once in the recent log; 64 MB would be all the queues.
  assert.ok(rss(server.child.pid) < before + 45, `${rss(server.child.pid)} MiB, ${before} before`);
  await other.until(() => seen(other, 'c:b').length >= 500);
  assert.deepEqual(seen(other, 'c:a'), ids(500));
  assert.ok(await becomes(async () => (await limitMet(server, 'queue_time')) === 8));
  for (const reader of readers) {
    reader.stream.resume();
    await reader.until(() => reader.ended);
  }
  assert.equal(other.ended, false);
});

test('a session over requests that does not confirm is not filled either', async (t) => {
  const server = await start(t);
  const publisher = await Publisher.of(server);
  const session = await Requests.begin(server.url, 'client-over-requests', {}, [
    { type: 'subscribe', sub: 'a', collection: 'a', snapshot: true },
    { type: 'subscribe', sub: 'b', collection: 'b', snapshot: true },
  ]);
  while (session.messages.filter((m) => m.type === 'changes').length < 2) await session.poll();
  session.messages.length = 0;
  await publisher.write(200);
  await sleep(100);
  while (seen(session, 'c:b').length < 200) assert.equal((await session.poll()).status, 200);
  assert.deepEqual(seen(session, 'c:a'), ids(200));
  assert.deepEqual(seen(session, 'c:b'), ids(200));
});
