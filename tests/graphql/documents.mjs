// Documents for each rule: some that it lets through, some that it refuses. The rules are graphql-js's.

const deep = (count, inner) => '{ related '.repeat(count) + inner + ' }'.repeat(count);

export const rules = {
  ExecutableDefinitionsRule: {
    right: ['{ __typename }'],
    wrong: ['{ __typename } type Dog { name: String }', 'extend type Query { a: Int } { __typename }'],
  },
  UniqueOperationNamesRule: {
    right: [
      'query A { __typename } query B { __typename }',
      'query A { ...A } fragment A on Query { __typename }',
    ],
    wrong: ['query A { __typename } query A { homePage { id } }'],
  },
  LoneAnonymousOperationRule: {
    right: ['{ __typename }', '{ ...F } fragment F on Query { __typename }'],
    wrong: ['{ __typename } { __typename }', 'query A { __typename } { __typename }'],
  },
  KnownTypeNamesRule: {
    right: ['query ($a: ItemId!) { node(id: $a) { ... on AuthorRecord { name } } }'],
    wrong: [
      'query ($a: Nobody) { __typename }',
      '{ blogPost { ... on Nobody { id } } }',
      '{ ...F } fragment F on Nobody { id }',
      'query ($a: [[Nobody!]]!) { __typename }',
    ],
  },
  FragmentsOnCompositeTypesRule: {
    right: ['{ search(text: "") { ... on SearchResult { __typename } ... { __typename } } }'],
    wrong: [
      '{ blogPost { ... on String { length } } }',
      '{ blogPost { ...F } } fragment F on SiteLocale { en }',
      '{ blogPost { ... on BlogPostModelFilter { id } } }',
    ],
  },
  VariablesAreInputTypesRule: {
    right: [
      `query ($f: BlogPostModelFilter, $l: [SiteLocale!]) {
        blogPost(filter: $f, fallbackLocales: $l) { id } }`,
    ],
    wrong: ['query ($p: BlogPostRecord) { __typename }', 'query ($p: [SearchResult!]!) { __typename }'],
  },
  ScalarLeafsRule: {
    right: ['{ blogPost { title extra } }'],
    wrong: [
      '{ blogPost }',
      '{ blogPost { title { length } } }',
      '{ blogPost { author } }',
      '{ __typename { x } }',
      '{ allBlogPosts }',
      '{ blogPost { extra { deep } } }',
    ],
  },
  FieldsOnCorrectTypeRule: {
    right: [
      '{ blogPost { author { name } } search(text: "a") { __typename } }',
      '{ __schema { queryType { name } } }',
    ],
    wrong: [
      '{ nobody }',
      '{ blogPost { name } }',
      '{ search(text: "a") { id } }',
      '{ node(id: 1) { title } }',
      '{ blogPost { __schema { description } } }',
      '{ blogPost { ... on RecordInterface { title } } }',
      '{ ...F } fragment F on Query { nobody }',
      '{ __nobody }',
    ],
  },
  UniqueFragmentNamesRule: {
    right: ['{ ...A ...B } fragment A on Query { __typename } fragment B on Query { __typename }'],
    wrong: ['{ ...A } fragment A on Query { __typename } fragment A on Query { __typename }'],
  },
  KnownFragmentNamesRule: {
    right: ['{ ...A } fragment A on Query { __typename }'],
    wrong: ['{ ...A }', '{ ...A } fragment A on Query { ...B }'],
  },
  NoUnusedFragmentsRule: {
    right: ['{ ...A } fragment A on Query { ...B } fragment B on Query { __typename }'],
    wrong: [
      '{ __typename } fragment A on Query { __typename }',
      '{ __typename } fragment A on Query { ...B } fragment B on Query { ...A }',
      'fragment A on Query { __typename }',
    ],
  },
  PossibleFragmentSpreadsRule: {
    right: [
      '{ node(id: 1) { ... on BlogPostRecord { t: title } ... on Titled { title } } }',
      '{ search(text: "") { ... on RecordInterface { id } ... on Titled { title } } }',
      '{ blogPost { ... on SearchResult { __typename } ...F } } fragment F on RecordInterface { id }',
    ],
    wrong: [
      '{ blogPost { ... on AuthorRecord { name } } }',
      '{ blogPost { ...F } } fragment F on HomePageRecord { id }',
      '{ search(text: "") { ... on HomePageRecord { id } } }',
      '{ titled { ... on AuthorRecord { id } } }',
      '{ node(id: 1) { ... on CollectionMetadata { count } } }',
    ],
  },
  NoFragmentCyclesRule: {
    right: ['{ ...A ...B } fragment A on Query { ...B } fragment B on Query { __typename }'],
    wrong: [
      '{ ...A } fragment A on Query { ...A }',
      '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
      `{ blogPost { ...A } } fragment A on BlogPostRecord { related { ...B
        } } fragment B on BlogPostRecord { related { ...A } }`,
      `{ ...A } fragment A on Query { ...B ...C } fragment B on Query
        { ...C } fragment C on Query { ... { ...B } }`,
    ],
  },
  UniqueVariableNamesRule: {
    right: ['query A($a: ItemId!) { node(id: $a) { id } } query B($a: ItemId!) { node(id: $a) { id } }'],
    wrong: ['query ($a: ItemId!, $a: ItemId!) { node(id: $a) { id } }'],
  },
  NoUndefinedVariablesRule: {
    right: ['query ($a: ItemId!) { ...F } fragment F on Query { node(id: $a) { id } }'],
    wrong: [
      '{ node(id: $a) { id } }',
      'query ($a: ItemId!) { node(id: $a) { id } ...F } fragment F on Query { n: node(id: $b) { id } }',
      'query A($a: ItemId!) { ...F } query B { ...F } fragment F on Query { node(id: $a) { id } }',
      '{ blogPost { echo(json: {a: [$b]}) } }',
      '{ homePage @skip(if: $b) { id } }',
    ],
  },
  NoUnusedVariablesRule: {
    right: ['query ($a: JsonField) { blogPost { echo(json: [{x: $a}]) } }'],
    wrong: [
      'query ($a: Int) { __typename }',
      'query A($a: ItemId!) { __typename } query B($a: ItemId!) { node(id: $a) { id } }',
    ],
  },
  KnownDirectivesRule: {
    right: ['{ homePage @include(if: true) @skip(if: false) { id } ... @skip(if: true) { __typename } }'],
    wrong: [
      '{ homePage @nobody { id } }',
      'query @skip(if: true) { __typename }',
      '{ ...F } fragment F on Query @include(if: true) { __typename }',
      '{ homePage @deprecated { id } }',
      'query ($a: ItemId! @skip(if: true)) { node(id: $a) { id } }',
    ],
  },
  UniqueDirectivesPerLocationRule: {
    right: ['{ homePage @skip(if: true) { id @skip(if: true) } }'],
    wrong: [
      '{ homePage @skip(if: true) @skip(if: false) { id } }',
      '{ ... @skip(if: true) @skip(if: true) { __typename } }',
    ],
  },
  KnownArgumentNamesRule: {
    right: [
      '{ allBlogPosts(first: 1, skip: 0) { id } }',
      '{ __type(name: "Query") { fields(includeDeprecated: true) { name } } }',
    ],
    wrong: [
      '{ allBlogPosts(limit: 1) { id } }',
      '{ blogPost { title(upper: true) } }',
      '{ homePage @skip(if: true, unless: false) { id } }',
      '{ __typename(a: 1) }',
    ],
  },
  UniqueArgumentNamesRule: {
    right: ['{ allBlogPosts(first: 1, skip: 1) { id } }'],
    wrong: ['{ allBlogPosts(first: 1, first: 1) { id } }', '{ homePage @skip(if: true, if: true) { id } }'],
  },
  ValuesOfCorrectTypeRule: {
    right: [
      `{ blogPost { echo(number: null, numbers: [1, [2.5, 3]], truth:
        false, id: 5, item: "x", json: {a: RED}) } }`,
      '{ blogPost { echo(numbers: 1) e2: echo(numbers: [[1.0], null]) e3: echo(orderBy: title_ASC) } }',
      `{ blogPost(filter: {AND: {title: {in: "a"}}, day: {eq:
        "2024-02-29"}, _updatedAt: {gt: null}}) { id } }`.replace(', _updatedAt: {gt: null}', ''),
      '{ allBlogPosts(first: 9007199254740991) { id } }',
      `query ($d: Date = "2024-12-31", $t: [DateTime] = "2024-12-31T10:00Z") {
        blogPost(filter: {day: {eq: $d}, _updatedAt: {in: $t}}) { id } }`,
    ],
    wrong: [
      '{ allBlogPosts(first: 1.0) { id } }',
      '{ allBlogPosts(first: "1") { id } }',
      '{ allBlogPosts(first: 9007199254740992) { id } }',
      '{ allBlogPosts(locale: "en") { id } }',
      '{ allBlogPosts(locale: xx) { id } }',
      '{ search(text: null) { __typename } }',
      '{ search(text: a) { __typename } }',
      '{ search(text: "a", limit: 2147483648) { __typename } }',
      '{ search(text: ["a"]) { __typename } }',
      '{ blogPost(filter: {nobody: 1}) { id } }',
      '{ blogPost(filter: {text: {caseSensitive: true}}) { id } }',
      '{ blogPost(filter: {OR: [null]}) { id } }',
      '{ blogPost(filter: {day: {eq: "2023-02-29"}}) { id } }',
      '{ blogPost(filter: {_updatedAt: {eq: "2023-02-28"}}) { id } }',
      '{ blogPost(filter: "x") { id } }',
      '{ blogPost(filter: [{}]) { id } }',
      '{ blogPost { echo(numbers: [[[1]]]) } }',
      '{ blogPost { echo(numbers: [[null]]) } }',
      '{ blogPost { echo(truth: null) } }',
      '{ blogPost { echo(truth: 1) } }',
      '{ blogPost { echo(id: 1.5) } }',
      'query ($a: Int = "x") { search(text: "", limit: $a) { __typename } }',
      'query ($a: Int! = null) { search(text: "", limit: $a) { __typename } }',
      '{ homePage @skip(if: "true") { id } }',
    ],
  },
  ProvidedRequiredArgumentsRule: {
    right: ['{ search(text: "") { __typename } }', '{ blogPost { echo } }'],
    wrong: [
      '{ search { __typename } }',
      '{ node { id } }',
      '{ homePage @skip { id } }',
      '{ __type { name } }',
    ],
  },
  VariablesInAllowedPositionRule: {
    right: [
      'query ($a: String!) { search(text: $a) { __typename } }',
      'query ($a: String = "x") { search(text: $a) { __typename } }',
      'query ($a: Int) { search(text: "", limit: $a) { __typename } }',
      'query ($a: [SiteLocale!]!) { blogPost(fallbackLocales: $a) { id } }',
      'query ($a: SiteLocale!) { blogPost(fallbackLocales: [$a]) { id } }',
      'query ($a: BooleanType) { blogPost(filter: {text: {pattern: "", regexp: $a}}) { id } }',
    ],
    wrong: [
      'query ($n: Int) { allBlogPosts(first: $n) { id } }',
      'query ($a: String) { search(text: $a) { __typename } }',
      'query ($a: String = null) { search(text: $a) { __typename } }',
      'query ($a: [SiteLocale]) { blogPost(fallbackLocales: $a) { id } }',
      'query ($a: SiteLocale) { blogPost(fallbackLocales: [$a]) { id } }',
      'query ($a: SiteLocale!) { blogPost(fallbackLocales: $a) { id } }',
      'query ($a: ID!) { node(id: $a) { id } }',
      'query ($a: Boolean) { homePage @skip(if: $a) { id } }',
      'query ($a: String) { blogPost(filter: {text: {pattern: $a}}) { id } }',
      'query ($a: String) { ...F } fragment F on Query { search(text: $a) { __typename } }',
    ],
  },
  OverlappingFieldsCanBeMergedRule: {
    right: [
      '{ blogPost { id id } blogPost { title } }',
      '{ node(id: 1) { ... on BlogPostRecord { x: title } ... on AuthorRecord { x: name } } }',
      `{ search(text: "") { ... on BlogPostRecord { a: echo(number:
        1) } ... on AuthorRecord { b: views } } }`,
      '{ a: blogPost { echo(json: {a: 1, b: 2}) } a: blogPost { echo(json: {b: 2, a: 1}) } }',
      '{ titled { author { id } ... on HomePageRecord { author { name } } } }',
      `{ node(id: 1) { ... on BlogPostRecord { x: author { id } } ...
        on HomePageRecord { x: author { y: name } } } }`,
      'query ($a: ItemId!) { node(id: $a) { id } node(id: $a) { _status } }',
    ],
    wrong: [
      '{ blogPost { a: id a: title } }',
      '{ allBlogPosts(first: 1) { id } allBlogPosts(first: 2) { id } }',
      '{ allBlogPosts(first: 1) { id } allBlogPosts { id } }',
      '{ blogPost { title: text title } }',
      '{ blogPost { x: author { name } } blogPost { x: editor { name } } }',
      '{ blogPost { author { a: name } } ...F } fragment F on Query { blogPost { author { a: id } } }',
      '{ node(id: 1) { ... on BlogPostRecord { x: views } ... on AuthorRecord { x: views } } }',
      '{ node(id: 1) { ... on BlogPostRecord { x: id } ... on AuthorRecord { x: name } } }',
      '{ node(id: 1) { ... on BlogPostRecord { x: title } ... on HomePageRecord { x: title } } }',
      `{ node(id: 1) { ... on BlogPostRecord { x: author { y: id } } ...
        on HomePageRecord { x: author { y: name } } } }`,
      '{ titled { x: title ... on HomePageRecord { x: _modelApiKey } } }',
      `{ node(id: 1) { ... on BlogPostRecord { x: related { y: id } }
        ... on HomePageRecord { x: author { y: id } } } }`,
      `{ blogPost { ...A ...B } } fragment A on BlogPostRecord { x:
        id } fragment B on BlogPostRecord { x: text }`,
      '{ blogPost { echo(json: "a") echo(json: """a""") } }',
      'query ($a: ItemId!, $b: ItemId!) { node(id: $a) { id } node(id: $b) { id } }',
      `{ blogPost ${deep(6, '{ a: id }')} blogPost ${deep(6, '{ a: title }')} }`,
    ],
  },
  UniqueInputFieldNamesRule: {
    right: ['{ blogPost(filter: {id: {eq: 1}, title: {eq: "1"}}) { id } }'],
    wrong: [
      '{ blogPost(filter: {id: {eq: 1, eq: 1}}) { id } }',
      '{ blogPost { echo(json: [{a: 1, a: 1}]) } }',
    ],
  },
  MaxIntrospectionDepthRule: {
    right: ['{ __schema { types { fields { type { fields { name } } } } } }'.replace('types', 'queryType')],
    wrong: [
      '{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }',
      `{ __type(name: "Query") { ...T } } fragment T on __Type { interfaces
        { possibleTypes { inputFields { name } } } }`,
    ],
  },
};

