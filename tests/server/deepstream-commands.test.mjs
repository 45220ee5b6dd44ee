// The commands of deepstream's HTTP API as its contract has them, and what kills the original.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import {
  at,
  conflict,
  emit,
  forbidden,
  fresh,
  good,
  head,
  misplaced,
  missing,
  one,
  password,
  post,
  query,
  read,
  remove,
  run,
  shared,
  start,
  write,
  written,
} from './deepstream-http-world.mjs';
import { Socket, put } from './world.mjs';

before(async (t) => {
  shared.server = await start(t);
});

// ---- 5.1 events -------------------------------------------------------------------------------------------

test('an event needs nobody who listens', async () => {
  for (const data of [undefined, null, 0, '', [1], { a: { b: 1 } }, 134.52])
    assert.deepEqual(await one(emit('lights-on', data)), good);
});

// ---- 5.2 reading ------------------------------------------------------------------------------------------

test('what is missing fails, its head too', async () => {
  const name = fresh();
  assert.deepEqual(await run([read(name), head(name)]), [missing(name), missing(name)]);
});

test('a batch of ten thousand takes effect in order', async () => {
  const body = Array.from({ length: 10_000 }, (_, n) => write('many/1', n, { path: 'n', version: n + 1 }));
  const entries = await run(body);
  assert.equal(entries.filter(({ success }) => success).length, 10_000);
  assert.deepEqual(await run([read('many/1')]), [{ success: true, version: 10_000, data: { n: 9999 } }]);
});

test('names are compared byte by byte', async () => {
  const names = [
    'case',
    'Case',
    ' case',
    'case ',
    'ü',
    '日本/語',
    'a/b/c',
    '/x',
    'x/',
    'a%b/c',
    '"quoted"',
    '🙂',
  ];
  await run(names.map((name, n) => write(name, { n })));
  const entries = await run(names.map(read));
  assert.deepEqual(
    entries.map((entry) => entry.data.n),
    names.map((_, n) => n),
  );
});

test('names past the limits fail alone', async () => {
  const [long, dots, control, fine] = await run([
    write('x'.repeat(2049), {}),
    write('..', {}),
    write('a\nb', {}),
    write('x'.repeat(2048), {}),
  ]);
  for (const entry of [long, dots, control]) assert.equal(entry.errorEvent, 'INVALID_MESSAGE_DATA');
  assert.deepEqual(fine, good);
});

// ---- 5.3 writing ------------------------------------------------------------------------------------------

test('versions decide as the table of the contract says', async () => {
  const name = fresh();
  const data = { h: 72 };
  const table = [
    [9, conflict(name, 0, {})],
    [1, good],
    [1, conflict(name, 1, data)],
    [0, conflict(name, 1, data)],
    [3, conflict(name, 1, data)],
    [2, good],
    [undefined, good],
    [-1, good],
    [5.0, good],
  ];
  for (const [version, entry] of table)
    assert.deepEqual(await one(write(name, data, { version })), entry, `version ${version}`);
  assert.deepEqual(await one(head(name)), { success: true, version: 5 });
  const other = fresh();
  assert.deepEqual(await run([write(other, data, { version: 0 }), head(other)]), [
    good,
    { success: true, version: 1 },
  ]);
});

test('versions that are none refuse the request', async () => {
  for (const version of [1.5, -2, null, '1', true])
    assert.equal((await post({ body: [write('x', {}, { version })] })).status, 400, `version ${version}`);
});

test('of many who write one version exactly one wins', async () => {
  const name = fresh();
  const entries = await Promise.all(
    [...Array(32).keys()].map((n) => one(write(name, { n }, { version: 1 }))),
  );
  assert.equal(entries.filter((entry) => entry.success).length, 1);
  const winner = entries.findIndex((entry) => entry.success);
  assert.deepEqual(entries.filter((entry) => !entry.success)[0], conflict(name, 1, { n: winner }));
});

