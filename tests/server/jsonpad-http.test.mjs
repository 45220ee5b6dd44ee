// JSONPad over real sockets: what the edge has a part in, and the program's tokens.
import assert from 'node:assert/strict';
import net from 'node:net';
import { test } from 'node:test';

import { add, api, basic, list, poll, start } from './jsonpad-world.mjs';
import { get, raw, run, sleep } from './world.mjs';

test('a poll waits, is answered, and its connection goes on', async (t) => {
  const world = await start(t);
  await list(world, 'a');
  const socket = net.connect(world.server.port, '127.0.0.1');
  t.after(() => socket.destroy());
  let text = '';
  socket.on('data', (bytes) => (text += bytes));
  const ask = () => socket.write(get('/jsonpad/lists/a', `Authorization: ${basic('user:realtime-token')}`));
  const until = async (holds) => {
    for (let i = 0; i < 500 && !holds(); i++) await sleep(10);
    assert.ok(holds(), text);
  };
  ask();
  await sleep(200);
  assert.equal(text, '', 'nothing has happened yet');
  const first = await add(world, 'a', { n: 1 });
  await until(() => text.includes(first.id));
  assert.match(text, new RegExp(`"object_id":${first.id},"event_type":"item-create"`));
  assert.doesNotMatch(text, /Connection: close/i);
  text = '';
  ask();
  await sleep(100);
  const second = await add(world, 'a', { n: 2 });
  await until(() => text.includes(second.id));
});

test('pages of other origins may use it', async (t) => {
  const world = await start(t);
  const origin = { Origin: 'https://app.example' };
  const preflight = await fetch(`${world.base}/lists`, {
    method: 'OPTIONS',
    headers: {
      ...origin,
      'Access-Control-Request-Method': 'GET',
      'Access-Control-Request-Headers': 'authorization',
    },
  });
  assert.equal(preflight.status, 204);
  assert.match(preflight.headers.get('access-control-allow-headers'), /authorization/i);
  assert.match(preflight.headers.get('access-control-allow-methods'), /PATCH/);
  for (const user of ['user:api-token', 'user:wrong', null]) {
    const answer = await api(world, 'GET', 'lists', undefined, { user, headers: origin });
    assert.equal(answer.status, user === 'user:api-token' ? 200 : 401);
    assert.equal(answer.headers.get('access-control-allow-origin'), '*');
  }
  const answer = await poll(world, 'lists?wait=0');
  assert.equal(answer.headers.get('access-control-expose-headers'), 'Rockpool-Cursor');
});

