// Change webhooks: every change arrives at least once, in the order of the log, whatever dies in between.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { test } from 'node:test';

import { Server, Socket, folder, put, run, sleep } from './world.mjs';

const secret = 'a-secret-of-thirty-two-characters';

// The owner's back end. `answers` says what becomes of each delivery; those taken are kept.
class BackEnd {
  static async start(t, { answer = () => 200, tls } = {}) {
    const backEnd = new BackEnd();
    backEnd.answer = answer;
    const take = (request, response) => backEnd.#take(request, response);
    backEnd.server = tls ? https.createServer(tls, take) : http.createServer(take);
    await new Promise((resolve) => backEnd.server.listen(0, '127.0.0.1', resolve));
    const { port } = backEnd.server.address();
    backEnd.url = `${tls ? 'https' : 'http'}://127.0.0.1:${port}/hook?token=of-the-owner`;
    t.after(() => backEnd.server.close().closeAllConnections());
    return backEnd;
  }

  taken = [];
  asked = 0;
  connections = new Set();

  async #take(request, response) {
    this.connections.add(request.socket);
    let body = '';
    for await (const bytes of request) body += bytes;
    const [, time, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(request.headers['rockpool-signature']);
    assert.equal(createHmac('sha256', secret).update(`${time}.${body}`).digest('hex'), signature);
    assert.ok(Math.abs(Date.now() / 1000 - Number(time)) < 60);
    this.asked += 1;
    const status = await this.answer(this.asked);
    if (status === 200) this.taken.push({ ...JSON.parse(body), url: request.url });
    if (status === 'large') return response.end('x'.repeat(65_537));
    if (status === 'never') return;
    response.writeHead(status, status === 302 ? { Location: this.url } : {}).end('{}');
  }

  get changes() {
    return this.taken.flatMap((delivery) => delivery.changes);
  }

  async until(holds, ms = 20_000) {
    const end = Date.now() + ms;
    while (!holds()) {
      if (Date.now() > end)
        throw new Error(`waited in vain; taken: ${JSON.stringify(this.taken).slice(0, 800)}`);
      await sleep(10);
    }
  }
}

function configuration(t, hooks, more = {}) {
  const home = folder(t);
  const file = path.join(home, 'rockpool.json');
  writeFileSync(file, JSON.stringify({ data: 'data', hooks, ...more }));
  return ['--config', file];
}

async function writer(server, client = 'client-of-hooks') {
  const socket = await Socket.open(server.port);
  await socket.hello(client);
  let number = 0;
  socket.put = async (collection, id, data, base = 0) => {
    socket.send({
      type: 'push',
      settled: 0,
      except: [],
      mutations: [put(++number, collection, id, data, base)],
    });
    return socket.next('ack');
  };
  return socket;
}

async function shows(server, line) {
  for (let i = 0; i < 200; i++) {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    if (text.split('\n').includes(line)) return;
    await sleep(50);
  }
  assert.fail(`/metrics never said ${line}`);
}

