// Baserow's accounts over HTTP, and the sockets that know them.
import assert from 'node:assert/strict';
import test from 'node:test';

import { ask, done, person, socket, start } from './baserow-world.mjs';

test('a user registers, logs in, refreshes and is known', async (t) => {
  const world = await start(t);
  const ada = await person(world, 'ada');
  const come = await done(world, 'POST', 'user/token-auth/', {
    body: { email: ada.email, password: ada.password },
  });
  assert.equal(come.token, come.access_token);
  assert.deepEqual(come.user, {
    first_name: 'ada',
    username: 'ada@x.test',
    is_staff: false,
    id: ada.id,
    language: 'en',
  });
  const refreshed = await done(world, 'POST', 'user/token-refresh/', {
    body: { refresh_token: come.refresh_token },
  });
  const { user } = await done(world, 'POST', 'user/token-verify/', {
    body: { refresh_token: come.refresh_token },
  });
  assert.equal(user.id, ada.id);
  const groups = await done(world, 'GET', 'groups/', { person: { token: refreshed.access_token } });
  assert.equal(groups[0].name, "ada's group");
  const claims = JSON.parse(Buffer.from(come.access_token.split('.')[1], 'base64url'));
  assert.deepEqual(Object.keys(claims), ['token_type', 'exp', 'iat', 'jti', 'user_id']);
  assert.equal(claims.exp - claims.iat, 600);
});

test('a page of another origin may ask, and is told what it may say', async (t) => {
  const world = await start(t);
  const headers = { Origin: 'https://a.test', 'Access-Control-Request-Method': 'PATCH' };
  const answer = await fetch(`${world.base}/groups/`, { method: 'OPTIONS', headers });
  assert.equal(answer.headers.get('access-control-allow-origin'), '*');
  for (const name of ['Authorization', 'Content-Type', 'WebSocketId', 'ClientSessionId'])
    assert.ok(answer.headers.get('access-control-allow-headers').includes(name), name);
});

test('who is wrong is told so in the words of the contract', async (t) => {
  const world = await start(t);
  const refused = await ask(world, 'GET', 'groups/');
  assert.equal(refused.status, 401);
  assert.equal(refused.json.error, 'ERROR_INVALID_ACCESS_TOKEN');
  const wrong = await ask(world, 'POST', 'user/', { body: { name: 'ada' } });
  assert.equal(wrong.status, 400);
  assert.deepEqual(wrong.json.detail.email, [{ error: 'This field is required.', code: 'required' }]);
});

test('a socket is told what others do, and not what was done with its id', async (t) => {
  const world = await start(t);
  const ada = await person(world, 'ada');
  const [own, other] = [await socket(world, ada), await socket(world, ada)];
  await done(world, 'PATCH', `groups/${ada.group}/`, { person: ada, socket: own, body: { name: 'Lab' } });
  assert.deepEqual(await own.heard(), []);
  assert.deepEqual(await other.heard(), [
    { type: 'group_updated', group_id: ada.group, group: { id: ada.group, name: 'Lab' } },
  ]);
});
