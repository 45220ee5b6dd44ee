import assert from 'node:assert/strict';
import test from 'node:test';
import { RockpoolError, open } from '../../dist/index.node.js';

let count = 0;
/** A database of its own, in memory and without a server. */
async function tasks(options) {
  const db = await open({
    store: `records-${++count}`,
    log: 'error',
    collections: options && { tasks: options },
  });
  return db.collection('tasks');
}
const refuses = (fn, code, more = {}) =>
  assert.throws(
    fn,
    (error) =>
      RockpoolError.is(error, code) &&
      Object.entries(more).every(([key, value]) => {
        assert.deepEqual(error[key], value);
        return true;
      }),
  );

test('what is inserted is there at once, with its id, frozen', async () => {
  const t = await tasks();
  const write = t.insert({ title: 'a', tags: ['x'], deep: { n: 1 } });
  const row = t.get(write.id);
  assert.deepEqual(row, { id: write.id, title: 'a', tags: ['x'], deep: { n: 1 } });
  assert.match(write.id, /^[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
  assert.ok(Object.isFrozen(row) && Object.isFrozen(row.tags) && Object.isFrozen(row.deep));
});

test('a row is one object until it changes', async () => {
  const t = await tasks();
  t.put('a', { n: 1 });
  t.put('b', { n: 1 });
  const [a, b] = [t.get('a'), t.get('b')];
  t.update('a', { n: 2 });
  assert.equal(t.get('b'), b);
  assert.notEqual(t.get('a'), a);
  assert.equal(t.get('a').n, 2);
  assert.equal(t.query()().rows[1], b);
});

test('ids made one after the other sort in that order', async () => {
  const t = await tasks();
  const ids = Array.from({ length: 5000 }, () => t.insert({}).id);
  assert.deepEqual(ids, [...ids].sort());
  assert.equal(new Set(ids).size, ids.length);
});

test('insert refuses a present id, update and remove an absent one', async () => {
  const t = await tasks();
  t.insert({ id: 'a', n: 1 });
  refuses(() => t.insert({ id: 'a' }), 'exists');
  refuses(() => t.update('b', { n: 1 }), 'not-found');
  refuses(() => t.remove('b'), 'not-found');
  refuses(() => t.increment('b', 'n'), 'not-found');
  assert.deepEqual(t.get('a'), { id: 'a', n: 1 });
});

test('update: null stores null, undefined removes, objects merge, arrays are replaced', async () => {
  const t = await tasks();
  t.put('a', { title: 'a', gone: 1, deep: { x: 1, y: 2, z: 3 }, list: [1, 2], scalar: 1 });
  t.update('a', { gone: undefined, deep: { x: undefined, y: 5 }, list: [3] });
  assert.deepEqual(t.get('a'), { id: 'a', title: 'a', deep: { y: 5, z: 3 }, list: [3], scalar: 1 });
  t.update('a', {
    title: null,
    deep: { y: null, fresh: { q: null } },
    scalar: { now: 'object', not: undefined },
    never: undefined,
  });
  assert.deepEqual(t.get('a'), {
    id: 'a',
    title: null,
    deep: { y: null, z: 3, fresh: { q: null } },
    list: [3],
    scalar: { now: 'object' },
  });
  t.update('a', { list: [null, { a: null }] });
  assert.deepEqual(t.get('a').list, [null, { a: null }]);
});

test('patch, increment, include and exclude', async () => {
  const t = await tasks();
  t.put('a', { n: 1, tags: ['x'], deep: { n: 0.5 } });
  t.patch('a', [
    { op: 'test', path: '/n', value: 1 },
    { op: 'move', from: '/n', path: '/m' },
  ]);
  t.increment('a', 'm');
  t.increment('a', 'deep.n', -0.25);
  t.include('a', 'tags', 'y', 'x', { z: 1 });
  t.exclude('a', 'tags', 'x');
  assert.deepEqual(t.get('a'), { id: 'a', tags: ['y', { z: 1 }], deep: { n: 0.25 }, m: 2 });
  refuses(() => t.patch('a', [{ op: 'test', path: '/m', value: 3 }]), 'invalid');
  refuses(() => t.increment('a', 'tags'), 'invalid');
  refuses(() => t.patch('a', 'no list'), 'invalid');
});

test('only plain JSON is taken, and the error names the place', async () => {
  const t = await tasks();
  const cycle = { a: [{}] };
  cycle.a[0].b = cycle;
  let deep = {};
  for (let i = 0; i < 70; i++) deep = { deep };
  const wrong = [
    [{ when: new Date() }, '/when'],
    [{ a: { b: [1, new Map()] } }, '/a/b/1'],
    [{ f() {} }, '/f'],
    [{ n: NaN }, '/n'],
    [{ n: -Infinity }, '/n'],
    [{ n: 1n }, '/n'],
    [{ s: Symbol('x') }, '/s'],
    [{ a: [undefined] }, '/a/0'],
    [{ b: new Blob([]) }, '/b'],
    [cycle, '/a/0/b'],
    [{ 'a/b': { '~': new (class Foo {})() } }, '/a~1b/~0'],
    [{ x: { toJSON: () => 1 } }, '/x'],
  ];
  for (const [value, path] of wrong) refuses(() => t.insert(value), 'invalid', { path });
  refuses(() => t.insert(deep), 'invalid');
  for (const value of [null, undefined, 1, 'text', [], new Date()]) refuses(() => t.insert(value), 'invalid');
  assert.equal(t.count()().total, 0);
});

test('names that mean something to JavaScript are names like others', async () => {
  const t = await tasks();
  const value = JSON.parse('{"__proto__":{"polluted":true},"constructor":1,"toString":"x"}');
  t.put('a', value);
  const row = t.get('a');
  assert.equal({}.polluted, undefined);
  assert.deepEqual(Object.keys(row), ['id', '__proto__', 'constructor', 'toString']);
  assert.deepEqual(Object.getOwnPropertyDescriptor(row, '__proto__').value, { polluted: true });
});

test("the id of a row is the record's, whatever its data say", async () => {
  const t = await tasks();
  t.patch(t.put('a', { n: 1 }).id, [{ op: 'add', path: '/id', value: 'liar' }]);
  assert.equal(t.get('a').id, 'a');
  assert.equal(t.query()().rows[0].id, 'a');
  refuses(() => t.update('a', { id: 'b' }), 'invalid', { path: '/id' });
});

test('an id has up to 2,048 bytes', async () => {
  const t = await tasks();
  for (const id of ['x'.repeat(2048), 'ä'.repeat(1024)]) {
    t.insert({ id, n: 1 });
    t.update(id, { n: 2 });
    assert.equal(t.get(id).n, 2);
  }
});

test('wrong ids and names', async () => {
  const t = await tasks();
  for (const id of ['', '.', '..', 'a\u0000b', 'x'.repeat(2049), 7, null])
    refuses(() => t.put(id, {}), 'invalid');
  refuses(() => t.put('ä'.repeat(1025), {}), 'invalid');
  const db = await open({ store: 'names' });
  for (const name of ['', '$x', '..', 'a\nb', 5]) refuses(() => db.collection(name), 'usage');
});

test('a schema is asked, and its output is stored', async () => {
  const schema = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value) =>
        typeof value.title === 'string'
          ? { value: { ...value, title: value.title.trim() } }
          : { issues: [{ message: 'needs a title', path: ['title'] }] },
    },
  };
  const t = await tasks({ schema });
  const { id } = t.insert({ title: ' a ' });
  assert.equal(t.get(id).title, 'a');
  refuses(() => t.insert({ n: 1 }), 'invalid', {
    path: '/title',
    issues: [{ message: 'needs a title', path: ['title'] }],
  });
  refuses(() => t.update(id, { title: 5 }), 'invalid', { path: '/title' });
  t.update(id, { n: 1 });
  assert.deepEqual(t.get(id), { id, title: 'a', n: 1 });
  const late = await tasks({
    schema: { '~standard': { version: 1, vendor: 'test', validate: async (value) => ({ value }) } },
  });
  refuses(() => late.insert({}), 'usage');
});