test('methods may come in lower case', async (t) => {
  const world = await start(t);
  await list(world, 'a');
  const body = '{"realtime_enabled":false}';
  const { text } = await raw(
    world.server.port,
    `put /jsonpad/api/v1.0/lists/a HTTP/1.1\r\nHost: x\r\nAuthorization: ${basic('user:api-token')}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  assert.match(text, /^HTTP\/1\.1 200 /);
  assert.match(text, /"realtime_enabled":false/);
});

test('an item that is too large is refused in the words of the API', async (t) => {
  const world = await start(t);
  await list(world, 'a');
  const answer = await api(world, 'POST', 'lists/a/items', JSON.stringify('x'.repeat(1 << 20)));
  assert.deepEqual(
    [answer.status, answer.json.error_code, answer.json.message],
    [413, 3001, 'data size is too large'],
  );
});

test('what the edge finds of a body is said in the words of the API, to pages too', async (t) => {
  const world = await start(t);
  await list(world, 'a');
  const head = [
    'POST /jsonpad/api/v1.0/lists/a/items HTTP/1.1',
    'Host: x',
    `Authorization: ${basic('user:api-token')}`,
    'Origin: https://a.test',
    'Content-Type: application/json',
    'Transfer-Encoding: chunked',
  ].join('\r\n');
  const send = async (chunk) => (await raw(world.server.port, `${head}\r\n\r\n${chunk}`)).text;
  const large = await send(`110000\r\n"${'x'.repeat(0x110000 - 2)}"\r\n0\r\n\r\n`);
  assert.match(large, /^HTTP\/1\.1 413 /);
  assert.match(large, /access-control-allow-origin: \*/i);
  assert.match(large, /"status_code":413,"error_code":3001,"message":"data size is too large"/);
  const broken = await send('no length\r\n');
  assert.match(broken, /^HTTP\/1\.1 400 /);
  assert.match(broken, /access-control-allow-origin: \*/i);
  assert.match(broken, /\{"status_code":400,"error_code":3000,"message":"[^"]+"\}$/);
});

test("the program's tokens are of both kinds", async (t) => {
  const world = await start(t, { more: { jwt: { secret: 'a secret of thirty-two bytes or more' } } });
  const words = ['token', '--user', 'ann', '--config', world.file];
  const token = run(...words).stdout.trim();
  const realtime = run(...words, '--realtime').stdout.trim();
  assert.equal((await api(world, 'GET', 'lists', undefined, { user: `ann:${token}` })).status, 200);
  assert.equal((await api(world, 'GET', 'lists', undefined, { user: `ben:${token}` })).status, 401);
  assert.equal((await api(world, 'GET', 'lists', undefined, { user: `ann:${realtime}` })).status, 403);
  assert.equal((await poll(world, 'lists?wait=0', { user: `ann:${token}` })).status, 403);
  assert.equal((await poll(world, 'lists?wait=0', { user: `ann:${realtime}` })).status, 200);
});

test('a poll times out on the real clock', async (t) => {
  const world = await start(t, { settings: { pollSeconds: 1 } });
  const began = Date.now();
  const answer = await poll(world, 'lists');
  assert.equal(answer.text, '{"object_id":null,"event_type":"timeout","event_data":null}');
  const took = Date.now() - began;
  assert.ok(took >= 900 && took < 15_000, `${took} ms`);
});

test('a poll whose client went leaves its place', async (t) => {
  const world = await start(t);
  await list(world, 'a');
  const gone = new AbortController();
  const waits = poll(world, 'lists/a', { signal: gone.signal }).catch(() => 'gone');
  const count = () =>
    world.server.metric('rockpool_sessions\\{dialect="jsonpad",carrier="poll"\\}').catch(() => undefined);
  const until = async (expected) => {
    let seen;
    for (let i = 0; i < 500 && (seen = await count()) !== expected; i++) await sleep(20);
    assert.equal(seen, expected);
  };
  await until(1);
  gone.abort();
  assert.equal(await waits, 'gone');
  await until(0);
});

test('polls are answered when the server ends', async (t) => {
  const world = await start(t);
  await list(world, 'a');
  const waits = poll(world, 'lists/a');
  await sleep(300);
  const ended = world.server.stop();
  assert.equal((await waits).json.event_type, 'timeout');
  assert.equal(await ended, 0);
});

test('a space of rules shows an account what the rules allow', async (t) => {
  const more = {
    spaces: { default: { access: 'rules', share: ['notes', 'news'] } },
    collections: {
      notes: { rules: { read: 'owner', write: 'owner', create: 'user' } },
      news: { rules: { read: 'anyone' } },
    },
  };
  const world = await start(t, { more });
  await list(world, 'notes');
  await list(world, 'news');
  assert.equal((await api(world, 'POST', 'lists/news/items', '1')).status, 403);
  assert.equal((await api(world, 'POST', 'lists/notes/items', '1')).status, 201);
  assert.equal((await poll(world, 'lists/news?wait=0')).status, 200);
  const answer = await poll(world, 'lists/notes?wait=0');
  assert.deepEqual([answer.status, answer.json.error_code], [403, 1001], 'it may see some of them only');
});

test('data that does not fit a schema is refused with its place', async (t) => {
  const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };
  const world = await start(t, { more: { collections: { a: { schema } } } });
  await list(world, 'a');
  const answer = await api(world, 'POST', 'lists/a/items', '{"n":"x"}');
  assert.deepEqual([answer.status, answer.json.error_code], [400, 3000]);
  assert.equal(answer.json.validation_errors[0].path, '/n');
  assert.equal((await api(world, 'POST', 'lists/a/items', '{"n":1}')).status, 201);
});

test('what the configuration says wrongly is named', async (t) => {
  for (const [settings, wrong] of [
    [{ pollSeconds: 0 }, /pollSeconds/],
    [{ accounts: { user: { token: ['x'] } } }, /accounts\.user\.token/],
    [{ accounts: { 'a:b': {} } }, /colon/],
    [{ other: 1 }, /other/],
  ]) {
    await assert.rejects(start(t, { settings }), wrong);
  }
});
