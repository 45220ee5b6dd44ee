// What the SDK does with services that have no versions, no replay and ids of their own: the same for each of
// their dialects, against ours and against a server of its contract alone.
//
// A world has `port`, `mount`, and what somebody else does there: list(collection), add, set, remove, values.
import assert from 'node:assert/strict';

import { open } from '../../dist/index.node.js';
import { Wire, until } from './wire.mjs';
import { folder } from './world.mjs';

/**
 * `dialect`: what `open` is given beside the address, whether a first write makes the collection, and where
 * records say more, or in other words, than was written: `plain`, what was written of one.
 */
export function adapter(dialect) {
  async function database(t, world, options = {}) {
    const wire = await Wire.to(t, world);
    const url = `http://127.0.0.1:${wire.port}${world.mount ?? ''}`;
    const db = await open({ url, ...dialect.options(world), log: 'error', ...options });
    t.after(() => db.close());
    return { db, wire, url };
  }

  async function page(t, world, collection, options) {
    const opened = await database(t, world, { collections: { [collection]: { keep: 'all' } }, ...options });
    const rows = opened.db.collection(collection);
    const seen = { rows: [] };
    const { plain = (row) => row } = dialect;
    rows.query({}).subscribe((now) => (seen.rows = now.map(plain)));
    return { ...opened, rows, seen, plain };
  }

  return { database, page, cases: cases(dialect, database, page), ours: ours(page) };
}

export async function offline({ db, wire }) {
  wire.shut();
  await until(() => db.status().state !== 'online', 'being offline');
}

const holds = async (world, name, ...data) => {
  const sorted = (values) =>
    values
      .map((value) => JSON.stringify(value))
      .sort()
      .join();
  return sorted((await world.values(name)) ?? []) === sorted(data);
};

