// The internet, as far as it fits on one machine: every attack gets its answer, the server stays well
// throughout, and nothing of it stays.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { before, test } from 'node:test';

import { attacks } from './attacks.mjs';
import { HealthWatch, becomes, descriptors, rss } from './watch.mjs';
import { Server, Socket, folder, get, raw, status } from './world.mjs';

const secret = 'a-secret-of-at-least-32-bytes-for-tests';
let server;
let home;
before(async (t) => {
  home = folder(t);
  const config = path.join(home, 'rockpool.json');
  writeFileSync(config, JSON.stringify({ data: ':memory:', jwt: { secret } }));
  server = await Server.start(t, '--config', config);
  // What it takes once and keeps: threads' buffers, the first pages of the heap.
  await (await Socket.open(server.port)).hello('client-before-all').then(() => {});
});

for (const [name, attack] of attacks) {
  test(`${name}: answered, and nothing is left`, async () => {
    const pid = server.child.pid;
    await becomes(async () => (await server.metric('rockpool_connections')) <= 2);
    const [memory, files] = [rss(pid), descriptors(pid)];
    const watch = new HealthWatch(server.url);
    try {
      await attack(server);
    } finally {
      const longest = await watch.end();
      assert.ok(longest < 1000, `/health took ${longest} ms`);
    }
    assert.ok(
      await becomes(() => descriptors(pid) <= files),
      `${descriptors(pid)} descriptors, ${files} before`,
    );
    assert.ok(await becomes(() => rss(pid) <= memory + 64), `${rss(pid)} MiB, ${memory} before`);
  });
}

// Times of their own, each as short as can be set.
async function hasty(t) {
  const file = path.join(home, 'hasty.json');
  const limits = { headerSeconds: 1, bodySeconds: 8, bodyBytesPerSecond: 2048, idleSeconds: 1 };
  writeFileSync(file, JSON.stringify({ data: ':memory:', limits }));
  return Server.start(t, '--config', file);
}

const limitMet = (of, name) => of.metric(`rockpool_limit_total\\{limit="${name}"\\}`);

test('a head that comes byte by byte is given up in its time', async (t) => {
  const slow = await hasty(t);
  const answers = await Promise.all(
    ['GET / HTTP/1.1\r\nX: ', 'P', 'GET /v1/connect HTTP/1.1\r\nUpgrade: websocket\r\n'].map(async (head) => {
      const answer = raw(slow.port, head, { silent: 10_000 });
      return answer;
    }),
  );
  for (const answer of answers) {
    assert.equal(status(answer), 408);
    assert.ok(answer.closed);
  }
  assert.equal(await limitMet(slow, 'head_time'), 3);
});

test('a body that is too slow, or too long in coming, is given up', async (t) => {
  const slow = await hasty(t);
  const head = 'POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n';
  const answer = await raw(slow.port, head + '{', { silent: 10_000 });
  assert.equal(status(answer), 408);
  assert.ok(answer.closed);
  assert.equal(await limitMet(slow, 'body_rate'), 1);
});

test('descriptors run out: 503 for the last tenth, health for all, and everything comes back', async (t) => {
  const small = await Server.startWith(t, 100, '--data', ':memory:');
  const pid = small.child.pid;
  const before = descriptors(pid);
  const sockets = [];
  const open = async () => {
    sockets.push(net.connect(small.port, '127.0.0.1').on('error', () => {}));
    await once(sockets.at(-1), 'connect');
  };
  while (descriptors(pid) < 92) {
    const count = descriptors(pid);
    await open();
    assert.ok(await becomes(() => descriptors(pid) > count));
  }
  const refused = await raw(small.port, get('/nothing'));
  assert.equal(status(refused), 503);
  assert.match(refused.text, /Retry-After: \d/);
  assert.equal(status(await raw(small.port, get('/health'))), 200);
  for (let i = 0; i < 30; i++) await open();
  assert.ok(await becomes(() => /could not be taken/.test(small.stderr)), 'there are none left at all');
  sockets.forEach((socket) => socket.destroy());
  assert.ok(await becomes(() => descriptors(pid) <= before), `${descriptors(pid)}, ${before} before`);
  assert.equal(status(await raw(small.port, get('/nothing'))), 404);
  assert.ok((await limitMet(small, 'descriptors')) >= 2);
});
