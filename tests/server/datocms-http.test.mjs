// DatoCMS over HTTP: queries, records, and every mistake the contract lists.
import assert from 'node:assert/strict';
import test from 'node:test';

import { ask, change, create, query, start } from './datocms-world.mjs';

test('a body is JSON whatever its type says', async (t) => {
  const world = await start(t);
  await create(world, 'blog_post', { title: 'one' });
  const body = { query: '{ blogPost { title } }' };
  for (const type of ['text/plain;charset=UTF-8', 'application/x-www-form-urlencoded', 'application/json']) {
    const answer = await ask(world, 'POST', 'graphql', body, { headers: { 'Content-Type': type } });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('Content-Type'), 'application/json');
    assert.equal(answer.text, '{"data":{"blogPost":{"title":"one"}}}');
  }
});

test('a body that cannot be read is told why', async (t) => {
  const world = await start(t);
  const deep = '['.repeat(70) + ']'.repeat(70);
  for (const [body, why] of [
    [`{"query":"{ __typename }","variables":{"a":${deep}}}`, /cannot be read as JSON: .*(deep|nest)/],
    ['{"query":', /cannot be read as JSON/],
    ['{"query":7}', /with the query as its member query/],
  ])
    for (const place of ['graphql', 'listen']) {
      const { json, status } = await ask(world, 'POST', place, body);
      assert.equal(status, 400);
      assert.match(json.data[0].attributes.details.message, why);
    }
});

test('the errors of requests have the form and the codes of DatoCMS', async (t) => {
  const world = await start(t);
  const good = { query: '{ blogPost { title } }' };
  const cases = [
    ['POST', 'graphql', good, { token: '' }, 401, 'INVALID_AUTHORIZATION_HEADER'],
    ['POST', 'graphql', good, { token: 'token-nobody-knows' }, 401, 'INVALID_AUTHORIZATION_HEADER'],
    ['POST', 'graphql/preview', good, { token: 'token-for-readers' }, 403, 'INSUFFICIENT_PERMISSIONS'],
    ['POST', 'cma/items', {}, { token: 'token-for-readers' }, 403, 'INSUFFICIENT_PERMISSIONS'],
    ['POST', 'graphql/environments/none', good, {}, 404, 'INVALID_ENVIRONMENT'],
    ['POST', 'graphql', '', {}, 400, 'INVALID_JSON_BODY'],
    ['POST', 'graphql', '[]', {}, 400, 'INVALID_JSON_BODY'],
    [
      'POST',
      'graphql',
      good,
      { headers: { 'X-Include-Drafts': '1' } },
      400,
      'INVALID_X_INCLUDE_DRAFTS_HEADER',
    ],
    [
      'POST',
      'listen',
      good,
      { headers: { 'X-Exclude-Invalid': '' } },
      400,
      'INVALID_X_EXCLUDE_INVALID_HEADER',
    ],
    ['POST', 'listen', '{"query":7}', {}, 400, 'INVALID_JSON_BODY'],
    ['GET', 'graphql', undefined, {}, 405, 'METHOD_NOT_ALLOWED'],
    ['POST', 'graphql', 'x'.repeat((1 << 20) + 1), {}, 413, 'BODY_TOO_LARGE'],
    ['PUT', 'cma/items/1', { data: { attributes: {} } }, {}, 404, 'NOT_FOUND'],
  ];
  for (const [method, place, body, options, status, code] of cases) {
    const { json, status: said, text } = await ask(world, method, place, body, options);
    assert.equal(said, status, `${method} ${place}: ${text}`);
    assert.equal(json.data.length, 1);
    assert.equal(json.data[0].type, 'api_error');
    assert.match(json.data[0].id, /^[0-9a-f]{6}$/);
    assert.equal(json.data[0].attributes.code, code);
    assert.ok(json.data[0].attributes.details.message.length > 5);
    assert.doesNotMatch(text, /token-nobody-knows/);
  }
});

test('too many requests are told when to come again, and those who listen by 503', async (t) => {
  const limits = { userMessagesPerSecond: 1, userMessagesBurst: 2 };
  const world = await start(t, { more: { limits } });
  const body = { query: '{ blogPost { title } }' };
  let last;
  for (let i = 0; i < 4; i++) last = await ask(world, 'POST', 'graphql', body);
  assert.equal(last.status, 429);
  assert.equal(last.json.data[0].attributes.code, 'RATE_LIMIT_EXCEEDED');
  assert.equal(last.headers.get('X-RateLimit-Reset'), '1');
  const listening = await ask(world, 'POST', 'listen', body);
  assert.equal(listening.status, 503);
  assert.equal(listening.json.data[0].attributes.code, 'TOO_MANY_CONNECTIONS');
  assert.ok(listening.headers.get('Retry-After'));
});

test('records are written by the management API, links by their numbers', async (t) => {
  const world = await start(t);
  const author = await create(world, 'author', { name: 'Ada' }, { draft: true });
  const relationships = { item_type: { data: { type: 'item_type', id: 'blog_post' } } };
  const attributes = { title: 'one', author };
  const made = await ask(world, 'POST', 'cma/items', { data: { type: 'item', attributes, relationships } });
  assert.equal(made.status, 201);
  const { data } = made.json;
  assert.deepEqual(data.attributes, { title: 'one', slug: null, views: null, author });
  assert.equal(data.type, 'item');
  assert.equal(data.meta.status, 'draft');
  assert.deepEqual(data.relationships, relationships);
  const changed = await change(world, data.id, { views: 3 }, { draft: true });
  assert.deepEqual(changed.json.data.attributes, { title: 'one', slug: null, views: 3, author });
  assert.deepEqual(await query(world, '{ blogPost { id views author { name } } }'), {
    data: { blogPost: { id: data.id, views: 3, author: { name: 'Ada' } } },
  });
  const shown = await ask(world, 'GET', `cma/items/${data.id}`);
  assert.deepEqual(shown.json, changed.json);
  assert.equal((await ask(world, 'DELETE', `cma/items/${data.id}`)).status, 200);
  assert.equal((await ask(world, 'GET', `cma/items/${data.id}`)).status, 404);
});

test('hostile queries end at once, with an error', async (t) => {
  const world = await start(t);
  const wide = Array.from({ length: 10_000 }, (_, i) => `a${i}: blogPost { id }`).join(' ');
  const cycle = '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }';
  const list = `{ allBlogPosts(filter: {title: {in: [${'"x",'.repeat(100_000)}]}}) { id } }`;
  const pattern = (text) => `{ allBlogPosts(filter: {title: {matches: {pattern: "${text}"}}}) { id } }`;
  await create(world, 'blog_post', { title: 'a'.repeat(5000) + 'b' });
  for (const text of [
    '{'.repeat(20_000),
    wide,
    cycle,
    list,
    '"""'.repeat(9999),
    `{ ${'x '.repeat(60_000)}}`,
  ]) {
    const began = performance.now();
    const { status, text: said } = await ask(world, 'POST', 'graphql', { query: text });
    assert.ok(status === 200 || status === 413, `${status}`);
    assert.ok(said.length < 100_000);
    assert.ok(performance.now() - began < 5000);
  }
  for (const text of ['(a+)+$', '(.*)*x', '(a|aa)+$']) {
    const { json } = await ask(world, 'POST', 'graphql', { query: pattern(text) });
    assert.ok(json.data || json.errors);
  }
  assert.equal((await ask(world, 'POST', 'graphql', { query: '{ __typename }' })).status, 200);
});
