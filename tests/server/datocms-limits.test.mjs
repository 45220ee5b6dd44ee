// What DatoCMS does when there is too much of something, seen from outside.
import assert from 'node:assert/strict';
import net from 'node:net';
import test from 'node:test';

import { ask, change, create, start, until } from './datocms-world.mjs';
import { get } from './world.mjs';

const body = { query: '{ blogPost { title } }' };

test('pages may look at when to come again, whatever the answer', async (t) => {
  const world = await start(t, { more: { limits: { userMessagesPerSecond: 1, userMessagesBurst: 1 } } });
  const origin = { headers: { Origin: 'https://blog.example' } };
  const answers = [
    await ask(world, 'POST', 'graphql', body, origin),
    await ask(world, 'POST', 'graphql', body, origin),
    await ask(world, 'POST', 'listen', body, origin),
    await ask(world, 'POST', 'listen', body, { ...origin, token: '' }),
  ];
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 429, 503, 401],
  );
  for (const { headers, status } of answers) {
    assert.match(headers.get('Access-Control-Expose-Headers'), /X-RateLimit-Reset, Retry-After/, `${status}`);
    assert.equal(headers.get('Access-Control-Allow-Origin'), '*');
  }
});

test('who reads slowly is told the newest of large results, and keeps the stream', async (t) => {
  const world = await start(t);
  const large = Array.from({ length: 8 }, (_, i) =>
    create(world, 'blog_post', { title: `${i}`.repeat(900_000) }),
  );
  await Promise.all(large);
  const counted = await create(world, 'blog_post', { views: 0 });
  const query = '{ allBlogPosts { title views } }';
  const { json } = await ask(world, 'POST', 'listen?shape=data', { query });
  const socket = net.connect(world.server.port, '127.0.0.1');
  t.after(() => socket.destroy());
  let text = '';
  let ended = false;
  socket.on('data', (bytes) => (text += bytes.toString('latin1')));
  socket.on('end', () => (ended = true));
  // What results say of the number, which one record has.
  const told = () => [...text.matchAll(/"views":(\d+)/g)].map(([, views]) => Number(views));
  socket.write(get(new URL(json.url).pathname));
  await until(() => told().length === 1);
  socket.pause();
  for (let views = 1; views <= 6; views++) await change(world, counted, { views });
  socket.resume();
  await until(() => told().at(-1) === 6 || ended);
  assert.equal(ended, false);
  const after = told().slice(1);
  assert.ok(after.length <= 3, `what was under way, and the newest: ${after}`);
  assert.deepEqual(
    after,
    after.toSorted((a, b) => a - b),
    'never an older one behind a newer one',
  );
});
