// Channels of DatoCMS over the life of a server: rights that are withdrawn, and the end.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import test from 'node:test';

import { ask, create, start, subscribe, until } from './datocms-world.mjs';
import { secret } from './secrets.mjs';

const titles = '{ allBlogPosts(orderBy: id_ASC) { title } }';

test('who comes with a token that is withdrawn is told so for good', async (t) => {
  const adminToken = secret('admin-of-datocms-4f1c');
  const world = await start(t, { more: { adminToken } });
  const gone = await subscribe(t, world, titles, { token: adminToken });
  const stays = await subscribe(t, world, titles);
  await until(() => gone.updates.length === 1 && stays.updates.length === 1);
  const config = JSON.parse(readFileSync(world.file, 'utf8'));
  writeFileSync(world.file, JSON.stringify({ ...config, adminToken: secret('admin-of-datocms-87ae') }));
  world.server.child.kill('SIGHUP');
  await until(() => gone.errors.length === 1);
  assert.equal(gone.errors[0].code, 'INVALID_AUTHORIZATION_HEADER');
  assert.equal(gone.errors[0].fatal, true);
  await until(() => gone.statuses.at(-1) === 'closed');
  assert.equal(gone.sources.length, 1, 'it does not come back');
  const { status } = await ask(world, 'POST', 'listen', { query: titles }, { token: adminToken });
  assert.equal(status, 401);
  await create(world, 'blog_post', { title: 'one' });
  await until(() => stays.updates.length === 2);
});

test('a server that ends tells every stream when to come back', async (t) => {
  const world = await start(t);
  const streams = [];
  for (let i = 0; i < 5; i++) {
    const { json } = await ask(world, 'POST', 'listen', { query: titles });
    const answer = await fetch(json.url);
    const stream = { text: '', ended: undefined };
    const read = async () => {
      const decoder = new TextDecoder();
      for await (const bytes of answer.body) stream.text += decoder.decode(bytes, { stream: true });
    };
    stream.ended = read();
    streams.push(stream);
  }
  await until(() => streams.every(({ text }) => text.includes('event: update')));
  const end = world.server.stop();
  await Promise.all(streams.map(({ ended }) => ended));
  const times = streams.map(({ text }) => Number(/\n\nretry: (\d+)\n\n$/.exec(text)?.[1]));
  for (const ms of times) assert.ok(ms >= 0 && ms < 3000, `${ms}`);
  assert.ok(new Set(times).size > 1, `not all at once: ${times}`);
  assert.equal(await end, 0);
});
