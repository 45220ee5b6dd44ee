// Plants each breach in a tree of its own and expects it to be found, and nothing else.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { limits } from './rules.mjs';
import { bare, functions } from './source.mjs';
import { tidy } from './tidy.mjs';

const header = (text) => `#pragma once\n${text}\n`;
const lines = (count, line = '  call();\n') => line.repeat(count);
const slash = '/';

const breaches = [
  ['core/base/a.h', header('#include "core/model/value.h"'), 2, /floor/],
  ['core/hub/a.cpp', '#include "core/dialect/dialect.h"\n', 1, /floor/],
  ['core/sync/a.cpp', '#include "core/hub/hub.h"\n', 1, /floor/],
  ['core/model/a.cpp', '#include "server/log.h"\n', 1, /floor/],
  ['core/model/a_test.cpp', '#include "server/log.h"\n', 1, /floor/],
  ['core/dialects/rested/a.cpp', '#include "core/dialects/native/codec.h"\n', 1, /floor/],
  ['core/dialects/rested/a.cpp', '#include "core/graphql/parser.h"\n', 1, /floor/],
  ['server/a.cpp', '#include "core/sync/engine.h"\n', 1, /floor/],
  ['wasm/a.cpp', '#include "core/hub/hub.h"\n', 1, /floor/],
  ['wasm/a.cpp', '#include "core/dialects/datocms/local.h"\n', 1, /floor/],
  ['core/base/a.cpp', '#include "b.h"\n', 1, /repository root/],
  ['core/hub/a.cpp', '#include <nlohmann/json.hpp>\n', 1, /library/],
  ['server/verbs/a.cpp', '#include <boost/beast.hpp>\n', 1, /library/],
  ['server/verbs/a.cpp', '#include <sqlite3.h>\n', 1, /library/],
  ['core/base/a.cpp', '#include <openssl/sha.h>\n', 1, /library/],
  ['core/base/a.cpp', 'auto now = std::chrono::steady_clock::now();\n', 1, /clocks/],
  ['core/base/a.cpp', '\nstd::thread worker;\n', 2, /threads/],
  ['core/base/a.cpp', '#include <mutex>\n', 1, /mutexes/],
  ['core/base/a.cpp', 'std::random_device device;\n', 1, /chance/],
  ['core/base/a.cpp', 'int one() { return rand(); }\n', 1, /chance/],
  ['core/base/a.cpp', '#include <iostream>\n', 1, /streams/],
  ['core/base/a.cpp', 'void f() { throw 1; }\n', 1, /exceptions/],
  ['wasm/a.cpp', '#include <sstream>\n', 1, /streams/],
  ['core/hub/a.cpp', 'auto value = nlohmann::json::parse(text);\n', 1, /parse/],
  ['server/a.cpp', 'auto value = Value::parse(text);\n', 1, /parse/],
  ['core/base/a.cpp', lines(limits.file + 1, 'int a;\n'), limits.file + 1, /size: 501 lines/],
  ['core/base/a.cpp', `// ${'x'.repeat(limits.line)}\n`, 1, /size: line of 113/],
  ['core/base/a.cpp', `int a;\n\nvoid f() {\n${lines(limits.function - 1)}}\n`, 3, /function of 71/],
  ['core/base/a.cpp', `A::A(int x)\n    : b_(x), c_{x} {\n${lines(limits.function)}}\n`, 1, /function of 73/],
  [
    'core/base/a.h',
    header(`class A {\n public:\n  int f() const {\n${lines(limits.function)}  }\n};`),
    4,
    /function of 72/,
  ],
  [
    'web/src/a.ts',
    `export class A {\n  f(): string {\n${lines(limits.function)}  }\n}\n`,
    2,
    /function of 72/,
  ],
  ['web/src/a.ts', `const f = async (a: number) => {\n${lines(limits.function)}};\n`, 1, /function of 72/],
  ['core/base/a.h', 'int one();\n', 1, /pragma once/],
  [
    'core/base/a.h',
    header(lines(limits.includes + 1, '#include "core/base/b.h"\n')),
    limits.includes + 2,
    /9 includes/,
  ],
  ['core/base/a.h', header('using namespace std;'), 2, /using namespace/],
  ['docs/a.md', `${'TO'}DO: say more\n`, 1, /note/],
  ['scripts/a.sh', `cd ${slash}home${slash}me\n`, 1, /path of one machine/],
  ['package-lock.json', `"resolved": "https://registry.${'npm'}js.org/a"\n`, 1, /registry/],
];

