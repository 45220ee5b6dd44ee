// RESTED's WebSockets over the real edge: frames as they are, close codes and reasons, and time once for
// real.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ask, endpoint, manage, project, socket, start, user } from './rested-world.mjs';
import { Socket, sleep } from './world.mjs';

async function begin(t, options) {
  const world = await project(await start(t), options);
  world.orders = await endpoint(world, 'shop/orders');
  await endpoint(world, 'shop/users', { authentication: true });
  await endpoint(world, 'shop/vault', { secure: true });
  return world;
}

test('refusals come as close frames after 101, whatever the address', async (t) => {
  const world = await begin(t);
  for (const target of [
    '/rested/api/1/ce/nothing?key=x',
    `/rested/api/2/ce/shop/orders?key=${world.key}`,
    `/rested/api/1/ce/%zz?key=${world.key}`,
    `/rested/api/1/ce/%C0%AF?key=${world.key}`,
    '/rested/api/1/ce/shop/orders',
    '/rested/api/anything/../else',
  ]) {
    const made = await Socket.open(world.server.port, { target, subprotocol: undefined });
    assert.equal(made.status, 101, target);
    await made.closed();
    assert.equal(`${made.closeCode} ${made.closeReason}`, '4000 Endpoint or API Key not valid.', target);
  }
  const secure = await socket(world, 'shop/vault');
  assert.equal(await secure.fate(), '4000 No Access token or invalid.');
  await manage(world, 'PATCH', `projects/${world.project}`, { allowedOrigins: 'https://a.test' });
  const foreign = await socket(world, 'shop/orders', {}, ['Origin: https://b.test']);
  assert.equal(foreign.status, 101);
  assert.equal(await foreign.fate(), '4000 Origin not allowed.');
});

test("messages are the seed's, byte for byte", async (t) => {
  const world = await begin(t);
  const listening = await socket(world, 'shop/orders');
  const made = (await ask(world, 'POST', 'shop/orders', {}, { data: { someNewData: 'test' } })).json;
  const { uniqueId } = made;
  await listening.next('POST');
  assert.deepEqual(listening.texts, [
    `{"type":"POST","record":{"data":{"someNewData":"test"},"uniqueId":"${uniqueId}",` +
      `"updatedAt":"${made.updatedAt}","createdAt":"${made.createdAt}"}}`,
  ]);
  await ask(world, 'PATCH', 'shop/orders', { uniqueId }, { data: { more: 1 } });
  assert.deepEqual((await listening.next('PUT')).record.data, { someNewData: 'test', more: 1 });
  await ask(world, 'DELETE', 'shop/orders', { uniqueId });
  assert.deepEqual((await listening.next('DELETE')).record.data, { someNewData: 'test', more: 1 });
});

test('what a client says is ignored, and rubbish closes', async (t) => {
  const world = await begin(t);
  const talker = await socket(world, 'shop/orders');
  talker.send('hello');
  talker.frame(2, Buffer.from([1, 2, 3]));
  talker.frame(1, Buffer.alloc(64 << 10, 'x'));
  await ask(world, 'POST', 'shop/orders', {}, { data: 1 });
  await talker.next('POST');
  talker.frame(1, Buffer.alloc((64 << 10) + 1, 'x'));
  assert.equal(await talker.closed(), 1009);
  const broken = await socket(world, 'shop/orders');
  broken.frame(1, Buffer.from([0xc3, 0x28]));
  assert.equal(await broken.closed(), 1007);
});

test('a token that ends closes the socket, within a second', async (t) => {
  const world = await begin(t, { accessTokenTtl: 2 });
  const ann = await user(world, 'shop/users', 'ann');
  const vault = await socket(world, 'shop/vault', { accessToken: ann.token });
  const { exp } = JSON.parse(Buffer.from(ann.token.split('.')[1], 'base64url'));
  assert.equal(await vault.fate(), '1000 Access token expired.');
  const late = Date.now() - exp * 1000;
  assert.ok(late >= 0 && late < 1000, `${late} ms`);
});

