// The judge's side: graphql-js over the schema that ours says it has, and over the same records.
import { spawnSync } from 'node:child_process';
import {
  GraphQLError,
  Kind,
  buildClientSchema,
  execute,
  getIntrospectionQuery,
  parse,
  specifiedScalarTypes,
  validate,
} from 'graphql';

const day = /^(\d{4})-(\d\d)-(\d\d)$/;
const time = /^T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

function isDate(text) {
  const [, year, month, date] = day.exec(text)?.map(Number) ?? [];
  if (year === undefined || month < 1 || month > 12 || date < 1) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return date <= [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
}

const isDateTime = (text) => isDate(text.slice(0, 10)) && time.test(text.slice(10));

/** What a scalar takes, from JSON and from literals of which kinds. */
const scalars = {
  BooleanType: { takes: (value) => typeof value === 'boolean', kinds: [Kind.BOOLEAN] },
  IntType: { takes: Number.isSafeInteger, kinds: [Kind.INT] },
  FloatType: { takes: (value) => typeof value === 'number', kinds: [Kind.INT, Kind.FLOAT] },
  ItemId: {
    takes: (value) => typeof value === 'string' || Number.isSafeInteger(value),
    kinds: [Kind.STRING, Kind.INT],
    makes: String,
  },
  Date: { takes: (value) => typeof value === 'string' && isDate(value), kinds: [Kind.STRING] },
  DateTime: { takes: (value) => typeof value === 'string' && isDateTime(value), kinds: [Kind.STRING] },
};

function literal(node, makes) {
  if (node.kind === Kind.STRING || node.kind === Kind.BOOLEAN || makes) return node.value;
  return Number(node.value);
}

function giveScalars(schema) {
  // Those that graphql-js has itself come with descriptions, which ours do not have.
  for (const { name } of specifiedScalarTypes) schema.getType(name).description = undefined;
  for (const [name, { takes, kinds, makes }] of Object.entries(scalars)) {
    const convert = (value) => {
      if (!takes(value)) throw new GraphQLError(`${name} cannot be ${JSON.stringify(value)}`);
      return makes ? makes(value) : value;
    };
    const type = schema.getType(name);
    type.serialize = convert;
    type.parseValue = convert;
    type.parseLiteral = (node) => {
      if (!kinds.includes(node.kind)) throw new GraphQLError(`${name} cannot be a ${node.kind}`);
      return convert(literal(node, makes));
    };
  }
}

const records = {
  Query: {
    blogPost: { $ref: '1' },
    allBlogPosts: ['1', '2', '3', '4', '5'].map(($ref) => ({ $ref })),
    homePage: { $ref: '20' },
    search: [{ $ref: '10' }, null, { $ref: '2' }, { $ref: '99' }],
    titled: { $ref: '20' },
  },
  BlogPostRecord: {
    1: { title: 'One', text: 'a "quoted" text\n', views: 3, rating: 1.5, featured: true, day: '2024-02-29' },
    2: { title: 'Zwei é 😀', text: null, views: 'many', rating: 4, featured: 'yes', day: '2023-02-29' },
    3: { title: 'Three', text: '', views: 1.5, rating: -0.25, featured: null, day: null },
    4: { title: null, views: 9007199254740991, rating: 'high', featured: false, day: '0001-01-01' },
    5: { title: 'Five', views: 0, rating: 0 },
  },
  AuthorRecord: {
    10: { name: 'Ada', views: 2147483647, posts: [{ $ref: '1' }, { $ref: '2' }] },
    11: { name: 'Bo', views: 2147483648, posts: [{ $ref: '99' }] },
    12: { name: { $error: 'nameless' }, views: { a: 1 }, posts: [] },
  },
  HomePageRecord: { 20: { title: 'Home', author: { $ref: '11' }, highlight: { $ref: '3' } } },
};

const links = {
  1: { author: '10', editor: '11', related: ['2', '3'], mixed: ['10', '99', '20'] },
  2: { author: '11', related: ['1', '99'], mixed: null },
  3: { author: '12', editor: '10', related: [], mixed: [] },
  4: { author: '99', editor: '12', related: ['5'], mixed: ['4'] },
  5: { editor: '99', related: ['5'] },
};
const others = {
  1: {
    tags: ['a', 'b'],
    matrix: [[1, null], []],
    extra: { deep: [1, { x: null }] },
    broken: { $error: 'no' },
  },
  2: { tags: ['a', null], matrix: [[1], null], extra: 7, brokenHard: { $error: 'never' } },
  3: { tags: [], matrix: [[1, 'x']], extra: [[]], brokenHard: 1, subtitle: 'old' },
  4: { tags: null, matrix: null, extra: 'text', brokenHard: 2.5 },
  5: { tags: 'none', matrix: [['y']], extra: null },
};

function complete() {
  for (const [name, all] of Object.entries(records)) {
    if (name === 'Query') continue;
    for (const [id, record] of Object.entries(all)) {
      const written = { id, _createdAt: '2024-01-01T00:00:00Z', _updatedAt: '2024-01-02T03:04:05.678+01:00' };
      Object.assign(record, { __typename: name, ...written, _status: 'published', _modelApiKey: name });
    }
  }
  const reference = ($ref) => ({ $ref });
  for (const [id, link] of Object.entries(links)) {
    const post = records.BlogPostRecord[id];
    Object.assign(post, others[id]);
    for (const [name, to] of Object.entries(link))
      post[name] = Array.isArray(to) ? to.map(reference) : to && reference(to);
  }
  records.BlogPostRecord[1].neighbours = [[reference('2')], null, [reference('99')], [reference('5')]];
  records.BlogPostRecord[2].neighbours = [[null], [reference('1'), reference('2')]];
  records.BlogPostRecord[4]._status = 'lost';
  records.BlogPostRecord[5].id = 5;
}
complete();

const byId = Object.assign(
  {},
  ...Object.entries(records).map(([name, all]) => (name === 'Query' ? {} : all)),
);

function give(value) {
  if (Array.isArray(value)) return value.map(give);
  if (value?.$ref) return byId[value.$ref] ?? null;
  if (value?.$error) return new Error(value.$error);
  return value;
}

function resolve(source, given, _, { fieldName }) {
  if (fieldName === 'echo') return given;
  if (fieldName === 'node') return byId[given.id] ?? null;
  if (fieldName === '_allBlogPostsMeta') return {};
  if (fieldName === 'count') return 3;
  const value = give(source[fieldName] ?? null);
  if (fieldName !== 'allBlogPosts') return value;
  const [skip, first] = [given.skip ?? 0, given.first ?? 0];
  if (first < 0 || first > 500 || skip < 0) throw new Error('a window that does not exist');
  return value.slice(skip, skip + first);
}

const program = 'build/release/graphql_judged';

/** Ours: the answers of the native program to requests. */
export function ask(requests) {
  const lines = [records, ...requests].map((line) => JSON.stringify(line));
  const run = spawnSync(program, { input: `${lines.join('\n')}\n`, maxBuffer: 2 ** 30 });
  if (run.status !== 0) throw new Error(`${program} ended with ${run.signal ?? run.status}: ${run.stderr}`);
  return run.stdout
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

export const introspection = getIntrospectionQuery({
  inputValueDeprecation: true,
  specifiedByUrl: true,
  directiveIsRepeatable: true,
  schemaDescription: true,
});

export function judgeSchema() {
  const [{ result, errors }] = ask([{ query: introspection }]);
  if (errors) throw new Error(JSON.stringify(errors));
  const schema = buildClientSchema(result.data);
  giveScalars(schema);
  return schema;
}

const reads = (document) =>
  document.definitions.every(({ operation }) => operation === undefined || operation === 'query');

/** Theirs: `{ errors }` of what is refused, else `{ data, errors }`, the document beside it. */
export function judge(schema, { query, variables, operationName }) {
  let document;
  try {
    document = parse(query);
  } catch (error) {
    return { errors: [error] };
  }
  const errors = validate(schema, document);
  if (errors.length) return { errors };
  if (!reads(document)) return { errors: [new Error('only queries are configured')] };
  const result = execute({
    schema,
    document,
    rootValue: records.Query,
    variableValues: variables ?? undefined,
    operationName: operationName || undefined,
    fieldResolver: resolve,
  });
  return { document, ...result };
}
