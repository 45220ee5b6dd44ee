// deepstream's HTTP API as its contract has it: addresses, requests refused, who it is, batches, CORS.
import assert from 'node:assert/strict';
import http from 'node:http';
import { before, test } from 'node:test';

import {
  ask,
  at,
  emit,
  fresh,
  good,
  head,
  missing,
  one,
  password,
  post,
  query,
  read,
  remove,
  run,
  shared,
  start,
  write,
} from './deepstream-http-world.mjs';
import { secret } from './secrets.mjs';
import { becomes } from './watch.mjs';
import { raw, status } from './world.mjs';

before(async (t) => {
  shared.server = await start(t);
});

// ---- 1. endpoints -----------------------------------------------------------------------------------------

test('a batch is taken at every address of the contract', async () => {
  for (const to of ['/api/v1', '/api/v1/', '/api/v1/any/thing?x=1', '/api', '/api/'])
    assert.deepEqual((await post({ body: [query] }, { to })).json.result, 'SUCCESS', to);
});

test('a log-in is taken at every address of the contract', async () => {
  for (const to of ['/api/v1/auth', '/api/v1/auth/x', '/api/auth', '/api/auth/'])
    assert.equal((await post({}, { to })).json.success, true, to);
});

test('other addresses are told what there is', async () => {
  for (const to of ['', '/', '/api/x', '/api/auth/x', '/api/v2', '/x']) {
    const answer = await post({ body: [query] }, { to });
    assert.equal(answer.status, 404, to);
    assert.match(answer.text, /^Endpoint not found\..*\/deepstream\/api\/v1,/, to);
  }
});

test('only POST asks for anything', async () => {
  const got = await ask('GET', '/deepstream/api/v1');
  assert.equal(got.status, 400);
  assert.match(got.text, /use POST/);
  for (const method of ['PUT', 'DELETE', 'PATCH']) {
    const answer = await ask(method, '/deepstream/api/v1');
    assert.equal(answer.status, 405, method);
    assert.match(answer.text, /GET, POST, OPTIONS/);
    assert.equal(answer.headers.allow, 'GET, POST, OPTIONS');
  }
  const healthy = await ask('GET', '/deepstream/health-check');
  assert.deepEqual([healthy.status, healthy.text], [200, 'OK']);
});

// ---- 2. whole requests refused ----------------------------------------------------------------------------

