import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { before, test } from 'node:test';

import { Requests, until } from './requests.mjs';
import { Server, Socket, folder, get, put, raw, status } from './world.mjs';

const client = (n) => `client-${String(n).padStart(8, '0')}`;
const subscribe = { type: 'subscribe', sub: 1, collection: 'a' };
const push = (...mutations) => ({ type: 'push', settled: 0, except: [], mutations });

let server;
before(async (t) => {
  const config = path.join(folder(t), 'rockpool.json');
  const allowedOrigins = ['https://app.example'];
  const limits = { bodySeconds: 1 };
  writeFileSync(config, JSON.stringify({ data: ':memory:', allowedOrigins, limits }));
  server = await Server.start(t, '--config', config, '--log-level', 'debug');
});

const descriptors = () => readdirSync(`/proc/${server.child.pid}/fd`).length;
const sessions = async () => {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const of = (kind) =>
    Number(
      new RegExp(`^rockpool_sessions\\{dialect="native",carrier="${kind}"\\} (\\d+)$`, 'm').exec(text)[1],
    );
  return { websocket: of('websocket'), sse: of('sse'), poll: of('poll') };
};

test('an event stream brings what POSTs cause, in order and numbered', async () => {
  const session = await Requests.begin(server.url, client(1));
  const answer = await session.listen();
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type'), 'text/event-stream');
  assert.equal(answer.headers.get('cache-control'), 'no-store, no-transform');
  assert.equal(answer.headers.get('x-accel-buffering'), 'no');
  await until(() => session.text.startsWith(':\n\n'), 'the first bytes');
  const said = await session.say(subscribe, push(put(1, 'a', 'sse', { n: 1 })));
  assert.deepEqual([said.status, said.body], [200, { n: 3 }]);
  assert.equal((await session.next('ack')).number, 1);
  await until(() => session.messages.some((m) => m.changes?.[0]?.id === 'sse'), 'the change');
  assert.deepEqual(
    session.ids,
    session.ids.map((_, i) => i + 2),
  );
  assert.equal((await session.end()).status, 204);
  assert.equal(await session.closed, 'ended');
  assert.equal((await session.say({ type: 'ping' })).status, 404);
});

test('a poll waits for news, and an answer that was lost comes again', async () => {
  const session = await Requests.begin(server.url, client(2), {}, [subscribe]);
  await session.next('subscribed', { polls: true });
  await session.next('changes', { polls: true });
  const waiting = session.poll();
  const other = await Requests.begin(server.url, client(3));
  await other.say(push(put(1, 'a', 'poll', { n: 1 })));
  const first = await waiting;
  assert.equal(first.body.messages[0].changes[0].id, 'poll');
  const again = await session.poll(first.body.n - 1);
  assert.deepEqual(again.body, first.body);
  await session.end();
  await other.end();
});

test('a session has one reader, the last that came', async () => {
  const session = await Requests.begin(server.url, client(4));
  const first = session.poll();
  await until(() => sessions().then((s) => s.poll > 0), 'the session');
  const stream = session.listen();
  const refused = await first;
  assert.equal(refused.status, 409);
  assert.equal(refused.body.error.code, 'closed');
  await stream;
  await until(async () => (await sessions()).sse === 1, 'an event stream in the figures');
  await session.end();
  await until(async () => (await sessions()).sse === 0, 'its end in the figures');
});

test('clients that go away without a word leave nothing behind', async () => {
  const before = descriptors();
  const made = await Promise.all(
    Array.from({ length: 20 }, (_, i) => Requests.begin(server.url, client(100 + i))),
  );
  const sockets = made.flatMap((session, i) => [
    hang(get(i % 2 ? '/v1/events' : '/v1/poll', `Rockpool-Session: ${session.id}`)),
    hang(halfPost(session.id)),
  ]);
  await until(async () => (await sessions()).sse === 10, 'streams');
  for (const socket of sockets) socket.resetAndDestroy();
  await until(async () => (await sessions()).sse === 0, 'streams gone');
  for (const session of made) {
    assert.deepEqual((await session.say({ type: 'ping' })).body, { n: 2 }, 'half a body takes no number');
    await session.end();
  }
  await until(async () => (await sessions()).poll === 0, 'sessions gone');
  // fetch keeps some connections.
  await until(() => descriptors() <= before + 25, 'descriptors given back');
  await until(async () => Number(await server.metric('rockpool_carriers')) <= 1, 'carriers gone');
});

const halfPost = (session) =>
  get('/v1/messages', `Rockpool-Session: ${session}`, 'Content-Length: 99').replace('GET', 'POST') + '{';

