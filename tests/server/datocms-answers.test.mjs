// What a page answers from its own cache is what the server answers over the same records.
import assert from 'node:assert/strict';
import test from 'node:test';

import { buildClientSchema, getIntrospectionQuery } from 'graphql';

import { Answers } from '../../dist/answers.node.js';
import { generate } from '../graphql/generator.mjs';
import { ask, change, create, query, start } from './datocms-world.mjs';

const models = {
  blog_post: {
    fields: {
      title: { type: 'string', required: true },
      body: 'text',
      views: 'integer',
      rating: 'float',
      featured: 'boolean',
      published_on: 'date',
      starts_at: 'date_time',
      extra: 'json',
      author: { type: 'link', model: 'author' },
      tags: { type: 'links', model: 'tag' },
    },
  },
  author: { fields: { name: 'string', best: { type: 'link', model: 'blog_post' } } },
  tag: { fields: { label: 'slug' } },
  home_page: { singleInstance: true, fields: { hero_title: 'string' } },
};

/** Records of every kind: drafts, published ones, and such as were changed since. */
async function fill(world) {
  const some = (i, list) => list[i % list.length];
  const tags = [];
  for (const label of ['a', 'b', 'c']) tags.push(await create(world, 'tag', { label }));
  const authors = [];
  for (const name of ['Ada', 'Ben', null]) authors.push(await create(world, 'author', { name }));
  const posts = [];
  for (let i = 0; i < 24; i++) {
    const attributes = {
      ...(i % 7 && { title: some(i, ['', 'a', 'b', 'ab', 'é😀']) }),
      body: some(i, [null, 'a\nb', 'long '.repeat(20)]),
      views: some(i, [0, 1, 2, 3, null]),
      rating: some(i, [0.5, -2000, 1e21, 3]),
      featured: some(i, [true, false, null]),
      published_on: some(i, ['2024-02-29', '1999-12-31', null]),
      starts_at: some(i, ['2024-02-29T23:59:00Z', '2024-02-29T23:59:59.5-01:30', null]),
      extra: some(i, [{ a: [1, 'x', null] }, null]),
      author: some(i, [...authors, null]),
      tags: some(i, [[], [tags[0]], tags, null]),
    };
    const draft = i % 3 === 0;
    posts.push(await create(world, 'blog_post', attributes, { draft }));
    if (i % 4 === 1) await change(world, posts[i], { title: `changed ${i}` }, { draft: true });
  }
  await change(world, authors[0], { best: posts[2] });
  const home = await create(world, 'home_page', { hero_title: 'Hello' });
  return { blog_post: posts, author: authors, tag: tags, home_page: [home] };
}

/** As a collection of the SDK shows it. */
async function shown(world, id) {
  const { attributes, meta } = (await ask(world, 'GET', `cma/items/${id}`)).json.data;
  return {
    id,
    ...attributes,
    _status: meta.status,
    _isValid: meta.is_valid,
    _createdAt: meta.created_at,
    _updatedAt: meta.updated_at,
    _publishedAt: meta.published_at,
    _firstPublishedAt: meta.first_published_at,
  };
}

test('600 queries made by chance, right and wrong ones, are answered alike', async (t) => {
  const world = await start(t, { settings: { models } });
  const answers = await Answers.load(models);
  const records = await fill(world);
  for (const [model, ids] of Object.entries(records))
    for (const id of ids) answers.put(model, await shown(world, id));
  const schema = buildClientSchema((await query(world, getIntrospectionQuery())).data);

  const counts = { right: 0, wrong: 0, long: 0 };
  for (let seed = 1; seed <= 600; seed++) {
    if (seed % 40 === 0) {
      const id = records.blog_post.pop();
      await ask(world, 'DELETE', `cma/items/${id}`);
      answers.remove('blog_post', id);
    }
    const request = generate(schema, seed, seed % 4 ? 0 : 2);
    const theirs = (await ask(world, 'POST', 'graphql/preview', request)).json;
    const ours = answers.ask(request.query, request.variables, request.operationName);
    assert.deepEqual(ours, theirs, `seed ${seed}: ${JSON.stringify(request)}`);
    counts[theirs.data ? 'right' : 'wrong'] += 1;
    if (JSON.stringify(theirs.data ?? '').length > 300) counts.long += 1;
    const reach = answers.modelsOf(request.query);
    assert.ok(reach.models || theirs.errors, `seed ${seed}: ${JSON.stringify(reach)}`);
  }
  assert.ok(counts.right >= 200 && counts.wrong >= 20 && counts.long >= 50, JSON.stringify(counts));
});
