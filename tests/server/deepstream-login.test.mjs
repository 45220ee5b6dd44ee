// The npm client logs in by a webhook, with the original's server and with ours, and by a JWT, which this
// release of the original does not know.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import http from 'node:http';
import test from 'node:test';

import { commands, connect, worlds } from './deepstream-world.mjs';
import { secret } from './secrets.mjs';

const rules = {
  record: {
    'admin/*': { read: 'user.data.role === "admin"', write: 'user.data.role === "admin"' },
    'own/$id': { write: 'user.id === $id' },
  },
};

/** Lets in ada by her password, tia by a token, and bare by text; what it was told is in `asked`. */
async function webhook(t) {
  const asked = [];
  const server = http.createServer(async (request, response) => {
    let text = '';
    for await (const piece of request) text += piece;
    const said = JSON.parse(text);
    asked.push(said);
    const answer = answerTo(said.authData ?? {});
    const isText = typeof answer === 'string';
    response.writeHead(answer ? 200 : 403, { 'content-type': isText ? 'text/plain' : 'application/json' });
    response.end(isText ? answer : JSON.stringify(answer ?? { clientData: { reason: 'unknown' } }));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => (server.close(), server.closeAllConnections()));
  return { asked, url: `http://127.0.0.1:${server.address().port}/auth` };
}

function answerTo({ username, password, token }) {
  if (username === 'ada' && password === 'right')
    return { id: 'ada', clientData: { theme: 'dark' }, serverData: { role: 'admin' } };
  if (token === 'of-tia') return { id: 'tia', serverData: { role: 'guest' } };
  return username === 'bare' ? 'bare' : undefined;
}

const written = (promise) => promise.then(() => 'yes').catch((code) => code);

for (const { name, start } of worlds) {
  test(`a webhook lets in: ${name}`, async (t) => {
    const hook = await webhook(t);
    const world = await start(t, { webhook: hook.url, rules });

    const ada = await connect(t, world, { login: { username: 'ada', password: 'right' } });
    assert.deepEqual(ada.clientData, { theme: 'dark' });
    const [told] = hook.asked;
    assert.deepEqual(told.authData, { username: 'ada', password: 'right' });
    assert.equal(typeof told.connectionData.headers, 'object');
    assert.equal(await written(ada.record.setDataWithAck('admin/1', { n: 1 })), 'yes');
    assert.equal(await written(ada.record.setDataWithAck('own/ada', { n: 1 })), 'yes');

    const tia = await connect(t, world, { login: { token: 'of-tia' } });
    assert.equal(await written(tia.record.setDataWithAck('admin/2', { n: 1 })), 'MESSAGE_DENIED');
    assert.equal(await written(tia.record.setDataWithAck('own/tia', { n: 1 })), 'yes');
    assert.equal(await written(tia.record.setDataWithAck('own/ada', { n: 2 })), 'MESSAGE_DENIED');

    const bare = await connect(t, world, { login: { username: 'bare' } });
    assert.equal(await written(bare.record.setDataWithAck('own/bare', { n: 1 })), 'yes');
    assert.deepEqual((await ada.presence.getAll()).sort(), ['bare', 'tia']);

    const stranger = await connect(t, world, { login: false });
    await assert.rejects(stranger.login({ username: 'ada', password: 'wrong' }));
    assert.equal(stranger.getConnectionState(), 'AWAITING_AUTHENTICATION');

    const read = [{ topic: 'record', action: 'read', recordName: 'admin/1' }];
    const [entry] = await commands(world, read, { authData: { username: 'ada', password: 'right' } });
    assert.deepEqual([entry.success, entry.data], [true, { n: 1 }]);
    const [refused] = await commands(world, read, { authData: { token: 'of-tia' } });
    assert.equal(refused.success, false);
    await assert.rejects(commands(world, read, { authData: { username: 'nobody' } }), /^Error: 401 /);
  });
}

const key = secret('a-secret-of-at-least-32-bytes-for-tests');
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
function token(claims, by = key) {
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return secret(`${text}.${createHmac('sha256', by).update(text).digest('base64url')}`);
}

test('the npm client logs in by a JWT', async (t) => {
  const world = await worlds[1].start(t, {
    jwt: key,
    rules: { record: { ...rules.record, 'admin/*': { write: 'user.data.roles.includes("admin")' } } },
  });
  const exp = Math.floor(Date.now() / 1000) + 600;
  const ada = await connect(t, world, { login: { token: token({ sub: 'ada', exp, roles: ['admin'] }) } });
  const bob = await connect(t, world, { login: { token: token({ sub: 'bob', exp }) } });
  assert.equal(await written(ada.record.setDataWithAck('admin/1', { n: 1 })), 'yes');
  assert.equal(await written(bob.record.setDataWithAck('admin/1', { n: 2 })), 'MESSAGE_DENIED');
  assert.equal(await written(bob.record.setDataWithAck('own/bob', { n: 2 })), 'yes');
  assert.deepEqual(await ada.presence.getAll(), ['bob']);
  const wrong = [
    { token: token({ sub: 'ada', exp: exp - 1200 }) },
    { token: token({ sub: 'ada', exp }, 'another-secret-of-at-least-32-bytes!') },
    { username: 'ada', password: 'right' },
    {},
  ];
  for (const login of wrong) {
    const client = await connect(t, world, { login: false });
    await assert.rejects(client.login(login));
    assert.equal(client.getConnectionState(), 'AWAITING_AUTHENTICATION');
  }
});
