// SIGTERM: clients are told when to come back, what was pushed is stored, and nothing is done twice.
import assert from 'node:assert/strict';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';

import { Requests, until } from './requests.mjs';
import { Server, Socket, folder, get, put } from './world.mjs';

const client = 'client-00000001';
const push = (number) => ({
  type: 'push',
  settled: 0,
  except: [],
  mutations: [put(number, 'a', `r${number}`, number)],
});

// Each gives {say, next, ended}.
const bindings = {
  async websocket(server) {
    const socket = await Socket.open(server.port);
    await socket.hello(client);
    return {
      say: async (message) => socket.send(message),
      next: (type) => socket.next(type),
      got: (type) => socket.messages.find((message) => message.type === type),
      ended: () => socket.closed(),
      code: 1001,
    };
  },
  async sse(server) {
    const session = await Requests.begin(server.url, client);
    await session.listen();
    return {
      say: (message) => session.say(message),
      next: (type) => session.next(type),
      got: (type) => session.messages.find((message) => message.type === type),
      ended: () => session.closed,
      code: 'ended',
    };
  },
  async poll(server) {
    const session = await Requests.begin(server.url, client);
    let parked = session.poll();
    let gone;
    const goOn = async () => {
      try {
        while ((await parked).status === 200) parked = session.poll();
      } catch {
        // The server is down.
      }
      gone = 'gone';
    };
    goOn();
    return {
      say: (message) => session.say(message),
      next: (type) => session.next(type),
      got: (type) => session.messages.find((message) => message.type === type),
      ended: () => until(() => gone, 'the end').then(() => gone),
      code: 'gone',
    };
  },
};

async function records(server) {
  const socket = await Socket.open(server.port);
  await socket.hello('client-of-test');
  socket.send({ type: 'subscribe', sub: 1, collection: 'a', snapshot: true });
  const found = (await socket.next('snapshot')).records;
  socket.close();
  return found.map(({ id, version }) => [id, version]);
}

for (const [name, connect] of Object.entries(bindings)) {
  test(`a restart over ${name} says good-bye and repeats nothing`, async (t) => {
    const data = path.join(folder(t), 'data');
    const first = await Server.start(t, '--data', data);
    const page = await connect(first);
    await page.say(push(1));
    await page.next('ack');
    await page.say(push(2));
    const end = first.stop();
    const bye = await page.next('bye');
    assert.ok(bye.reconnectAfter >= 500 && bye.reconnectAfter <= 5000);
    assert.equal(await page.ended(), page.code);
    assert.equal(await end, 0);
    const answered = page.got('ack');

    const second = await Server.start(t, '--data', data);
    const stored = (await records(second)).length;
    assert.ok(!answered || stored === 2, 'what was acknowledged is stored');
    const again = await connect(second);
    await again.say(push(2));
    const ack = await again.next('ack');
    assert.deepEqual([ack.number, ack.version], [2, 1]);
    if (answered) assert.deepEqual(ack, answered);
    assert.deepEqual(await records(second), [
      ['r1', 1],
      ['r2', 1],
    ]);
  });
}

test('a server that goes is not ready, and ends although a client stays', async (t) => {
  const server = await Server.start(t, '--data', ':memory:');
  const stays = await Socket.open(server.port);
  await stays.hello(client);
  // Its answer is the connection's last one, but it comes.
  const slow = net.connect(server.port, '127.0.0.1');
  let said = '';
  slow.on('data', (bytes) => (said += bytes));
  slow.on('error', () => {});
  slow.write('GET /ready HTTP/1.1\r\nHost: x\r\n');
  await until(() => slow.bytesWritten > 0 && !slow.connecting, 'half a request');
  const end = server.stop();
  await stays.next('bye');
  slow.write('\r\n');
  await until(() => said !== '', 'an answer');
  assert.match(said, /^HTTP\/1\.1 503 .*not ready/s);
  assert.equal(await end, 0);
});
