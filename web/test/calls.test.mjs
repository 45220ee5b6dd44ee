import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

const read = (file) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
/** The enumerators of an enum, without what is said of them. */
const names = (source, opening) => {
  const from = source.indexOf(opening);
  assert.notEqual(from, -1, opening);
  const body = source.slice(source.indexOf('{', from) + 1, source.indexOf('}', from));
  return body.replaceAll(/\/\/.*/g, '').match(/\w+/g);
};

for (const what of ['Tell', 'Ask']) {
  test(`page and core number their calls alike: ${what}`, () => {
    const core = names(read('wasm/calls.h').replaceAll(/\{"[^}]*\}/g, ''), `enum class ${what} `);
    const page = names(read('web/src/calls.ts'), `const enum ${what} `);
    const snake = page.map((name) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
    assert.ok(core.length > 10);
    assert.deepEqual(snake, core);
  });
}