test('without a path data is an object or an array, and replaces all of it', async () => {
  const name = fresh();
  await run([write(name, { a: 1 }), write(name, [1, 'x'], { path: '' })]);
  assert.deepEqual((await one(read(name))).data, [1, 'x']);
  for (const data of [1, 'x', null, true])
    assert.equal((await post({ body: [write(name, data)] })).status, 400);
  assert.equal((await post({ body: [{ topic: 'record', action: 'write', recordName: name }] })).status, 400);
});

test('whole numbers stay exact and members keep their order', async () => {
  const name = fresh();
  const data = '{"z":9007199254740993,"a":-9223372036854775808,"ü":1.5}';
  const answer = await post(written(name, data));
  assert.ok(
    answer.text.includes('"data":{"z":9007199254740993,"a":-9223372036854775808,"ü":1.5}'),
    answer.text,
  );
});

test('a path changes what it names', async () => {
  const table = [
    [{}, 'a.b.c', 1, { a: { b: { c: 1 } } }],
    [{}, 'l[2]', 1, { l: [null, null, 1] }],
    [{}, 'l[1][2]', 1, { l: [null, [null, null, 1]] }],
    [{}, 'l[0].x', 1, { l: [{ x: 1 }] }],
    [{}, ' a . b ', 1, { a: { b: 1 } }],
    [{}, 'a b', 1, { 'a b': 1 }],
    [{}, 'a..b', 1, { a: { b: 1 } }],
    [{}, '.a', 1, { a: 1 }],
    [{}, 'a.', 1, { a: 1 }],
    [{}, 'x.0', 1, { x: { 0: 1 } }],
    [{ x: ['a', 'b'] }, 'x.0', 1, { x: [1, 'b'] }],
    [{ x: 7 }, 'x.y', 1, { x: { y: 1 } }],
    [{ x: 'text' }, 'x[1]', 1, { x: [null, 1] }],
    [{ x: null }, 'x.y.z', 1, { x: { y: { z: 1 } } }],
    [{ x: 1 }, 'x', null, { x: null }],
    [{}, 'l[ 1 ]', 1, { l: [null, 1] }],
    [['a'], '[0]', 1, [1]],
    [{ a: 1, b: 2 }, 'a', { c: [] }, { a: { c: [] }, b: 2 }],
  ];
  for (const [before_, place, data, after] of table) {
    const name = fresh();
    assert.deepEqual(await run([write(name, before_), at(name, place, data), read(name)]), [
      good,
      good,
      { success: true, version: 2, data: after },
    ]);
  }
});

test('a path makes the record, with the version it says', async () => {
  const name = fresh();
  assert.deepEqual(await run([at(name, 'a', 1, { version: 1 }), read(name)]), [
    good,
    { success: true, version: 1, data: { a: 1 } },
  ]);
  assert.deepEqual(await one(at(name, 'a', 2, { version: 1 })), conflict(name, 1, { a: 1 }));
});

test('what loses data or kills the original is refused, and nothing changes', async () => {
  const table = [
    [{}, '__proto__.polluted'],
    [{}, 'a.constructor.b'],
    [{}, 'prototype'],
    [{ l: [1] }, 'l[x]'],
    [{ l: [1] }, 'l[-1]'],
    [{ l: [1] }, 'l.name'],
    [{}, 'a[30000000]'],
    [{ l: [1, 2] }, 'l[1027]'],
    [{}, '[0]'],
    [{}, '.'],
    [{}, ' '],
    [{}, 'l[1'],
    [{}, 'l]'],
    [{}, `a${'.a'.repeat(64)}`],
  ];
  for (const [data, place] of table) {
    const name = fresh();
    assert.deepEqual(await run([write(name, data), at(name, place, 1), read(name)]), [
      good,
      misplaced(name, place),
      { success: true, version: 1, data },
    ]);
  }
  const name = fresh();
  assert.deepEqual(await run([write(name, { l: [1, 2] }), at(name, 'l[1026]', 1), head(name)]), [
    good,
    good,
    { success: true, version: 2 },
  ]);
  assert.equal({}.polluted, undefined);
});

