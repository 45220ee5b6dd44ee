// RESTED's users over the real edge: real hashes, real tokens, cookies, guesses, and that nothing of it
// leaks.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { ask, endpoint, manage, project, socket, start, user } from './rested-world.mjs';
import { secret } from './secrets.mjs';
import { Socket, folder } from './world.mjs';

async function begin(t, options, projectOptions) {
  const world = await project(await start(t, options), projectOptions);
  await endpoint(world, 'shop/users', { authentication: true });
  await endpoint(world, 'shop/vault', { secure: true });
  return world;
}

test('a user registers, logs in by cookie, works, and logs out', async (t) => {
  const world = await begin(t);
  const data = { email: 'ann@a.test', password: secret('a secret of ann'), age: 7 };
  const made = await ask(world, 'POST', 'shop/users', {}, { data });
  assert.deepEqual([made.status, made.json.data], [200, { email: 'ann@a.test', age: 7 }]);
  const come = await ask(world, 'POST', 'shop/users', { login: 'true' }, { data });
  assert.deepEqual(come.json, made.json);
  const cookie = come.headers.get('set-cookie');
  assert.match(
    cookie,
    /^__Secure-rested-access-token=[\w.-]+; Path=\/; Max-Age=3600; HttpOnly; Secure; SameSite=None$/,
  );
  const headers = { Cookie: cookie.split(';')[0] };
  secret(headers.Cookie.split('=')[1]);
  assert.equal((await ask(world, 'POST', 'shop/vault', {}, { data: 1, headers })).status, 200);
  assert.equal((await ask(world, 'GET', 'shop/vault', {}, { headers })).json.length, 1);
  const out = await ask(world, 'POST', 'shop/users', { logout: 'true' }, { headers });
  assert.deepEqual([out.status, out.json], [200, {}]);
  assert.match(out.headers.get('set-cookie'), /Max-Age=0/);
  assert.equal((await ask(world, 'GET', 'shop/vault', {}, { headers })).status, 401);
});

test('the token of the header is shown to pages', async (t) => {
  const world = await begin(t);
  const ann = await user(world, 'shop/users', 'ann');
  const query = { login: 'true', noATCookie: 'true' };
  const headers = { Origin: 'https://a.test' };
  const come = await ask(world, 'POST', 'shop/users', query, { data: ann.data, headers });
  assert.match(come.headers.get('access-control-expose-headers'), /\bAuthorization\b/);
  assert.match(secret(come.headers.get('authorization')), /^Bearer [\w-]+\.[\w-]+\.[\w-]+$/);
  assert.equal(come.headers.get('set-cookie'), null);
});

test('forged tokens are refused', async (t) => {
  const world = await begin(t);
  const ann = await user(world, 'shop/users', 'ann');
  const [head, body, signature] = ann.token.split('.');
  const claims = JSON.parse(Buffer.from(body, 'base64url'));
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const bad = [
    `${encode({ alg: 'none', typ: 'JWT' })}.${body}.`,
    `${encode({ alg: 'none' })}.${body}.${signature}`,
    `${encode({ alg: 'HS512', typ: 'JWT' })}.${body}.${signature}`,
    `${head}.${encode({ ...claims, sub: 'x'.repeat(32) })}.${signature}`,
    `${head}.${encode({ ...claims, exp: claims.exp + 1 })}.${signature}`,
    `${head}.${body}.${signature.slice(1)}`,
    `${head}.${body}`,
    'x'.repeat(8193),
  ];
  for (const token of bad) {
    const answer = await ask(
      world,
      'GET',
      'shop/vault',
      {},
      { headers: { Authorization: `Bearer ${token}` } },
    );
    assert.equal(answer.status, 401, token.slice(0, 100));
  }
});

test('who guesses has to wait, whoever it is about', async (t) => {
  const world = await begin(t, { more: { limits: { logInFailures: 3 } } });
  await user(world, 'shop/users', 'ann');
  const guess = (username) =>
    ask(world, 'POST', 'shop/users', { login: 'true' }, { data: { username, password: 'wrong' } });
  for (const name of ['ann', 'nobody']) {
    const statuses = [];
    for (let i = 0; i < 4; i++) statuses.push((await guess(name)).status);
    assert.deepEqual(statuses, [401, 401, 401, 429], name);
    assert.ok(Number((await guess(name)).headers.get('retry-after')) > 50);
  }
});

