// Queries answered in the page, by the WebAssembly that dist/ has for them. What the server answers over the
// same records is in tests/server/datocms-answers.test.mjs.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import test from 'node:test';

import { Answers } from '../../dist/answers.node.js';
import { Answers as InPages } from '../../dist/answers.web.js';

const wasm = new URL('../../dist/answers.datocms.wasm', import.meta.url);
const models = {
  post: {
    fields: {
      title: 'string',
      rating: 'float',
      by: { type: 'link', model: 'author' },
      tags: { type: 'links', model: 'author' },
    },
  },
  author: { fields: { name: 'string' } },
};
const make = () => Answers.load(models);

test('records that are put are what queries find', async () => {
  const answers = await make();
  answers.put('author', { id: '7', name: 'Ada é😀' });
  answers.put('post', { id: '12', title: 'One', rating: 1e21, by: '7', _status: 'published' });
  answers.put('post', { id: '9', title: 'Two', rating: 0.1, by: '8' });
  assert.deepEqual(answers.ask('{ allPosts(orderBy: id_ASC) { id title rating _status by { name } } }'), {
    data: {
      allPosts: [
        { id: '9', title: 'Two', rating: 0.1, _status: 'draft', by: null },
        { id: '12', title: 'One', rating: 1e21, _status: 'published', by: { name: 'Ada é😀' } },
      ],
    },
  });
  answers.put('post', { id: '9', title: 'Zwei' });
  assert.deepEqual(
    answers.ask('query($t: String) { post(filter: {title: {eq: $t}}) { id } }', { t: 'Zwei' }),
    {
      data: { post: { id: '9' } },
    },
  );
  answers.remove('post', '9');
  assert.deepEqual(answers.ask('{ _allPostsMeta { count } }'), { data: { _allPostsMeta: { count: 1 } } });
});

test("a page's own ids are led to, looked for, and stand behind the numbers", async () => {
  const answers = await make();
  answers.put('author', { id: 'own-a', name: 'Ben' });
  answers.put('post', {
    id: 'own-2',
    by: 'own-a',
    tags: ['own-a', 'gone'],
    _createdAt: '2026-01-02T00:00:00Z',
  });
  answers.put('post', { id: 'own-1', by: 'own-a', _createdAt: '2026-01-01T00:00:00Z' });
  answers.put('post', { id: '3' });
  const text = '{ allPosts(orderBy: id_ASC) { id by { id } tags { name } } }';
  assert.deepEqual(answers.ask(text).data.allPosts, [
    { id: '3', by: null, tags: [] },
    { id: 'own-1', by: { id: 'own-a' }, tags: [] },
    { id: 'own-2', by: { id: 'own-a' }, tags: [{ name: 'Ben' }] },
  ]);
  const found = (filter) => answers.ask(`{ allPosts(filter: ${filter}) { id } }`).data.allPosts.length;
  assert.equal(found('{id: {eq: "own-1"}}'), 1);
  assert.equal(found('{by: {eq: "own-a"}}'), 2);
  assert.equal(found('{tags: {anyIn: ["own-a"]}}'), 1);
  assert.equal(found('{by: {eq: "own-b"}}'), 0);
});

test('it is said which models a query may read, or what is wrong with it', async () => {
  const answers = await make();
  assert.deepEqual(answers.modelsOf('{ post { id } }'), { models: ['post'] });
  assert.deepEqual(answers.modelsOf('{ post { tags { id } } }'), { models: ['author', 'post'] });
  const wrong = {
    errors: [
      {
        message: "Field 'nope' doesn't exist on type 'PostRecord'",
        locations: [{ line: 1, column: 10 }],
        fields: ['query', 'post', 'nope'],
        extensions: { code: 'undefinedField' },
      },
    ],
  };
  assert.deepEqual(answers.modelsOf('{ post { nope } }'), wrong);
  assert.deepEqual(answers.ask('{ post { nope } }'), wrong);
  assert.equal(answers.ask('query A { post { id } } query B { post { id } }').data, undefined);
  assert.deepEqual(answers.ask('query A { post { id } } query B { author { id } }', {}, 'B'), {
    data: { author: null },
  });
});

test('what is no record and no model is refused by name, and changes nothing', async () => {
  const answers = await make();
  assert.throws(() => answers.put('post', { title: 'a' }), /a record of post: its id is no text/);
  assert.throws(() => answers.put('nope', { id: '1' }), /there is no model nope/);
  answers.remove('nope', '1');
  answers.put('post', { id: '1', title: 'a', rating: 'no number', by: 5 });
  assert.deepEqual(answers.ask('{ post { title rating by { id } } }'), {
    data: { post: { title: 'a', rating: null, by: null } },
  });
  await assert.rejects(Answers.load({ a: { fields: { x: 'nope' } } }), /models\.a\.fields\.x/);
});

