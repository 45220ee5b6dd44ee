// Requests that name what is not theirs, or is no more: each gets a status and a code, nobody else suffers.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';

import { Requests, until } from './requests.mjs';
import { Server, Socket, folder, put, run } from './world.mjs';

const secret = 'a-secret-of-at-least-32-bytes-for-tests';
const subscribe = (more) => ({ type: 'subscribe', sub: 1, collection: 'notes', ...more });
const push = (...mutations) => ({ type: 'push', settled: 0, except: [], mutations });

let made = 0;
const client = () => `client-${String(++made).padStart(8, '0')}`;

let config;
let server;
let ada;
before(async (t) => {
  config = path.join(folder(t), 'rockpool.json');
  writeFileSync(config, JSON.stringify({ data: ':memory:', jwt: { secret } }));
  server = await Server.start(t, '--config', config);
  ada = await Requests.begin(server.url, client(), { token: tokenOf('ada') });
  await ada.say(subscribe(), push(put(1, 'notes', 'diary', { text: 'of ada' })));
  await ada.next('ack', { polls: true });
});

function tokenOf(user) {
  const { status, stdout, stderr } = run('token', '--config', config, '--user', user);
  assert.equal(status, 0, stderr);
  return stdout.trim();
}

// The status and the code of a refusal, which says nothing of anybody's data or session.
async function refused(answer) {
  const { status } = answer;
  const body = answer instanceof Response ? await answer.json() : answer.body;
  const text = JSON.stringify(body);
  assert.ok(!text.includes(ada.id) && !text.includes('of ada'), text);
  return [status, body.error?.code];
}

async function isUnharmed(session) {
  const pong = session.next('pong', { polls: true });
  assert.equal((await session.say({ type: 'ping' })).status, 200);
  await pong;
}

const everywhere = (id) =>
  [
    ['POST', '/v1/messages'],
    ['DELETE', '/v1/messages'],
    ['GET', '/v1/poll?n=1'],
    ['GET', '/v1/events'],
  ].map(([method, target]) =>
    fetch(server.url + target, {
      method,
      headers: { 'Rockpool-Session': id },
      ...(method === 'POST' && { body: '{"type":"ping"}' }),
    }),
  );

for (const [what, id] of [
  ['forged', () => ada.id.replace(/^./, (digit) => (digit === '0' ? '1' : '0'))],
  ['shortened', () => ada.id.slice(1)],
  ['doubled', () => ada.id + ada.id],
  ['no id at all', () => '{"id":1}'],
]) {
  test(`a session id that is ${what} is nobody's`, async () => {
    for (const answer of await Promise.all(everywhere(id()))) {
      assert.deepEqual(await refused(answer), [404, 'closed']);
    }
    await isUnharmed(ada);
  });
}

test('the session of a WebSocket is not to be had over requests', async () => {
  const socket = await Socket.open(server.port);
  const { session } = await socket.hello(client());
  for (const answer of await Promise.all(everywhere(session))) {
    assert.deepEqual(await refused(answer), [404, 'closed']);
  }
  socket.send({ type: 'ping' });
  await socket.next('pong');
  socket.close();
});

test('a session that ended takes nothing and gives nothing', async () => {
  const session = await Requests.begin(server.url, client());
  assert.equal((await session.end()).status, 204);
  for (const answer of await Promise.all(everywhere(session.id))) {
    assert.deepEqual(await refused(answer), [404, 'closed']);
  }
  const late = await session.say(push(put(1, 'notes', 'late', {})));
  assert.deepEqual(await refused(late), [404, 'closed']);
});

test('of two polls at once the older one is sent home, and nothing is lost', async () => {
  const session = await Requests.begin(server.url, client());
  const n = session.received;
  const poll = () => fetch(`${server.url}/v1/poll?n=${n}`, { headers: session.headers() });
  const first = poll();
  await until(async () => Number(await server.metric('rockpool_carriers')) > 0, 'the first poll');
  const second = poll();
  const either = await Promise.race([first, second]);
  assert.deepEqual(await refused(either), [409, 'closed']);
  await session.say({ type: 'ping' });
  const answers = await Promise.all([first, second]);
  const other = answers.find((answer) => answer !== either);
  assert.equal(other.status, 200);
  assert.equal((await other.json()).messages[0].type, 'pong');
  await session.end();
});