test('members called like what all objects share are kept as they are', async () => {
  const name = fresh();
  const answer = await post(written(name, '{"__proto__":{"a":1},"constructor":2}'));
  assert.ok(answer.text.includes('"data":{"__proto__":{"a":1},"constructor":2}'), answer.text);
});

// ---- 5.4 deleting, lists, notices -------------------------------------------------------------------------

test('a delete always succeeds, and versions begin again', async () => {
  const name = fresh();
  assert.deepEqual(await run([remove(name), write(name, {}), write(name, {}), remove(name), remove(name)]), [
    good,
    good,
    good,
    good,
    good,
  ]);
  assert.deepEqual(await run([head(name), write(name, {}, { version: 1 }), head(name)]), [
    missing(name),
    good,
    { success: true, version: 1 },
  ]);
});

test('lists are records that hold texts', async () => {
  const listName = fresh('list');
  const list = (action, more) => ({ topic: 'list', action, listName, ...more });
  assert.deepEqual(
    await run([
      list('write', { data: ['a', 'b'] }),
      list('read'),
      read(listName),
      list('write', { data: [], version: 1 }),
      list('delete'),
      list('read'),
    ]),
    [
      good,
      { success: true, version: 1, data: ['a', 'b'] },
      { success: true, version: 1, data: ['a', 'b'] },
      conflict(listName, 1, ['a', 'b']),
      good,
      missing(listName),
    ],
  );
  assert.equal((await post({ body: [list('write', { data: [1] })] })).status, 400);
});

test('a notice of a record is taken, of none it is not', async () => {
  const notify = (recordNames) => ({ topic: 'record', action: 'notify', recordNames });
  assert.deepEqual(await one(notify(['a', 'b'])), good);
  assert.equal((await post({ body: [notify([])] })).status, 400);
});

// ---- 5.5 and 5.6 ------------------------------------------------------------------------------------------

test('a call that nobody takes fails at once', async () => {
  assert.deepEqual(await one({ topic: 'rpc', action: 'make', rpcName: 'add', data: [1] }), {
    success: false,
    error: 'No provider was available to handle the RPC "add".',
    errorTopic: 'rpc',
    errorEvent: 'NO_RPC_PROVIDER',
  });
});

test('a call reaches a page of ours, and holds nothing up', async () => {
  const page = await Socket.open(shared.server.port);
  await page.hello('client-of-the-page');
  for (const rpc of ['sum', 'fails', 'quiet']) page.send({ type: 'provide', rpc });
  page.send({ type: 'ping' });
  await page.next('pong');
  const make = (rpcName) => ({ topic: 'rpc', action: 'make', rpcName, data: [1, 2] });
  const answered = run([make('sum'), make('fails'), make('quiet'), query]);
  const results = { sum: { data: 3 }, fails: { error: { why: 'no' } }, quiet: {} };
  for (let call = 0; call < 3; ++call) {
    const { id, rpc, data } = await page.next('rpc');
    assert.deepEqual(data, [1, 2]);
    page.send({ type: 'result', id, ...results[rpc] });
  }
  assert.deepEqual(await answered, [
    { success: true, data: 3 },
    { success: false, error: '{"why":"no"}', errorTopic: 'rpc', errorData: { why: 'no' } },
    good,
    { success: true, users: [] },
  ]);
  page.close();
});

test('whether named users are online is said once for each', async () => {
  assert.deepEqual(await one(query), { success: true, users: [] });
  assert.deepEqual(await one({ ...query, names: ['one', 'two', 'one'] }), {
    success: true,
    users: { one: false, two: false },
  });
  assert.deepEqual(await one({ ...query, names: [] }), { success: true, users: {} });
});

// ---- 5.7 permissions --------------------------------------------------------------------------------------