test('the body is JSON and says so', async () => {
  const json = JSON.stringify({ body: [query] });
  for (const type of ['application/json', 'Application/JSON; charset=UTF-8', 'application/json;x=1'])
    assert.equal((await post(json, { headers: { 'Content-Type': type } })).status, 200, type);
  for (const type of ['text/plain', 'application/ld+json', 'application/x-www-form-urlencoded']) {
    const answer = await post(json, { headers: { 'Content-Type': type } });
    assert.equal(answer.status, 415, type);
    assert.equal(answer.text, 'Invalid "Content-Type" header. Supported media types: "application/json"');
  }
  const latin = await post(json, { headers: { 'Content-Type': 'application/json; charset=latin1' } });
  assert.equal(latin.status, 400);
  const gzip = await ask(
    'POST',
    '/deepstream/api/v1',
    { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' },
    json,
  );
  assert.equal(gzip.status, 415);
});

test('a mebibyte passes and one byte more does not', async () => {
  const body = (bytes) => {
    const json = JSON.stringify({ body: [query], padding: '' });
    return json.replace('""', `"${'x'.repeat(bytes - json.length)}"`);
  };
  assert.equal((await post(body(1 << 20))).status, 200);
  const over = await ask(
    'POST',
    '/deepstream/api/v1',
    { 'Content-Type': 'application/json', Origin: 'https://app.example' },
    body((1 << 20) + 1),
  );
  assert.equal(over.status, 413);
  assert.equal(over.headers['access-control-allow-origin'], '*');
  const chunk = ((1 << 20) + 1).toString(16);
  const chunked = await raw(
    shared.server.port,
    'POST /deepstream/api/v1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n' +
      `Transfer-Encoding: chunked\r\n\r\n${chunk}\r\n${'x'.repeat((1 << 20) + 1)}\r\n0\r\n\r\n`,
  );
  assert.equal(status(chunked), 413);
});

test('what is wrong with a body is said in the words of the original', async () => {
  const says = async (body, text) => {
    const answer = await post(body);
    assert.equal(answer.status, 400);
    assert.match(answer.text, text);
  };
  await says('{', /^Failed to parse body of request: ./);
  await says('7', /^Failed to parse body of request: ./);
  await says('', /^Invalid message: the "body" parameter must exist\.$/);
  await says([], /^Invalid message: the "body" parameter must exist\.$/);
  await says({ body: null }, /^Invalid message: the "body" parameter must exist\.$/);
  for (const body of [[], {}, 'x'])
    await says({ body }, /^Invalid message: the "body" parameter must be a non-empty array of Objects\.$/);
  for (const token of [null, '', 7])
    await says({ token, body: [query] }, /^Invalid message: the "token" parameter must be a non-empty/);
  for (const authData of [null, 'x', []])
    await says({ authData, body: [query] }, /^Invalid message: the "authData" parameter must be an object/);
});

test('bytes that are no UTF-8 and deep nests are refused, and the server lives', async () => {
  const bytes = Buffer.from('{"body":[{"topic":"\xff"}]}', 'latin1');
  const type = { 'Content-Type': 'application/json' };
  assert.equal((await ask('POST', '/deepstream/api/v1', type, bytes)).status, 400);
  const nest = '['.repeat(200_000) + ']'.repeat(200_000);
  const deep = JSON.stringify({ body: [emit('e', 'nest')] }).replace('"nest"', nest);
  assert.equal((await post(deep)).status, 400);
  assert.equal((await post(`\ufeff${JSON.stringify({ body: [query] })}`)).status, 200);
});

// ---- 3. authentication ------------------------------------------------------------------------------------

test('a log-in gives a token that is good for batches', async () => {
  const answer = await post({ username: 'mara', password }, { to: '/api/v1/auth' });
  assert.deepEqual(Object.keys(answer.json), ['success', 'token', 'clientData']);
  assert.deepEqual(answer.json.clientData, { role: 'editor' });
  assert.match(secret(answer.json.token), /^[\w-]{22,}$/);
  const { token } = answer.json;
  assert.equal((await post({ token, body: [query] })).status, 200);
  assert.equal(
    (await post({ body: [query] }, { headers: { Authorization: `Bearer ${token}` } })).status,
    200,
  );
});

test('a log-in that is wrong is 401 and text', async () => {
  const answer = await post({ username: 'mara', password: 'x' }, { to: '/api/v1/auth' });
  assert.deepEqual([answer.status, answer.text], [401, 'Invalid authentication data.']);
  const nobody = await post({ email: 'mara' }, { to: '/api/auth' });
  assert.deepEqual([nobody.status, nobody.text], [401, 'Invalid authentication data.']);
});

test('who says nothing gets a token too, and an empty object', async () => {
  const answer = await post({}, { to: '/api/v1/auth' });
  assert.deepEqual(answer.json.clientData, {});
  assert.equal((await post({ token: secret(answer.json.token), body: [query] })).status, 200);
});

test('credentials that are sent are checked, and before the commands are', async () => {
  const text = 'Unsuccessful authentication attempt.';
  const wrong = async (body, options) => {
    const answer = await post(body, options);
    assert.deepEqual([answer.status, answer.text], [401, text]);
  };
  await wrong({ token: 'nobody-gave-this', body: [{}] });
  await wrong({ authData: { username: 'mara', password: 'x' }, body: [query] });
  await wrong({ body: [query] }, { headers: { Authorization: 'Bearer nobody-gave-this' } });
  const both = { token: 'nobody-gave-this', authData: { username: 'mara', password }, body: [query] };
  assert.equal((await post(both)).status, 200);
});

test('a token that was withdrawn is none', async (t) => {
  const more = { adminToken: secret('the-admin-token-of-this-test') };
  const own = await start(t, {}, more);
  const { token } = (await post({ username: 'mara', password }, { to: '/api/auth', at: own })).json;
  assert.equal((await post({ token: secret(token), body: [query] }, { at: own })).status, 200);
  await fetch(`${own.url}/v1/revoke`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${more.adminToken}` },
    body: JSON.stringify({ user: 'mara' }),
  });
  assert.equal((await post({ token, body: [query] }, { at: own })).status, 401);
});

test('where everybody is let in any token is taken', async (t) => {
  const own = await start(t, { auth: { type: 'open' } });
  for (const token of ['any', 'other'])
    assert.equal((await post({ token, body: [query] }, { at: own })).status, 200);
  const answer = await post({ username: 'otto' }, { to: '/api/v1/auth', at: own });
  assert.equal(answer.json.success, true);
  assert.equal((await post({ authData: { username: 'otto' }, body: [query] }, { at: own })).status, 200);
});

test('where somebody has to be somebody nobody else comes in', async (t) => {
  const own = await start(t, { auth: { anonymous: false } });
  assert.equal((await post({ body: [query] }, { at: own })).status, 401);
  assert.equal((await post({}, { to: '/api/auth', at: own })).status, 401);
  assert.equal(
    (await post({ authData: { username: 'mara', password }, body: [query] }, { at: own })).status,
    200,
  );
});

test('a webhook says who it is', async (t) => {
  const asked = [];
  const hook = http.createServer(async (request, response) => {
    let text = '';
    for await (const piece of request) text += piece;
    const said = JSON.parse(text);
    asked.push(said);
    const known = said.authData.email === 'mara@example.com' || said.authData.token === 'w1';
    response.writeHead(known ? 200 : 403, { 'Content-Type': 'application/json' });
    response.end(known ? JSON.stringify({ id: 'mara', token: 'w1', clientData: { a: 1 } }) : 'no');
  });
  await new Promise((resolve) => hook.listen(0, '127.0.0.1', resolve));
  t.after(() => hook.close());
  const url = `http://127.0.0.1:${hook.address().port}/auth`;
  const own = await start(t, { auth: { type: 'webhook', url } });
  const answer = await post({ email: 'mara@example.com' }, { to: '/api/v1/auth', at: own });
  assert.deepEqual(answer.json, { success: true, token: 'w1', clientData: { a: 1 } });
  assert.equal(asked[0].connectionData.url, '/api/v1/auth');
  assert.equal(
    asked[0].connectionData.headers['content-type'] ?? asked[0].connectionData.headers['Content-Type'],
    'application/json',
  );
  const refused = await post({ email: 'otto' }, { to: '/api/v1/auth', at: own });
  assert.deepEqual([refused.status, refused.text], [401, 'Invalid authentication data.']);
  assert.equal((await post({ token: 'w1', body: [query] }, { at: own })).status, 200);
  hook.close();
  hook.closeAllConnections();
  assert.equal((await post({ token: 'w1', body: [query] }, { at: own })).status, 200);
  assert.equal((await post({ token: 'w2', body: [query] }, { at: own })).status, 503);
});

// ---- 4. batches -------------------------------------------------------------------------------------------

test('the result says whether all, some or none went well', async () => {
  const result = async (...body) => (await post({ body })).json.result;
  assert.equal(await result(query, query), 'SUCCESS');
  assert.equal(await result(query, read(fresh())), 'PARTIAL_SUCCESS');
  assert.equal(await result(read(fresh())), 'FAILURE');
});

test('the example of the documentation is answered as it says', async () => {
  const data = { apples: 40, bananas: 100, pears: 60 };
  const answer = await post({ body: [emit('stock-update', data), read('balance')] });
  assert.equal(
    answer.text,
    '{"result":"PARTIAL_SUCCESS","body":[{"success":true},{"success":false,' +
      '"error":"Record read failed. Record \\"balance\\" could not be found.",' +
      '"errorTopic":"record","errorEvent":"RECORD_NOT_FOUND"}]}',
  );
});

test('each command sees those before it', async () => {
  const name = fresh();
  assert.deepEqual(
    await run([
      write(name, { a: 1 }),
      read(name),
      at(name, 'b', 2),
      head(name),
      read(name),
      remove(name),
      read(name),
      write(name, { c: 3 }),
      head(name),
    ]),
    [
      good,
      { success: true, version: 1, data: { a: 1 } },
      good,
      { success: true, version: 2 },
      { success: true, version: 2, data: { a: 1, b: 2 } },
      good,
      missing(name),
      good,
      { success: true, version: 1 },
    ],
  );
});

test('a command that fails stops no other', async () => {
  const name = fresh();
  const [first, second, third] = await run([
    write(name, {}, { version: 9 }),
    write(name, { a: 1 }),
    head(name),
  ]);
  assert.equal(first.errorEvent, 'VERSION_EXISTS');
  assert.deepEqual([second, third], [good, { success: true, version: 1 }]);
});

test('one command that is malformed refuses the batch, and nothing is done', async () => {
  const name = fresh();
  const answer = await post({
    body: [write(name, {}), write(name, {}), { topic: 'record', action: 'read' }],
  });
  assert.equal(answer.status, 400);
  assert.equal(
    answer.text,
    "Failed to parse JIF object at index 2. Reason: property 'recordName' is required for topic 'record'",
  );
  assert.deepEqual(await one(read(name)), missing(name));
});

test('commands are counted one by one, and take no session', async (t) => {
  const own = await start(t);
  await run([emit('e'), emit('e'), emit('e')], { at: own });
  await one(query, { at: own });
  const metrics = async () => (await fetch(`${own.url}/metrics`)).text();
  const counted = async () => (await metrics()).includes('rockpool_commands_total{dialect="deepstream"} 4\n');
  assert.ok(await becomes(counted), await metrics());
  assert.match(await metrics(), /rockpool_sessions\{dialect="deepstream",carrier="websocket"\} 0\n/);
});

test('a batch of a thousand is one after the other', async () => {
  const name = fresh();
  const entries = await run(
    [...Array(998).keys()].map((n) => at(name, 'n', n)).concat(head(name), read(name)),
  );
  assert.deepEqual(entries[998], { success: true, version: 998 });
  assert.deepEqual(entries[999].data, { n: 997 });
});

// ---- 7. CORS ----------------------------------------------------------------------------------------------

test('any page may ask, and is told so by every answer', async () => {
  const page = { Origin: 'https://app.example' };
  const preflights = [
    { 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'content-type' },
    { 'Access-Control-Request-Method': 'POST' },
    { 'Access-Control-Request-Method': 'BREW', 'Access-Control-Request-Headers': ',,' },
    {},
  ];
  for (const headers of preflights) {
    const answer = await ask('OPTIONS', '/deepstream/api/v1', { ...page, ...headers });
    assert.equal(answer.status, 204);
    assert.equal(answer.headers['access-control-allow-origin'], '*');
    assert.equal(answer.headers['access-control-allow-methods'], 'GET, POST, OPTIONS');
    assert.equal(
      answer.headers['access-control-allow-headers'],
      'X-Requested-With, X-HTTP-Method-Override, Content-Type, Accept, Authorization',
    );
    assert.ok(Number(answer.headers['access-control-max-age']) > 0);
    assert.equal(answer.headers['access-control-allow-credentials'], undefined);
  }
  for (const [method, target] of [
    ['GET', '/api/v1'],
    ['PUT', '/api/v1'],
    ['POST', '/nowhere'],
    ['POST', '/api/v1'],
    ['GET', '/health-check'],
  ]) {
    const answer = await ask(method, `/deepstream${target}`, page);
    assert.equal(answer.headers['access-control-allow-origin'], '*', `${method} ${target} ${answer.status}`);
  }
});

test('where origins are listed others are refused', async (t) => {
  const own = await start(t, { origins: ['https://app.example'] });
  const from = (origin, method = 'POST') =>
    fetch(`${own.url}/deepstream/api/v1`, {
      method,
      headers: { 'Content-Type': 'application/json', Origin: origin },
      ...(method === 'POST' && { body: JSON.stringify({ body: [query] }) }),
    });
  const allowed = await from('https://app.example');
  assert.equal(allowed.status, 200);
  assert.equal(allowed.headers.get('Access-Control-Allow-Origin'), 'https://app.example');
  assert.equal(allowed.headers.get('Access-Control-Allow-Credentials'), 'true');
  assert.match(allowed.headers.get('Vary'), /Origin/);
  assert.equal((await from('https://app.example', 'OPTIONS')).status, 204);
  const refused = await from('https://evil.example');
  assert.equal(refused.status, 403);
  assert.match(refused.headers.get('Content-Type'), /^text\/plain/);
  assert.equal((await from('https://evil.example', 'OPTIONS')).status, 403);
});
