// All tabs of a store are one: one engine, one disk, one connection, whichever tab has them.
import {
  expect,
  get,
  online,
  open,
  pause,
  put,
  resume,
  status,
  synced,
  test,
  update,
  watch,
} from './fixtures.mjs';
import { crash, freeze } from './leaving.mjs';

const leads = async (page) => (await status(page)).leader;

test('a second tab follows: the same API, the same data, durable from the leader', async ({
  person,
  server,
}) => {
  const one = await person();
  const first = await one.opened();
  const second = await one.opened();
  expect(await leads(first)).toBe(true);
  expect(await leads(second)).toBe(false);
  for (const page of [first, second]) await watch(page, 'notes');
  await online(second);
  const outcome = await second.evaluate(async () => {
    const write = db.collection('notes').put('s', { by: 'second' });
    const seen = [db.collection('notes').get('s').by, write.state];
    await write.durable;
    seen.push(write.state === 'accepted');
    await write.acknowledged;
    return [...seen, write.state];
  });
  expect(outcome).toEqual(['second', 'accepted', false, 'acknowledged']);
  await expect.poll(() => get(first, 'notes', 's')).toEqual({ id: 's', by: 'second' });
  await put(first, 'notes', 'f', { by: 'first' }, 'acknowledged');
  await expect.poll(() => get(second, 'notes', 'f')).toEqual({ id: 'f', by: 'first' });
  await expect.poll(() => server.sessions()).toBe(1);
});

test('the next tab leads when the leader is closed', async ({ person, server }) => {
  const one = await person();
  const first = await one.opened();
  const second = await one.opened();
  for (const page of [first, second]) await watch(page, 'notes');
  await put(second, 'notes', 'a', { n: 1 }, 'acknowledged');
  await first.close();
  await expect.poll(() => leads(second)).toBe(true);
  expect(await get(second, 'notes', 'a')).toEqual({ id: 'a', n: 1 });
  await online(second);
  await update(second, 'notes', 'a', { n: 2 }, 'acknowledged');
  await expect.poll(() => server.sessions()).toBe(1);
});

/** Many tabs that write all the time: a sum shows what is lost or doubled, rows show which. */
class Crew {
  made = 0;
  pages = [];

  constructor(person, options = {}) {
    this.person = person;
    this.options = options;
  }

  async add(count) {
    for (let k = 0; k < count; k += 1) await this.begin(await this.person.blank());
  }

  async begin(page) {
    await open(page, this.options);
    await watch(page, 'sums');
    await watch(page, 'rows');
    this.pages.push(page);
    await page.evaluate(() => {
      globalThis.made = [];
      globalThis.shown = new Set();
      db.collection('sums')
        .query({})
        .subscribe((rows) => rows.length || shown.add('a flash of emptiness'));
      globalThis.beat = setInterval(() => {
        if (db.status().state === 'closed') return;
        const row = db.collection('rows').insert({ by: db.clientId });
        const sum = db.collection('sums').increment('n', 'n', 1);
        made.push({ row, sum });
        if (!db.collection('rows').get(row.id)) shown.add('a write that did not show');
      }, 60);
    });
  }

  async leader() {
    for (const page of this.pages) if (await leads(page)) return page;
    return undefined;
  }

  drop(page) {
    this.pages = this.pages.filter((other) => other !== page);
  }

  /** Resolves when another page than `old` leads and is online; `old` may be asleep, and cannot be asked. */
  async next(old) {
    const others = this.pages.filter((page) => page !== old);
    const states = () => Promise.all(others.map(async (page) => (await status(page)).leader));
    await expect.poll(async () => (await states()).filter(Boolean).length, { timeout: 8_000 }).toBe(1);
    await online(others[(await states()).indexOf(true)]);
  }

  async rest() {
    for (const page of this.pages) await page.evaluate(() => clearInterval(beat));
  }

  /** Ids of rows whose write was said to be on disk, of a page that is about to go. */
  durable(page) {
    return page.evaluate(() =>
      made
        .filter(({ row }) => ['durable', 'sent', 'acknowledged'].includes(row.state))
        .map(({ row }) => row.id),
    );
  }
}