test('a cursor of another history, or one that is none, begins anew', async (t) => {
  const elsewhere = await Server.start(t, '--data', ':memory:');
  const stranger = await Requests.begin(elsewhere.url, client());
  await stranger.say(subscribe(), push(put(1, 'notes', 'far', {})));
  await stranger.next('ack', { polls: true });
  const { cursor } = await stranger.next('snapshot', { polls: true });

  const session = await Requests.begin(server.url, client(), { token: tokenOf('bob') });
  await session.say(subscribe({ cursor }));
  assert.equal((await session.next('reset', { polls: true })).reason, 'other history');
  const { records } = await session.next('snapshot', { polls: true });
  assert.deepEqual(
    records.map((record) => record.id),
    ['diary'],
  );
  await session.say({ ...subscribe({ cursor: `${cursor}0` }), sub: 2 });
  assert.equal((await session.next('reset', { polls: true })).reason, 'other history');
  await isUnharmed(session);
  await session.end();
});

test('a token of another user changes nothing in a session', async () => {
  await ada.say({ type: 'auth', token: tokenOf('eve') });
  assert.equal((await ada.next('error', { polls: true })).code, 'auth');
  await isUnharmed(ada);
});

test("another user's client of the same id is another client", async () => {
  const id = client();
  const mine = await Requests.begin(server.url, id, { token: tokenOf('ada') });
  const theirs = await Requests.begin(server.url, id, { token: tokenOf('eve') });
  await theirs.say(subscribe());
  await theirs.next('subscribed', { polls: true });
  await isUnharmed(mine);
  await mine.end();
  await theirs.end();
});

test('half a message is none, and takes no number', async () => {
  for (const body of [
    '',
    '{',
    '{"n":2,"messages":[{"type":"push"',
    '[{"type":"ping"},',
    '{"n":2,"messages":{}}',
    '7',
  ]) {
    assert.deepEqual(await refused(await ada.post(body)), [400, 'bad_message'], body);
  }
  await isUnharmed(ada);
});

test('a new tab of the same client ends the session of a frozen one at once, its writes stay', async () => {
  const id = client();
  const frozen = await Requests.begin(server.url, id);
  await frozen.listen();
  await frozen.say(push(put(1, 'notes', 'frozen', { n: 1 })));
  const socket = await Socket.open(server.port);
  await socket.hello(id);
  assert.equal((await frozen.next('ack')).number, 1, 'a hello alone ends nothing');
  socket.send(push(put(1, 'notes', 'frozen', { n: 1 })));
  assert.equal((await socket.next('ack')).version, 1);
  assert.equal(await frozen.closed, 'ended');
  assert.deepEqual(await refused(await frozen.say({ type: 'ping' })), [404, 'closed']);
  const newer = await Requests.begin(server.url, id);
  await newer.say({ type: 'ping' });
  assert.equal(await socket.closed(), 1008);
  await newer.end();
});

test('too many sessions of an address are turned away until some end', async (t) => {
  const file = path.join(folder(t), 'rockpool.json');
  const limits = { connectionsPerAddress: 20, countLoopback: true };
  writeFileSync(file, JSON.stringify({ data: ':memory:', limits }));
  const small = await Server.start(t, '--config', file);
  const sessions = [];
  for (let i = 0; i < 20; i++) sessions.push(await Requests.begin(small.url, client()));
  const hello = { type: 'hello', protocol: 1, client: client() };
  const answer = await new Requests(small.url).post(hello, {});
  assert.deepEqual(await refused(answer), [429, 'overloaded']);
  assert.equal(answer.headers.get('retry-after'), '5');
  assert.equal((await sessions[0].say({ type: 'ping' })).status, 200);
  await sessions[1].end();
  assert.equal((await new Requests(small.url).post(hello, {})).status, 200);
});
