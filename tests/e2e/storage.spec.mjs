import { expect, get, online, open, pause, put, status, synced, test, watch } from './fixtures.mjs';

test('twice the same open in one page is one object', async ({ person }) => {
  const page = await (await person()).opened({ store: 'same' });
  expect(
    await page.evaluate(async () => {
      const { open } = await import('/sdk/index.web.js');
      return (await open({ url: location.origin, store: 'same', log: 'error' })) === db;
    }),
  ).toBe(true);
});

test('without IndexedDB the page works from memory, and says so', async ({ person }) => {
  const one = await person();
  await one.context.addInitScript(() => {
    Object.defineProperty(globalThis, 'indexedDB', { value: undefined });
  });
  const page = await one.opened();
  expect((await status(page)).storage.kind).toBe('memory');
  await pause(page);
  await put(page, 'notes', 'm', { n: 1 }, null);
  expect(await get(page, 'notes', 'm')).toEqual({ id: 'm', n: 1 });
  await page.evaluate(() => db.resume());
  await synced(page);
  const other = await (await person()).opened();
  await watch(other, 'notes');
  expect(await get(other, 'notes', 'm')).toEqual({ id: 'm', n: 1 });
});

test('an IndexedDB that refuses to open means memory, not a dead page', async ({ person }) => {
  const one = await person();
  await one.context.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('blocked for the test', 'SecurityError');
    };
  });
  const page = await one.opened();
  expect((await status(page)).storage.kind).toBe('memory');
  await put(page, 'notes', 'm', { n: 1 }, 'acknowledged');
});

/** Lets IDBObjectStore.put fail in one of the ways a full or broken disk does, until `mended` is set. */
const breakDisk = (way) => {
  globalThis.mended = false;
  const real = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function put(...given) {
    if (mended) return real.apply(this, given);
    if (way === 'throws') throw new DOMException('full, for the test', 'QuotaExceededError');
    if (way === 'aborts') {
      const request = real.apply(this, given);
      this.transaction.abort();
      return request;
    }
    // A key that is already there makes `add` fail as an event.
    const request = real.apply(this, given);
    return request && this.add(...given);
  };
};

for (const way of ['throws', 'aborts', 'fails']) {
  test(`a put that ${way}: status says failing, nothing is lost while the page lives, and it heals`, async ({
    person,
  }) => {
    const page = await (await person()).opened();
    await put(page, 'notes', 'before', { n: 0 });
    await pause(page);
    await page.evaluate(breakDisk, way);
    const settled = await page.evaluate(() => {
      globalThis.settled = 'no';
      const write = db.collection('notes').put('hurt', { n: 1 });
      write.durable.then(
        () => {
          settled = 'durable';
        },
        (error) => {
          settled = error.code;
        },
      );
      return new Promise((resolve) => setTimeout(() => resolve(settled), 700));
    });
    expect(settled).not.toBe('durable');
    await expect.poll(async () => (await status(page)).storage.kind, { timeout: 20_000 }).toBe('failing');
    expect(await get(page, 'notes', 'hurt')).toEqual({ id: 'hurt', n: 1 });
    await put(page, 'notes', 'later', { n: 2 }, null);
    expect(
      await page.evaluate(async () =>
        JSON.stringify(JSON.parse(await (await db.export()).text())).includes('hurt'),
      ),
    ).toBe(true);

    await page.evaluate(() => {
      mended = true;
    });
    await expect.poll(async () => (await status(page)).storage.kind, { timeout: 30_000 }).toBe('disk');
    await page.reload();
    await open(page);
    expect(await get(page, 'notes', 'before')).toEqual({ id: 'before', n: 0 });
    expect(await get(page, 'notes', 'hurt')).toEqual({ id: 'hurt', n: 1 });
    expect(await get(page, 'notes', 'later')).toEqual({ id: 'later', n: 2 });
  });
}

// A write leaves the page only when it is on disk, or its number could be given twice after a crash.
test('writes made while the disk fails reach the server when it works again', async ({ person }) => {
  const page = await (await person()).opened();
  await online(page);
  await page.evaluate(breakDisk, 'throws');
  await page.evaluate(() => {
    for (let k = 0; k < 50; k += 1) db.collection('notes').put(`n${k}`, { k });
  });
  await expect.poll(async () => (await status(page)).storage.kind, { timeout: 20_000 }).toBe('failing');
  await page.evaluate(() => {
    mended = true;
  });
  await synced(page);
  const other = await (await person()).opened();
  await watch(other, 'notes');
  expect(await other.evaluate(() => db.collection('notes').query({})().rows.length)).toBe(50);
});

test('a store that the browser removed is fetched again, and status tells', async ({ person }) => {
  const one = await person();
  const page = await one.opened();
  await watch(page, 'notes');
  await put(page, 'notes', 'a', { n: 1 }, 'acknowledged');
  await page.evaluate(() => db.close());
  await page.evaluate(async () => {
    for (const { name } of await indexedDB.databases()) {
      await new Promise((resolve, reject) => {
        const request = indexedDB.deleteDatabase(name);
        request.onsuccess = resolve;
        request.onerror = request.onblocked = reject;
      });
    }
  });
  await page.reload();
  await open(page);
  expect((await status(page)).storage.lost).toBe(true);
  await watch(page, 'notes');
  await expect.poll(() => get(page, 'notes', 'a')).toEqual({ id: 'a', n: 1 });
});

test('logout wipes the store; with unsent writes it asks first', async ({ person }) => {
  const page = await (await person()).opened();
  await pause(page);
  await put(page, 'notes', 'a', { n: 1 });
  expect(
    await page.evaluate(() =>
      db.logout().then(
        () => 'done',
        (error) => error.code,
      ),
    ),
  ).toBe('unsynced');
  expect(await get(page, 'notes', 'a')).toEqual({ id: 'a', n: 1 });
  await page.evaluate(() => db.logout({ pending: 'discard' }));
  await page.reload();
  await open(page);
  expect(await get(page, 'notes', 'a')).toBeNull();
});
