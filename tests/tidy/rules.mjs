// The rules of the house, each a function from one file to what is wrong with it.
import { bare, functions } from './source.mjs';

export const limits = { file: 500, function: 70, line: 110, includes: 8 };

// Which module may include which: the table of floors. A folder may always include itself.
const floors = {
  'core/base': [],
  'core/model': ['base'],
  'core/wire': ['base'],
  'core/query': ['base', 'model'],
  'core/index': ['base', 'model', 'query'],
  'core/schema': ['base', 'model'],
  'core/rights': ['base', 'model', 'query'],
  'core/graphql': ['base', 'model'],
  'core/journal': ['base'],
  'core/dialect': ['base', 'model', 'wire'],
  'core/hub': ['base', 'model', 'query', 'index', 'schema', 'rights'],
  'core/sync': ['base', 'model', 'wire', 'journal', 'dialect'],
  'core/gateway': ['base', 'model', 'wire', 'dialect', 'rights', 'hub'],
  wasm: ['base', 'model', 'query', 'journal', 'dialect', 'sync'],
  server: ['base', 'model', 'schema', 'wire', 'journal', 'dialect', 'rights', 'hub', 'gateway'],
};
const dialectFloor = ['base', 'model', 'wire', 'dialect'];
const graphqlDialects = ['datocms']; // that answer queries, over indexes of their own
const forQueries = ['graphql', 'query', 'index'];
// Answers from a page's cache are a module of their own, over the dialect that knows them.
const answers = { folder: 'wasm/answers/', floors: ['core/dialects/datocms', 'core/graphql'] };
const dialectList = 'core/dialects/dialects.cpp';

const isTest = (file) =>
  /_test\.(cpp|h)$|(^|\/)test_[^/]*\.h$|(^|\/)tests?\/|\.(test|spec)\.m?[jt]s$/.test(file);
const isCode = (file) => /\.(cpp|h|ts|mjs|js|cmake|sh)$/.test(file);
const language = (file) => (/\.(cpp|h)$/.test(file) ? 'cpp' : /\.(ts|mjs|js)$/.test(file) ? 'js' : '');

/** The module that a path belongs to: core/model, core/dialects/rested, server, wasm, ... */
function moduleOf(path) {
  return /^core\/dialects\/[^/]+(?=\/)|^core\/[^/]+|^[^/]+/.exec(path)[0];
}

