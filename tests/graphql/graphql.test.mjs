// Our GraphQL against graphql-js: over the same schema and the same records both have to say the same.
import assert from 'node:assert/strict';
import test from 'node:test';
import * as graphql from 'graphql';

import { compare } from './compare.mjs';
import { requests, rules } from './documents.mjs';
import { generate, generateValue } from './generator.mjs';
import { ask, introspection, judge, judgeSchema } from './world.mjs';

const schema = judgeSchema();

/** Compares all; a difference is shown with the request that it came from. */
function compareAll(asked) {
  const counts = { accepted: 0, refused: 0, bounded: 0 };
  const ours = ask(asked);
  for (const [index, request] of asked.entries()) {
    try {
      counts[compare(request, ours[index], judge(schema, request))] += 1;
    } catch (error) {
      error.message = `${JSON.stringify(request)}\n${error.message}`;
      throw error;
    }
  }
  return counts;
}

test('graphql-js takes the schema that introspection shows', () => {
  const [{ result }] = ask([{ query: introspection }]);
  assert.deepEqual(graphql.validateSchema(graphql.buildClientSchema(result.data)), []);
});

test('what introspection shows is what the schema is', () => {
  const [{ result }] = ask([{ query: introspection }]);
  const own = ({ name }) => !name.startsWith('__');
  const theirs = graphql.introspectionFromSchema(schema, {
    inputValueDeprecation: true,
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    schemaDescription: true,
  });
  // Theirs writes defaults in another way, and has a member that is younger than the edition.
  const plain = (types) =>
    JSON.parse(
      JSON.stringify(types, (key, value) => {
        if (key === 'isOneOf') return undefined;
        return key === 'defaultValue' ? value !== null : (value ?? null);
      }),
    );
  const ours = result.data.__schema;
  assert.deepEqual(plain(ours.types.filter(own)), plain(theirs.__schema.types.filter(own)));
  const pick = ({ name, description, isRepeatable, locations, args }) => ({
    name,
    description,
    isRepeatable,
    locations,
    args,
  });
  assert.deepEqual(plain(ours.directives.map(pick)), plain(theirs.__schema.directives.map(pick)));
});

for (const [rule, { right, wrong }] of Object.entries(rules)) {
  test(`${rule} lets the same documents through`, () => {
    for (const query of right) assert.deepEqual(graphql.validate(schema, graphql.parse(query)), [], query);
    const asked = right.map((query) => ({ query }));
    compareAll(asked);
    // What is right may still lack the name of its operation, or a variable.
    const later = ['operationNameMissing', 'variableInvalid'];
    for (const { errors } of ask(asked))
      assert.ok(!errors || errors.every(({ extensions }) => later.includes(extensions.code)));
  });

  test(`${rule} refuses the same documents`, () => {
    for (const query of wrong) {
      const found = graphql.validate(schema, graphql.parse(query), [graphql[rule]]);
      assert.notEqual(found.length, 0, `${rule} has nothing against ${query}`);
    }
    assert.equal(compareAll(wrong.map((query) => ({ query }))).refused, wrong.length);
  });
}

test('requests with variables, several operations and records that fail are answered alike', () => {
  const { accepted, refused } = compareAll(requests);
  assert.ok(accepted > 20 && refused > 8, `${accepted} accepted, ${refused} refused`);
});

for (const [wild, seed] of [
  [0, 1],
  [0.1, 10_000],
  [0.25, 20_000],
  [1, 30_000],
]) {
  test(`documents made by chance, ${wild} wild, are answered alike`, () => {
    const made = Array.from({ length: 250 }, (_, index) => generate(schema, seed + index, wild));
    const { accepted, refused, bounded } = compareAll(made);
    assert.ok(accepted > 20 && refused > 40, `${accepted} accepted, ${refused} refused`);
    assert.ok(bounded < 5, `${bounded} bounded`);
  });
}

test('texts and numbers made by chance are read alike', () => {
  const { accepted, refused } = compareAll(Array.from({ length: 1500 }, (_, seed) => generateValue(seed)));
  assert.ok(accepted > 300 && refused > 300, `${accepted} accepted, ${refused} refused`);
});

test('a query with links n deep takes n + 1 rounds, however many records there are', () => {
  const queries = [
    ['{ __typename }', 1],
    ['{ allBlogPosts { id title } }', 2],
    ['{ allBlogPosts { author { name } related { id } } }', 3],
    [
      `{ homePage { author { id } highlight { ... on BlogPostRecord {
        related { id } author { posts { id } } } } } }`,
      4,
    ],
  ];
  const answers = ask(queries.map(([query]) => ({ query })));
  assert.deepEqual(
    answers.map(({ rounds }) => rounds),
    queries.map(([, rounds]) => rounds),
  );
});

test('a validation error says what, where and in which field', () => {
  const queries = [
    '{\n  blogPost { nope }\n}',
    'query Named {\n  all: allBlogPosts(limit: 1) { id } }',
    'mutation { a }',
    'subscription { a }',
  ];
  const [field, argument, mutation, subscription] = ask(queries.map((query) => ({ query })));
  assert.deepEqual(field.errors, [
    {
      message: "Field 'nope' doesn't exist on type 'BlogPostRecord'",
      locations: [{ line: 2, column: 14 }],
      fields: ['query', 'blogPost', 'nope'],
      extensions: { code: 'undefinedField' },
    },
  ]);
  assert.deepEqual(argument.errors, [
    {
      message: "Field 'allBlogPosts' doesn't accept argument 'limit'",
      locations: [{ line: 2, column: 21 }],
      fields: ['query Named', 'all', 'limit'],
      extensions: { code: 'argumentNotAccepted' },
    },
  ]);
  assert.equal(mutation.errors[0].message, 'Schema is not configured for mutations');
  assert.equal(subscription.errors[0].message, 'Schema is not configured for subscriptions');
});

test('two spellings of one operation have one key', () => {
  const [one, other, third] = ask([
    {
      query: 'query ($a: ItemId!) { node(id: $a) { ...F } } fragment F on RecordInterface { id }',
      variables: { a: 1 },
    },
    {
      query: '# the same\nfragment F on RecordInterface { id, }\nquery($a:ItemId!){node(id:$a){...F}}',
      variables: { a: '1' },
    },
    {
      query: 'query ($a: ItemId!) { node(id: $a) { ...F } } fragment F on RecordInterface { id }',
      variables: { a: 2 },
    },
  ]);
  assert.equal(one.key, other.key);
  assert.notEqual(one.key, third.key);
});
