import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';

import { Server, Socket, folder, put, run, sleep } from './world.mjs';

const write = (client, number) => put(number, 'c', `${client}-${number}`, { n: number });

// Pushes as fast as the server answers; remembers every mutation that was acknowledged.
async function pushUntilCut(server, client, first, acked) {
  const socket = await Socket.open(server.port);
  const welcome = await socket.hello(client);
  let number = first;
  const cut = server.ended.then(() => 'cut');
  for (;;) {
    const mutations = Array.from({ length: 20 }, (_, i) => write(client, number + i));
    socket.send({ type: 'push', settled: 0, except: [], mutations });
    for (let i = 0; i < mutations.length; i++) {
      const answer = await Promise.race([socket.next('ack').catch(() => 'cut'), cut]);
      if (answer === 'cut') return { next: number + mutations.length, welcome };
      acked.set(answer.number, answer.version);
    }
    number += mutations.length;
  }
}

async function recordsOf(server, client) {
  const socket = await Socket.open(server.port);
  const welcome = await socket.hello(client);
  socket.send({ type: 'subscribe', sub: 's', collection: 'c' });
  const records = new Map();
  for (let done = false; !done;) {
    const chunk = await socket.next('snapshot');
    for (const record of chunk.records) records.set(record.id, record);
    done = chunk.done;
  }
  return { records, welcome, socket };
}

test('killed without a word in the middle of pushes, nothing acknowledged is lost or doubled', async (t) => {
  const data = path.join(folder(t), 'data');
  const client = 'client-kill-9';
  const acked = new Map();
  let first = 1;
  for (let round = 0; round < 5; round++) {
    const server = await Server.start(t, '--data', data);
    const pushing = pushUntilCut(server, client, first, acked);
    await sleep(150 + round * 70);
    await server.kill();
    first = (await pushing).next;
  }
  assert.ok(acked.size > 20, `only ${acked.size} were acknowledged`);
  const server = await Server.start(t, '--data', data);
  const { records, welcome, socket } = await recordsOf(server, client);
  for (const [number, version] of acked) {
    assert.equal(records.get(`${client}-${number}`)?.version, version, `${number}`);
  }
  assert.ok(welcome.highest >= Math.max(...acked.keys()));
  // What was under way at the cuts, and what was answered, sent again: each takes effect once.
  const again = Array.from({ length: Math.min(first - 1, 900) }, (_, i) => write(client, i + 1));
  socket.send({ type: 'push', settled: 0, except: [], mutations: again });
  for (let i = 0; i < again.length; i++) assert.equal((await socket.next('ack')).version, 1);
  assert.equal(await server.stop(), 0);
  assert.match(run('check', '--data', data).stdout, /everything fits together/);
});

test('SIGTERM says good-bye, stores what was accepted and ends with 0', async (t) => {
  const data = path.join(folder(t), 'data');
  const server = await Server.start(t, '--data', data);
  const socket = await Socket.open(server.port);
  await socket.hello('client-drain');
  const mutations = Array.from({ length: 500 }, (_, i) => put(i + 1, 'c', `${i}`, { i }));
  socket.send({ type: 'push', settled: 0, except: [], mutations });
  await socket.next('ack');
  const began = Date.now();
  const ended = server.stop();
  const bye = await socket.next('bye');
  assert.ok(bye.reconnectAfter >= 0);
  assert.equal(await ended, 0);
  assert.ok(Date.now() - began < 8000);
  const acks = 1 + socket.messages.filter((message) => message.type === 'ack').length;
  const held = Number(/(\d+) records/.exec(run('check', '--data', data).stdout)[1]);
  assert.ok(held >= acks, `${held} held, ${acks} acknowledged`);
});

test('SIGHUP without a configuration changes nothing', async (t) => {
  const server = await Server.start(t, '--data', ':memory:');
  server.child.kill('SIGHUP');
  await sleep(100);
  assert.equal((await fetch(`${server.url}/health`)).status, 200);
});

test('a client that reads nothing does not grow the server, which waits for it in the log', async (t) => {
  const server = await Server.start(t, '--data', ':memory:');
  const lazy = await Socket.open(server.port);
  await lazy.hello('client-lazy');
  lazy.send({ type: 'subscribe', sub: 's', collection: 'c' });
  await lazy.next('subscribed');
  lazy.stream.pause();
  const writer = await Socket.open(server.port);
  await writer.hello('client-busy');
  const data = 'x'.repeat(200_000);
  const stalled = () => server.metric('rockpool_limit_total\\{limit="queue"\\}');
  let met = 0;
  for (let number = 1; number <= 400 && met === 0; number++) {
    const mutations = [put(number, 'c', `${number % 10}-${number}`, data)];
    writer.send({ type: 'push', settled: number - 1, except: [], mutations });
    await writer.next('ack');
    if (number % 20 === 0) met = await stalled();
  }
  assert.equal(met, 1);
});

test("two clients see each other's writes in order, and a conflict names what is there", async (t) => {
  const server = await Server.start(t, '--data', ':memory:');
  const [ada, bob] = await Promise.all([Socket.open(server.port), Socket.open(server.port)]);
  await ada.hello('client-ada1');
  await bob.hello('client-bob1');
  bob.send({ type: 'subscribe', sub: 's', collection: 'c' });
  await bob.next('subscribed');
  await bob.next('snapshot');
  ada.send({ type: 'push', settled: 0, except: [], mutations: [put(1, 'c', 'a', { n: 1 })] });
  assert.equal((await ada.next('ack')).version, 1);
  let change;
  while (!change) change = (await bob.next('changes')).changes[0];
  assert.deepEqual([change.id, change.version, change.data], ['a', 1, { n: 1 }]);
  bob.send({ type: 'push', settled: 0, except: [], mutations: [put(1, 'c', 'a', { n: 2 })] });
  const conflict = await bob.next('conflict');
  assert.deepEqual([conflict.currentVersion, conflict.currentData], [1, { n: 1 }]);
});