function mayInclude(file, target) {
  const from = moduleOf(file);
  const to = moduleOf(target);
  if (from === to || file === dialectList || !/^(core|server|wasm)\//.test(file)) return true;
  if (!to.startsWith('core/')) return false;
  if (file.startsWith(answers.folder) && answers.floors.includes(to)) return true;
  const name = to.slice('core/'.length);
  if (!from.startsWith('core/dialects')) return (floors[from] ?? []).includes(name);
  return (
    dialectFloor.includes(name) || (forQueries.includes(name) && graphqlDialects.includes(from.split('/')[2]))
  );
}

function* includes(file) {
  for (const [index, line] of file.lines.entries()) {
    const found = /^\s*#\s*include\s*(["<])([^">]+)[">]/.exec(line);
    if (found) yield { line: index + 1, ours: found[1] === '"', target: found[2] };
  }
}

function* floorRule(file) {
  if (file.language !== 'cpp') return;
  for (const { line, ours, target } of includes(file)) {
    if (!ours) continue;
    if (!/^(core|server|wasm|tests)\//.test(target))
      yield [line, `include: '${target}' is not written from the repository root`];
    else if (!isTest(file.path) && !mayInclude(file.path, target))
      yield [line, `floor: ${moduleOf(file.path)} may not include ${target}`];
    // Tests join floors, but core never depends on an edge that does input and output.
    else if (
      isTest(file.path) &&
      file.path.startsWith('core/') &&
      /^(server|wasm)\/(?!backplane\/memory\/)/.test(target)
    ) {
      yield [line, `floor: a test of core may not include ${target}`];
    }
  }
}

// Where a library enters the house. Tests beside a source follow it.
const doors = [
  [/^nlohmann\//, /^core\/model\/sax\.h$/, 'nlohmann/json comes through core/model/sax.h'],
  [/^boost\//, /^server\/net\//, 'Boost belongs to server/net'],
  [
    /^sqlite3\.h$/,
    /^(server\/backplane\/sqlite|tests\/bench)\//,
    'SQLite belongs to server/backplane/sqlite',
  ],
  [/^(openssl\/|sodium)/, /^server\//, 'cryptography belongs to server'],
];

function* doorRule(file) {
  if (file.language !== 'cpp') return;
  for (const { line, target } of includes(file)) {
    for (const [library, place, message] of doors) {
      if (library.test(target) && !place.test(file.path)) yield [line, `library: ${message}`];
    }
  }
}

const streams = [
  [
    /#\s*include\s*<(iostream|sstream|fstream|ostream|istream|iomanip|locale|regex|format)>/,
    'streams, locales, regex and format',
  ],
  [/\bstd::(format|o?stringstream|regex|cout|cerr|locale)\b/, 'streams, locales, regex and format'],
];
const bannedInCore = [
  ...streams,
  [/\b(system|steady|high_resolution|utc|file)_clock\b/, 'clocks'],
  [/\bstd::j?thread\b|#\s*include\s*<thread>/, 'threads'],
  [/\bstd::(\w+_)?mutex\b|#\s*include\s*<(shared_)?mutex>/, 'mutexes'],
  [/\brandom_device\b|\bs?rand\s*\(/, 'chance that no Prng gives'],
  [/\b(throw|try|catch)\b/, 'exceptions'],
];

function* bannedRule(file) {
  if (file.language !== 'cpp' || isTest(file.path)) return;
  const list = file.path.startsWith('core/') ? bannedInCore : file.path.startsWith('wasm/') ? streams : [];
  for (const [index, line] of file.bare.entries()) {
    for (const [name, what] of list)
      if (name.test(line)) yield [index + 1, `banned: ${what} are not for ${file.path.split('/')[0]}/`];
  }
}

function* parseRule(file) {
  if (
    file.language !== 'cpp' ||
    !/^(core|server|wasm)\//.test(file.path) ||
    file.path.startsWith('core/model/') ||
    isTest(file.path)
  )
    return;
  for (const [index, line] of file.bare.entries()) {
    if (/\b(json|Value)::(parse|accept|sax_parse)\b/.test(line))
      yield [index + 1, 'parse: JSON is read by core/model, with its limits'];
  }
}

function* sizeRule(file) {
  if (!isCode(file.path)) return;
  const count = file.lines.length - (file.lines.at(-1) === '' ? 1 : 0);
  if (count > limits.file) yield [limits.file + 1, `size: ${count} lines, at most ${limits.file}`];
  for (const [index, line] of file.lines.entries()) {
    const length = [...line].length;
    if (length > limits.line) yield [index + 1, `size: line of ${length}, at most ${limits.line}`];
  }
  if (!file.language) return;
  for (const { line, lines } of functions(file.bare.join('\n'), file.language)) {
    if (lines > limits.function) yield [line, `size: function of ${lines} lines, at most ${limits.function}`];
  }
}

function* headerRule(file) {
  // What stands in for a header of the C library is read more than once on purpose.
  if (!file.path.endsWith('.h') || file.path.startsWith('wasm/include/')) return;
  if (!file.lines.some((line) => /^#pragma once\s*$/.test(line))) yield [1, 'header: no #pragma once'];
  // The standard library is vocabulary; what ties a header to others is all the rest.
  const found = [...includes(file)].filter(({ ours, target }) => ours || /[/.]/.test(target));
  if (found.length > limits.includes)
    yield [
      found[limits.includes].line,
      `header: ${found.length} includes beside the standard library, at most ${limits.includes}`,
    ];
  for (const [index, line] of file.bare.entries()) {
    if (/^\s*using namespace\b/.test(line)) yield [index + 1, 'header: using namespace'];
  }
}

// Written in pieces, so that this file keeps the rules it states.
const notes = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'].join('|')})\\b`);
const places = new RegExp(`(?<![\\w.~$}-])/(${['work', 'home', 'root'].join('|')})/`);
const hosts = new RegExp(
  ['registry\\.npm', 'deb\\.debian', 'registry\\.yarn'].join('|').replaceAll('\\.', '[.]'),
);

function* leftoverRule(file) {
  for (const [index, line] of file.lines.entries()) {
    if (notes.test(line)) yield [index + 1, 'left over: a note to oneself'];
    if (places.test(line)) yield [index + 1, 'left over: a path of one machine'];
    if (hosts.test(line)) yield [index + 1, 'left over: the address of a registry'];
  }
}

const rules = [floorRule, doorRule, bannedRule, parseRule, sizeRule, headerRule, leftoverRule];

/** What is wrong with one file, as `{ line, message }`, in the order of its lines. */
export function judge(path, text) {
  const kind = language(path);
  const file = {
    path,
    language: kind,
    lines: text.split('\n'),
    bare: (kind ? bare(text, kind) : text).split('\n'),
  };
  return rules
    .flatMap((rule) => [...rule(file)])
    .map(([line, message]) => ({ line, message }))
    .sort((a, b) => a.line - b.line);
}