test('several stand beside one another, and one that is freed answers no more', async () => {
  const [one, other] = await Promise.all([make(), make()]);
  one.put('post', { id: '1' });
  const count = (answers) => answers.ask('{ _allPostsMeta { count } }').data._allPostsMeta.count;
  assert.deepEqual([count(one), count(other)], [1, 0]);
  one.free();
  one.free();
  assert.throws(() => count(one), /freed/);
  assert.equal(count(other), 0);
});

test('queries made to harm end with an error, and the next one is answered', async () => {
  const answers = await make();
  for (let id = 1; id <= 600; ++id) answers.put('post', { id: `${id}`, title: 'a'.repeat(2000) });
  const nested = (depth) => '{AND: ['.repeat(depth) + '{title: {eq: "b"}}' + ']}'.repeat(depth);
  const parts = Array.from({ length: 4000 }, (_, i) => `{title: {eq: "${i}"}}`).join();
  const deep = (filter) => answers.ask(`{ allPosts(filter: ${filter}) { id } }`);
  assert.deepEqual(deep(nested(20)), { data: { allPosts: [] } });
  assert.deepEqual(deep(`{OR: [${parts}]}`), { data: { allPosts: [] } });
  for (const text of [
    '{'.repeat(20_000),
    `{ allPosts(filter: ${nested(5000)}) { id } }`,
    `{ allPosts(first: 501) { id } }`,
    `{ allPosts(filter: {title: {matches: {pattern: "(a?){60}b$"}}}) { id } }`,
    `{ post { id } }${' '.repeat(2 ** 20)}`,
    `{ ${Array.from({ length: 50_000 }, (_, i) => `a${i}: __typename`).join(' ')} }`,
    'query($f: PostModelFilter) { ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
    '\0{ post { id } }',
  ])
    assert.ok(answers.ask(text).errors?.[0].message, text.slice(0, 80));
  // As deep as variables may be.
  const deepest = (depth) => (depth ? { AND: [deepest(depth - 1)] } : { title: { eq: 'b' } });
  assert.deepEqual(
    answers.ask('query($f: PostModelFilter) { post(filter: $f) { id } }', { f: deepest(29) }),
    {
      data: { post: null },
    },
  );
  assert.equal(answers.ask('{ _allPostsMeta { count } }').data._allPostsMeta.count, 600);
});

test('10,000 records are put and asked for', async () => {
  const answers = await make();
  let since = performance.now();
  const took = () => (-since + (since = performance.now())).toFixed(1);
  for (let id = 1; id <= 10_000; ++id)
    answers.put('post', { id: `${id}`, title: `title ${id % 997}`, rating: id / 7, tags: [`${id % 50}`] });
  const times = [`put ${took()} ms`];
  const text = '{ allPosts(filter: {title: {eq: "title 5"}}, orderBy: rating_DESC, first: 5) { id title } }';
  for (const which of ['first', 'second', 'third']) {
    assert.equal(answers.ask(text).data.allPosts[0].id, '9975');
    times.push(`${which} query ${took()} ms`);
  }
  answers.ask('{ allPosts(filter: {title: {matches: {pattern: "9$"}}}, first: 500) { id title rating } }');
  times.push(`500 by a pattern ${took()} ms`);
  console.log(`10,000 records: ${times.join(', ')}`);
  answers.free();
});

test('pages fetch it from beside their file, from where they are told, or take it compiled', async (t) => {
  const requested = [];
  const server = http.createServer(({ url }, answer) => {
    requested.push(url);
    if (url !== '/there/answers.wasm') return answer.writeHead(404).end();
    answer.writeHead(200, { 'Content-Type': 'text/plain' }).end(fs.readFileSync(wasm));
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  t.after(() => server.close());
  const at = (path) => `http://127.0.0.1:${server.address().port}${path}`;
  const works = (answers) => assert.deepEqual(answers.ask('{ post { id } }'), { data: { post: null } });
  works(await InPages.load(models, { url: at('/there/answers.wasm') }));
  works(await InPages.load(models, { url: new URL(at('/there/answers.wasm')) }));
  assert.deepEqual(requested, ['/there/answers.wasm'], 'it is fetched once');
  await assert.rejects(InPages.load(models, { url: at('/gone.wasm') }), /gone\.wasm is answered with 404/);
  works(await InPages.load(models, { module: await WebAssembly.compile(fs.readFileSync(wasm)) }));
  assert.match(
    fs.readFileSync(new URL('../../dist/answers.web.js', import.meta.url), 'utf8'),
    /new URL\("\.\/answers\.datocms\.wasm",import\.meta\.url\)/,
    'bundlers look for it in this form',
  );
});