test('who logs out, is deleted, or finds other options is told so at once', async (t) => {
  const world = await begin(t);
  const [ann, ben] = [await user(world, 'shop/users', 'ann'), await user(world, 'shop/users', 'ben')];
  const by = (who) => ({ headers: { Authorization: `Bearer ${who.token}` } });
  const sockets = await Promise.all([
    socket(world, 'shop/vault', { accessToken: ann.token }),
    socket(world, 'shop/vault', {}, [`Cookie: __Secure-rested-access-token=${ben.token}`]),
    socket(world, 'shop/orders'),
  ]);
  await ask(world, 'POST', 'shop/users', { logout: 'true' }, by(ann));
  assert.equal(await sockets[0].fate(), '1000 Access token expired.');
  await ask(world, 'DELETE', 'shop/users', { uniqueId: ben.id }, by(ben));
  assert.equal(await sockets[1].fate(), '1000 Access token expired.');
  const place = `projects/${world.project}/endpoints/${world.orders.endpointId}`;
  await manage(world, 'PATCH', place, { description: 'others' });
  assert.equal(await sockets[2].fate(), '1000 Options of the endpoint are changed.');
  const again = await socket(world, 'shop/orders');
  await manage(world, 'DELETE', `projects/${world.project}`);
  assert.equal(await again.fate(), '1000 Options of the endpoint are changed.');
});

test('nothing is lost and nothing comes twice over many short connections', async (t) => {
  const world = await begin(t);
  const { headers } = await ask(world, 'GET', 'shop/orders');
  let since = headers.get('rockpool-cursor');
  let isWriting = true;
  const written = (async () => {
    for (let i = 0; i < 200; i++) await ask(world, 'POST', 'shop/orders', {}, { data: i });
    isWriting = false;
  })();
  const heard = [];
  while (isWriting || heard.length < 200) {
    const listening = await socket(world, 'shop/orders', { since });
    await sleep(Math.random() * 20);
    for (const { record, seq } of listening.messages) {
      heard.push(record.data);
      since = seq;
    }
    listening.close();
  }
  await written;
  assert.deepEqual(
    heard,
    Array.from({ length: 200 }, (_, i) => i),
  );
});

test('who does not read is closed with 1013, and the others hear everything', async (t) => {
  const world = await begin(t);
  const [slow, good] = [await socket(world, 'shop/orders'), await socket(world, 'shop/orders')];
  slow.stream.pause();
  const data = 'x'.repeat(500_000);
  for (let i = 0; i < 40; i++) {
    await ask(world, 'POST', 'shop/orders', { dataOnly: 'true' }, { data: data + i });
    await good.next('POST');
  }
  assert.equal(await world.server.metric('rockpool_slow_closed_total'), 1);
  assert.equal(good.ended, false);
  slow.stream.resume();
  assert.equal(await slow.closed(), 1013);
});

test('who resumes and reads slowly is told all of it', async (t) => {
  const world = await begin(t);
  const { headers } = await ask(world, 'GET', 'shop/orders');
  const since = headers.get('rockpool-cursor');
  const slow = await socket(world, 'shop/orders', { since });
  slow.stream.pause();
  for (let i = 0; i < 24; i++)
    await ask(world, 'POST', 'shop/orders', {}, { data: `${i} ${'x'.repeat(500_000)}` });
  const late = await socket(world, 'shop/orders', { since });
  slow.stream.resume();
  for (const one of [slow, late]) {
    await one.until(() => one.messages.length === 24);
    const heard = one.messages.map(({ record }) => parseInt(record.data));
    assert.deepEqual(heard, Array.from(heard.keys()));
  }
  assert.equal(await world.server.metric('rockpool_slow_closed_total'), 0);
});

test('a server that goes says so', async (t) => {
  const world = await begin(t);
  const listening = await socket(world, 'shop/orders');
  const ended = world.server.stop();
  assert.equal(await listening.closed(), 1001);
  await ended;
});
