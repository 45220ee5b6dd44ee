// Baserow's WebSockets: what they are greeted with, how they end, and what they are not told twice.
import assert from 'node:assert/strict';
import test from 'node:test';

import { ask, database, done, person, socket, start } from './baserow-world.mjs';
import { Socket, raw, sleep, status } from './world.mjs';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const open = (world, target) => Socket.open(world.server.port, { target, subprotocol: undefined });

async function fate(one) {
  await one.until(() => one.closeReason !== undefined || one.ended);
  return `${one.closeCode} ${one.closeReason}`;
}

test('the upgrade is always accepted, and the verdict comes first', async (t) => {
  const world = await start(t);
  const ada = await person(world, 'ada');
  const good = await socket(world, ada);
  assert.equal(good.hello.success, true);
  assert.match(good.id, uuid);
  assert.deepEqual(Object.keys(good.hello), ['type', 'success', 'web_socket_id']);
  for (const query of ['?jwt_token=x', `?jwt_token=${ada.refresh}`, '?jwt_token=anonymous']) {
    const wrong = await open(world, `/baserow/ws/core/${query}`);
    assert.equal(wrong.status, 101);
    assert.equal(await fate(wrong), '1000 ');
    assert.equal(wrong.messages[0].success, false);
    assert.match(wrong.messages[0].web_socket_id, uuid);
    assert.equal(wrong.messages.length, 1);
  }
  const none = await open(world, '/baserow/ws/core/');
  assert.equal(await fate(none), '1000 ');
  assert.deepEqual(none.messages, [{ type: 'authentication', success: false, web_socket_id: null }]);
  const deeper = await open(world, `/baserow/ws/core/anything/?jwt_token=${ada.token}`);
  await deeper.until(() => deeper.messages.length > 0);
  assert.equal(deeper.messages[0].success, true, 'the path needs only to begin so');
});

test('what is no JSON ends that socket, and no other', async (t) => {
  const world = await start(t);
  const ada = await person(world, 'ada');
  const witness = await socket(world, ada);
  const ends = async (say, expected) => {
    const one = await socket(world, ada);
    say(one.raw);
    assert.match(await one.fate(), expected);
  };
  await ends((raw) => raw.send('{'), /^1007 invalid JSON$/);
  await ends((raw) => raw.frame(2, Buffer.from('{}')), /^1003 /);
  await ends((raw) => raw.send(JSON.stringify({ page: '', x: 'y'.repeat(64 << 10) })), /^1009 /);
  await ends((raw) => raw.frame(1, Buffer.from('{}'), { first: 0xf1 }), /^1002 /);
  const text = JSON.stringify({ page: '', x: '' });
  witness.raw.send(JSON.stringify({ page: '', x: 'y'.repeat((64 << 10) - text.length) }));
  for (const ignored of ['[]', '5', '"x"', 'null', '{}', '{"page":7}']) witness.raw.send(ignored);
  assert.deepEqual(await witness.heard(), []);
  assert.equal(witness.raw.ended, false);
});

test('a socket that reads nothing is closed when too much waits for it', async (t) => {
  const limits = { userMessagesPerSecond: 100_000, userMessagesBurst: 100_000 };
  const world = await start(t, { more: { limits } });
  const ada = await person(world, 'ada');
  // Their order is a message of twenty kilobytes.
  const names = Array.from({ length: 300 }, (_, i) => `database ${i}`);
  await Promise.all(names.map((name) => database(world, ada, name)));
  const slow = await socket(world, ada);
  const witness = await socket(world, ada);
  slow.raw.stream.pause();
  const place = `applications/group/${ada.group}/order/`;
  const isClosed = async () => (await world.server.metric('rockpool_slow_closed_total')) > 0;
  for (let i = 0; i < 200 && !(await isClosed()); i++) {
    for (const application_ids of [[2], [1], [2], [1], [2], [1], [2], [1], [2], [1]])
      await done(world, 'POST', place, { person: ada, body: { application_ids } });
  }
  assert.ok(await isClosed());
  slow.raw.stream.resume();
  assert.match(await slow.fate(), /^1013 /);
  assert.equal(witness.raw.ended, false);
});

test('who resumes is told what was missed, in order', async (t) => {
  const world = await start(t);
  const ada = await person(world, 'ada');
  const rename = (name) => done(world, 'PATCH', `groups/${ada.group}/`, { person: ada, body: { name } });
  const first = await socket(world, ada, { rockpool_resume: '' });
  await rename('A');
  const { _event_id: since } = await first.next();
  first.raw.close();
  await rename('B');
  await rename('C');
  const again = await socket(world, ada, { rockpool_resume: since });
  assert.equal(again.hello.resync, undefined);
  assert.deepEqual([(await again.next()).group.name, (await again.next()).group.name], ['B', 'C']);
  await rename('D');
  assert.equal((await again.next()).group.name, 'D');
  const lost = await socket(world, ada, { rockpool_resume: 1 });
  assert.equal(lost.hello.resync, true);
});

test('sockets and requests are counted, and the log holds no token', async (t) => {
  const world = await start(t);
  const ada = await person(world, 'ada');
  await socket(world, ada);
  // As of the last second.
  const counted = () => world.server.metric('rockpool_sessions\\{dialect="baserow",carrier="websocket"\\}');
  while ((await counted()) !== 1) await sleep(20);
  await world.server.stop();
  const said = world.server.stdout + world.server.stderr;
  for (const one of [ada.token, ada.refresh, ada.password]) assert.ok(!said.includes(one));
});

test('a body that is too large or broken is refused in the words of the dialect', async (t) => {
  const world = await start(t);
  const ada = await person(world, 'ada');
  const rename = (bytes) =>
    ask(world, 'PATCH', `groups/${ada.group}/`, {
      person: ada,
      body: `{"name":"x","y":"${'y'.repeat(bytes - 19)}"}`,
    });
  assert.equal((await rename(1 << 20)).status, 200);
  const refused = await rename((1 << 20) + 1);
  assert.deepEqual([refused.status, refused.json.error], [413, 'ERROR_REQUEST_TOO_LARGE']);
  // Of a body in chunks only the edge knows.
  const head = [
    `PATCH /baserow/api/groups/${ada.group}/ HTTP/1.1`,
    'Host: x',
    'Content-Type: application/json',
    `Authorization: JWT ${ada.token}`,
    'Origin: https://a.test',
    'Transfer-Encoding: chunked',
  ].join('\r\n');
  const chunk = `110000\r\n"${'x'.repeat(0x110000 - 2)}"\r\n0\r\n\r\n`;
  for (const [sent, expected, error] of [
    [chunk, 413, 'ERROR_REQUEST_TOO_LARGE'],
    ['no length\r\n', 400, 'ERROR_REQUEST_BODY_VALIDATION'],
  ]) {
    const answer = await raw(world.server.port, `${head}\r\n\r\n${sent}`);
    assert.equal(status(answer), expected);
    assert.match(answer.text, /access-control-allow-origin: \*/i);
    assert.equal(JSON.parse(answer.text.slice(answer.text.indexOf('\r\n\r\n'))).error, error);
  }
});