/** Requests that are run, beside those of the rules. */
export const requests = [
  { query: 'query A { blogPost { id } } query B { homePage { id } }', operationName: 'B' },
  { query: 'query A { blogPost { id } } query B { homePage { id } }', operationName: 'C' },
  { query: 'query A { blogPost { id } } query B { homePage { id } }' },
  { query: 'fragment F on Query { __typename } query A { ...F }', operationName: '' },
  { query: 'query ($a: ItemId!) { node(id: $a) { id } }' },
  { query: 'query ($a: ItemId!) { node(id: $a) { id } }', variables: { a: null } },
  { query: 'query ($a: ItemId!) { node(id: $a) { id } }', variables: { a: 2, b: 'not asked for' } },
  { query: 'query ($a: Int = 1) { search(text: "", limit: $a) { __typename } }', variables: { a: null } },
  {
    query:
      'query ($a: Boolean = true) { a: homePage @skip(if: $a) { id } b: homePage @include(if: $a) { id } }',
  },
  { query: 'query ($a: Boolean = true) { homePage { id @skip(if: $a) } }', variables: { a: null } },
  { query: 'query ($a: Boolean = true) { homePage @skip(if: $a) { id } }', variables: { a: null } },
  {
    query: 'query ($f: BlogPostModelFilter) { blogPost { echo(filter: $f) } }',
    variables: { f: { id: { nobody: 1 } } },
  },
  {
    query: 'query ($f: BlogPostModelFilter) { blogPost { echo(filter: $f) } }',
    variables: { f: { OR: [{}, null] } },
  },
  {
    query: 'query ($f: BlogPostModelFilter) { blogPost { echo(filter: $f) } }',
    variables: { f: { _status: { in: 'draft' }, AND: {}, text: { pattern: '' } } },
  },
  { query: 'query ($w: Window) { blogPost { a: echo(window: $w) b: echo(window: {first: 3}) } }' },
  { query: 'query ($w: Window) { blogPost { a: echo(window: $w) } }', variables: { w: null } },
  { query: 'query ($a: [Float!]) { blogPost { echo(numbers: [$a, [1]]) } }' },
  { query: 'query ($a: Float) { blogPost { echo(json: {a: $a, b: [$a]}) } }' },
  { query: '{ allBlogPosts(first: 501) { id } blogPost { id } }' },
  { query: '{ allBlogPosts { id title views rating featured day tags matrix extra _status } }' },
  { query: '{ allBlogPosts { broken subtitle editor { id name views } } }' },
  { query: '{ blogPost { brokenHard } homePage { id } }' },
  { query: '{ allBlogPosts(skip: 1, first: 2) { brokenHard } homePage { id } }' },
  { query: '{ a: allBlogPosts(first: 1) { neighbours { id related { id } } mixed { id __typename } } }' },
  { query: '{ allBlogPosts { neighbours { editor { id } } } }' },
  { query: '{ b: blogPost { mixed { ... on AuthorRecord { posts { id title } } } } }' },
  {
    query:
      '{ search(text: "x") { ... on AuthorRecord { name } ... on BlogPostRecord { title } __typename } }',
  },
  { query: '{ homePage { highlight { ... on BlogPostRecord { title } ... on Titled { author { id } } } } }' },
  {
    query:
      '{ _allBlogPostsMeta { count } node(id: 99) { id } n: node(id: 12) { ... on AuthorRecord { name } } }',
  },
  {
    query:
      '{ blogPost { b: id } blogPost { a: id related { id } } ... { blogPost { related { title } c: id } } }',
  },
  { query: '\ufeff# only a comment\n{ __typename,,, }' },
  { query: '{ __typename } # no end' },
  { query: '' },
  { query: '#' },
  { query: '{ a' },
  { query: '{ blogPost(filter: {text: {pattern: "\\ud800"}}) { id } }' },
];
