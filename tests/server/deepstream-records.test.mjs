// The original's client reads and writes records and lists: with the original's server, which proves the
// tests, and with ours.
import assert from 'node:assert/strict';
import test from 'node:test';

import {
  Wire,
  commands,
  connect,
  original,
  read,
  recorder,
  until,
  worlds,
  write,
} from './deepstream-world.mjs';

const { LOCAL_WINS, REMOTE_WINS } = original();

async function record(client, name) {
  return client.record.getRecord(name).whenReady();
}

const tests = {
  'a record that is opened is there at version 0 and empty': async (t, world) => {
    const client = await connect(t, world);
    const one = await record(client, 'opened/1');
    assert.deepEqual([one.get(), one.version], [{}, 0]);
    const [entry] = await commands(world, [read('opened/1')]);
    assert.deepEqual([entry.success, entry.version, entry.data], [true, 0, {}]);
    assert.equal(await client.record.has('opened/1'), true);
    assert.deepEqual(client.errors, []);
  },

  'set, path set and erase reach another client, each one version': async (t, world) => {
    const [ada, bob] = [await connect(t, world), await connect(t, world)];
    const mine = await record(ada, 'shared/1');
    const theirs = await record(bob, 'shared/1');
    const seen = recorder();
    theirs.subscribe(seen);
    mine.set({ a: 1, gone: true, list: [1, { x: 1 }] });
    mine.set('b.c[1].d', 'deep');
    mine.erase('gone');
    mine.set('list[1].x', null);
    await seen.count(4);
    const expected = { a: 1, list: [1, { x: null }], b: { c: [null, { d: 'deep' }] } };
    assert.deepEqual(seen.calls.at(-1), expected);
    assert.deepEqual([theirs.version, mine.version], [4, 4]);
    const [entry] = await commands(world, [read('shared/1')]);
    assert.deepEqual([entry.version, entry.data], [4, expected]);
    assert.deepEqual([...ada.errors, ...bob.errors], []);
  },

  'a subscription to a path hears of that path alone': async (t, world) => {
    const [ada, bob] = [await connect(t, world), await connect(t, world)];
    const mine = await record(ada, 'path/1');
    const theirs = await record(bob, 'path/1');
    const seen = recorder();
    const now = recorder();
    theirs.subscribe('user.name', seen);
    await mine.setWithAck({ user: { name: 'Mara' }, other: 1 });
    await mine.setWithAck('other', 2);
    await mine.setWithAck('user.name', 'Max');
    await seen.count(2);
    theirs.subscribe('user.name', now, true);
    await now.count(1);
    assert.deepEqual([seen.calls, now.calls], [['Mara', 'Max'], ['Max']]);
    theirs.unsubscribe('user.name', seen);
    await mine.setWithAck('user.name', 'Moritz');
    await now.count(2);
    assert.equal(seen.calls.length, 2);
  },

  'writes of a client are acknowledged when they are there': async (t, world) => {
    const client = await connect(t, world);
    const one = await record(client, 'ack/1');
    await one.setWithAck({ n: 1 });
    assert.deepEqual((await commands(world, [read('ack/1')]))[0].data, { n: 1 });
    await one.setWithAck('deep.path', [true]);
    assert.deepEqual((await commands(world, [read('ack/1')]))[0].data, { n: 1, deep: { path: [true] } });
    await one.eraseWithAck('deep.path');
    assert.deepEqual((await commands(world, [read('ack/1')]))[0].data, { n: 1, deep: {} });
    const called = recorder();
    one.set('n', 2, called);
    assert.deepEqual(await called.count(1), [[null, 'ack/1']]);
  },

  'a write by HTTP reaches subscribers with its version': async (t, world) => {
    const client = await connect(t, world);
    const one = await record(client, 'http/1');
    const seen = recorder();
    one.subscribe(seen);
    await commands(world, [write('http/1', { by: 'http', n: 1 })]);
    await seen.count(1);
    await commands(world, [write('http/1', 2, { path: 'n' })]);
    await seen.count(2);
    assert.deepEqual(seen.calls, [
      { by: 'http', n: 1 },
      { by: 'http', n: 2 },
    ]);
    assert.equal(one.version, 2);
    await one.setWithAck('n', 3);
    assert.equal((await commands(world, [read('http/1')]))[0].version, 3);
  },

  'writes of one batch arrive each by itself, for the client reads one message of a frame': async (
    t,
    world,
  ) => {
    const client = await connect(t, world);
    const [one, two] = [await record(client, 'frame/1'), await record(client, 'frame/2')];
    const [first, second] = [recorder(), recorder()];
    one.subscribe('n', first);
    two.subscribe('n', second);
    const n = (name, value) => write(name, value, { path: 'n' });
    const batch = [n('frame/1', 1), n('frame/2', 2), n('frame/1', 3), n('frame/2', 4), n('frame/1', 5)];
    assert.ok((await commands(world, batch)).every(({ success }) => success));
    await until(() => one.get('n') === 5 && two.get('n') === 4);
    if (!world.original)
      assert.deepEqual(
        [first.calls, second.calls],
        [
          [1, 3, 5],
          [2, 4],
        ],
      );
  },

  'head, has and snapshot speak of records that are not open': async (t, world) => {
    const client = await connect(t, world);
    await commands(world, [write('far/1', { n: 1 })]);
    await commands(world, [write('far/1', { n: 2 })]);
    assert.deepEqual(await client.record.snapshot('far/1'), { n: 2 });
    assert.equal(await client.record.head('far/1'), 2);
    assert.equal(await client.record.has('far/1'), true);
    assert.equal(await client.record.has('far/none'), false);
    assert.equal(await client.record.head('far/none'), -1);
    await assert.rejects(client.record.snapshot('far/none'), (error) => error === 'RECORD_NOT_FOUND');
    assert.equal(
      (await commands(world, [read('far/none')]))[0].errorTopic,
      'record',
      'nothing was made of it',
    );
  },

  'setData makes and changes records without opening them': async (t, world) => {
    const client = await connect(t, world);
    await client.record.setDataWithAck('upsert/1', { n: 1 });
    await client.record.setDataWithAck('upsert/1', 'm.x', 2);
    await client.record.setDataWithAck('upsert/2', 'only.path', true);
    client.record.setData('upsert/3', { fire: 'forget' });
    await until(async () => (await commands(world, [read('upsert/3')]))[0].success);
    const [one, two, three] = await commands(world, [read('upsert/1'), read('upsert/2'), read('upsert/3')]);
    assert.deepEqual([one.version, one.data], [2, { n: 1, m: { x: 2 } }]);
    assert.deepEqual([two.version, two.data], [1, { only: { path: true } }]);
    assert.deepEqual([three.version, three.data], [1, { fire: 'forget' }]);
  },

  'who deletes and who watches are told; afterwards versions begin anew': async (t, world) => {
    const [ada, bob] = [await connect(t, world), await connect(t, world)];
    const mine = await record(ada, 'gone/1');
    const theirs = await record(bob, 'gone/1');
    await mine.setWithAck({ n: 1 });
    const deleted = recorder();
    theirs.on('delete', () => deleted('theirs'));
    mine.on('delete', () => deleted('mine'));
    await mine.delete();
    await deleted.count(2);
    assert.deepEqual(deleted.calls.sort(), ['mine', 'theirs']);
    assert.equal(await bob.record.has('gone/1'), false);
    const again = await record(bob, 'gone/1');
    assert.deepEqual([again.get(), again.version], [{}, 0]);
    await again.setWithAck({ n: 2 });
    assert.equal(again.version, 1);
    await commands(world, [{ topic: 'record', action: 'delete', recordName: 'gone/1' }]);
    await until(() => !again.isReady);
    await commands(world, [write('gone/1', { n: 3 })]);
    assert.equal((await commands(world, [read('gone/1')]))[0].version, 1);
  },

  'a delete by HTTP reaches the delete callback': async (t, world) => {
    const client = await connect(t, world);
    const one = await record(client, 'gone/2');
    const deleted = recorder();
    one.on('delete', deleted);
    await one.setWithAck({ n: 1 });
    await commands(world, [{ topic: 'record', action: 'delete', recordName: 'gone/2' }]);
    await deleted.count(1);
  },

  'a discarded record hears no more and can be opened again': async (t, world) => {
    const client = await connect(t, world, { recordDiscardTimeout: 0 });
    const one = await record(client, 'discard/1');
    const seen = recorder();
    const discarded = recorder();
    one.subscribe(seen);
    one.on('discard', discarded);
    one.discard();
    await discarded.count(1);
    // The client says so before it lets go: who opens the record in between has the old one.
    await until(() => !client.record.names().includes('discard/1'));
    await commands(world, [write('discard/1', { n: 1 })]);
    const again = await record(client, 'discard/1');
    assert.deepEqual([again.get(), again.version], [{ n: 1 }, 1]);
    assert.deepEqual([seen.calls, client.errors], [[], []]);
  },

  'data of every kind comes back as it was': async (t, world) => {
    const client = await connect(t, world);
    const other = await connect(t, world);
    const one = await record(client, 'kinds/ünï✓😀 /#?%');
    const data = {
      'text': 'ünï✓😀\n"\\ ',
      'numbers': [0, -1, 1.5, 1e21, 9007199254740991, -0.000001],
      'nothing': null,
      'no': false,
      'empty': [{}, [], ''],
      'nested': { a: [{ b: [[1]] }] },
      'key with space.and dot': 1,
    };
    await one.setWithAck(data);
    assert.deepEqual(await other.record.snapshot('kinds/ünï✓😀 /#?%'), data);
    const wide = await record(client, 'kinds/array');
    await wide.setWithAck([1, { two: 2 }, [3]]);
    assert.deepEqual(await other.record.snapshot('kinds/array'), [1, { two: 2 }, [3]]);
  },

  'a record of 900,000 bytes goes through': async (t, world) => {
    const [ada, bob] = [await connect(t, world), await connect(t, world)];
    const mine = await record(ada, 'large/1');
    const theirs = await record(bob, 'large/1');
    const text = 'Größe '.repeat(110_000);
    await mine.setWithAck({ text });
    await until(() => theirs.get('text')?.length === text.length);
    assert.equal((await bob.record.snapshot('large/1')).text, text);
  },

  '500 records are opened and written at once': async (t, world) => {
    const [ada, bob] = [await connect(t, world), await connect(t, world)];
    const names = Array.from({ length: 500 }, (_, i) => `many/${i}`);
    const mine = await Promise.all(names.map((name) => record(ada, name)));
    await Promise.all(mine.map((one, i) => one.setWithAck({ i })));
    const theirs = await Promise.all(names.map((name) => record(bob, name)));
    assert.deepEqual(
      theirs.map((one) => one.get('i')),
      names.map((_, i) => i),
    );
    mine.forEach((one, i) => one.set('i', i + 1));
    await until(() => theirs.every((one, i) => one.get('i') === i + 1));
    assert.deepEqual([...ada.errors, ...bob.errors], []);
  },

  'names that are forbidden are an error of the record, and nothing else': async (t, world) => {
    const client = await connect(t, world);
    const errors = recorder();
    client.record.getRecord('denied/1').on('error', errors);
    const [error] = await errors.count(1);
    assert.equal(error[0], 'MESSAGE_DENIED');
    await assert.rejects(client.record.setDataWithAck('denied/2', { n: 1 }), (e) => e === 'MESSAGE_DENIED');
    await assert.rejects(client.record.snapshot('denied/2'), (e) => e === 'MESSAGE_DENIED');
    await record(client, 'allowed/1');
  },

  'who wrote in the meantime wins, where the remote wins': async (t, world) => {
    assert.deepEqual(await conflict(t, world, 'conflict/remote', REMOTE_WINS), { who: 'http', n: 9 });
  },

  'what was written late is written again, where the local side wins': async (t, world) => {
    assert.deepEqual(await conflict(t, world, 'conflict/local', LOCAL_WINS), { who: 'mine', n: 1 });
  },

  'a function of the page merges both': async (t, world) => {
    const seen = recorder();
    const kept = await conflict(t, world, 'conflict/own', (local, localVersion, remote, version, done) => {
      seen({ local, localVersion, remote, version });
      done(null, { ...remote, who: local.who });
    });
    assert.deepEqual(kept, { who: 'mine', n: 9 });
    const [local, remote] = [
      { who: 'mine', n: 1 },
      { who: 'http', n: 9 },
    ];
    assert.deepEqual(seen.calls[0], { local, localVersion: 1, remote, version: 1 });
  },

  'lists tell of entries that come, go and move': async (t, world) => {
    const [ada, bob] = [await connect(t, world), await connect(t, world)];
    const mine = await ada.record.getList('list/1').whenReady();
    const theirs = await bob.record.getList('list/1').whenReady();
    const [added, removed, moved, all] = [recorder(), recorder(), recorder(), recorder()];
    theirs.on('entry-added', added);
    theirs.on('entry-removed', removed);
    theirs.on('entry-moved', moved);
    theirs.subscribe(all);
    assert.deepEqual([mine.getEntries(), mine.isEmpty()], [[], true]);
    await mine.setEntriesWithAck(['a', 'b']);
    mine.addEntry('c');
    mine.addEntry('first', 0);
    mine.removeEntry('b');
    await all.count(4);
    assert.deepEqual(theirs.getEntries(), ['first', 'a', 'c']);
    assert.deepEqual(added.calls.map(([entry]) => entry).sort(), ['a', 'b', 'c', 'first']);
    assert.deepEqual(
      removed.calls.map(([entry]) => entry),
      ['b'],
    );
    assert.ok(moved.calls.some(([entry]) => entry === 'a'));
    const [entry] = await commands(world, [{ topic: 'list', action: 'read', listName: 'list/1' }]);
    assert.deepEqual([entry.version, entry.data], [4, ['first', 'a', 'c']]);
    const gone = recorder();
    theirs.on('delete', gone);
    await mine.delete();
    await gone.count(1);
  },

  'after a cut records are followed again, and what was missed is there': async (t, world) => {
    const wire = await Wire.to(t, world);
    const client = await connect(t, world, { port: wire.port, mergeStrategy: REMOTE_WINS });
    const one = await record(client, 'cut/1');
    await one.setWithAck({ n: 1 });
    wire.shut();
    await until(() => client.getConnectionState() !== 'OPEN');
    await commands(world, [write('cut/1', { n: 2 })]);
    wire.open();
    await until(() => one.get('n') === 2);
    await commands(world, [write('cut/1', { n: 3 })]);
    await until(() => one.get('n') === 3);
    assert.equal(one.version, 3);
  },

  'notify is answered': async (t, world) => {
    const client = await connect(t, world);
    await client.record.setDataWithAck('notify/1', { n: 1 });
    await client.record.notify(['notify/1']);
  },
};

/** One client's write, while somebody else's by HTTP has that version already. Returns what is stored. */
async function conflict(t, world, name, strategy) {
  const wire = await Wire.to(t, world);
  const client = await connect(t, world, { port: wire.port });
  const one = await record(client, name);
  one.setMergeStrategy(strategy);
  wire.hold();
  const acknowledged = recorder();
  one.set({ who: 'mine', n: 1 }, acknowledged);
  const [entry] = await commands(world, [write(name, { who: 'http', n: 9 })]);
  assert.equal(entry.success, true);
  wire.go();
  // The client reads what is held back before this answer, and has sent its repair when it has both.
  assert.equal(await client.record.has(`${name}/none`), false);
  assert.equal(await client.record.has(`${name}/none`), false);
  const [{ data }] = await commands(world, [read(name)]);
  assert.deepEqual(one.get(), data);
  assert.deepEqual(acknowledged.calls, [], 'it was not written as it was');
  return data;
}

for (const { name, start } of worlds) {
  test(`records: ${name}`, { concurrency: 6 }, async (t) => {
    const world = await start(t);
    await Promise.all(Object.entries(tests).map(([claim, act]) => t.test(claim, (t) => act(t, world))));
  });
}
