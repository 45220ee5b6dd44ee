import { expect, test } from '@playwright/test';
import { between } from '../../examples/board/rank.js';

/** A small generator, so that a failure repeats itself. */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

test('a rank between two ranks sorts between them, wherever cards are put', () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const random = seeded(seed);
    const ranks = [];
    for (let k = 0; k < 300; k += 1) {
      // Mostly the same few places, as people do; these make ranks long.
      const at = random() < 0.5 ? Math.min(1, ranks.length) : Math.floor(random() * (ranks.length + 1));
      ranks.splice(at, 0, between(ranks[at - 1], ranks[at], random));
    }
    expect(ranks).toEqual([...ranks].sort((a, b) => (a < b ? -1 : 1)));
    expect(new Set(ranks).size).toBe(ranks.length);
    expect(ranks.some((rank) => rank.endsWith('0'))).toBe(false);
  }
});

test('appending a thousand cards keeps ranks short', () => {
  const random = seeded(7);
  let rank = '';
  for (let k = 0; k < 1000; k += 1) {
    const next = between(rank, '', random);
    expect(next > rank).toBe(true);
    rank = next;
  }
  expect(rank.length).toBeLessThan(60);
});

test('equal or turned neighbours leave no room', () => {
  expect(between('V', 'V')).toBeUndefined();
  expect(between('W', 'V')).toBeUndefined();
});

test('two people who put a card in the same place while apart get different ranks', () => {
  const [one, two] = [between('B', 'C', seeded(1)), between('B', 'C', seeded(2))];
  expect(one).not.toBe(two);
});
