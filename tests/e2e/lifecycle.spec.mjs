// Pages that are put into the back-forward cache and come back, and a server that is restarted under way.
import { expect, get, online, put, status, synced, test, watch } from './fixtures.mjs';
import config from './playwright.config.mjs';

const { launchOptions } = config.projects[0].use;
// Playwright's own Chromium keeps no pages for "back".
test.use({ launchOptions: { ...launchOptions, ignoreDefaultArgs: ['--disable-back-forward-cache'] } });

const leads = async (page) => (await status(page)).leader;
const leave = (page, server) => page.goto(`${server.url}/healthz`);

/** The same page, not one that was loaded anew. */
async function back(page) {
  await page.goBack({ waitUntil: 'commit' });
  await expect.poll(() => page.evaluate(() => typeof db), 'kept for back').toBe('object');
}

async function two(one) {
  const pages = [await one.opened(), await one.opened()];
  for (const page of pages) await watch(page, 'notes');
  await online(pages[1]);
  return pages;
}

test('a leader kept for "back" lets go at once, and follows when it comes back', async ({
  person,
  server,
}) => {
  const [first, second] = await two(await person());
  await first.evaluate(() => {
    addEventListener('pagehide', () => {
      globalThis.last = db.collection('notes').put('last', { n: 0 });
    });
  });
  await leave(first, server);
  await expect.poll(() => leads(second)).toBe(true);
  await online(second);
  for (let n = 1; n <= 20; ++n) {
    await put(second, 'notes', 'meanwhile', { n }, 'acknowledged');
    await second.waitForTimeout(100);
  }
  await expect.poll(() => server.sessions()).toBe(1);
  await back(first);
  await expect.poll(() => get(first, 'notes', 'meanwhile')).toEqual({ id: 'meanwhile', n: 20 });
  expect(await leads(first)).toBe(false);
  await first.evaluate(() => last.acknowledged);
  await expect.poll(() => get(second, 'notes', 'last')).toEqual({ id: 'last', n: 0 });
  await put(first, 'notes', 'after', { n: 1 }, 'acknowledged');
  await expect.poll(() => get(second, 'notes', 'after')).toEqual({ id: 'after', n: 1 });
  await expect.poll(() => server.sessions()).toBe(1);
});

test('a follower kept for "back" is not in its rooms, and is again when it comes back', async ({
  person,
  server,
}) => {
  const [first, second] = await two(await person());
  for (const [n, page] of [first, second].entries())
    await page.evaluate((its) => {
      globalThis.room = db.presence('hall');
      room.subscribe(() => {});
      room.set(its);
    }, n);
  const here = () =>
    first.evaluate(() =>
      room()
        .map(({ state }) => state)
        .sort(),
    );
  await expect.poll(here).toEqual([0, 1]);
  await leave(second, server);
  await expect.poll(here).toEqual([0]);
  await put(first, 'notes', 'a', { n: 1 }, 'acknowledged');
  await back(second);
  await expect.poll(here).toEqual([0, 1]);
  await expect.poll(() => get(second, 'notes', 'a')).toEqual({ id: 'a', n: 1 });
});

test('the only tab leads again when it comes back', async ({ person, server }) => {
  const page = await (await person()).opened();
  await watch(page, 'notes');
  await put(page, 'notes', 'a', { n: 1 }, 'acknowledged');
  const bob = await (await person()).opened();
  await watch(bob, 'notes');
  await leave(page, server);
  await expect.poll(() => server.sessions()).toBe(1);
  await put(bob, 'notes', 'a', { n: 2 }, 'acknowledged');
  await back(page);
  await expect.poll(() => get(page, 'notes', 'a')).toEqual({ id: 'a', n: 2 });
  expect(await leads(page)).toBe(true);
  await put(page, 'notes', 'a', { n: 3 }, 'acknowledged');
});

test('of a page that was kept for "back" over a logout nothing is left', async ({ person, server }) => {
  const [first, second] = await two(await person());
  await put(first, 'notes', 'a', { n: 1 }, 'acknowledged');
  await leave(first, server);
  await expect.poll(() => leads(second)).toBe(true);
  await second.evaluate(() => db.logout());
  await first.goBack({ waitUntil: 'commit' });
  await expect
    .poll(() => first.evaluate(() => globalThis.db?.status().state ?? 'loaded anew'))
    .toMatch(/anew|closed/);
  expect(await first.evaluate(async () => (await indexedDB.databases()).length)).toBe(0);
});

test('a restart of the server shows in the status and nowhere else', async ({ person, server }) => {
  const snapshots = [];
  const one = await person();
  one.context.on('page', (page) =>
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => /"snapshot"/.test(payload) && snapshots.push(payload)),
    ),
  );
  const pages = [...(await two(one)), await (await person()).opened()];
  await watch(pages[2], 'notes');
  await put(pages[0], 'notes', 'n', { sum: 0 }, 'acknowledged');
  await expect.poll(() => get(pages[2], 'notes', 'n')).not.toBeNull();
  for (const page of pages) {
    await page.evaluate(() => {
      globalThis.made = [];
      globalThis.states = new Set();
      globalThis.odd = [];
      db.status.subscribe(({ state }) => states.add(state));
      db.collection('notes')
        .query({})
        .subscribe((rows) => rows.length || odd.push('a flash of emptiness'));
      globalThis.beat = setInterval(() => made.push(db.collection('notes').increment('n', 'sum', 1)), 50);
    });
  }
  snapshots.length = 0;
  for (let n = 1; n <= 2; ++n) {
    await pages[0].waitForTimeout(500);
    await server.stop();
    await pages[0].waitForTimeout(300);
    await server.start();
    for (const page of pages) await online(page);
  }
  let sum = 0;
  for (const page of pages) {
    sum += await page.evaluate(() => {
      clearInterval(beat);
      return Promise.all(made.map((write) => write.acknowledged)).then(() => made.length);
    });
  }
  for (const page of pages) {
    await synced(page);
    await expect.poll(() => get(page, 'notes', 'n')).toEqual({ id: 'n', sum });
    expect(await page.evaluate(() => [...odd, ...seen])).toEqual([]);
    expect(await page.evaluate(() => [...states].sort())).toEqual(['offline', 'online']);
  }
  expect(snapshots).toEqual([]);
});
