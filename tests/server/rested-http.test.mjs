// RESTED over the real edge: what the unit tests cannot see, bodies, headers, restarts and the demo.
import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';

import { ask, at, endpoint, manage, project, request, start } from './rested-world.mjs';
import { secret } from './secrets.mjs';
import { Socket, folder, put, raw, status } from './world.mjs';

async function begin(t, options) {
  const world = await project(await start(t, options));
  await endpoint(world, 'shop/orders');
  return world;
}

test('a record is made, read, changed and deleted', async (t) => {
  const world = await begin(t);
  const made = await ask(world, 'POST', 'shop/orders', {}, { data: { part: 'bolt' } });
  assert.equal(made.status, 200);
  const { uniqueId, createdAt } = made.json;
  assert.match(uniqueId, /^[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
  assert.match(createdAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual((await ask(world, 'GET', 'shop/orders')).json, [made.json]);
  const put = await ask(world, 'PUT', 'shop/orders', { uniqueId }, { body: 'words', type: 'text/plain' });
  assert.equal(put.json.data, 'words');
  const text = await ask(world, 'GET', 'shop/orders', { uniqueId, dataOnly: 'true' });
  assert.equal(text.text, 'words');
  assert.equal(text.headers.get('content-type'), 'text/plain; charset=utf-8');
  assert.deepEqual((await ask(world, 'DELETE', 'shop/orders', { uniqueId })).json, put.json);
  assert.equal((await ask(world, 'GET', 'shop/orders', { uniqueId })).status, 404);
});

test('numbers keep their digits', async (t) => {
  const world = await begin(t);
  const { text } = await ask(
    world,
    'POST',
    'shop/orders',
    { dataOnly: 'true' },
    { body: '[9007199254740993,1.50]' },
  );
  assert.equal(text, '[9007199254740993,1.50]');
});

test('everything is there after a restart', async (t) => {
  const data = folder(t);
  const world = await begin(t, { data });
  const made = await ask(world, 'POST', 'shop/orders', {}, { data: 1 });
  await world.server.stop();
  const again = { ...world, ...(await start(t, { data })) };
  assert.deepEqual((await ask(again, 'GET', 'shop/orders')).json, [made.json]);
  assert.equal((await manage(again, 'GET', `projects/${world.project}`)).json.apiKey, world.key);
});

test('a body that is too large is refused before it comes, with a body of ours', async (t) => {
  const world = await begin(t);
  const url = new URL(at(world, 'shop/orders'));
  const head = [
    `POST ${url.pathname}${url.search} HTTP/1.1`,
    'Host: x',
    'Content-Type: application/json',
    'Origin: https://a.test',
    'Content-Length: 1048577',
    'Expect: 100-continue',
  ];
  const answer = await raw(world.server.port, head.join('\r\n') + '\r\n\r\n');
  assert.equal(status(answer), 413);
  assert.match(answer.text, /\{"error":"the body is larger than 1 MiB"\}/);
  assert.match(answer.text, /access-control-allow-origin: https:\/\/a\.test/i);
  const most = JSON.stringify('x'.repeat((1 << 20) - 2));
  assert.equal((await ask(world, 'POST', 'shop/orders', { dataOnly: 'true' }, { body: most })).status, 200);
});

test('what the edge finds of a body is said in our words, to pages too', async (t) => {
  const world = await begin(t);
  const url = new URL(at(world, 'shop/orders'));
  const head = [
    `POST ${url.pathname}${url.search} HTTP/1.1`,
    'Host: x',
    'Content-Type: application/json',
    'Origin: https://a.test',
    'Transfer-Encoding: chunked',
  ].join('\r\n');
  const chunk = `110000\r\n"${'x'.repeat(0x110000 - 2)}"\r\n0\r\n\r\n`;
  for (const [body, expected, error] of [
    [chunk, 413, /\{"error":"the body is too large"\}$/],
    ['no length\r\n', 400, /\{"error":"[^"]+"\}$/],
  ]) {
    const answer = await raw(world.server.port, `${head}\r\n\r\n${body}`);
    assert.equal(status(answer), expected);
    assert.match(answer.text, /access-control-allow-origin: https:\/\/a\.test/i);
    assert.match(answer.text, error);
  }
});

/** A POST whose head is let in, what `meanwhile` does, and only then its body. */
function slowly(url, body, meanwhile) {
  return new Promise((resolve, reject) => {
    const headers = {
      'Content-Type': 'application/json',
      'Content-Length': body.length,
      Expect: '100-continue',
    };
    const sent = http.request(url, { method: 'POST', headers }, async (answer) => {
      let text = '';
      for await (const piece of answer) text += piece;
      resolve({ status: answer.statusCode, text });
    });
    sent.on('error', reject);
    sent.on('continue', () => meanwhile().then(() => sent.end(body), reject));
    sent.flushHeaders();
  });
}

test('what is withdrawn while a body comes is withdrawn', async (t) => {
  const world = await begin(t);
  const url = at(world, 'shop/orders');
  const made = await slowly(url, '1', async () => {});
  assert.equal(made.status, 200);
  const refused = await slowly(url, '2', async () => {
    const { json } = await manage(world, 'PATCH', `projects/${world.project}`, { apiKey: true });
    world.key = secret(json.apiKey);
  });
  assert.deepEqual(refused, { status: 400, text: '{"error":"the endpoint or the API key is not valid"}' });
  assert.equal((await ask(world, 'GET', 'shop/orders', { dataOnly: 'true' })).text, '[1]');
});

test('HEAD is GET without its body', async (t) => {
  const world = await begin(t);
  const { json } = await ask(world, 'POST', 'shop/orders', {}, { data: 'a record' });
  for (const query of [
    {},
    { uniqueId: json.uniqueId },
    { uniqueId: '0'.repeat(32) },
    { jsonata: '$count($)' },
  ]) {
    const url = new URL(at(world, 'shop/orders', query));
    const say = (method) =>
      raw(
        world.server.port,
        `${method} ${url.pathname}${url.search} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      );
    const [got, head] = [await say('GET'), await say('HEAD')];
    const [fields, body] = got.text.split('\r\n\r\n');
    assert.ok(body.length > 0);
    assert.match(fields, new RegExp(`content-length: ${body.length}\\b`, 'i'));
    const withoutDate = (text) => text.replace(/^date:.*\r\n/im, '');
    assert.equal(withoutDate(head.text), withoutDate(`${fields}\r\n\r\n`), JSON.stringify(query));
  }
});

test('lists of many records come whole, with others between their pages', async (t) => {
  const world = await begin(t);
  const socket = await Socket.open(world.server.port);
  await socket.hello('client-00000001');
  const count = 20_000;
  for (let from = 0; from < count; from += 1000) {
    const mutations = Array.from({ length: 1000 }, (_, i) =>
      put(from + i + 1, 'shop/orders', `r${from + i}`, from + i),
    );
    socket.send({ type: 'push', settled: from, except: [], mutations });
    await socket.until(() => socket.messages.length === from + 1000);
  }
  const [all, counted] = await Promise.all([
    ask(world, 'GET', 'shop/orders', { dataOnly: 'true' }),
    ask(world, 'GET', 'shop/orders', { jsonata: '$count($)' }),
  ]);
  assert.deepEqual(
    all.json,
    Array.from({ length: count }, (_, i) => i),
  );
  assert.equal(counted.text, String(count));
});

test('pages are told what they may read, by the project and not by the server', async (t) => {
  const world = await begin(t, { more: { allowedOrigins: ['https://server.test'] } });
  const from = (origin, method = 'GET') =>
    ask(
      world,
      method,
      'shop/orders',
      {},
      { headers: { Origin: origin, 'Access-Control-Request-Method': 'PUT' } },
    );
  const any = await from('https://a.test');
  assert.equal(any.status, 200);
  assert.equal(any.headers.get('access-control-allow-origin'), 'https://a.test');
  assert.equal(any.headers.get('access-control-allow-credentials'), 'true');
  const preflight = await from('https://a.test', 'OPTIONS');
  assert.equal(preflight.status, 204);
  assert.equal(
    preflight.headers.get('access-control-allow-methods'),
    'GET, POST, PUT, PATCH, DELETE, OPTIONS',
  );
  await manage(world, 'PATCH', `projects/${world.project}`, { allowedOrigins: 'https://b.test' });
  const refused = await from('https://a.test');
  assert.equal(refused.status, 403);
  assert.equal(refused.headers.get('access-control-allow-origin'), null);
  assert.equal((await from('https://b.test')).status, 200);
});

test('writes of many at once all count, and If-Match lets one through', async (t) => {
  const world = await begin(t);
  const made = await ask(world, 'POST', 'shop/orders', {}, { data: { n: 0 } });
  const { uniqueId } = made.json;
  const patches = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      ask(world, 'PATCH', 'shop/orders', { uniqueId }, { data: { [`m${i}`]: i } }),
    ),
  );
  assert.ok(patches.every((one) => one.status === 200));
  const { json, headers } = await ask(world, 'GET', 'shop/orders', { uniqueId });
  assert.equal(Object.keys(json.data).length, 21);
  const puts = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      ask(
        world,
        'PUT',
        'shop/orders',
        { uniqueId },
        { data: i, headers: { 'If-Match': headers.get('etag') } },
      ),
    ),
  );
  assert.deepEqual(puts.map((one) => one.status).sort(), [200, ...Array(19).fill(412)]);
});

test('a hundred endpoints of one name are one endpoint', async (t) => {
  const world = await project(await start(t));
  const other = await project(world);
  const made = await Promise.all(
    Array.from({ length: 100 }, (_, i) =>
      manage(world, 'POST', `projects/${(i % 2 ? world : other).project}/endpoints`, { name: 'the-one' }),
    ),
  );
  assert.deepEqual(made.map((one) => one.status).sort(), [201, ...Array(99).fill(409)]);
});

test('the metrics count what was asked for', async (t) => {
  const world = await begin(t);
  await ask(world, 'GET', 'shop/orders');
  const metrics = await (await fetch(`${world.server.url}/metrics`)).text();
  assert.match(metrics, /rockpool_sessions\{dialect="rested",carrier="websocket"\} 0/);
});

test("an administrator of the server manages as well, and others don't", async (t) => {
  const world = await start(t, { more: { adminToken: 'the server administrator' } });
  const post = (token) =>
    request(`${world.base}/manage/projects`, {
      method: 'POST',
      body: '{"name":"a project"}',
      headers: { Authorization: `Bearer ${token}` },
    });
  assert.equal((await post('the server administrator')).status, 201);
  assert.equal((await post('somebody else')).status, 401);
});
