// The schema that models make, as graphql-js reads it: it is one, and has what clients of DatoCMS look for.
import assert from 'node:assert/strict';
import test from 'node:test';

import {
  buildClientSchema,
  getIntrospectionQuery,
  parse,
  printSchema,
  validate,
  validateSchema,
} from 'graphql';

import { ask, query, start } from './datocms-world.mjs';

const models = {
  blog_post: {
    fields: {
      title: 'string',
      body: 'text',
      slug: 'slug',
      views: 'integer',
      rating: 'float',
      featured: 'boolean',
      published_on: 'date',
      starts_at: 'date_time',
      extra: 'json',
      tint: 'color',
      place: 'geo',
      author: { type: 'link', model: 'author' },
      tags: { type: 'links', model: 'author' },
    },
  },
  author: { fields: { name: 'string' } },
  home_page: { singleInstance: true, fields: { hero_title: 'string' } },
};

async function read(t) {
  const world = await start(t, { settings: { models } });
  const { data } = await query(
    world,
    getIntrospectionQuery({ specifiedByUrl: true, inputValueDeprecation: true }),
  );
  return { world, schema: buildClientSchema(data) };
}
const arguments_ = (field) => Object.fromEntries(field.args.map(({ name, type }) => [name, String(type)]));

test('it is a schema, with the names that clients declare variables with', async (t) => {
  const { schema } = await read(t);
  assert.deepEqual(validateSchema(schema), []);
  for (const scalar of 'BooleanType IntType FloatType ItemId Date DateTime JsonField'.split(' '))
    assert.equal(schema.getType(scalar).constructor.name, 'GraphQLScalarType', scalar);
  const { blogPost, allBlogPosts, _allBlogPostsMeta, homePage } = schema.getQueryType().getFields();
  assert.equal(String(blogPost.type), 'BlogPostRecord');
  assert.equal(String(allBlogPosts.type), '[BlogPostRecord!]!');
  assert.equal(String(_allBlogPostsMeta.type), 'CollectionMetadata!');
  assert.deepEqual(arguments_(allBlogPosts), {
    locale: 'SiteLocale',
    fallbackLocales: '[SiteLocale!]',
    skip: 'IntType',
    first: 'IntType',
    filter: 'BlogPostModelFilter',
    orderBy: '[BlogPostModelOrderBy]',
  });
  assert.equal(allBlogPosts.args.find(({ name }) => name === 'first').defaultValue, 20);
  assert.deepEqual(Object.keys(arguments_(homePage)), ['locale', 'fallbackLocales']);
  assert.equal(schema.getQueryType().getFields().allHomePages, undefined);
  assert.deepEqual(schema.getType('BlogPostRecord').getInterfaces().map(String), ['RecordInterface']);
  const { tags, author, views, startsAt, extra, tint, place, _status } = schema
    .getType('BlogPostRecord')
    .getFields();
  assert.deepEqual(
    [tags, author, views, startsAt, extra, tint, place, _status].map(({ type }) => String(type)),
    [
      '[AuthorRecord!]!',
      'AuthorRecord',
      'IntType',
      'DateTime',
      'JsonField',
      'JsonField',
      'JsonField',
      'ItemStatus!',
    ],
  );
});

// Whatever tools ask for: GraphiQL takes all of it, older ones less.
const options = [
  'descriptions',
  'specifiedByUrl',
  'directiveIsRepeatable',
  'schemaDescription',
  'inputValueDeprecation',
  'oneOf',
];

test('every introspection query of graphql-js is answered', async (t) => {
  const world = await start(t, { settings: { models } });
  const printed = new Set();
  for (let chosen = 0; chosen < 1 << options.length; chosen++) {
    const wish = Object.fromEntries(options.map((name, i) => [name, ((chosen >> i) & 1) === 1]));
    const { data, errors } = await query(world, getIntrospectionQuery(wish));
    assert.equal(errors, undefined, JSON.stringify(wish));
    const schema = buildClientSchema(data);
    assert.deepEqual(validateSchema(schema), [], JSON.stringify(wish));
    printed.add(printSchema(schema));
  }
  // Descriptions alone can be seen: no scalar has an address, and nothing is deprecated.
  assert.equal(printed.size, 2);
});

test('each field has the tests of its type', async (t) => {
  const { schema } = await read(t);
  const filters = schema.getType('BlogPostModelFilter').getFields();
  const tests = (name) => Object.keys(filters[name].type.getFields()).sort().join(' ');
  const order = 'eq exists gt gte lt lte neq';
  const expected = {
    title: 'eq exists in isBlank isPresent matches neq notIn notMatches',
    body: 'exists isBlank isPresent matches notMatches',
    slug: 'eq in neq notIn',
    views: order,
    rating: order,
    featured: 'eq',
    publishedOn: order,
    startsAt: order,
    extra: 'exists',
    tint: 'exists',
    place: 'exists',
    author: 'eq exists in neq notIn',
    tags: 'allIn anyIn eq exists notIn',
    id: 'eq in neq notIn',
    _status: 'eq in neq notIn',
    _createdAt: order,
    _publishedAt: order,
  };
  for (const [name, listed] of Object.entries(expected)) assert.equal(tests(name), listed, name);
  for (const joined of ['AND', 'OR']) assert.equal(String(filters[joined].type), '[BlogPostModelFilter]');
});

test('it takes and refuses what graphql-js takes and refuses', async (t) => {
  const { world, schema } = await read(t);
  const documents = [
    'query ($n: IntType) { allBlogPosts(filter: {views: {gt: $n}}) { id } }',
    'query ($n: Int) { allBlogPosts(filter: {views: {gt: $n}}) { id } }',
    'query ($id: ItemId) { blogPost(filter: {id: {eq: $id}}) { title } }',
    'query ($id: ID) { blogPost(filter: {id: {eq: $id}}) { title } }',
    '{ allBlogPosts(orderBy: [views_DESC, id_ASC], first: 3) { ...on RecordInterface { id } } }',
    '{ allBlogPosts(orderBy: body_ASC) { id } }',
    // Literals of custom scalars are ours to judge: graphql-js knows nothing of them.
    '{ homePage(filter: {}) { heroTitle } }',
    '{ blogPost(filter: {tags: {anyIn: ["1", 2]}, AND: [{OR: [{slug: {in: ["a"]}}]}]}) { id } }',
    '{ blogPost { tags { name } author } }',
  ];
  for (const text of documents) {
    const refused = validate(schema, parse(text)).length > 0;
    const { json } = await ask(world, 'POST', 'graphql', { query: text });
    assert.equal(json.errors !== undefined, refused, `${text}: ${JSON.stringify(json)}`);
  }
});
