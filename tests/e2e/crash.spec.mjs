import { expect, get, online, open, pause, put, reopen, resume, synced, test, watch } from './fixtures.mjs';

/** The renderer dies at once: no pagehide, no flush. */
async function crash(page) {
  const session = await page.context().newCDPSession(page);
  const gone = page.waitForEvent('crash');
  session.send('Page.crash').catch(() => {});
  await gone;
  await page.close();
}

test('a server killed in the middle of pushes loses nothing acknowledged and doubles nothing', async ({
  person,
  server,
}) => {
  test.setTimeout(90_000);
  const one = await person();
  const ada = await one.opened();
  await watch(ada, 'sums');
  await put(ada, 'sums', 'n', { n: 0 }, 'acknowledged');
  // Counting up is the write that shows both faults: a lost one lowers the sum, a doubled one raises it.
  await ada.evaluate(() => {
    globalThis.made = 0;
    globalThis.confirmed = 0;
    globalThis.beat = setInterval(() => {
      for (let k = 0; k < 5; k += 1) {
        made += 1;
        db.collection('sums')
          .increment('n', 'n', 1)
          .acknowledged.then(
            () => {
              confirmed += 1;
            },
            () => {},
          );
        db.collection('rows').insert({ id: `row-${made}`, made });
      }
    }, 10);
  });
  for (let round = 0; round < 4; round += 1) {
    await ada.waitForTimeout(400 + 90 * round);
    await server.kill();
    await ada.waitForTimeout(150);
    await server.start();
    await ada.evaluate(() => dispatchEvent(new Event('online')));
    await online(ada);
  }
  await ada.evaluate(() => clearInterval(beat));
  await synced(ada);
  const made = await ada.evaluate(() => made);
  expect(made).toBeGreaterThan(100);
  await expect.poll(() => ada.evaluate(() => confirmed)).toBe(made);
  await expect.poll(() => get(ada, 'sums', 'n')).toEqual({ id: 'n', n: made });

  const bob = await (await person()).opened();
  await watch(bob, 'sums');
  await watch(bob, 'rows');
  expect(await get(bob, 'sums', 'n')).toEqual({ id: 'n', n: made });
  expect(await bob.evaluate(() => db.collection('rows').query({})().rows.length)).toBe(made);
});

test('a page killed right after durable has the write when it is opened again', async ({ person }) => {
  const one = await person();
  const options = { store: 'crash' };
  let page = await one.opened(options);
  await pause(page);
  for (let round = 1; round <= 5; round += 1) {
    await page.evaluate(async (n) => {
      for (let k = 0; k < 20; k += 1) db.collection('rows').insert({ id: `${n}-${k}`, n });
      await db.collection('rows').insert({ id: `last-${n}`, n }).durable;
    }, round);
    await crash(page);
    page = await one.opened(options);
    const rows = await page.evaluate(() =>
      db
        .collection('rows')
        .query({})()
        .rows.map((row) => row.id),
    );
    for (let n = 1; n <= round; n += 1) expect(rows).toContain(`last-${n}`);
    expect(rows).toHaveLength(21 * round);
  }
  await resume(page);
  await synced(page);
  const bob = await (await person()).opened();
  await watch(bob, 'rows');
  expect(await bob.evaluate(() => db.collection('rows').query({})().rows.length)).toBe(105);
});

test('a page killed while its writes are on their way sends them again, once', async ({ person }) => {
  const one = await person();
  let page = await one.opened();
  await watch(page, 'sums');
  await put(page, 'sums', 'n', { n: 0 }, 'acknowledged');
  let promised = 0;
  for (let round = 0; round < 5; round += 1) {
    promised += await page.evaluate(async () => {
      const writes = Array.from({ length: 30 }, () => db.collection('sums').increment('n', 'n', 1));
      await Promise.all(writes.map((write) => write.durable));
      return writes.length;
    });
    await crash(page);
    page = await one.opened();
  }
  await watch(page, 'sums');
  await synced(page);
  await expect.poll(() => get(page, 'sums', 'n')).toEqual({ id: 'n', n: promised });
});

test('handles are found again after a reload', async ({ person }) => {
  const page = await (await person()).opened();
  await pause(page);
  const key = await page.evaluate(async () => {
    const write = db.collection('rows').insert({ id: 'a' });
    await write.durable;
    return write.key;
  });
  await reopen(page);
  // After a reload nobody knows whether it had left the page: it may count as sent, never as less than
  // durable.
  expect(['durable', 'sent']).toContain(await page.evaluate((k) => db.write(k)?.state, key));
  expect(await page.evaluate(() => db.pending().map((write) => [write.collection, write.id]))).toEqual([
    ['rows', 'a'],
  ]);
  await resume(page);
  await page.evaluate((k) => db.write(k)?.acknowledged, key);
  await expect.poll(() => page.evaluate(() => db.pending().length)).toBe(0);
});

test('a closed context that comes back as another page in between does not disturb the store', async ({
  person,
}) => {
  const one = await person();
  const page = await one.opened();
  await put(page, 'rows', 'a', { n: 1 });
  await page.evaluate(() => db.close());
  const next = await one.opened();
  expect(await get(next, 'rows', 'a')).toEqual({ id: 'a', n: 1 });
  expect(await next.evaluate(() => db.status().leader)).toBe(true);
  await open(page);
  expect(await page.evaluate(() => db.status().leader)).toBe(false);
});
