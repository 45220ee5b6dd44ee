// What is particular in a tab that follows: what its leader refuses, older versions of the app, logging out,
// presence, and a leader that is in the back-forward cache.
import { expect, get, online, open, put, status, synced, test, watch } from './fixtures.mjs';
import { freeze } from './leaving.mjs';

const leads = async (page) => (await status(page)).leader;

async function two(one, options) {
  const [leader, follower] = [await one.opened(options), await one.opened(options)];
  for (const page of [leader, follower]) await watch(page, 'notes');
  await online(follower);
  return [leader, follower];
}

const halted = { tag: '@chromium' };
test('a write that another tab was quicker with is refused where it was made', halted, async ({ person }) => {
  const [leader, follower] = await two(await person());
  // The leader stands still right before it takes the id, and a page that is halted hears no messages.
  const thaw = await freeze(leader, () => {
    db.collection('notes').insert({ id: 'same', by: 'leader' });
  });
  await follower.evaluate(() => {
    globalThis.write = db.collection('notes').insert({ id: 'same', by: 'follower' });
  });
  await thaw();
  await expect.poll(() => follower.evaluate(() => write.state)).toBe('refused');
  const told = await follower.evaluate(async () => {
    const code = (promise) => promise.then(() => 'resolved').catch((error) => error.code);
    return {
      promises: [await code(write.durable), await code(write.acknowledged)],
      error: write().error.code,
      bells: seen.filter(({ name }) => name === 'refused').map(({ event }) => event.id),
      shown: db.collection('notes').get('same').by,
    };
  });
  expect(told).toEqual({
    promises: ['exists', 'exists'],
    error: 'exists',
    bells: ['same'],
    shown: 'leader',
  });
  expect(await leader.evaluate(() => seen.filter(({ name }) => name === 'refused').length)).toBe(0);
  // Whoever leads next says nothing else of it.
  await leader.close();
  await expect.poll(() => leads(follower)).toBe(true);
  expect(await follower.evaluate(() => write.state)).toBe('refused');
});

test('what the server refuses is told in every tab, and any of them may dismiss it', async ({ person }) => {
  const [leader, follower] = await two(await person());
  const bob = await (await person()).opened();
  await watch(bob, 'notes');
  await put(follower, 'notes', 'gone', { n: 1 }, 'acknowledged');
  await follower.evaluate(() => db.pause());
  await expect.poll(async () => (await status(leader)).state).toBe('offline');
  await bob.evaluate(() => db.collection('notes').remove('gone').acknowledged);
  await follower.evaluate(() => {
    globalThis.write = db.collection('notes').increment('gone', 'n', 1);
  });
  await leader.evaluate(() => db.resume());
  await expect.poll(() => follower.evaluate(() => write.state)).toBe('refused');
  for (const page of [leader, follower]) {
    await expect
      .poll(() => page.evaluate(() => seen.filter(({ name }) => name === 'refused').length))
      .toBe(1);
    expect((await status(page)).refused).toBe(1);
  }
  await follower.evaluate(() => db.dismiss(write));
  for (const page of [leader, follower]) await expect.poll(async () => (await status(page)).refused).toBe(0);
});

test('a tab of a newer version of the app takes the lead, older ones are outdated', async ({
  person,
  server,
}) => {
  const one = await person();
  const [old, older] = await two(one, { version: 1 });
  await put(older, 'notes', 'a', { n: 1 }, null);
  const fresh = await one.opened({ version: 2 });
  await expect.poll(() => leads(fresh)).toBe(true);
  for (const page of [old, older]) {
    await expect.poll(async () => (await status(page)).state).toBe('outdated');
    expect(await leads(page)).toBe(false);
    const code = await page.evaluate(() => {
      try {
        db.collection('notes').put('b', {});
        return 'none';
      } catch (error) {
        return error.code;
      }
    });
    expect(code).toBe('outdated');
  }
  // What they wrote before is taken, and what they read goes on.
  await watch(fresh, 'notes');
  await online(fresh);
  await expect.poll(() => get(fresh, 'notes', 'a')).toEqual({ id: 'a', n: 1 });
  await put(fresh, 'notes', 'c', { n: 3 }, 'acknowledged');
  await expect.poll(() => get(older, 'notes', 'c')).toEqual({ id: 'c', n: 3 });
  await expect.poll(() => server.sessions()).toBe(1);
  // They never lead again, not even when nobody else is there.
  await fresh.close();
  await old.waitForTimeout(1500);
  for (const page of [old, older]) expect(await leads(page)).toBe(false);
});

test('logging out in a follower closes every tab and leaves nothing behind', async ({ person }) => {
  const one = await person();
  const [leader, follower] = await two(one);
  await put(follower, 'notes', 'a', { n: 1 }, 'acknowledged');
  await synced(follower);
  await leader.evaluate(() => db.pause());
  await expect.poll(async () => (await status(follower)).state).toBe('offline');
  await put(leader, 'notes', 'b', { n: 2 });
  await expect.poll(() => get(follower, 'notes', 'b')).not.toBeNull();
  expect(await follower.evaluate(() => db.logout().catch((error) => error.code))).toBe('unsynced');
  expect((await status(leader)).state).toBe('offline');
  await follower.evaluate(() => db.logout({ pending: 'discard' }));
  for (const page of [leader, follower])
    await expect.poll(async () => (await status(page)).state).toBe('closed');
  const next = await one.blank();
  expect(await next.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name))).toEqual([]);
  await open(next, { url: undefined });
  await open(next);
  expect(await get(next, 'notes', 'a')).toBeNull();
  expect(await get(next, 'notes', 'b')).toBeNull();
});

test('presence is per tab, over the one connection, and is dropped when that is lost', async ({
  person,
  server,
}) => {
  const pages = [...(await two(await person())), await (await person()).opened()];
  for (const [i, page] of pages.entries())
    await page.evaluate((n) => {
      globalThis.room = db.presence('hall');
      globalThis.off = room.subscribe(() => {});
      room.set({ n });
    }, i);
  const [leader, follower, bob] = pages;
  const names = (page) =>
    page.evaluate(() =>
      room()
        .map(({ state }) => state.n)
        .sort(),
    );
  for (const page of pages) await expect.poll(() => names(page)).toEqual([0, 1, 2]);
  const own = (page) =>
    page.evaluate(() =>
      room()
        .filter(({ self }) => self)
        .map(({ state }) => state.n),
    );
  for (const [i, page] of pages.entries()) expect(await own(page)).toEqual([i]);

  await server.stop();
  for (const page of pages) await expect.poll(() => names(page)).toEqual([]);
  await server.start();
  for (const page of [leader, bob]) await page.evaluate(() => dispatchEvent(new Event('online')));
  for (const page of pages) await expect.poll(() => names(page)).toEqual([0, 1, 2]);

  await follower.close();
  for (const page of [leader, bob]) await expect.poll(() => names(page)).toEqual([0, 2]);
});