const cases = (dialect, database, page) => ({
  'a list is a collection: what others do is seen, in order': async (t, world) => {
    await world.list('list-seen');
    const first = await world.add('list-seen', { n: 1 });
    const { seen } = await page(t, world, 'list-seen');
    await until(() => seen.rows.length === 1, 'what was there');
    assert.deepEqual(seen.rows[0], { id: first.id, n: 1 });
    const second = await world.add('list-seen', { n: 2 });
    await until(() => seen.rows.length === 2, 'what was added');
    await world.set('list-seen', second.id, { n: 22 });
    await until(() => seen.rows.some(({ n }) => n === 22), 'what was changed');
    await world.remove('list-seen', first.id);
    await until(() => seen.rows.length === 1, 'what was removed');
  },
  'more items than a page of them are read': async (t, world) => {
    await world.list('list-many');
    for (let i = 0; i < 250; i++) await world.add('list-many', { i });
    const { seen } = await page(t, world, 'list-many');
    await until(() => seen.rows.length === 250, 'all of them');
  },
  'what is written here gets an id there and keeps its own': async (t, world) => {
    if (!dialect.makesCollections) await world.list('list-made');
    const { rows, seen, plain } = await page(t, world, 'list-made');
    const write = rows.insert({ n: 1 });
    const [{ id }] = await until(() => seen.rows.length > 0 && seen.rows, 'it');
    await write.acknowledged;
    assert.equal(seen.rows[0].id, id);
    const { remoteId } = rows.meta(id);
    assert.ok(dialect.isRemoteId(remoteId, id));
    await rows.update(id, { n: 2 }).acknowledged;
    assert.ok(await holds(world, 'list-made', { n: 2 }));
    await world.set('list-made', remoteId ?? id, { n: 3 });
    await until(() => plain(rows.get(id)).n === 3, 'the change of others');
    await rows.remove(id).acknowledged;
    assert.ok(await holds(world, 'list-made'));
    assert.deepEqual(seen.rows, []);
  },
  'edits made offline are pushed when the link is back': async (t, world) => {
    await world.list('list-off');
    const item = await world.add('list-off', { a: 1, b: 1 });
    const one = await page(t, world, 'list-off');
    await until(() => one.seen.rows.length === 1, 'the first item');
    await offline(one);
    one.rows.update(item.id, { a: 2 });
    one.rows.insert({ n: 1 });
    one.rows.update(item.id, { c: 3 });
    one.wire.open();
    await until(() => holds(world, 'list-off', { n: 1 }, { a: 2, b: 1, c: 3 }), 'list-both');
    await one.db.synced();
    assert.equal(one.seen.rows.length, 2);
  },
  'edits of different members on both sides are joined': async (t, world) => {
    await world.list('list-both');
    const item = await world.add('list-both', { a: 1, b: 1 });
    const one = await page(t, world, 'list-both');
    await until(() => one.seen.rows.length === 1, 'the item');
    await offline(one);
    one.rows.update(item.id, { a: 2 });
    await world.set('list-both', item.id, { a: 1, b: 9 });
    one.wire.open();
    await until(() => holds(world, 'list-both', { a: 2, b: 9 }), 'both edits on the server');
    await until(() => one.seen.rows[0].b === 9, 'both edits in the page');
  },
  'edits of one member on both sides are a conflict for whom the policy says so': async (t, world) => {
    await world.list('list-clash');
    const item = await world.add('list-clash', { a: 1 });
    const one = await page(t, world, 'list-clash', {
      collections: { 'list-clash': { keep: 'all', policy: 'manual' } },
    });
    await until(() => one.seen.rows.length === 1, 'the item');
    await offline(one);
    one.rows.update(item.id, { a: 2 });
    await world.set('list-clash', item.id, { a: 3 });
    one.wire.open();
    const [conflict] = await until(() => one.db.conflicts().length > 0 && one.db.conflicts(), 'the conflict');
    assert.deepEqual([one.plain(conflict.mine).a, one.plain(conflict.theirs).a], [2, 3]);
    await conflict.resolve({ a: 23 }).acknowledged;
    assert.ok(await holds(world, 'list-clash', { a: 23 }));
  },
  'what others removed while the page was away is gone': async (t, world) => {
    await world.list('list-gone');
    const items = [await world.add('list-gone', { n: 1 }), await world.add('list-gone', { n: 2 })];
    const one = await page(t, world, 'list-gone');
    await until(() => one.seen.rows.length === 2, 'both items');
    await offline(one);
    await world.remove('list-gone', items[0].id);
    one.wire.open();
    await until(() => one.seen.rows.length === 1, 'the removal');
  },
  'an item whose creation was not answered is made once': async (t, world) => {
    await world.list('list-once');
    await world.add('list-once', { first: true });
    const one = await page(t, world, 'list-once');
    await until(() => one.seen.rows.length === 1, 'the first item');
    one.wire.deaf();
    const write = one.rows.insert({ only: 'one' });
    await until(() => holds(world, 'list-once', { first: true }, { only: 'one' }), 'the item on the server');
    one.wire.cut();
    await write.acknowledged;
    await one.db.synced();
    assert.ok(await holds(world, 'list-once', { first: true }, { only: 'one' }));
    assert.equal(one.seen.rows.length, 2);
  },
  'what was written offline is there and is pushed after a restart': async (t, world) => {
    const dir = folder(t);
    if (!dialect.makesCollections) await world.list('list-again');
    const one = await page(t, world, 'list-again', { dir, store: 'again' });
    await until(() => one.db.status().state === 'online', 'the link');
    await one.rows.insert({ first: true }).acknowledged;
    await offline(one);
    await one.rows.insert({ kept: true }).durable;
    await one.db.close();
    one.wire.open();
    const again = await open({
      url: one.url,
      ...dialect.options(world),
      dir,
      store: 'again',
      log: 'error',
    });
    const rows = again.collection('list-again');
    await again.synced();
    assert.ok(await holds(world, 'list-again', { first: true }, { kept: true }));
    const seen = { rows: [] };
    rows.query({}).subscribe((now) => (seen.rows = now));
    assert.equal(seen.rows.length, 2);
    await again.close();
  },
  'two pages that insert into one list see the items of both': async (t, world) => {
    if (!dialect.makesCollections) await world.list('list-two');
    const [one, other] = [
      await page(t, world, 'list-two'),
      await page(t, world, 'list-two', { store: 'other' }),
    ];
    for (let i = 0; i < 20; i++) {
      one.rows.insert({ from: 'one', i });
      other.rows.insert({ from: 'other', i });
    }
    const whole = () => one.seen.rows.length === 40 && other.seen.rows.length === 40;
    await until(whole, 'forty items in both');
    assert.equal((await world.values('list-two')).length, 40);
  },
  'one item is fetched by its id': async (t, world) => {
    await world.list('list-alone');
    const item = await world.add('list-alone', { n: 1 });
    const { db } = await database(t, world);
    const { plain = (row) => row } = dialect;
    assert.deepEqual(plain(await db.collection('list-alone').fetch(item.id)), { id: item.id, n: 1 });
    assert.equal(await db.collection('list-alone').fetch('ffffffffffffffffffffffffffffffff'), undefined);
  },
  'what the dialect cannot do is refused at the call': async (t, world) => {
    const { db } = await database(t, world);
    const { batches, events, presence, resume, rpc, versions } = db.capabilities;
    assert.deepEqual(
      { batches, events, presence, resume, rpc, versions },
      {
        batches: false,
        events: false,
        presence: false,
        resume: false,
        rpc: false,
        versions: false,
      },
    );
    const batch = () => db.batch(() => db.collection('c').insert({ n: 1 }));
    assert.throws(batch, { code: 'unsupported', message: /batches/ });
  },
});

// Without versions a race cannot be seen by anybody.
const ours = (page) => ({
  'sums of two pages add up': async (t, world) => {
    await world.list('list-sum');
    const item = await world.add('list-sum', { n: 0 });
    const [one, other] = [
      await page(t, world, 'list-sum'),
      await page(t, world, 'list-sum', { store: 'other' }),
    ];
    await until(() => one.seen.rows.length + other.seen.rows.length === 2, 'the item in both');
    const writes = [];
    for (let i = 0; i < 10; i++)
      for (const { rows } of [one, other]) writes.push(rows.increment(item.id, 'n').acknowledged);
    await Promise.all(writes);
    await until(() => holds(world, 'list-sum', { n: 20 }), 'the sum');
  },
});