test('a batch is all or nothing', async () => {
  const db = await open({ store: 'batch' });
  const [a, b] = [db.collection('a'), db.collection('b')];
  a.put('1', { n: 1 });
  let told = 0;
  a.query().subscribe(() => told++);
  await 0;
  const before = told;
  const write = db.batch(() => {
    a.put('2', { n: 2 });
    b.put('1', {});
    a.update('1', { n: 3 });
  });
  assert.equal(a.get('1').n, 3);
  assert.equal(write.id, '1');
  assert.ok(write().batch);
  await 0;
  assert.equal(told, before + 1);
  refuses(
    () =>
      db.batch(() => {
        a.put('9', {});
        a.update('none', {});
      }),
    'not-found',
  );
  assert.throws(
    () =>
      db.batch(() => {
        a.put('9', {});
        throw new TypeError('mine');
      }),
    TypeError,
  );
  refuses(() => db.batch(() => {}), 'usage');
  refuses(
    () =>
      db.batch(async () => {
        a.put('9', {});
      }),
    'usage',
  );
  refuses(() => db.batch(() => db.batch(() => {})), 'usage');
  assert.equal(a.get('9'), undefined);
  db.batch(() => {
    a.put('5', { n: 1 });
    a.update('5', { n: 2 });
  });
  assert.equal(a.get('5').n, 2);
});

test('watch, count and meta follow', async () => {
  const t = await tasks();
  const seen = [];
  const stop = t.watch('a').subscribe((value) => seen.push(value));
  const counts = [];
  t.count({ done: true }).subscribe(({ total }) => counts.push(total));
  t.put('a', { done: true });
  await 0;
  t.put('b', { done: true });
  t.remove('a');
  await 0;
  stop();
  t.put('a', {});
  await 0;
  assert.deepEqual(
    seen.map(({ row }) => row?.done),
    [undefined, true, undefined],
  );
  assert.deepEqual(counts, [0, 1]);
  assert.equal(t.count()().total, 2);
  assert.equal(t.meta('none'), undefined);
  assert.equal(t.meta('b').conflict, false);
  assert.ok(Math.abs(t.meta('b').updatedAt - Date.now()) < 60_000);
  refuses(() => t.count({ $nonsense: 1 }), 'invalid');
});
