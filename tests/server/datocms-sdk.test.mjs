// The SDK with `dialect: 'datocms'`, from Node, against ours and against a server of the contract alone.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import test from 'node:test';

import { RockpoolError, open } from '../../dist/index.node.js';
import { PlainDato } from './datocms-plain.mjs';
import { change, create, query, start } from './datocms-world.mjs';
import { secret } from './secrets.mjs';
import { Wire, recorder, until } from './wire.mjs';
import { folder } from './world.mjs';

// Node 20 has no WebSocket of its own.
const WebSocket = createRequire(new URL('../peers/deepstream/package.json', import.meta.url))('ws');

async function ours(t, options) {
  const world = await start(t, options);
  return { ...world, port: world.server.port, token: 'token-for-everything' };
}

/** A page, behind a wire that can be cut. */
async function page(t, world, { mount = '/datocms/preview', wire: known, ...options } = {}) {
  const wire = known ?? (await Wire.to(t, world));
  const url = `http://127.0.0.1:${wire.port}${mount}`;
  const token = () => world.token;
  const db = await open({ url, dialect: 'datocms', token, WebSocket, log: 'error', ...options });
  t.after(() => db.close());
  return { db, wire, url };
}

/** What a live query says, in order. */
function listen(db, text, variables) {
  const told = recorder();
  const stop = db.liveQuery(text, variables).subscribe((answer) => told(answer));
  return {
    told,
    stop,
    get now() {
      return told.calls.at(-1);
    },
    comes: (is, what = 'the result') => until(() => is(told.calls.at(-1)) && told.calls.at(-1), what),
  };
}

async function offline({ db, wire }) {
  wire.shut();
  await until(() => db.status().state !== 'online', 'being offline');
}

const titles = '{ allBlogPosts(orderBy: [title_ASC]) { title } }';
const named = (answer) => answer.data?.allBlogPosts?.map(({ title }) => title).join();

// ---- a server of the contract -----------------------------------------------------------------------------

test('plain: a query is told at once and whenever it comes to something else', async (t) => {
  const plain = await PlainDato.start(t);
  plain.set('{ a }', { a: 1 });
  const { db } = await page(t, plain, { mount: '' });
  assert.equal(db.capabilities.liveQuery, true);
  assert.equal(db.capabilities.events, false);
  const seen = listen(db, '{ a }');
  assert.deepEqual(seen.now, { known: 'unknown' });
  assert.deepEqual(await seen.comes(({ known }) => known === 'complete'), {
    data: { a: 1 },
    known: 'complete',
  });
  const before = seen.now;
  plain.set('{ a }', { a: 1 });
  plain.set('{ a }', { a: 2 });
  await seen.comes(({ data }) => data.a === 2);
  assert.equal(seen.told.calls.filter((answer) => answer !== before && answer.data?.a === 1).length, 0);
  seen.stop();
});

test('plain: equal queries share one channel, others have their own', async (t) => {
  const plain = await PlainDato.start(t);
  plain.results.set('{ a }', (variables) => ({ data: { a: variables?.n ?? 0 } }));
  const { db } = await page(t, plain, { mount: '' });
  const one = listen(db, '{ a }', { n: 1 });
  const same = listen(db, '{ a }', { n: 1 });
  const other = listen(db, '{ a }', { n: 2 });
  await one.comes(({ data }) => data?.a === 1);
  await same.comes(({ data }) => data?.a === 1);
  await other.comes(({ data }) => data?.a === 2);
  assert.equal(plain.streams, 2);
  assert.equal(db.liveQuery('{ a }', { n: 1 }), db.liveQuery('{ a }', { n: 1 }));
});

test('plain: what a request says of itself is the original’s', async (t) => {
  const plain = await PlainDato.start(t);
  const { db } = await page(t, plain, { mount: '/environments/next/preview' });
  listen(db, '{ a }');
  await until(() => plain.streams === 1, 'the stream');
  const [, place, headers] = plain.asked.at(-1);
  assert.equal(place, '/listen');
  assert.equal(headers['x-include-drafts'], 'true');
  assert.equal(headers['x-environment'], 'next');
  const other = await page(t, plain, { mount: '' });
  listen(other.db, '{ a }');
  await until(() => plain.streams === 2, 'the other stream');
  assert.equal(plain.asked.at(-1)[2]['x-include-drafts'], undefined);
});

