// DatoCMS's own client, unmodified, at our server; and what it would not notice.
import assert from 'node:assert/strict';
import test from 'node:test';

import { ask, change, create, start, subscribe, until } from './datocms-world.mjs';
import { raw } from './world.mjs';

const titles = '{ allBlogPosts(orderBy: id_ASC) { title } }';

test('it connects and is told of every new result', async (t) => {
  const world = await start(t);
  const id = await create(world, 'blog_post', { title: 'one' });
  const client = await subscribe(t, world, titles);
  await until(() => client.updates.length === 1);
  assert.deepEqual(client.updates[0], { allBlogPosts: [{ title: 'one' }] });
  await change(world, id, { title: 'two' });
  await until(() => client.updates.length === 2);
  assert.deepEqual(client.updates[1], { allBlogPosts: [{ title: 'two' }] });
  await change(world, id, { title: 'draft' }, { draft: true });
  await change(world, id, { views: 7 });
  await until(() => client.updates.length === 3);
  assert.deepEqual(client.updates[2], { allBlogPosts: [{ title: 'draft' }] }, 'once, when it was published');
  assert.deepEqual(client.statuses, ['connecting', 'connected']);
  assert.deepEqual(client.errors.concat(client.failures), []);
});

test('it sees drafts and has variables', async (t) => {
  const world = await start(t);
  await create(world, 'blog_post', { title: 'a', views: 1 }, { draft: true });
  await create(world, 'blog_post', { title: 'b', views: 2 }, { draft: true });
  const text = 'query Q($n: IntType) { allBlogPosts(filter: {views: {gte: $n}}) { title } }';
  const client = await subscribe(t, world, text, { variables: { n: 2 }, includeDrafts: true });
  await until(() => client.updates.length === 1);
  assert.deepEqual(client.updates[0], { allBlogPosts: [{ title: 'b' }] });
});

test('it is told what is wrong with its query and comes no more', async (t) => {
  const world = await start(t);
  const client = await subscribe(t, world, '{ blogPost { nope } }');
  await until(() => client.errors.length === 1);
  assert.equal(client.errors[0].code, 'INVALID_QUERY');
  assert.equal(client.errors[0].fatal, true);
  assert.equal(
    client.errors[0].response.errors[0].message,
    "Field 'nope' doesn't exist on type 'BlogPostRecord'",
  );
  await until(() => client.statuses.at(-1) === 'closed');
  assert.equal(client.sources.length, 1);
});

test('it is refused for good without a token', async (t) => {
  const world = await start(t);
  await assert.rejects(
    subscribe(t, world, titles, { token: 'token-nobody-knows' }),
    /Invalid status code: 401/,
  );
  await assert.rejects(
    subscribe(t, world, titles, { token: 'token-for-readers', includeDrafts: true }),
    /Invalid status code: 403/,
  );
});

test('it tries again when there is no room', async (t) => {
  const world = await start(t, { settings: { channelsMax: 1 } });
  const first = await subscribe(t, world, titles);
  await until(() => first.updates.length === 1);
  const refused = [];
  void subscribe(t, world, titles, { onError: (error) => refused.push(error) });
  await until(() => refused.length >= 2);
  for (const { data } of refused) assert.match(String(data), /503/, 'which is no last word');
});

test('it comes back when its stream breaks, and is told what it missed', async (t) => {
  const world = await start(t);
  await create(world, 'blog_post', { title: 'one' });
  const client = await subscribe(t, world, titles);
  await until(() => client.updates.length === 1);
  client.sources[0].close(); // which is what the client sees of a channel that is gone
  await create(world, 'blog_post', { title: 'two' });
  await until(() => client.sources.length === 2 && client.updates.length >= 2);
  assert.deepEqual(client.updates.at(-1), { allBlogPosts: [{ title: 'one' }, { title: 'two' }] });
});

test('the answer and the stream have the heads that clients look at', async (t) => {
  const world = await start(t);
  const made = await ask(world, 'POST', 'listen', { query: titles });
  assert.equal(made.status, 200);
  assert.equal(made.headers.get('Content-Type'), 'application/json');
  assert.match(
    made.json.url,
    new RegExp(
      `^${world.base}/listen/channels/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`,
    ),
  );
  const { pathname } = new URL(made.json.url);
  const { text } = await raw(world.server.port, `GET ${pathname} HTTP/1.1\r\nHost: x\r\n\r\n`);
  assert.match(text, /^HTTP\/1\.1 200 /);
  assert.match(text, /\r\nContent-Type: text\/event-stream\r\n/);
  assert.match(text, /\r\nCache-Control: no-cache, no-transform\r\n/);
  assert.match(text, /\r\nX-Accel-Buffering: no\r\n/);
  assert.match(text, /\r\nAccess-Control-Allow-Origin: \*\r\n/);
  assert.doesNotMatch(text, /Content-Encoding/);
  assert.match(text, /retry: 1000\n\n/);
  const data = '{"allBlogPosts":[]}';
  assert.match(text, /id: \d+-[0-9a-f]+\nevent: update\ndata: {/);
  assert.ok(text.includes(`data: {"response":{"data":${data}},"data":${data}}\n\n`), text);
});

test('an address is good for fifteen seconds, however often it is opened', async (t) => {
  const world = await start(t);
  await create(world, 'blog_post', { title: 'one' });
  const made = await ask(world, 'POST', 'listen', { query: titles });
  const { pathname } = new URL(made.json.url);
  const stream = (fields = '') =>
    raw(world.server.port, `GET ${pathname} HTTP/1.1\r\nHost: x\r\n${fields}\r\n`);
  for (const fields of ['', '', 'Last-Event-ID: 99-of-another\r\n']) {
    const { text } = await stream(fields);
    assert.match(text, /^HTTP\/1\.1 200 /, fields);
    assert.match(text, /"title":"one"/, 'with the result, for nothing is known to have come');
  }
});

test('the address is the public one where there is one', async (t) => {
  const world = await start(t, { more: { publicUrl: 'https://cms.example' } });
  const made = await ask(world, 'POST', 'listen', { query: titles });
  assert.match(made.json.url, /^https:\/\/cms\.example\/datocms\/listen\/channels\/[0-9a-f-]{36}$/);
});

test('pages of any origin may ask', async (t) => {
  const world = await start(t);
  const asked = await fetch(`${world.base}/listen`, {
    method: 'OPTIONS',
    headers: {
      Origin: 'https://blog.example',
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'authorization,x-include-drafts,x-environment',
    },
  });
  assert.equal(asked.status, 204);
  assert.equal(asked.headers.get('Access-Control-Allow-Origin'), '*');
  assert.match(asked.headers.get('Access-Control-Allow-Headers'), /x-include-drafts/);
  assert.equal(asked.headers.get('Access-Control-Max-Age'), '86400');
});
