// Events and calls between two people's pages.
import { expect, test } from './fixtures.mjs';

const online = (page) => expect.poll(() => page.evaluate(() => db.status().state)).toBe('online');

async function two(person) {
  const pages = [];
  for (const its of [await person(), await person()]) {
    const page = await its.opened();
    await online(page);
    pages.push(page);
  }
  return pages;
}

test('events go both ways, to those who listen', async ({ person }) => {
  const pages = await two(person);
  for (const page of pages) {
    await page.evaluate(() => {
      globalThis.heard = [];
      db.event('bell').subscribe((data) => heard.push(data));
    });
  }
  // A wish is on its way for a moment; until it is there, nothing is told.
  for (const [i, page] of pages.entries()) {
    const other = pages[1 - i];
    await expect
      .poll(async () => {
        expect(await page.evaluate((from) => db.event('bell').emit({ from }), i)).toBe(true);
        return other.evaluate((from) => heard.some((data) => data.from === from), i);
      })
      .toBe(true);
  }
});

test('a call fails at once when the page that carries it out is closed', async ({ person }) => {
  const [caller, provider] = await two(person);
  await provider.evaluate(() => {
    globalThis.asked = 0;
    db.rpc.provide('sum', (numbers) => numbers.reduce((a, b) => a + b));
    db.rpc.provide('never', () => {
      asked++;
      return new Promise(() => {});
    });
  });
  const call = (name, data, o) =>
    caller.evaluate(
      ([its, given, how]) => db.rpc.call(its, given, how).catch((error) => error.code),
      [name, data, o],
    );
  await expect.poll(() => call('sum', [1, 2])).toBe(3);
  const open = call('never', 1, { timeout: 300_000 });
  await expect.poll(() => provider.evaluate(() => asked)).toBe(1);
  await provider.close();
  expect(await open).toBe('closed');
  expect(await call('sum', [1, 2])).toBe('not-found');
});
