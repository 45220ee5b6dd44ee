// The same server under TLS: who it says it is, what it refuses, and that a renewed certificate is taken up.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import { before, test } from 'node:test';
import tls from 'node:tls';

import { Server, Socket, folder, program, put, sleep } from './world.mjs';

// A certificate of its own authority, for localhost and 127.0.0.1.
function certificate(home, name) {
  const file = (end) => path.join(home, `${name}.${end}`);
  const { status, stderr } = spawnSync('openssl', [
    ...'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2'.split(' '),
    ...['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
    ...['-keyout', file('key'), '-out', file('cert')],
  ]);
  assert.equal(status, 0, String(stderr));
  return { cert: file('cert'), key: file('key') };
}

let home;
let first;
let second;
let config;
let server;
before(async (t) => {
  home = folder(t);
  first = certificate(home, 'first');
  second = certificate(home, 'second');
  copyFileSync(first.cert, path.join(home, 'cert.pem'));
  copyFileSync(first.key, path.join(home, 'key.pem'));
  writeFileSync(path.join(home, 'index.html'), 'x'.repeat(300_000));
  config = path.join(home, 'rockpool.json');
  const limits = { headerSeconds: 2 };
  writeFileSync(
    config,
    JSON.stringify({ data: ':memory:', www: '.', tls: { cert: 'cert.pem', key: 'key.pem' }, limits }),
  );
  server = await Server.start(t, '--config', config);
});

const trusting = (more = {}) => ({
  port: server.port,
  host: '127.0.0.1',
  ca: [readFileSync(first.cert), readFileSync(second.cert)],
  ...more,
});

function connect(more) {
  return new Promise((resolve, reject) => {
    const socket = tls.connect(trusting(more), () => resolve(socket));
    socket.on('error', reject);
  });
}

function get(target, more) {
  return new Promise((resolve, reject) => {
    https
      .get({ ...trusting({ agent: false, ...more }), path: target }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (data) => (text += data));
        answer.on('end', () => resolve({ status: answer.statusCode, text }));
      })
      .on('error', reject);
  });
}

const metric = async (name) => {
  const { text } = await get('/metrics');
  return Number(new RegExp(`^${name.replace(/[{}]/g, '\\$&')} (\\d+)$`, 'm').exec(text)[1]);
};

const socketOver = async () => Socket.over(await connect());

test('says https and serves what it serves', async () => {
  assert.match(server.url, /^https:/);
  assert.equal((await get('/health')).status, 200);
  const page = await get('/');
  assert.equal(page.text.length, 300_000);
});

