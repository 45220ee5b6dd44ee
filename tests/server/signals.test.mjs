// Events and calls between sessions on every binding.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { Requests } from './requests.mjs';
import { Server, Socket } from './world.mjs';

let server;
before(async (t) => {
  server = await Server.start(t, '--data', ':memory:');
});

let made = 0;
const client = () => `client-${String(++made).padStart(8, '0')}`;

// Each gives {say, next, end}.
const bindings = {
  async websocket() {
    const socket = await Socket.open(server.port);
    await socket.hello(client());
    return { say: async (m) => socket.send(m), next: (type) => socket.next(type), end: () => socket.close() };
  },
  async sse() {
    const session = await Requests.begin(server.url, client());
    await session.listen();
    return { say: (m) => session.say(m), next: (type) => session.next(type), end: () => session.end() };
  },
  async poll() {
    const session = await Requests.begin(server.url, client());
    return {
      say: (m) => session.say(m),
      next: (type) => session.next(type, { polls: true }),
      end: () => session.end(),
    };
  },
};

for (const [name, connect] of Object.entries(bindings)) {
  test(`events and calls over ${name}`, async () => {
    const page = await connect();
    const other = await bindings.websocket();
    await page.say({ type: 'subscribe', sub: 1, event: 'bell' });
    await page.next('subscribed');
    await other.say({ type: 'emit', event: 'bell', data: { n: 1 } });
    assert.deepEqual(await page.next('event'), { type: 'event', event: 'bell', data: { n: 1 } });

    const procedure = `sum-${name}`;
    await page.say({ type: 'provide', rpc: procedure });
    await page.say({ type: 'ping' });
    await page.next('pong');
    await other.say({ type: 'call', id: 7, rpc: procedure, data: [1, 2] });
    const asked = await page.next('rpc');
    assert.deepEqual([asked.rpc, asked.data], [procedure, [1, 2]]);
    await page.say({ type: 'result', id: asked.id, data: 3 });
    assert.deepEqual(await other.next('result'), { type: 'result', id: 7, data: 3 });

    await other.say({ type: 'provide', rpc: 'back' });
    await other.say({ type: 'ping' });
    await other.next('pong');
    await page.say({ type: 'call', id: 1, rpc: 'back' });
    await other.say({ type: 'result', id: (await other.next('rpc')).id, error: 'no' });
    assert.deepEqual(await page.next('result'), { type: 'result', id: 1, error: 'no' });

    await other.say({ type: 'call', id: 8, rpc: procedure });
    await page.next('rpc');
    await page.end();
    assert.equal((await other.next('result')).error.code, 'closed');
    await other.say({ type: 'call', id: 9, rpc: procedure });
    assert.equal((await other.next('result')).error.code, 'not_found');
    other.end();
  });
}

test('calls are counted, and a caller that vanishes leaves none behind', async () => {
  const provider = await bindings.websocket();
  await provider.say({ type: 'provide', rpc: 'never' });
  await provider.say({ type: 'ping' });
  await provider.next('pong');
  const caller = await bindings.websocket();
  for (let id = 1; id <= 101; id++) await caller.say({ type: 'call', id, rpc: 'never' });
  const refused = await caller.next('result');
  assert.deepEqual([refused.id, refused.error.code], [101, 'quota']);
  caller.end();
  for (let i = 0; i < 500 && (await server.metric('rockpool_calls')) > 0; i++)
    await provider.say({ type: 'ping' });
  assert.equal(await server.metric('rockpool_calls'), 0);
  provider.end();
});
