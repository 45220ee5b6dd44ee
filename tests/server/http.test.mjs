import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';

import { Server, Socket, folder, get, raw, sleep, status } from './world.mjs';

let server;
before(async (t) => {
  const home = folder(t);
  mkdirSync(path.join(home, 'www/demo'), { recursive: true });
  writeFileSync(path.join(home, 'www/index.html'), '<p>index');
  writeFileSync(path.join(home, 'www/demo/index.html'), '<p>demo');
  writeFileSync(path.join(home, 'www/demo/core.wasm'), 'wasm');
  writeFileSync(path.join(home, 'secret.txt'), 'no');
  const config = path.join(home, 'rockpool.json');
  const limits = { headerSeconds: 1, idleSeconds: 2 };
  const allowedOrigins = ['https://app.example'];
  writeFileSync(config, JSON.stringify({ data: ':memory:', www: 'www', limits, allowedOrigins }));
  server = await Server.start(t, '--config', config);
});

test('says how it is', async () => {
  const health = await fetch(`${server.url}/health`);
  assert.equal(health.status, 200);
  assert.match(health.headers.get('content-type'), /^application\/json/);
  assert.equal((await health.json()).status, 'ok');
  assert.equal((await fetch(`${server.url}/ready`)).status, 200);
  assert.match(await (await fetch(`${server.url}/metrics`)).text(), /^# HELP rockpool_connections /);
  assert.equal((await fetch(`${server.url}/health`, { method: 'POST' })).status, 405);
});

test('serves static files with their type and protection', async () => {
  const page = await fetch(`${server.url}/demo/`);
  assert.equal(await page.text(), '<p>demo');
  assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8');
  assert.match(page.headers.get('content-security-policy'), /script-src 'self' 'wasm-unsafe-eval'/);
  assert.equal(page.headers.get('x-content-type-options'), 'nosniff');
  const wasm = await fetch(`${server.url}/demo/core.wasm`);
  assert.equal(wasm.headers.get('content-type'), 'application/wasm');
  const again = await fetch(`${server.url}/demo/core.wasm`, {
    headers: { 'If-None-Match': wasm.headers.get('etag') },
  });
  assert.equal(again.status, 304);
  assert.equal((await fetch(`${server.url}/demo`)).url, `${server.url}/demo/`);
  assert.equal((await fetch(`${server.url}/nothing`)).status, 404);
});

test('every answer is protected, and what dialects say is kept nowhere', async () => {
  const targets = ['/', '/demo/core.wasm', '/nothing', '/health', '/metrics', '/v1/poll', '/v1/connect'];
  for (const target of targets) {
    const { headers } = await fetch(server.url + target);
    assert.equal(headers.get('x-content-type-options'), 'nosniff', target);
    assert.equal(headers.get('referrer-policy'), 'no-referrer', target);
    assert.ok(headers.get('content-type'), target);
    if (target.startsWith('/v1/')) assert.match(headers.get('cache-control'), /no-store/, target);
  }
  const page = (await fetch(`${server.url}/`)).headers.get('content-security-policy');
  for (const rule of ["default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"])
    assert.ok(page.includes(rule), rule);
});

test('requests are logged without what is secret in them, where they are logged at all', async (t) => {
  const talkative = await Server.start(t, '--data', ':memory:', '--log-level', 'debug');
  const secrets = ['jwt_token', 'accessToken', 'token', 'session'].map((key) => `${key}=very-secret-${key}`);
  await fetch(`${talkative.url}/v1/poll?n=1&${secrets.join('&')}`);
  await fetch(`${talkative.url}/?${secrets.join('&')}`, { headers: { Authorization: 'Bearer very-secret' } });
  for (let i = 0; i < 100 && !talkative.stderr.includes('"target":"/?jwt'); i++) await sleep(20);
  assert.match(talkative.stderr, /"target":"\/v1\/poll\?n=1&jwt_token=\*\*\*/);
  assert.ok(!talkative.stderr.includes('very-secret'), talkative.stderr);
  const quiet = await Server.start(t, '--data', ':memory:', '--log-level', 'info');
  await fetch(`${quiet.url}/?token=very-secret`);
  await quiet.stop();
  assert.ok(!quiet.stderr.includes('"target"'), 'nothing of it without debug');
});

test('HEAD is GET without its body', async () => {
  const answer = await raw(server.port, 'HEAD /demo/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  assert.equal(status(answer), 200);
  assert.match(answer.text, /Content-Length: 7\r\n/);
  assert.ok(answer.text.endsWith('\r\n\r\n'));
});

test('no path leads out of the folder', async () => {
  for (const target of [
    '/../secret.txt',
    '/demo/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/..%5csecret.txt',
    '/demo/%00',
    '/rockpool.json',
    '//secret.txt',
    '/.',
    '/..',
  ]) {
    const answer = await raw(server.port, get(target, 'Connection: close'));
    assert.ok([400, 404].includes(status(answer)), `${target}: ${answer.text.slice(0, 60)}`);
    assert.ok(!answer.text.includes('no\n'));
  }
});

test('requests may be sent without waiting for the answers', async () => {
  const answer = await raw(
    server.port,
    get('/demo/') + get('/nothing') + get('/health', 'Connection: close'),
  );
  assert.deepEqual(answer.text.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200', 'HTTP/1.1 404', 'HTTP/1.1 200']);
  assert.ok(answer.closed);
});

test('any doubt about where a message ends closes the connection', async () => {
  const smuggled = 'GET /health HTTP/1.1\r\nHost: x\r\n\r\n';
  for (const [expected, fields] of [
    [400, ['Content-Length: 5', 'Content-Length: 6']],
    [400, ['Content-Length: 5', 'Transfer-Encoding: chunked']],
    [501, ['Transfer-Encoding: gzip']],
    [501, ['Transfer-Encoding: chunked, identity']],
    [400, ['Host: y']],
    [400, ['Content-Length: -1']],
    [417, ['Expect: magic']],
    [415, ['Content-Encoding: gzip', 'Content-Length: 1']],
  ]) {
    const answer = await raw(
      server.port,
      ['POST / HTTP/1.1', 'Host: x', ...fields, '', ''].join('\r\n') + smuggled,
    );
    assert.equal(status(answer), expected, fields.join());
    assert.equal(answer.text.match(/HTTP\/1\.1 \d/g).length, 1, fields.join());
    assert.ok(answer.closed, fields.join());
  }
});

test('a body nobody asked for is not taken for the next request', async () => {
  const body = 'GET /health HTTP/1.1\r\nHost: x\r\n\r\n';
  const head = `POST /demo/ HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n`;
  const answer = await raw(server.port, head + body);
  assert.equal(status(answer), 405);
  assert.equal(answer.text.match(/HTTP\/1\.1 \d/g).length, 1);
  assert.ok(answer.closed);
});

test('what is too large is refused in time', async () => {
  assert.equal(status(await raw(server.port, get('/' + 'x'.repeat(9000)))), 414);
  assert.equal(status(await raw(server.port, get('/', 'X: ' + 'x'.repeat(17000)))), 431);
  assert.equal(status(await raw(server.port, get('/', ...Array(101).fill('X: 1')))), 431);
});

test('what is no HTTP is refused', async () => {
  const texts = [
    '\x16\x03\x01\x02\x00',
    'hello\r\n\r\n',
    'GET / HTTP/1.1\nHost: x\n\n',
    'GET / HTTP/1.1\r\n\r\n',
  ];
  for (const text of texts) {
    assert.equal(status(await raw(server.port, text)), 400, JSON.stringify(text));
  }
  assert.equal(status(await raw(server.port, 'GET / HTTP/2.0\r\nHost: x\r\n\r\n')), 505);
});

test('a head that does not come to its end is not waited for', async () => {
  const answer = await raw(server.port, 'GET / HTTP/1.1\r\nHost: x\r\n', { silent: 3000 });
  assert.ok(answer.closed);
});

test('an idle connection is closed after its time, not before', async () => {
  const early = await raw(server.port, get('/health'), { silent: 1000 });
  assert.ok(!early.closed);
  const late = await raw(server.port, get('/health'), { silent: 5000 });
  assert.ok(late.closed);
});

test('a WebSocket begins in the one right way', async () => {
  const good = await Socket.open(server.port);
  assert.equal(good.status, 101);
  assert.ok(good.accepted);
  good.close();
  const answer = (fields) => raw(server.port, get('/v1/connect', ...fields));
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
  const rest = ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13'];
  assert.equal(status(await answer(rest)), 400);
  assert.equal(status(await answer([...rest, key, key])), 400);
  assert.equal(status(await answer([...rest, 'Sec-WebSocket-Key: c2hvcnQ='])), 400);
  assert.equal(status(await answer([...rest.slice(0, 2), key, 'Sec-WebSocket-Version: 8'])), 426);
  assert.equal(status(await answer([])), 426);
  assert.equal((await Socket.open(server.port, { target: '/demo/' })).status, 200);
  assert.equal((await Socket.open(server.port, { subprotocol: 'soap' })).status, 400);
});

test('pages of other origins are kept out before the upgrade', async () => {
  const of = async (origin) => (await Socket.open(server.port, { fields: [`Origin: ${origin}`] })).status;
  assert.equal(await of('https://app.example'), 101);
  assert.equal(await of('http://x'), 101, 'the Host says x');
  assert.equal(await of('https://evil.example'), 403);
  assert.equal(await of('null'), 403);
  const preflight = (origin) =>
    raw(
      server.port,
      ['OPTIONS /v1/messages HTTP/1.1', 'Host: x', `Origin: ${origin}`, 'Connection: close', '', ''].join(
        '\r\n',
      ),
    );
  const allowed = await preflight('https://app.example');
  assert.equal(status(allowed), 204);
  assert.match(allowed.text, /Access-Control-Allow-Origin: https:\/\/app\.example\r\n/);
  assert.equal(status(await preflight('https://evil.example')), 403);
});

test('framing, UTF-8 and size have the close codes of the RFC', async () => {
  const code = async (act) => {
    const socket = await Socket.open(server.port);
    await act(socket);
    return socket.closed();
  };
  assert.equal(await code((s) => s.frame(1, Buffer.from([0xc3, 0x28]))), 1007);
  assert.equal(await code((s) => s.frame(3, Buffer.from('x'))), 1002);
  assert.equal(await code((s) => s.frame(1, Buffer.from('x'), { first: 0xc1 })), 1002);
  assert.equal(await code((s) => s.frame(1, Buffer.from('x'), { length: (1 << 20) + 1 })), 1009);
  assert.equal(
    await code((s) => {
      s.frame(1, Buffer.from([0xe2, 0x82]), { first: 0x01 });
      s.frame(0, Buffer.alloc(0), { first: 0x80 });
    }),
    1007,
    'cut in the middle of a character before an empty last fragment',
  );
});

test('what is no message is answered and the stream stays', async () => {
  const socket = await Socket.open(server.port);
  const deep = '['.repeat(100) + ']'.repeat(100);
  for (const text of ['', '{', '1', '{}', '{"type":"nonsense"}', deep, '{"type":"hello"}']) {
    socket.send(text);
    assert.equal((await socket.next('error')).code, 'bad_message', text);
  }
  socket.frame(2, Buffer.from('binary'));
  assert.equal((await socket.next('error')).code, 'bad_message');
  await socket.hello('client-after-nonsense');
  socket.close();
});

test('health is answered while hundreds of connections do nothing', async () => {
  const before = await server.metric('rockpool_streams');
  const idle = await Promise.all(Array.from({ length: 300 }, () => Socket.open(server.port)));
  const began = Date.now();
  assert.equal((await fetch(`${server.url}/health`)).status, 200);
  assert.ok(Date.now() - began < 1000);
  idle.forEach((socket) => socket.close());
  for (let i = 0; i < 100 && (await server.metric('rockpool_streams')) > before; i++) await sleep(50);
  assert.ok((await server.metric('rockpool_streams')) <= before);
});
