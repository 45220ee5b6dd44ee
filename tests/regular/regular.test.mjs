// Patterns by the core and by JavaScript, over patterns and texts that are made by chance.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../build/release/regular_matches', import.meta.url));

/** Reproducible numbers (mulberry32). */
function chance(seed) {
  const next = () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (count) => Math.floor(next() * count);
  return { below, pick: (list) => list[below(list.length)], is: (likelihood) => next() < likelihood };
}

// Of both cases, and of each length in UTF-8.
const letters = [...'aabbcABCzZ019_-. /^{éÉäÄöÖüßσςΣжЖЁ漢😀😁'];
const spaces = ['\n', '\r', '\t', '\u00a0', '\u2028', '\u2029', '\u3000', '\ufeff', '\u200b', '\u0085'];
const escaped = /[\\^$.*+?()[\]{}|/]/;

const literal = (c) => (escaped.test(c) ? `\\${c}` : c);

function escape({ pick, is }) {
  const c = pick(letters);
  const point = c.codePointAt(0);
  if (is(0.3)) return `\\u{${point.toString(16)}}`;
  const unit = (at) => `\\u${c.charCodeAt(at).toString(16).padStart(4, '0')}`;
  if (is(0.5)) return c.length === 2 ? unit(0) + unit(1) : unit(0);
  return point < 256 ? `\\x${point.toString(16).padStart(2, '0')}` : literal(c);
}

const kinds = ['\\d', '\\D', '\\w', '\\W', '\\s', '\\S', '\\t', '\\n', '\\r', '\\f', '\\v'];

function brackets(by) {
  const { pick, is, below } = by;
  const one = () => (is(0.2) ? escape(by) : literal(pick(letters)).replace(/^-$/, '\\-'));
  const member = () => {
    if (is(0.2)) return pick([...kinds, '\\b']);
    if (is(0.6)) return one();
    return pick([
      'a-c',
      'A-C',
      'A-Z',
      'ä-ö',
      'Ä-Ü',
      '0-9',
      'α-ω',
      'А-Я',
      '\\x00-\\x1f',
      '😀-😂',
      'z-é',
      ' -é',
    ]);
  };
  return `[${is(0.3) ? '^' : ''}${Array.from({ length: below(4) }, member).join('')}]`;
}

function atom(by, depth) {
  const { pick, is, below } = by;
  if (depth > 0 && is(0.3)) return `(${is(0.5) ? '?:' : ''}${expression(by, depth - 1)})`;
  switch (below(10)) {
    case 0:
      return '.';
    case 1:
      return pick(kinds);
    case 2:
    case 3:
      return brackets(by);
    case 4:
      return escape(by);
    default:
      return literal(pick(letters));
  }
}

function piece(by, depth) {
  if (by.is(0.12)) return by.pick(['^', '$', '\\b', '\\B']);
  const made = atom(by, depth);
  if (by.is(0.65)) return made;
  return made + by.pick(['*', '+', '?', '{2}', '{0}', '{1,}', '{0,2}', '{1,3}']) + (by.is(0.2) ? '?' : '');
}

function expression(by, depth) {
  const branch = () => Array.from({ length: by.below(4) }, () => piece(by, depth)).join('');
  return Array.from({ length: by.is(0.7) ? 1 : 2 + by.below(2) }, branch).join('|');
}

const text = ({ below, pick, is }) =>
  Array.from({ length: below(8) }, () => pick(is(0.15) ? spaces : letters)).join('');

/** What the core says to [pattern, ignores case, text...]. */
function answers(questions) {
  const input = questions.map((question) => `${JSON.stringify(question)}\n`).join('');
  const run = spawnSync(program, { input, encoding: 'utf8', maxBuffer: 1 << 28 });
  assert.equal(run.status, 0, run.stderr);
  return run.stdout.trimEnd().split('\n').map(JSON.parse);
}

function compare(questions, flags) {
  const said = answers(questions);
  assert.equal(said.length, questions.length);
  questions.forEach(([pattern, ignoresCase, ...texts], at) => {
    const expected = new RegExp(pattern, ignoresCase ? `i${flags}` : flags);
    const context = JSON.stringify(questions[at]);
    assert.deepEqual(
      said[at],
      texts.map((one) => expected.test(one)),
      context,
    );
  });
}

for (const ignoresCase of [false, true]) {
  test(`matches what JavaScript matches${ignoresCase ? ' without regard to case' : ''}`, () => {
    const by = chance(ignoresCase ? 2 : 1);
    const questions = Array.from({ length: 20_000 }, () => {
      const pattern = expression(by, 2);
      // V8 finds \B between the halves of a pair, where by the standard there is no place.
      const of = pattern.includes('\\B') ? (made) => made.replace(/[😀😁]/gu, '漢') : (made) => made;
      return [pattern, ignoresCase, ...Array.from({ length: 12 }, () => of(text(by)))];
    });
    compare(questions, 'u');
  });
}

test('reads signs that stand for themselves as JavaScript does without flags', () => {
  const texts = [
    '',
    'a',
    'aa',
    'a{',
    'a{1',
    '{,3}',
    'a{,3}',
    '{}',
    ']',
    '}',
    'a]',
    'a-',
    '-',
    '@',
    '-a',
    '[',
    '/',
  ];
  const patterns = [
    'a{',
    'a{1',
    '^a{,3}$',
    '{}',
    '^]$',
    '}',
    '{',
    '[[]',
    '\\-',
    '\\@',
    '[a-]',
    '[-a]',
    '/',
    'a{1}]',
  ];
  compare(
    patterns.map((pattern) => [pattern, false, ...texts]),
    '',
  );
});

test('refuses what JavaScript refuses', () => {
  const by = chance(3);
  const signs = [...'()[]{}*+?|^$\\.,-12ab', '{1}', '{2,1}', '(?:', '\\d', '[^', '\\b'];
  const patterns = Array.from({ length: 20_000 }, () =>
    Array.from({ length: 1 + by.below(6) }, () => by.pick(signs)).join(''),
  );
  const said = answers(patterns.map((pattern) => [pattern, false, 'a']));
  patterns.forEach((pattern, at) => {
    let matches;
    try {
      matches = [new RegExp(pattern).test('a')];
    } catch {
      assert.equal(typeof said[at], 'string', pattern);
      return;
    }
    // What only JavaScript knows is refused: references, and letters behind a backslash that mean nothing.
    if (Array.isArray(said[at])) assert.deepEqual(said[at], matches, pattern);
    else assert.match(said[at], /\\ before|refers back|range in brackets|above 256/, pattern);
  });
});
