// Each limit under, at and over: what fits is served as if there were none, what does not is said by name.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';

import { Requests } from './requests.mjs';
import { Server, Socket, folder, get, put, raw, run, status } from './world.mjs';

const secret = 'a-secret-of-at-least-32-bytes-for-tests';
const limits = {
  connectionsPerUser: 3,
  messagesPerSecond: 1,
  messagesBurst: 100,
  userMessagesPerSecond: 1,
  userMessagesBurst: 150,
  subscriptions: 5,
  calls: 2,
};
let server;
let config;
before(async (t) => {
  config = path.join(folder(t), 'rockpool.json');
  writeFileSync(config, JSON.stringify({ data: ':memory:', jwt: { secret }, limits }));
  server = await Server.start(t, '--config', config);
});

let made = 0;
const client = () => `client-${String(++made).padStart(8, '0')}`;
const met = async (name, of = server) => {
  const text = await (await fetch(`${of.url}/metrics`)).text();
  return Number(new RegExp(`^rockpool_limit_total\\{limit="${name}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
};
// The hub's figures are published a moment later.
async function counted(name, act) {
  const before = await met(name);
  await act();
  for (let i = 0; i < 100 && (await met(name)) === before; i++) await new Promise((go) => setTimeout(go, 50));
  assert.ok((await met(name)) > before, `${name} is not counted`);
}
const open = async (more) => {
  const socket = await Socket.open(server.port);
  await socket.hello(client(), more);
  return socket;
};
const tokenOf = (user) => run('token', '--config', config, '--user', user).stdout.trim();
const answer = async (bytes) => status(await raw(server.port, bytes));

for (const [name, limit, statusPast, bytesOf] of [
  ['request_line', 8192, 414, (size) => get(`/${'x'.repeat(size - 'GET / HTTP/1.1'.length)}`)],
  ['head', 16384, 431, (size) => get('/', `X: ${'x'.repeat(size - get('/', 'X: ').length)}`)],
  ['header_fields', 100, 431, (size) => get('/', ...Array(size - 1).fill('X: 1'))],
]) {
  test(`${name}: ${limit} and one less are read, one more is ${statusPast}`, async () => {
    assert.equal(await answer(bytesOf(limit - 1)), 404);
    assert.equal(await answer(bytesOf(limit)), 404);
    await counted(name, async () => assert.equal(await answer(bytesOf(limit + 1)), statusPast));
  });
}

test('body: 1 MiB and one byte less are read, one more is 413, declared or not', async () => {
  const head = (...fields) => ['POST /v1/messages HTTP/1.1', 'Host: x', ...fields, '', ''].join('\r\n');
  const filler = (size) => `"${'x'.repeat(size - 2)}"`;
  const declared = (size) => head(`Content-Length: ${size}`) + filler(size);
  const chunked = (size) =>
    `${head('Transfer-Encoding: chunked')}${size.toString(16)}\r\n${filler(size)}\r\n0\r\n\r\n`;
  for (const of of [declared, chunked]) {
    assert.equal(await answer(of((1 << 20) - 1)), 400, 'read, and no message');
    assert.equal(await answer(of(1 << 20)), 400);
    await counted('body', async () => assert.equal(await answer(of((1 << 20) + 1)), 413));
  }
});

test('chunk_extras: 4 KiB of extensions are passed over, more is 400', async () => {
  const of = (size) =>
    `POST /v1/messages HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n` +
    `2;${'x'.repeat(size - 1)}\r\n[]\r\n0\r\n\r\n`;
  assert.equal(await answer(of(4000)), 400, 'read, and no hello');
  await counted('chunk_extras', async () => assert.equal(await answer(of(5000)), 400));
});

test('message: 1 MiB is read, one byte more closes with 1009', async () => {
  const socket = await open();
  const of = (size) => `"${'x'.repeat(size - 2)}"`;
  for (const size of [(1 << 20) - 1, 1 << 20]) {
    socket.send(of(size));
    assert.equal((await socket.next('error')).code, 'bad_message');
  }
  await counted('message', async () => {
    socket.frame(1, Buffer.from(of((1 << 20) + 1)));
    assert.equal(await socket.closed(), 1009);
  });
});

test('fragments: 1,024 are one message, one more closes with 1008', async () => {
  const pieces = async (count) => {
    const socket = await open();
    socket.frame(1, Buffer.from('"'), { first: 0x01 });
    for (let i = 0; i < count - 2; i++) socket.frame(0, Buffer.from('x'), { first: 0x00 });
    socket.frame(0, Buffer.from('"'));
    return socket;
  };
  for (const count of [1023, 1024])
    assert.equal((await (await pieces(count)).next('error')).code, 'bad_message');
  await counted('fragments', async () => assert.equal(await (await pieces(1025)).closed(), 1008));
});

test('control_frames: 100 at once are answered, many more close with 1008', async () => {
  const socket = await open();
  for (let i = 0; i < 100; i++) socket.frame(9, Buffer.alloc(0));
  await socket.until(() => socket.pongs.length === 100);
  await counted('control_frames', async () => {
    for (let i = 0; i < 200; i++) socket.frame(9, Buffer.alloc(0));
    assert.equal(await socket.closed(), 1008);
  });
});

test('messages: what is over is turned down by name, each mutation of it by number', async () => {
  const socket = await open();
  for (let i = 1; i < 100; i++) socket.send({ type: 'ping' });
  await socket.until(() => socket.messages.filter((m) => m.type === 'pong').length === 99);
  await counted('messages', async () => {
    for (let i = 0; i < 20; i++) socket.send({ type: 'ping' });
    socket.send({ type: 'push', settled: 0, except: [], mutations: [put(1, 'notes', 'a', {})] });
    const error = await socket.next('error');
    assert.equal(error.code, 'overloaded');
    assert.equal(error.retryAfter, 1000);
    const refuse = await socket.next('refuse');
    assert.deepEqual([refuse.number, refuse.code], [1, 'overloaded']);
  });
  socket.close();
});

test('messages: a full batch of 1,000 always fits', async () => {
  const socket = await open();
  const mutations = Array.from({ length: 1000 }, (_, i) => put(i + 1, 'notes', `n${i}`, {}));
  socket.send({ type: 'push', settled: 0, except: [], mutations });
  await socket.until(() => socket.messages.filter((m) => m.type === 'ack').length === 1000);
  socket.send({
    type: 'push',
    settled: 0,
    except: [],
    mutations: [...mutations, put(1001, 'notes', 'more', {})],
  });
  assert.equal((await socket.next('error')).code, 'bad_message');
  socket.close();
});

test('connections_per_user: the fourth of a user is sent away until one goes', async () => {
  const token = tokenOf('ada');
  const first = await open({ token });
  await open({ token });
  const third = await Requests.begin(server.url, client(), { token });
  await counted('connections_per_user', async () => {
    const fourth = await Socket.open(server.port);
    fourth.send({ type: 'hello', protocol: 1, client: client(), token });
    assert.equal((await fourth.next('error')).code, 'overloaded');
    assert.equal(await fourth.closed(), 1013);
  });
  await assert.rejects(Requests.begin(server.url, client(), { token }), /503/);
  await open({ token: tokenOf('bob') });
  await third.end();
  await open({ token });
  first.close();
});

test('messages_of_user: sessions of a user share what the user may say', async () => {
  const token = tokenOf('eve');
  const [one, two] = [await open({ token }), await open({ token })];
  for (const socket of [one, two]) for (let i = 0; i < 80; i++) socket.send({ type: 'ping' });
  await counted('messages_of_user', async () => {
    const error = await Promise.any([one.next('error'), two.next('error')]);
    assert.equal(error.code, 'overloaded');
  });
});

test('subscriptions: five are served, the sixth is refused by its sub', async () => {
  const socket = await open();
  for (let sub = 1; sub <= 6; sub++) socket.send({ type: 'subscribe', sub, collection: `c${sub}` });
  await counted('subscriptions', async () => {
    const error = await socket.next('error');
    assert.deepEqual([error.code, error.sub], ['quota', 6]);
  });
  socket.send({ type: 'unsubscribe', sub: 1 });
  socket.send({ type: 'subscribe', sub: 7, event: 'bell' });
  await socket.until(() => socket.messages.some((m) => m.type === 'subscribed' && m.sub === 7));
  socket.close();
});

test('calls: two are open, the third ends at once', async () => {
  const [provider, caller] = [await open(), await open()];
  provider.send({ type: 'provide', rpc: 'slow' });
  provider.send({ type: 'ping' });
  await provider.next('pong');
  await counted('calls', async () => {
    for (let id = 1; id <= 3; id++) caller.send({ type: 'call', id, rpc: 'slow' });
    const result = await caller.next('result');
    assert.deepEqual([result.id, result.error.code], [3, 'quota']);
  });
});

test('json: depth 64 is data, one more is refused', async () => {
  const socket = await open();
  const deep = (levels) => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
  const push = (n, levels) =>
    socket.send({ type: 'push', settled: 0, except: [], mutations: [put(n, 'deep', `d${n}`, deep(levels))] });
  push(1, 63);
  await socket.next('ack');
  push(2, 64);
  await socket.next('ack');
  push(3, 65);
  assert.equal((await socket.next('refuse')).number, 3);
  socket.close();
});

test('record names have up to 2,048 bytes, those of collections 256', async () => {
  const socket = await open();
  const push = (n, collection, id) =>
    socket.send({ type: 'push', settled: 0, except: [], mutations: [put(n, collection, id, {})] });
  push(1, 'x'.repeat(256), 'y'.repeat(2048));
  await socket.next('ack');
  push(2, 'x'.repeat(257), 'y');
  assert.equal((await socket.next('refuse')).number, 2);
  push(3, 'x', 'y'.repeat(2049));
  assert.equal((await socket.next('refuse')).number, 3);
  socket.send({ type: 'subscribe', sub: 1, collection: 'x'.repeat(256), snapshot: true });
  assert.equal((await socket.next('snapshot')).records[0].id.length, 2048);
  socket.close();
});

// Pushes of one socket, each answered by what became of it.
function pusher(socket, collection) {
  let number = 0;
  return async (more) => {
    number += 1;
    const mutation = { ...put(number, collection, `r${number}`, {}), ...more };
    socket.send({ type: 'push', settled: 0, except: [], mutations: [mutation] });
    const isAnswer = ({ type }) => ['ack', 'refuse', 'conflict', 'error'].includes(type);
    await socket.until(() => socket.messages.some(isAnswer));
    const [answer] = socket.messages.splice(socket.messages.findIndex(isAnswer), 1);
    return answer.code ?? answer.type;
  };
}

test('json: keys of 1 KiB and 10,000 of them, 100,000 values are data, one more is refused', async () => {
  const push = pusher(await open(), 'wide');
  const named = (bytes) => ({ ['k'.repeat(bytes)]: 1 });
  const keys = (count) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 1]));
  const values = (count) => Array(count - 1).fill(1);
  for (const [fits, past, answer] of [
    [named(1024), named(1025), 'bad_message'],
    [keys(10_000), keys(10_001), 'bad_message'],
    [values(100_000), values(100_001), 'too_large'],
  ]) {
    assert.equal(await push({ data: fits }), 'ack');
    assert.equal(await push({ data: past }), answer);
  }
});

test('paths have up to 64 steps, array indexes go up to 10,000', async () => {
  const push = pusher(await open(), 'paths');
  const nested = (levels) => JSON.parse('{"a":'.repeat(levels) + '1' + '}'.repeat(levels));
  assert.equal(await push({ id: 'deep', data: nested(63) }), 'ack');
  const add = (id, path) => ({ id, op: 'add', path, value: 1, base: undefined, data: undefined });
  assert.equal(await push(add('deep', '/a'.repeat(63))), 'ack');
  assert.equal(await push(add('deep', '/b'.repeat(64))), 'invalid', 'read, and nothing is there');
  assert.equal(await push(add('deep', '/a'.repeat(65))), 'invalid');
  assert.equal(await push({ id: 'list', data: Array(10_002).fill(1) }), 'ack');
  assert.equal(await push(add('list', '/10000')), 'ack');
  assert.equal(await push(add('list', '/10001')), 'invalid');
});

test('presence_rooms: a connection is in 100, one more is refused', async (t) => {
  const file = path.join(folder(t), 'rockpool.json');
  writeFileSync(file, JSON.stringify({ data: ':memory:' }));
  const roomy = await Server.start(t, '--config', file);
  const socket = await Socket.open(roomy.port);
  await socket.hello(client());
  for (let i = 1; i <= 101; i++) {
    socket.send({ type: 'presence', room: `room ${i}`, member: 'm', state: {} });
    assert.equal(socket.messages.filter(({ type }) => type === 'error').length, 0);
  }
  assert.equal((await socket.next('error')).code, 'quota');
  for (let i = 0; i < 100 && !(await met('presence_rooms', roomy)); i++)
    await new Promise((go) => setTimeout(go, 50));
  assert.equal(await met('presence_rooms', roomy), 1);
  socket.close();
});

test('space_bytes: what fits is stored, what does not is refused until something goes', async (t) => {
  const file = path.join(folder(t), 'rockpool.json');
  writeFileSync(file, JSON.stringify({ data: ':memory:', limits: { spaceBytes: 1_048_576 } }));
  const small = await Server.start(t, '--config', file);
  const socket = await Socket.open(small.port);
  await socket.hello(client());
  const push = pusher(socket, 'full');
  const text = 'x'.repeat(500_000);
  assert.equal(await push({ id: 'a', data: text }), 'ack');
  assert.equal(await push({ id: 'b', data: text }), 'ack');
  assert.equal(await push({ id: 'c', data: text }), 'quota');
  assert.equal(await push({ id: 'a', op: 'delete', data: undefined, base: 1 }), 'ack');
  assert.equal(await push({ id: 'c', data: text }), 'ack');
  for (let i = 0; i < 100 && !(await met('space_bytes', small)); i++)
    await new Promise((go) => setTimeout(go, 50));
  assert.equal(await met('space_bytes', small), 1);
  socket.close();
});