test('plain: a channel that ends is registered again, and what changed meanwhile comes', async (t) => {
  const plain = await PlainDato.start(t);
  plain.set('{ a }', { a: 1 });
  const { db } = await page(t, plain, { mount: '' });
  const seen = listen(db, '{ a }');
  await seen.comes(({ data }) => data?.a === 1);
  plain.end();
  plain.results.set('{ a }', { data: { a: 2 } });
  await seen.comes(({ data }) => data.a === 2);
  assert.equal(db.status().state, 'online');
});

test('plain: 503 and 429 are waited for, 403 is told', async (t) => {
  const plain = await PlainDato.start(t);
  plain.set('{ a }', { a: 1 });
  plain.answers.push([503], [429, { 'X-RateLimit-Reset': '1', 'Access-Control-Expose-Headers': '*' }]);
  const { db } = await page(t, plain, { mount: '' });
  const seen = listen(db, '{ a }');
  await seen.comes(({ data }) => data?.a === 1);
  plain.answers.push([403]);
  const refused = listen(db, '{ b }');
  const { error } = await refused.comes(({ error }) => error);
  assert.ok(RockpoolError.is(error, 'forbidden'));
});

test('plain: a fatal error is told, a passing one is not, and what was there stays', async (t) => {
  const plain = await PlainDato.start(t);
  plain.set('{ a }', { a: 1 });
  const { db } = await page(t, plain, { mount: '' });
  const seen = listen(db, '{ a }');
  await seen.comes(({ data }) => data?.a === 1);
  plain.say('channelError', { code: 'TEMPORARY_FAILURE', message: 'later', fatal: false });
  await until(() => plain.streams === 0, 'the end of the stream');
  assert.equal(seen.now.error, undefined);
  await until(() => plain.streams === 1, 'the next stream');
  plain.say('channelError', {
    code: 'INVALID_QUERY',
    message: 'see the response',
    fatal: true,
    response: { errors: [{ message: 'Field a is gone' }] },
  });
  const { error, data } = await seen.comes(({ error }) => error);
  assert.deepEqual([error.code, error.message, data], ['invalid', 'Field a is gone', { a: 1 }]);
});

test('plain: a token that is refused is asked for anew', async (t) => {
  const plain = await PlainDato.start(t);
  const reasons = [];
  const token = ({ reason }) => (reasons.push(reason), reason === 'refused' ? plain.token : 'old');
  const { db } = await page(t, plain, { mount: '', token });
  await until(() => db.status().state === 'online', 'being let in');
  assert.deepEqual(reasons, ['start', 'refused']);
  const out = await page(t, plain, { mount: '', token: () => 'wrong' });
  await until(() => out.db.status().state === 'auth', 'being told');
});

test('plain: the last result is here while offline, and after a restart', async (t) => {
  const plain = await PlainDato.start(t);
  plain.set('{ a }', { a: { b: [1, 2, 3] } });
  const dir = folder(t);
  const first = await page(t, plain, { mount: '', dir });
  const seen = listen(first.db, '{ a }', { n: 1 });
  await seen.comes(({ data }) => data);
  await offline(first);
  assert.deepEqual(seen.now.data, { a: { b: [1, 2, 3] } });
  await first.db.close();
  const again = await page(t, plain, { mount: '', dir, wire: first.wire });
  const answer = again.db.liveQuery('{ a }', { n: 1 });
  assert.deepEqual(answer(), { data: { a: { b: [1, 2, 3] } }, known: 'cached' });
  assert.deepEqual(again.db.liveQuery('{ a }', { n: 2 })(), { known: 'unknown' });
  first.wire.open();
  plain.set('{ a }', { a: 4 });
  const now = listen(again.db, '{ a }', { n: 1 });
  await now.comes(({ data }) => data.a === 4);
  assert.equal(now.now.known, 'complete');
});