test('what is denied is denied before it is looked for', async () => {
  const name = 'denied/x';
  assert.deepEqual(
    await run([
      read(name),
      head(name),
      write(name, {}),
      at(name, 'a', 1),
      remove(name),
      { topic: 'record', action: 'notify', recordNames: ['a', name] },
      { topic: 'list', action: 'read', listName: name },
      emit(name),
      { topic: 'rpc', action: 'make', rpcName: name },
    ]),
    [
      forbidden('record', 'read'),
      forbidden('record', 'head'),
      forbidden('record', 'write'),
      forbidden('record', 'write'),
      forbidden('record', 'delete'),
      forbidden('record', 'notify'),
      forbidden('record', 'read'),
      forbidden('event', 'emit'),
      forbidden('rpc', 'make'),
    ],
  );
});

test("the space's own rights count besides", async (t) => {
  const rules = {
    collections: { fixed: { rules: { write: 'nobody' } }, hidden: { rules: { read: 'nobody' } } },
    events: { secret: { emit: 'nobody' } },
    procedures: { pay: { call: 'nobody' } },
  };
  const own = await start(t, {}, rules);
  const make = { topic: 'rpc', action: 'make', rpcName: 'pay' };
  assert.deepEqual(
    await run([write('fixed/x', {}), write('hidden/x', {}), read('hidden/x'), emit('secret'), make], {
      at: own,
    }),
    [
      forbidden('record', 'write'),
      good,
      forbidden('record', 'read'),
      forbidden('event', 'emit'),
      forbidden('rpc', 'make'),
    ],
  );
});

test('who may write but not create changes what is there', async (t) => {
  const permissions = { record: { 'fixed/*': { create: { roles: ['editor'] } } } };
  const own = await start(t, { permissions });
  const authData = { username: 'mara', password };
  assert.deepEqual(await one(write('fixed/1', {}), { at: own }), forbidden('record', 'write'));
  assert.equal(
    (await post({ authData, body: [write('fixed/1', { a: 1 })] }, { at: own })).json.result,
    'SUCCESS',
  );
  assert.deepEqual(
    await run([write('fixed/1', { a: 2 }), at('fixed/1', 'b', 3), read('fixed/1')], { at: own }),
    [good, good, { success: true, version: 3, data: { a: 2, b: 3 } }],
  );
});

// ---- 6. errors by number ----------------------------------------------------------------------------------

test('errors are numbers where they are asked for', async (t) => {
  const own = await start(t, { errorEvents: 'numeric' });
  const name = fresh();
  const events = (entries) => entries.map((entry) => entry.errorEvent ?? entry.version);
  const commands = [
    read(name),
    head(name),
    write(name, {}, { version: 5 }),
    write(name, {}),
    write(name, {}, { version: 1 }),
    at(name, '__proto__', 1),
    read('denied/x'),
    { topic: 'rpc', action: 'make', rpcName: 'add' },
    { topic: 'rpc', action: 'make', rpcName: 'denied/x' },
    emit('denied/x'),
  ];
  assert.deepEqual(events(await run(commands, { at: own })), [
    107,
    -1,
    108,
    undefined,
    102,
    116,
    115,
    100,
    107,
    'MESSAGE_DENIED',
  ]);
});

// ---- 9. together with our own protocol --------------------------------------------------------------------

test('what is written here is heard there, and the reverse', async () => {
  const page = await Socket.open(shared.server.port);
  await page.hello('client-of-the-bridge');
  page.send({ type: 'subscribe', sub: 1, collection: 'bridge', snapshot: true });
  await page.next('snapshot');
  assert.deepEqual(await one(write('bridge/1', { a: 1 })), good);
  let change;
  while (!change) [change] = (await page.next('changes')).changes;
  assert.deepEqual([change.id, change.data], ['1', { a: 1 }]);
  page.send({ type: 'push', settled: 0, except: [], mutations: [put(1, 'bridge', '2', { b: 2 })] });
  await page.next('ack');
  assert.deepEqual(await one(read('bridge/2')), { success: true, version: 1, data: { b: 2 } });
  page.close();
});