function hang(text) {
  const socket = net.connect(server.port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(text);
  return socket;
}

test('a reader that takes nothing is waited for, loses nothing, and holds nobody up', async () => {
  const slow = await Requests.begin(server.url, client(5), {}, [subscribe]);
  const socket = hang(get('/v1/events', `Rockpool-Session: ${slow.id}`));
  socket.pause();
  const fast = await Requests.begin(server.url, client(6));
  await fast.listen();
  await fast.say(subscribe);
  await fast.next('subscribed');
  const text = 'x'.repeat(300_000);
  for (let i = 1; i <= 8; i++) {
    await fast.say(push(put(i, 'a', `big${i}`, text)));
    assert.equal((await fast.next('ack')).number, i);
  }
  socket.destroy();
  await slow.listen();
  const came = () => slow.messages.filter((m) => m.type === 'changes').flatMap((m) => m.changes);
  await until(async () => {
    assert.equal((await slow.say({ type: 'ping' })).status, 200); // which confirms what came, too
    return came().length === 8;
  }, 'all that was written');
  assert.deepEqual(
    came().map((change) => change.id),
    [1, 2, 3, 4, 5, 6, 7, 8].map((i) => `big${i}`),
  );
  await slow.end();
  await fast.end();
});

test('wrong requests are refused with a status and a code', async () => {
  const session = await Requests.begin(server.url, client(7));
  const url = `${server.url}/v1/messages`;
  assert.equal((await fetch(url)).status, 405);
  assert.equal((await fetch(url)).headers.get('allow'), 'POST, DELETE');
  assert.equal((await fetch(`${server.url}/v1/events`, { method: 'HEAD' })).status, 405);
  assert.equal((await session.post('{"n":2,"messages":[')).body.error.code, 'bad_message');
  assert.equal((await session.post({ n: 9, messages: [{ type: 'ping' }] })).status, 409);
  assert.equal((await session.post('x'.repeat((1 << 20) + 1))).status, 413);
  assert.equal((await fetch(`${server.url}/v1/poll?n=77`, { headers: session.headers() })).status, 400);
  const forged = session.id.replace(/./, (digit) => (digit === '0' ? '1' : '0'));
  for (const headers of [{ 'Rockpool-Session': forged }, {}]) {
    const answer = await fetch(`${server.url}/v1/poll?n=1`, { headers });
    assert.equal(answer.status, 404);
    assert.equal((await answer.json()).error.code, 'closed');
  }
  assert.equal((await session.post({ type: 'ping' }, {})).status, 400, 'no session begins without hello');
  assert.equal((await raw(server.port, halfPost(session.id), { silent: 4000 })).closed, true);
  assert.deepEqual((await session.say({ type: 'ping' })).body, { n: 2 });
  await session.end();
  assert.ok(!server.stderr.includes(session.id), 'a session id is a secret');
});

test('a refused hello has the status that fits', async () => {
  const hello = { type: 'hello', protocol: 1, client: client(8) };
  const session = new Requests(server.url);
  for (const [more, code, expected] of [
    [{ protocol: 2 }, 'unsupported_version', 400],
    [{ client: 'x' }, 'invalid', 400],
    [{ space: 'nowhere' }, 'forbidden', 403],
    [{ token: 'nonsense' }, 'auth', 401],
  ]) {
    const answer = await session.post({ ...hello, ...more });
    assert.equal(answer.status, expected, code);
    assert.equal(answer.body.messages[0].code, code);
  }
});

test('pages of other origins are asked first, and foreign ones kept out', async () => {
  const preflight = await fetch(`${server.url}/v1/messages`, {
    method: 'OPTIONS',
    headers: { Origin: 'https://app.example', 'Access-Control-Request-Method': 'POST' },
  });
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers.get('access-control-allow-origin'), 'https://app.example');
  assert.match(preflight.headers.get('access-control-allow-methods'), /GET, POST, PUT, PATCH, DELETE/);
  for (const name of ['content-type', 'rockpool-session', 'last-event-id']) {
    assert.ok(preflight.headers.get('access-control-allow-headers').includes(name), name);
  }
  const session = await Requests.begin(server.url, client(9));
  const stream = await session.listen({ Origin: 'https://app.example' });
  assert.equal(stream.headers.get('access-control-allow-origin'), 'https://app.example');
  const foreign = await fetch(`${server.url}/v1/poll?n=1`, {
    headers: session.headers({ Origin: 'https://evil.example' }),
  });
  assert.equal(foreign.status, 403);
  await session.end();
});

test('requests behind a poll that waits are answered after it', async () => {
  const session = await Requests.begin(server.url, client(10));
  const both = raw(
    server.port,
    get('/v1/poll?n=1', `Rockpool-Session: ${session.id}`) + get('/health', 'Connection: close'),
    { silent: 5000 },
  );
  await session.say({ type: 'ping' });
  const { text } = await both;
  assert.equal(text.match(/HTTP\/1\.1 200 OK/g).length, 2);
  assert.ok(text.indexOf('"pong"') < text.indexOf('"backplane"'));
  await session.end();
});

test('a client of HTTP/1.0 gets a stream that ends with its connection', async () => {
  const session = await Requests.begin(server.url, client(11));
  const answer = raw(server.port, `GET /v1/events?n=1&session=${session.id} HTTP/1.0\r\nHost: x\r\n\r\n`, {
    silent: 5000,
  });
  await session.say({ type: 'ping' });
  await until(async () => (await sessions()).sse === 1, 'the stream');
  await session.end();
  const { text, closed } = await answer;
  assert.equal(status({ text }), 200);
  assert.ok(!text.includes('chunked'));
  assert.ok(text.endsWith(':\n\nid: 2\ndata: {"type":"pong"}\n\n'), text);
  assert.ok(closed);
});

test('a session over requests and a WebSocket see each other', async () => {
  const socket = await Socket.open(server.port);
  await socket.hello(client(12));
  socket.send({ type: 'presence', room: 'lobby', watch: true });
  await socket.next('presence');
  const session = await Requests.begin(server.url, client(13));
  await session.say({ type: 'presence', room: 'lobby', member: 'tab', state: { here: true } });
  assert.deepEqual((await socket.next('presence')).members[0].state, { here: true });
  await session.end();
  assert.equal((await socket.next('presence')).members[0].state, null);
  socket.close();
});