test('plain: collections are not offered there', async (t) => {
  const plain = await PlainDato.start(t);
  const { db } = await page(t, plain, { mount: '' });
  const said = await db
    .collection('blog_post')
    .query({})
    .ready()
    .catch((error) => error);
  assert.equal(said.code, 'unsupported');
});

test('plain: nobody who listens means no channel', async (t) => {
  const plain = await PlainDato.start(t);
  const { db } = await page(t, plain, { mount: '' });
  const seen = listen(db, '{ a }');
  await until(() => plain.streams === 1, 'the stream');
  seen.stop();
  await until(() => plain.streams === 0, 'its end');
});

test('what is no query is said at the call', async (t) => {
  const { db } = await page(t, await PlainDato.start(t), { mount: '' });
  const circle = {};
  circle.self = circle;
  for (const [text, variables, code] of [
    ['', undefined, 'usage'],
    [7, undefined, 'usage'],
    ['{ a }', [], 'usage'],
    ['{ a }', 'x', 'usage'],
    ['{ a }', circle, 'invalid'],
    [`{ a } #${'x'.repeat(200_001)}`, undefined, 'too-large'],
  ])
    assert.throws(() => db.liveQuery(text, variables), { name: 'RockpoolError', code });
  const native = await open({ store: 'native', storage: 'memory' });
  t.after(() => native.close());
  assert.throws(() => native.liveQuery('{ a }'), { code: 'unsupported' });
});

// ---- ours -------------------------------------------------------------------------------------------------

for (const transports of [['websocket'], ['sse'], ['poll']])
  test(`ours by ${transports}: queries stay true`, async (t) => {
    const world = await ours(t);
    await create(world, 'blog_post', { title: 'one' });
    const { db } = await page(t, world, { transports });
    const seen = listen(db, titles);
    await seen.comes((answer) => named(answer) === 'one');
    const two = await create(world, 'blog_post', { title: 'two' });
    await seen.comes((answer) => named(answer) === 'one,two');
    await change(world, two, { title: 'three' });
    await seen.comes((answer) => named(answer) === 'one,three');
    const wrong = listen(db, '{ nope }');
    const { error } = await wrong.comes(({ error }) => error);
    assert.deepEqual([error.code, error.message], ['invalid', "Field 'nope' doesn't exist on type 'Query'"]);
    assert.deepEqual(error.issues[0].locations, [{ line: 1, column: 3 }]);
  });

test('ours: twenty queries of a page need one connection', async (t) => {
  const world = await ours(t);
  await create(world, 'blog_post', { title: 'one', views: 1 });
  const { db } = await page(t, world);
  const seen = Array.from({ length: 20 }, (_, n) =>
    listen(db, 'query($n: IntType) { _allBlogPostsMeta(filter: {views: {gt: $n}}) { count } }', { n }),
  );
  for (const [n, one] of seen.entries())
    await one.comes(({ data }) => data?._allBlogPostsMeta.count === (n === 0 ? 1 : 0));
  await create(world, 'blog_post', { title: 'two', views: 15 });
  for (const [n, one] of seen.entries())
    await one.comes(({ data }) => data._allBlogPostsMeta.count === (n < 1 ? 2 : n < 15 ? 1 : 0));
});

test('ours: drafts are shown where the address says so', async (t) => {
  const world = await ours(t);
  await create(world, 'blog_post', { title: 'out' });
  await create(world, 'blog_post', { title: 'draft' }, { draft: true });
  const drafts = listen((await page(t, world)).db, titles);
  const published = listen((await page(t, world, { mount: '/datocms' })).db, titles);
  await drafts.comes((answer) => named(answer) === 'draft,out');
  await published.comes((answer) => named(answer) === 'out');
});

test('ours: a server that was away is one that the page comes back to', async (t) => {
  const world = await ours(t);
  await create(world, 'blog_post', { title: 'one' });
  const first = await page(t, world);
  const seen = listen(first.db, titles);
  await seen.comes((answer) => named(answer) === 'one');
  await offline(first);
  await create(world, 'blog_post', { title: 'two' });
  assert.equal(named(seen.now), 'one');
  first.wire.open();
  await seen.comes((answer) => named(answer) === 'one,two');
});