test('speaks TLS 1.2 and 1.3 and nothing older', async () => {
  for (const version of ['TLSv1.2', 'TLSv1.3']) {
    const socket = await connect({ minVersion: version, maxVersion: version });
    assert.equal(socket.getProtocol(), version);
    socket.destroy();
  }
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' };
  await assert.rejects(connect(old));
  await assert.rejects(connect({ maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA' }));
  assert.ok((await metric('rockpool_tls_handshakes_failed_total')) >= 2);
});

test('agrees on http/1.1, and on nothing else', async () => {
  const socket = await connect({ ALPNProtocols: ['h2', 'http/1.1'] });
  assert.equal(socket.alpnProtocol, 'http/1.1');
  socket.destroy();
  await assert.rejects(connect({ ALPNProtocols: ['h2'] }));
});

test('carries WebSockets: small messages, large ones, and a good-bye', async () => {
  const socket = await socketOver();
  assert.equal(socket.status, 101);
  await socket.hello('client-over-tls');
  socket.send({ type: 'subscribe', sub: 1, collection: 'big' });
  const data = { text: 'y'.repeat(200_000) };
  for (let n = 1; n <= 20; n++) {
    socket.send({ type: 'push', settled: n - 1, except: [], mutations: [put(n, 'big', `r${n}`, data)] });
    await socket.next('ack');
  }
  await socket.until(
    () => socket.messages.filter((m) => m.type === 'changes').flatMap((m) => m.changes).length === 20,
  );
  socket.frame(8, Buffer.from([3, 232]));
  assert.equal(await socket.closed(), 1000);
});

test('a reader that pauses gets all of it, in order', async () => {
  const stream = await connect();
  const socket = await Socket.over(stream);
  await socket.hello('client-pausing');
  stream.pause();
  socket.send({ type: 'subscribe', sub: 1, collection: 'big' });
  await sleep(700);
  stream.resume();
  const records = [];
  while (records.length < 20) records.push(...(await socket.next('snapshot')).records);
  assert.ok(records.every((record) => record.data.text.length === 200_000));
  socket.close();
});

test('carries event streams', async () => {
  const hello = JSON.stringify({ type: 'hello', protocol: 1, client: 'client-sse-over-tls' });
  const { session } = await new Promise((resolve, reject) => {
    const request = https.request({ ...trusting(), path: '/v1/messages', method: 'POST' }, (answer) => {
      answer.on('data', (data) => resolve(JSON.parse(data)));
    });
    request.on('error', reject).end(hello);
  });
  const came = await new Promise((resolve, reject) => {
    https
      .get({ ...trusting(), path: `/v1/events?session=${session}` }, (answer) => {
        answer.on('data', (data) => resolve(`${data}`) || answer.destroy());
      })
      .on('error', reject);
  });
  assert.match(came, /^:/);
});

test('who speaks plain HTTP is told that this is TLS', async () => {
  const answer = await new Promise((resolve) => {
    let text = '';
    const socket = net.connect(server.port, '127.0.0.1', () =>
      socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
    );
    socket.on('data', (data) => (text += data)).on('close', () => resolve(text));
  });
  assert.match(answer, /^HTTP\/1\.1 400 /);
  assert.match(answer, /use https/);
});

test('a handshake that does not come to its end is not waited for', async () => {
  const before = await metric('rockpool_limit_total{limit="head_time"}');
  const socket = net.connect(server.port, '127.0.0.1');
  socket.write(Buffer.from([22, 3, 1, 2, 0, 1]));
  await new Promise((resolve) => socket.on('close', resolve).resume());
  assert.equal(await metric('rockpool_limit_total{limit="head_time"}'), before + 1);
});

test('after SIGHUP new connections get the new certificate, old ones go on', async () => {
  const name = (socket) => socket.getPeerCertificate().subject.CN;
  const stream = await connect();
  const old = await Socket.over(stream);
  await old.hello('client-of-the-old');
  const renewed = async (files) => {
    copyFileSync(files.cert, path.join(home, 'cert.pem'));
    copyFileSync(files.key, path.join(home, 'key.pem'));
    const lines = server.stderr.split('SIGHUP').length;
    server.child.kill('SIGHUP');
    for (let i = 0; i < 200 && server.stderr.split('SIGHUP').length === lines; i++) await sleep(25);
    const socket = await connect();
    const whose = name(socket);
    socket.destroy();
    return whose;
  };
  assert.equal(name(stream), 'first');
  assert.equal(await renewed(second), 'second');
  old.send({ type: 'ping' });
  await old.next('pong');
  const torn = { cert: path.join(home, 'rockpool.json'), key: second.key };
  assert.equal(await renewed(torn), 'second', 'a broken file leaves the one before');
  assert.match(server.stderr, /"level":"error".*cert\.pem: is no certificate/);
  assert.equal(await renewed({ cert: first.cert, key: second.key }), 'second', 'another key does too');
  old.close();
});

test('a server whose certificate cannot be read does not start', () => {
  const broken = path.join(home, 'broken.json');
  writeFileSync(broken, JSON.stringify({ data: ':memory:', tls: { cert: 'none.pem', key: 'key.pem' } }));
  const { status, stderr } = spawnSync(program, ['serve', '--config', broken], { encoding: 'utf8' });
  assert.notEqual(status, 0);
  assert.match(stderr, /none\.pem/);
});

test('import and export check the certificate', () => {
  const run = (env, ...words) =>
    spawnSync(program, words, { encoding: 'utf8', timeout: 60_000, env: { ...process.env, ...env } });
  const rows = path.join(home, 'rows.json');
  writeFileSync(rows, JSON.stringify([{ id: 'a', n: 1 }]));
  const words = ['import', '--collection', 'rows', '--id', 'id', '--url', server.url, rows];
  const trust = { SSL_CERT_FILE: second.cert };
  const refused = run({}, ...words);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /certificate/);
  const taken = run(trust, ...words);
  assert.equal(taken.status, 0, taken.stderr);
  const other = run(trust, ...words.with(6, server.url.replace('127.0.0.1', '127.0.0.2')));
  assert.equal(other.status, 1, 'the certificate is for another name');
  const back = path.join(home, 'back.json');
  const exported = run(trust, 'export', '--collection', 'rows', '--url', server.url, back);
  assert.equal(exported.status, 0, exported.stderr);
  assert.deepEqual(JSON.parse(readFileSync(back, 'utf8')), [{ id: 'a', n: 1 }]);
});