/** What was promised is on the server once, and every tab shows the same. */
async function expectAllOnce(bob, crew, promised) {
  for (const name of ['sums', 'rows']) await watch(bob, name);
  const ids = () =>
    bob.evaluate(() =>
      db
        .collection('rows')
        .query({})()
        .rows.map((row) => row.id),
    );
  // Pages that went in between may have lost what no disk was known to hold.
  await expect
    .poll(async () => {
      const rows = new Set(await ids());
      return [...promised].filter((id) => !rows.has(id));
    })
    .toEqual([]);
  // Each tick made a row and added one to the sum.
  const rows = await ids();
  expect((await get(bob, 'sums', 'n')).n).toBe(rows.length);
  for (const page of crew.pages)
    expect(await page.evaluate(() => db.collection('rows').query({})().rows.length)).toBe(rows.length);
}

test('six tabs write while leaders close, crash, leave and freeze: all once, one connection', async ({
  browserName,
  person,
  server,
}) => {
  test.setTimeout(120_000);
  const one = await person();
  const crew = new Crew(one);
  const first = await one.opened();
  await watch(first, 'sums');
  await put(first, 'sums', 'n', { n: 0 }, 'acknowledged');
  await first.close();
  await crew.add(6);
  const promised = new Set();
  let [most, frozen, wake, thaw] = [0, 0];
  const sampler = setInterval(async () => {
    // A page that stands still cannot hang up; the server misses its heartbeats by and by.
    const still = frozen;
    most = Math.max(most, (await server.sessions().catch(() => 0)) - still);
  }, 20);

  const ways =
    browserName === 'chromium'
      ? ['close', 'crash', 'navigate', 'freeze', 'thaw', 'close']
      : ['close', 'navigate', 'close', 'navigate'];
  for (const way of ways) {
    const leader = await crew.leader();
    expect(leader, `somebody leads before ${way}`).toBeDefined();
    for (const id of await crew.durable(leader)) promised.add(id);
    if (way === 'close') {
      crew.drop(leader);
      await leader.close();
    } else if (way === 'crash') {
      crew.drop(leader);
      await crash(leader);
    } else if (way === 'navigate') {
      crew.drop(leader);
      await leader.goto(`${server.url}/healthz`);
    } else {
      frozen += 1;
      thaw = await freeze(leader);
    }
    await crew.next(leader);
    if (way === 'thaw') {
      await thaw();
      await expect.poll(() => leads(leader)).toBe(false);
    } else if (way === 'freeze') {
      // It sleeps on, and wakes up at the end.
      crew.drop(leader);
      const wakeUp = thaw;
      wake = async () => {
        await wakeUp();
        crew.pages.push(leader);
      };
    }
    await crew.pages[0].waitForTimeout(300);
  }
  await wake?.();
  await crew.rest();
  for (const page of crew.pages) {
    expect(await page.evaluate(() => [...shown])).toEqual([]);
    for (const id of await page.evaluate(() => made.map(({ row }) => row.id))) promised.add(id);
    await page.evaluate(() => Promise.all(made.map(({ row, sum }) => [row.durable, sum.durable]).flat()));
  }
  for (const page of crew.pages) await synced(page);
  clearInterval(sampler);
  expect(most).toBe(1);
  await expect.poll(() => server.sessions()).toBe(1);

  await expectAllOnce(await (await person()).opened(), crew, promised);
});

test('events and calls of a follower go over the connection of the leader', async ({ person, server }) => {
  const one = await person();
  const first = await one.opened();
  const second = await one.opened();
  const bob = await (await person()).opened();
  for (const page of [first, second, bob]) await online(page);
  const listen = (page) =>
    page.evaluate(() => {
      globalThis.heard = [];
      db.event('news').subscribe((data) => heard.push(data));
    });
  for (const page of [first, second, bob]) await listen(page);
  await second.evaluate(() => db.rpc.provide('double', (n) => 2 * n));
  await expect.poll(() => bob.evaluate(() => db.rpc.call('double', 21).catch((e) => e.code))).toBe(42);
  await bob.evaluate(() => db.rpc.provide('half', (n) => n / 2));
  await expect.poll(() => second.evaluate(() => db.rpc.call('half', 42).catch((e) => e.code))).toBe(21);
  await expect
    .poll(async () => {
      expect(await bob.evaluate(() => db.event('news').emit('from bob'))).toBe(true);
      return second.evaluate(() => heard.length);
    })
    .toBeGreaterThan(0);
  expect(await second.evaluate(() => db.event('news').emit('from second'))).toBe(true);
  await expect.poll(() => bob.evaluate(() => heard.includes('from second'))).toBe(true);
  // The provider's tab goes: whoever asks hears it.
  await second.close();
  await expect.poll(() => bob.evaluate(() => db.rpc.call('double', 1).catch((e) => e.code))).not.toBe(2);
  await expect.poll(() => server.sessions()).toBe(2);
});