test('ours: a token that is withdrawn is told', async (t) => {
  const world = await ours(t);
  const { db } = await page(t, world, { token: () => secret('token-that-nobody-knows') });
  await until(() => db.status().state === 'auth', 'the refusal');
});

test('ours: offline, other queries are answered by the records that are here', async (t) => {
  const world = await ours(t);
  const ann = await create(world, 'author', { name: 'Ann' });
  await create(world, 'blog_post', { title: 'one', views: 1, author: ann });
  await create(world, 'blog_post', { title: 'two', views: 2 });
  const dir = folder(t);
  const first = await page(t, world, { dir });
  const seen = listen(first.db, '{ allBlogPosts { title views author { name } } }');
  await seen.comes(({ data }) => data?.allBlogPosts.length === 2);
  await first.db.collection('blog_post').query({}).ready();
  await first.db.collection('author').query({}).ready();
  await offline(first);
  const text = 'query($n: IntType) { blogPost(filter: {views: {lt: $n}}) { title author { name } } }';
  const one = listen(first.db, text, { n: 2 });
  const answer = await one.comes(({ data }) => data);
  assert.deepEqual(answer, {
    data: { blogPost: { title: 'one', author: { name: 'Ann' } } },
    known: 'cached',
  });
  await first.db.close();
  const again = await page(t, world, { dir, wire: first.wire });
  const later = listen(again.db, '{ _allBlogPostsMeta { count } }');
  assert.deepEqual((await later.comes(({ data }) => data)).data, { _allBlogPostsMeta: { count: 2 } });
});

test('ours: what is written offline is in the answers, and goes up', async (t) => {
  const world = await ours(t);
  const id = await create(world, 'blog_post', { title: 'one' });
  const first = await page(t, world);
  const posts = first.db.collection('blog_post');
  const seen = listen(first.db, titles);
  await seen.comes((answer) => named(answer) === 'one');
  await posts.query({}).ready();
  await offline(first);
  posts.insert({ title: 'two' });
  posts.update(id, { title: 'uno', _status: 'publish' });
  await seen.comes((answer) => named(answer) === 'two,uno');
  first.wire.open();
  await first.db.synced();
  await until(async () => named(await query(world, titles)) === 'two,uno', 'both on the server');
  const { data } = await query(world, '{ allBlogPosts(orderBy: [title_ASC]) { _status } }');
  assert.deepEqual(data.allBlogPosts, [{ _status: 'draft' }, { _status: 'published' }]);
  await seen.comes((answer) => answer.known === 'complete' && named(answer) === 'two,uno');
});

test('ours: records made offline that link to each other arrive, whichever goes first', async (t) => {
  const world = await ours(t);
  const first = await page(t, world);
  const posts = first.db.collection('blog_post');
  const authors = first.db.collection('author');
  const text = '{ allBlogPosts(orderBy: [title_ASC]) { title author { name } } }';
  const seen = listen(first.db, text);
  await seen.comes(({ known }) => known === 'complete');
  await Promise.all([posts.query({}).ready(), authors.query({}).ready()]);
  await offline(first);
  const stories = 12;
  const name = (i) => `author-${i}`;
  const made = Array.from({ length: stories }, (_, i) =>
    posts.insert({ title: `${i + 10}`, author: name(i) }),
  );
  posts.update(made[0].id, { views: 7 });
  for (let i = stories - 1; i >= 0; i--) authors.insert({ id: name(i), name: `Author ${i}` });
  const all = Array.from({ length: stories }, (_, i) => ({
    title: `${i + 10}`,
    author: { name: `Author ${i}` },
  }));
  const is = ({ data }) => JSON.stringify(data?.allBlogPosts) === JSON.stringify(all);
  await seen.comes(is, 'all of them, offline');
  first.wire.open();
  await first.db.synced();
  const there = await query(world, text);
  assert.deepEqual(there.data.allBlogPosts, all);
  await seen.comes((answer) => is(answer) && answer.known === 'complete', 'all of them, from the server');
  const edited = await query(world, '{ allBlogPosts(filter: {views: {eq: 7}}) { title } }');
  assert.deepEqual(edited.data.allBlogPosts, [{ title: '10' }]);
});
