import {
  expect,
  get,
  online,
  open,
  pause,
  put,
  reopen,
  resume,
  status,
  synced,
  test,
  update,
  watch,
} from './fixtures.mjs';

test('an edit made offline survives a reload while offline and merges with an edit made elsewhere', async ({
  person,
}) => {
  const [ada, bob] = [await (await person()).opened(), await (await person()).opened()];
  await watch(ada, 'notes');
  await watch(bob, 'notes');
  await put(ada, 'notes', 'n1', { title: 'Tide', body: 'low', tags: { a: 1 } }, 'acknowledged');
  await expect
    .poll(() => get(bob, 'notes', 'n1'))
    .toEqual({ id: 'n1', title: 'Tide', body: 'low', tags: { a: 1 } });

  await pause(ada);
  await update(ada, 'notes', 'n1', { body: 'rising', tags: { b: 2 } });
  await put(ada, 'notes', 'n2', { title: 'Made offline' });
  await update(bob, 'notes', 'n1', { title: 'Tides' }, 'acknowledged');

  await reopen(ada);
  expect((await status(ada)).state).toBe('offline');
  expect((await status(ada)).pending).toBe(2);
  expect(await get(ada, 'notes', 'n1')).toEqual({
    id: 'n1',
    title: 'Tide',
    body: 'rising',
    tags: { a: 1, b: 2 },
  });

  await resume(ada);
  await watch(ada, 'notes');
  await synced(ada);
  const merged = { id: 'n1', title: 'Tides', body: 'rising', tags: { a: 1, b: 2 } };
  await expect.poll(() => get(ada, 'notes', 'n1')).toEqual(merged);
  await expect.poll(() => get(bob, 'notes', 'n1')).toEqual(merged);
  await expect.poll(() => get(bob, 'notes', 'n2')).toEqual({ id: 'n2', title: 'Made offline' });
  expect((await status(ada)).pending).toBe(0);
});

test('a reload while the server is down shows what was here, and a write made then arrives later', async ({
  person,
  server,
}) => {
  const ada = await (await person()).opened();
  await watch(ada, 'notes');
  await put(ada, 'notes', 'n1', { n: 1 }, 'acknowledged');
  await server.stop();
  await reopen(ada);
  expect(await get(ada, 'notes', 'n1')).toEqual({ id: 'n1', n: 1 });
  expect(await ada.evaluate(() => db.collection('notes').query({})().known)).toBe('cached');
  await update(ada, 'notes', 'n1', { n: 2 });
  await server.start();
  await ada.evaluate(() => dispatchEvent(new Event('online')));
  await synced(ada);

  const bob = await (await person()).opened();
  await watch(bob, 'notes');
  expect(await get(bob, 'notes', 'n1')).toEqual({ id: 'n1', n: 2 });
});

test('a first visit with the server down says unknown, takes writes, and sends them later', async ({
  person,
  server,
}) => {
  await server.stop();
  const ada = await (await person()).opened();
  const seen = await ada.evaluate(() => {
    const { rows, known } = db.collection('notes').query({})();
    return { rows, known, count: db.collection('notes').count()() };
  });
  expect(seen).toEqual({ rows: [], known: 'unknown', count: { total: 0, known: 'unknown' } });
  expect(['connecting', 'offline']).toContain((await status(ada)).state);
  await put(ada, 'notes', 'first', { hello: true });
  expect((await status(ada)).pending).toBe(1);

  await server.start();
  await ada.evaluate(() => dispatchEvent(new Event('online')));
  await synced(ada);
  await online(ada);
  await watch(ada, 'notes');
  expect(await ada.evaluate(() => db.collection('notes').query({})().known)).toBe('complete');

  const bob = await (await person()).opened();
  await watch(bob, 'notes');
  expect(await get(bob, 'notes', 'first')).toEqual({ id: 'first', hello: true });
});

test('commutative writes made apart all count, batches arrive whole, deletes stay deleted', async ({
  person,
}) => {
  const [ada, bob] = [await (await person()).opened(), await (await person()).opened()];
  for (const page of [ada, bob]) await watch(page, 'sums');
  await put(ada, 'sums', 's', { n: 0, set: ['a'] }, 'acknowledged');
  await put(ada, 'sums', 'gone', { x: 1 }, 'acknowledged');
  await expect.poll(() => get(bob, 'sums', 'gone')).not.toBeNull();
  for (const page of [ada, bob]) await pause(page);
  await ada.evaluate(async () => {
    const sums = db.collection('sums');
    sums.increment('s', 'n', 3);
    sums.include('s', 'set', 'b', 'c');
    sums.remove('gone');
    const batch = db.batch(() => {
      sums.insert({ id: 'one', of: 2 });
      sums.insert({ id: 'two', of: 2 });
    });
    await batch.durable;
  });
  await bob.evaluate(async () => {
    const sums = db.collection('sums');
    sums.increment('s', 'n', 4);
    await sums.exclude('s', 'set', 'a').durable;
  });
  for (const page of [ada, bob]) await resume(page);
  for (const page of [ada, bob]) await synced(page);
  for (const page of [ada, bob]) {
    await expect.poll(() => get(page, 'sums', 's')).toEqual({ id: 's', n: 7, set: ['b', 'c'] });
    await expect.poll(() => get(page, 'sums', 'gone')).toBeNull();
    await expect.poll(() => get(page, 'sums', 'two')).toEqual({ id: 'two', of: 2 });
  }
});

test('pause is kept over a reload, and resume is, too', async ({ person }) => {
  const page = await (await person()).opened();
  await online(page);
  await pause(page);
  await expect.poll(async () => (await status(page)).state).toBe('offline');
  await page.reload();
  await open(page);
  await page.waitForTimeout(500);
  expect((await status(page)).state).toBe('offline');
  await resume(page);
  await online(page);
  await reopen(page);
  await online(page);
});