test('a change is told as the native protocol tells it, signed, over one connection', async (t) => {
  const backEnd = await BackEnd.start(t);
  const hook = { name: 'all', url: backEnd.url, secret, collections: ['todos', 'note-*'] };
  const server = await Server.start(t, ...configuration(t, [hook]));
  const page = await writer(server);
  const ack = await page.put('todos', 'a', { text: 'one' });
  await page.put('other', 'b', {});
  await page.put('note-1', 'c', 5);
  await backEnd.until(() => backEnd.changes.length === 2);
  assert.equal(backEnd.taken[0].url, '/hook?token=of-the-owner');
  assert.equal(backEnd.taken[0].hook, 'all');
  assert.equal(backEnd.taken[0].space, 'default');
  const [first, second] = backEnd.changes;
  assert.deepEqual(
    [first.collection, first.id, first.version, first.previous, first.op, first.data, first.seq],
    ['todos', 'a', 1, 0, 'set', { text: 'one' }, ack.seq],
  );
  assert.match(first.by, /^[0-9a-f]{16}#1$/);
  assert.deepEqual([second.collection, second.data], ['note-1', 5]);
  assert.equal(backEnd.connections.size, 1);
  assert.ok(!server.stderr.includes(secret) && !server.stderr.includes('of-the-owner'));
});

test('deliveries that are not taken are repeated, nothing overtakes them, writers do not wait', async (t) => {
  const backEnd = await BackEnd.start(t, { answer: (n) => [500, 302, 200][n - 1] ?? 200 });
  const server = await Server.start(t, ...configuration(t, [{ name: 'h', url: backEnd.url, secret }]));
  const page = await writer(server);
  for (let i = 0; i < 20; i++) await page.put('a', `r${i}`, i);
  assert.ok(backEnd.taken.length === 0, 'twenty writes were acknowledged meanwhile');
  await backEnd.until(() => backEnd.changes.length === 20);
  assert.deepEqual(
    backEnd.changes.map((change) => change.id),
    Array.from({ length: 20 }, (_, i) => `r${i}`),
  );
  await backEnd.until(() => /takes deliveries again/.test(server.stderr));
  assert.match(server.stderr, /"level":"warn".*"hook":"h","problem":"it answered 500"/);
  await shows(server, 'rockpool_hook_changes_total{hook="h"} 20');
  await shows(server, 'rockpool_hook_failures_total{hook="h"} 2');
  await shows(server, 'rockpool_hook_failing{hook="h"} 0');
  await shows(server, 'rockpool_hook_lag{hook="h"} 0');
});

test('silence and answers without end are failures, each within its time', async (t) => {
  const backEnd = await BackEnd.start(t, { answer: (n) => ['never', 'large', 200][n - 1] });
  const hook = { name: 'h', url: backEnd.url, secret, timeoutMs: 300 };
  const server = await Server.start(t, ...configuration(t, [hook]), '--log-level', 'debug');
  await (await writer(server)).put('a', 'x', 1);
  await backEnd.until(() => backEnd.changes.length === 1);
  assert.match(server.stderr, /"problem":"no answer in time"/);
  assert.match(server.stderr, /"problem":"no proper answer: body limit exceeded"/);
});

test('kill -9 loses no change and repeats only what was not yet saved', async (t) => {
  const backEnd = await BackEnd.start(t);
  const words = configuration(t, [{ name: 'h', url: backEnd.url, secret, batch: 7 }]);
  let server = await Server.start(t, ...words);
  const ids = [];
  for (let round = 0; round < 3; round++) {
    const page = await writer(server, `client-round-${round}`);
    for (let i = 0; i < 30; i++) {
      const id = `r${round}-${String(i).padStart(2, '0')}`;
      await page.put('a', id, i);
      ids.push(id);
    }
    await server.kill();
    server = await Server.start(t, ...words);
  }
  await backEnd.until(() => new Set(backEnd.changes.map((change) => change.id)).size === ids.length);
  // In order, apart from going back to what was saved.
  const seen = new Set();
  const firsts = backEnd.changes.filter(({ id }) => !seen.has(id) && seen.add(id)).map(({ id }) => id);
  assert.deepEqual(firsts, ids);
  await shows(server, 'rockpool_hook_lag{hook="h"} 0');
  await server.stop();
  const before = backEnd.changes.length;
  server = await Server.start(t, ...words);
  await (await writer(server, 'client-at-last')).put('a', 'last', 1);
  await backEnd.until(() => backEnd.changes.length > before);
  assert.equal(backEnd.changes.length, before + 1, 'an orderly end repeats nothing');
});

test('a new hook begins at the end of the log, or at its start if that is asked for', async (t) => {
  const backEnd = await BackEnd.start(t);
  const home = folder(t);
  const file = path.join(home, 'rockpool.json');
  const write = (hooks) => writeFileSync(file, JSON.stringify({ data: 'data', hooks }));
  write([]);
  const first = await Server.start(t, '--config', file);
  const page = await writer(first);
  await page.put('a', 'before', 1);
  await first.stop();
  write([
    { name: 'late', url: backEnd.url, secret },
    { name: 'whole', url: `${backEnd.url}&whole`, secret, from: 'start' },
  ]);
  const second = await Server.start(t, '--config', file);
  await (await writer(second, 'another-client')).put('a', 'after', 1);
  await backEnd.until(() => backEnd.changes.length === 3);
  const of = (name) =>
    backEnd.taken.filter(({ hook }) => hook === name).flatMap(({ changes }) => changes.map(({ id }) => id));
  assert.deepEqual(of('late'), ['after']);
  assert.deepEqual(of('whole'), ['before', 'after']);
});

test('an https back end is known by its certificate, and only by that', async (t) => {
  const home = folder(t);
  const [key, cert] = [path.join(home, 'key.pem'), path.join(home, 'cert.pem')];
  const words =
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost -addext';
  const made = spawnSync('openssl', [
    ...words.split(' '),
    'subjectAltName=DNS:localhost',
    '-keyout',
    key,
    '-out',
    cert,
  ]);
  assert.equal(made.status, 0, String(made.stderr));
  const backEnd = await BackEnd.start(t, { tls: { key: readFileSync(key), cert: readFileSync(cert) } });
  const hooks = [
    { name: 'right', url: backEnd.url.replace('127.0.0.1', 'localhost'), secret },
    { name: 'wrong', url: backEnd.url, secret },
  ];
  process.env.SSL_CERT_FILE = cert;
  t.after(() => delete process.env.SSL_CERT_FILE);
  const server = await Server.start(t, ...configuration(t, hooks));
  await (await writer(server)).put('a', 'x', 1);
  await backEnd.until(
    () => backEnd.taken.length === 1 && /"hook":"wrong","problem":"TLS/.test(server.stderr),
  );
  assert.equal(backEnd.taken[0].hook, 'right');
  await server.stop();
  delete process.env.SSL_CERT_FILE;
  const unknowing = await Server.start(t, ...configuration(t, [hooks[0]]));
  await (await writer(unknowing)).put('a', 'x', 1);
  await backEnd.until(() =>
    /"hook":"right","problem":"TLS: certificate verify failed/.test(unknowing.stderr),
  );
});

test('mistakes in the configuration of a hook are named', (t) => {
  const hook = { name: 'h', url: 'https://example.com/', secret };
  for (const [hooks, message] of [
    [{}, /hooks: must be a list of objects/],
    [[{ ...hook, name: 'a b' }], /hooks\[0\]\.name: must be 1 to 64 letters/],
    [[{ ...hook, url: 'ftp://x/' }], /hooks\[0\]\.url: is no URL that can be called/],
    [[{ ...hook, url: 'https://u:geheim@x/' }], /hooks\[0\]\.url: .*user and password/],
    [[{ ...hook, secret: 'short' }], /hooks\[0\]\.secret: must be at least 16 bytes/],
    [[{ ...hook, from: 'middle' }], /hooks\[0\]\.from: must be "end" or "start"/],
    [[hook, hook], /hooks\[1\]\.name: another hook has this name/],
    [[{ ...hook, retries: 3 }], /hooks\[0\]\.retries: unknown key/],
  ]) {
    const { status, stderr } = run('serve', ...configuration(t, hooks));
    assert.equal(status, 2);
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /geheim|short\b/);
  }
});
