// The SDK over requests: event streams and polls.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { open } from '../../dist/index.node.js';
import { Requests } from './requests.mjs';
import { FakeServer } from './server.mjs';

const real = globalThis.fetch;
let server;
let requests;
beforeEach(() => {
  server = new FakeServer();
  requests = new Requests(server);
  globalThis.fetch = requests.fetch;
});
afterEach(() => {
  globalThis.fetch = real;
});

let stores = 0;
const options = (more) => ({
  url: 'http://fake.example',
  store: `carriers-${++stores}`,
  storage: 'memory',
  log: () => {},
  ...more,
});
const until = async (holds) => {
  for (let i = 0; i < 2000 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(holds(), String(holds));
};

for (const transport of ['sse', 'poll']) {
  test(`${transport}: writes go up, changes come down, closing ends the session`, async () => {
    const [a, b] = [
      await open(options({ transports: [transport] })),
      await open(options({ transports: [transport] })),
    ];
    b.collection('notes')
      .query()
      .subscribe(() => {});
    await until(() => b.status().state === 'online');
    assert.equal(b.status().transport, transport);
    const write = a.collection('notes').insert({ text: 'ä\u{1f600}' });
    await write.acknowledged;
    await until(() => b.collection('notes').get(write.id)?.text === 'ä\u{1f600}');
    await a.close();
    await b.close();
    await until(() => requests.sessions.size === 0);
  });

  test(`${transport}: an answer that is lost is asked for again, and nothing is applied twice`, async () => {
    const db = await open(options({ transports: [transport] }));
    const notes = db.collection('notes');
    await notes.insert({ id: 'n', count: 0 }).acknowledged;
    let posts = 0;
    requests.lose = (method) => method === 'POST' && posts++ % 2 === 0;
    for (let i = 0; i < 5; i++) notes.increment('n', 'count');
    await db.synced();
    assert.equal(notes.get('n').count, 5);
    assert.deepEqual(server.read('notes', 'n'), { count: 5 });
    assert.equal(server.hellos.length, 1, 'one session all along');
    await db.close();
  });
}

test('a stream that breaks goes on behind the last frame', async () => {
  const db = await open(options({ transports: ['sse'] }));
  const notes = db.collection('notes');
  await notes.insert({ id: 'n', step: 0 }).acknowledged;
  for (let step = 1; step <= 3; step++) {
    [...requests.sessions.values()][0].cut();
    await notes.update('n', { step }).acknowledged;
  }
  assert.equal(server.hellos.length, 1);
  assert.equal(requests.seen.filter((one) => one === 'GET /v1/events').length, 4);
  await db.close();
});

test('without a WebSocket the next carrier is taken at once, and status says which', async () => {
  class Blocked {
    constructor() {
      setTimeout(() => this.onclose?.({ code: 1006, reason: '' }));
    }
    close() {}
    send() {}
  }
  const db = await open(options({ WebSocket: Blocked }));
  db.collection('notes')
    .query()
    .subscribe(() => {});
  await until(() => db.status().state === 'online');
  assert.equal(db.status().transport, 'sse');
  await db.close();
});

test('a session that the server lost begins anew and says again what was not acknowledged', async () => {
  const db = await open(options({ transports: ['poll'] }));
  const notes = db.collection('notes');
  await notes.insert({ id: 'n', n: 1 }).acknowledged;
  server.stop();
  const write = notes.update('n', { n: 2 });
  await until(() => db.status().state === 'offline');
  server.start();
  await write.acknowledged;
  assert.equal(server.hellos.length, 2);
  await db.close();
});

test('a refused token is asked for again, and no third time', async () => {
  server.error = { type: 'error', code: 'auth', message: 'no', retryable: false };
  const reasons = [];
  const db = await open(
    options({
      transports: ['sse'],
      token: ({ reason }) => {
        reasons.push(reason);
        return 'stale';
      },
    }),
  );
  await until(() => db.status().state === 'auth');
  assert.deepEqual(reasons, ['start', 'refused']);
  server.error = undefined;
  db.resume();
  await until(() => db.status().state === 'online');
  await db.close();
});