const clean = {
  'core/dialects/dialects.cpp':
    '#include "core/dialects/native/native.h"\n#include "core/dialects/rested/rested.h"\n',
  'core/dialects/datocms/a.cpp': '#include "core/graphql/parser.h"\n#include "core/wire/url.h"\n',
  'wasm/answers/a.cpp': '#include "core/dialects/datocms/local.h"\n',
  'core/gateway/a_test.cpp':
    '#include "core/dialects/native/native.h"\n#include "server/backplane/memory/memory.h"\n',
  'core/model/sax.h': '#pragma once\n#include <nlohmann/json.hpp>\n',
  'server/net/a.cpp': '#include <boost/beast.hpp>\nvoid f() { try { g(); } catch (int) { throw; } }\n',
  // Words in comments and strings are only words.
  'core/base/a.cpp':
    '// We throw nothing.\nconst char* a = "throw { std::mutex";\n' +
    'int b = 1\'000;\nconst char* c = R"(try { )";\n',
  'core/base/b.cpp': `namespace a {\n${lines(100, 'struct B { int c = {}; };\n')}}\n`,
  'web/src/a.ts': `describe(() => {\n${lines(
    20,
    'it(`a ${b({ c })} {`, () => {\n  if (/[{"]/.test(a)) {\n    b();\n  }\n});\n',
  )}});\n`,
  'docs/a.md': 'See https://example.com/home/page and docs/root/a.\n',
};

function planted(files) {
  const root = mkdtempSync(path.join(tmpdir(), 'rockpool-tidy-'));
  try {
    execFileSync('git', ['init', '-q', root]);
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      writeFileSync(path.join(root, file), text);
    }
    return tidy(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

for (const [file, text, line, message] of breaches) {
  test(`${message} in ${file}`, () => {
    const found = planted({ ...clean, [file]: text });
    assert.equal(found.length, 1, found.join('\n'));
    assert.ok(found[0].startsWith(`${file}:${line}: `), found[0]);
    assert.match(found[0], message);
  });
}

test('a tree without breaches has none', () => assert.deepEqual(planted(clean), []));

test('ignored files are not judged', () => {
  assert.deepEqual(planted({ '.gitignore': 'build/\n', 'build/a.h': 'int a;\n' }), []);
});

test('literals are blanked and lines keep their numbers', () => {
  const code = bare('a("}\\"", `x${f({ y: `{` })}}`, /[/}]/);\n/* {\n */ b', 'js');
  assert.equal(code.split('\n').length, 3);
  assert.doesNotMatch(code.replace('{ y:', '').replace('})', ')'), /[{}]/);
});

test('inner functions of JavaScript are counted on their own', () => {
  const found = functions('f(() => {\n  g(() => {\n    h();\n  });\n});', 'js');
  assert.deepEqual(found, [
    { line: 2, lines: 3 },
    { line: 1, lines: 3 },
  ]);
});

test('a class, struct or interface is no part of the function that follows it', () => {
  const f = 'void f() {\n  g();\n}';
  for (const [language, before] of [
    ['cpp', 'struct A {\n  int a = 0;\n};'],
    ['cpp', 'template <typename T>\nclass A : public B<T> {\n  T a_{};\n};'],
    ['cpp', 'enum class A : int {\n  one,\n};'],
    ['js', 'export class A extends mixed(B) {\n  a = { b: 1 };\n}'],
    ['js', 'export default class A {\n  a;\n}'],
    ['js', 'interface A {\n  a: string;\n}'],
  ]) {
    const line = before.split('\n').length + 1;
    assert.deepEqual(functions(`${before}\n${f}`, language), [{ line, lines: 3 }], before);
  }
});
