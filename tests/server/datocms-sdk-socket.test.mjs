// The one socket that our SDK opens at a mount of DatoCMS, over the network.
import assert from 'node:assert/strict';
import test from 'node:test';

import { ask, change, create, start } from './datocms-world.mjs';
import { Socket } from './world.mjs';

const titles = '{ allBlogPosts(orderBy: id_ASC) { title } }';

const open = (world, { subprotocol = 'rockpool.datocms.v1', fields = [] } = {}) =>
  Socket.open(world.server.port, { target: '/datocms/rockpool', subprotocol, fields });

async function greeted(world, more = {}) {
  const page = await open(world);
  page.send({ type: 'hello', token: 'token-for-everything', ...more });
  await page.next('welcome');
  return page;
}

test('a page is welcome, listens and is told of every new result', async (t) => {
  const world = await start(t);
  const id = await create(world, 'blog_post', { title: 'one' });
  const page = await greeted(world);
  page.send({ type: 'listen', key: 'titles', query: titles });
  const first = await page.next('update');
  assert.deepEqual(first.response, { data: { allBlogPosts: [{ title: 'one' }] } });
  await change(world, id, { title: 'two' });
  const second = await page.next('update');
  assert.equal(second.key, 'titles');
  assert.deepEqual(second.response.data.allBlogPosts, [{ title: 'two' }]);
  const again = await greeted(world);
  again.send({ type: 'listen', key: 'k', query: titles, have: second.id.split('-')[1] });
  assert.deepEqual(await again.next('same'), { type: 'same', key: 'k' });
});

test('an answer to a query says where the log stands, and pages may read that', async (t) => {
  const world = await start(t);
  const { headers } = await ask(world, 'POST', 'graphql', { query: titles });
  assert.match(headers.get('Rockpool-Cursor'), /^\d+-[0-9a-f]{16}$/);
  assert.match(headers.get('Access-Control-Expose-Headers'), /Rockpool-Cursor/);
});

test('a token that is none closes the socket, and a server that goes does', async (t) => {
  const world = await start(t);
  const page = await open(world);
  page.send({ type: 'hello', token: 'token-nobody-knows' });
  assert.equal((await page.next('error')).code, 'INVALID_AUTHORIZATION_HEADER');
  await page.until(() => page.closeCode === 1008);
  page.close();
  const stays = await greeted(world);
  const stopped = world.server.stop();
  await stays.until(() => stays.closeCode === 1001);
  stays.close();
  await stopped;
});

test('pages of any origin may open it, by its sub-protocol', async (t) => {
  const world = await start(t);
  const page = await open(world, { fields: ['Origin: https://elsewhere.example'] });
  assert.ok(page.accepted);
  assert.match(page.head, /Sec-WebSocket-Protocol: rockpool\.datocms\.v1/);
  assert.equal((await open(world, { subprotocol: 'rockpool.v1' })).status, 426);
});

test('a page follows a model, is told what happens, and after a cut what it missed', async (t) => {
  const world = await start(t);
  const id = await create(world, 'blog_post', { title: 'one' });
  const page = await greeted(world);
  page.send({ type: 'follow', model: 'blog_post' });
  const whole = await page.next('records');
  assert.equal(whole.done, true);
  assert.deepEqual(
    whole.records.map((record) => [record.id, record.data.title, record.data._status]),
    [[id, 'one', 'published']],
  );
  await change(world, id, { title: 'two' });
  await page.until(() => page.texts.some((text) => text.includes('"two"')));
  page.close();
  const gone = await create(world, 'blog_post', { title: 'gone' });
  await ask(world, 'DELETE', `cma/items/${gone}`);
  await change(world, id, { title: 'three' });
  const again = await greeted(world);
  again.send({ type: 'follow', model: 'blog_post', since: whole.cursor });
  const { changes } = await again.next('changes');
  assert.deepEqual(
    changes.map((change) => [change.id, change.record?.data.title ?? change.version]),
    [
      [gone, 3],
      [id, 'three'],
    ],
  );
});

test('many records come in pieces, as fast as they are read', async (t) => {
  const world = await start(t);
  const body = 'x'.repeat(20_000);
  for (let i = 0; i < 150; i++) await create(world, 'author', { name: `${i} ${body}` }, { draft: true });
  const page = await greeted(world, { drafts: true });
  page.send({ type: 'follow', model: 'author' });
  const names = [];
  for (let piece = {}, pieces = 1; !piece.done; pieces++) {
    piece = await page.next('records');
    assert.equal(piece.begin, pieces === 1 ? true : undefined);
    assert.ok(JSON.stringify(piece).length < (512 << 10) + 30_000);
    names.push(...piece.records.map((record) => record.data.name.split(' ')[0]));
    if (piece.done) assert.ok(pieces > 5);
  }
  assert.deepEqual(
    names,
    Array.from({ length: 150 }, (_, i) => String(i)),
  );
});

test('a page names its records, and writes over nothing that it has not seen', async (t) => {
  const world = await start(t);
  const relationships = { item_type: { data: { type: 'item_type', id: 'author' } } };
  const body = { data: { type: 'item', attributes: { name: 'Ada' }, relationships } };
  const made = await ask(world, 'POST', 'cma/items?id=my%2Fown', body);
  assert.equal(made.status, 201);
  const { version } = made.json.data.meta;
  assert.equal((await ask(world, 'POST', 'cma/items?id=my%2Fown', body)).status, 200);
  const write = () => ask(world, 'PUT', `cma/items/my%2Fown?version=${version}`, body);
  assert.equal((await write()).status, 200);
  const stale = await write();
  assert.equal(stale.status, 412);
  assert.equal(stale.json.data[0].attributes.code, 'STALE_ITEM_VERSION');
});

test('a page may write a record before the one that it links to', async (t) => {
  const world = await start(t);
  const item = (model, attributes) => ({
    data: {
      type: 'item',
      attributes,
      relationships: { item_type: { data: { type: 'item_type', id: model } } },
    },
  });
  const follower = await greeted(world, { drafts: true });
  follower.send({ type: 'follow', model: 'blog_post' });
  await follower.next('records');
  const early = await ask(world, 'POST', 'cma/items?id=story', item('blog_post', { author: 'ada' }));
  assert.equal(early.status, 201);
  assert.equal(early.json.record.data.author, null);
  assert.equal(early.json.data.attributes.author, null);
  assert.equal((await follower.next('changes')).changes[0].record.data.author, null);
  const later = await ask(world, 'POST', 'cma/items?id=ada', item('author', { name: 'Ada' }));
  const author = later.json.data.id;
  assert.equal((await follower.next('changes')).changes[0].record.data.author, author);
  const body = { query: '{ blogPost { author { name } } }' };
  const { json } = await ask(world, 'POST', 'graphql/preview', body);
  assert.deepEqual(json.data.blogPost, { author: { name: 'Ada' } });
  const { version } = early.json.record;
  for (const [place, method] of [
    [`cma/items?id=other`, 'POST'],
    [`cma/items/story?version=${version}`, 'PUT'],
  ]) {
    const none = await ask(world, method, place, item('blog_post', { author: '999' }));
    assert.equal(none.status, 422, 'a number is of a record that is there');
  }
  const tool = await ask(world, 'POST', 'cma/items', item('blog_post', { author: 'grace' }));
  assert.match(tool.text, /author: give ids of records of the model author/);
});