test('passwords are nowhere but in their hash, and no other dialect sees users', async (t) => {
  const data = folder(t);
  const world = await begin(t, { data, more: { dialects: { deepstream: { auth: { type: 'open' } } } } });
  const password = secret('the only one of its kind');
  const made = await ask(world, 'POST', 'shop/users', {}, { data: { username: 'ann', password } });
  const own = `rested:${world.project}/shop/users`;
  const socket = await Socket.open(world.server.port);
  await socket.hello('client-00000001');
  socket.send({ type: 'subscribe', sub: 1, collection: own, snapshot: true });
  await socket.next('error');
  socket.close();
  const name = `${encodeURIComponent(own)}/${made.json.uniqueId}`;
  const body = [{ topic: 'record', action: 'read', recordName: name }];
  const answer = await fetch(`${world.server.url}/deepstream/api/v1`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ body }),
  });
  assert.equal((await answer.text()).includes('ann'), false);
  await world.server.stop();
  for (const file of ['rockpool.db', 'rockpool.db-wal', 'log.db', 'log.db-wal']) {
    let bytes = '';
    try {
      bytes = readFileSync(`${data}/${file}`, 'latin1');
    } catch {
      continue;
    }
    assert.equal(bytes.includes(password), false, file);
  }
});

test('users last over a restart, and so do log-outs', async (t) => {
  const data = folder(t);
  const world = await begin(t, { data });
  const [ann, ben] = [await user(world, 'shop/users', 'ann'), await user(world, 'shop/users', 'ben')];
  const by = (who) => ({ headers: { Authorization: `Bearer ${who.token}` } });
  await ask(world, 'POST', 'shop/users', { logout: 'true' }, by(ann));
  await world.server.stop();
  const again = { ...world, ...(await start(t, { data })) };
  assert.equal((await ask(again, 'GET', 'shop/vault', {}, by(ann))).status, 401);
  assert.equal((await ask(again, 'GET', 'shop/vault', {}, by(ben))).status, 200);
  const come = await ask(again, 'POST', 'shop/users', { login: 'true' }, { data: ann.data });
  assert.equal(come.status, 200);
  secret(come.headers.get('set-cookie').split(/[=;]/)[1]);
});

test('many log-ins at once are served in turn or told to come back', async (t) => {
  const world = await begin(t, { more: { limits: { passwordQueue: 2 } } });
  const ann = await user(world, 'shop/users', 'ann');
  const query = { login: 'true', noATCookie: 'true' };
  const all = await Promise.all(
    Array.from({ length: 12 }, () => ask(world, 'POST', 'shop/users', query, { data: ann.data })),
  );
  for (const one of all) secret(one.headers.get('authorization')?.slice(7));
  const statuses = all.map((one) => one.status);
  assert.ok(statuses.includes(200) && statuses.every((one) => one === 200 || one === 503), `${statuses}`);
  assert.ok(all.every((one) => one.status === 200 || one.headers.get('retry-after') === '1'));
});

test('a cluster of names is one name', async (t) => {
  const world = await begin(t);
  const made = await Promise.all(
    Array.from({ length: 10 }, () =>
      ask(
        world,
        'POST',
        'shop/users',
        {},
        { data: { username: 'the one', password: secret('the pass of the one') } },
      ),
    ),
  );
  assert.deepEqual(made.map((one) => one.status).sort(), [200, ...Array(9).fill(400)]);
});

test('a deleted endpoint leaves no user behind', async (t) => {
  const world = await begin(t);
  const made = await endpoint(world, 'more/users', { authentication: true });
  const ann = await user(world, 'more/users', 'ann');
  const listening = await socket(world, 'shop/vault', { accessToken: ann.token });
  await manage(world, 'DELETE', `projects/${world.project}/endpoints/${made.endpointId}`);
  assert.equal(
    (await ask(world, 'GET', 'shop/vault', {}, { headers: { Authorization: `Bearer ${ann.token}` } })).status,
    401,
  );
  assert.equal(await listening.fate(), '1000 Access token expired.');
});
