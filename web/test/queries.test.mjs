import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import test from 'node:test';
import { open } from '../../dist/index.node.js';

let count = 0;
const table = async () => (await open({ store: `queries-${++count}`, log: 'error' })).collection('t');

test('equal queries are one object', async () => {
  const t = await table();
  assert.equal(t.query({ where: { a: 1, b: 2 }, limit: 5 }), t.query({ limit: 5, where: { b: 2, a: 1 } }));
  assert.notEqual(t.query({ limit: 5 }), t.query({ limit: 6 }));
});

test('a list keeps its identity while nothing in it changes', async () => {
  const t = await table();
  for (const n of [3, 1, 2]) t.put(`k${n}`, { n, odd: n % 2 === 1 });
  const query = t.query({ where: { odd: true }, orderBy: 'n' });
  const first = query();
  assert.deepEqual(
    first.rows.map(({ n }) => n),
    [1, 3],
  );
  assert.equal(query(), first);
  t.update('k2', { other: 1 });
  assert.equal(query(), first);
  t.update('k3', { n: 0 });
  const second = query();
  assert.deepEqual(
    second.rows.map(({ n }) => n),
    [0, 1],
  );
  assert.equal(second.rows[1], first.rows[0]);
  assert.ok(Object.isFrozen(second.rows) && Object.isFrozen(second));
});

test('subscribers are told once for a task, with what changed', async () => {
  const t = await table();
  t.put('a', { n: 1 });
  const told = [];
  const stop = t
    .query({ orderBy: { by: 'n', desc: true } })
    .subscribe((rows, { changes }) =>
      told.push([rows.map(({ id }) => id), changes.map(({ type, row, index }) => [type, row.id, index])]),
    );
  assert.deepEqual(told, [[['a'], []]]);
  t.put('b', { n: 2 });
  t.put('c', { n: 0 });
  await 0;
  t.remove('a');
  await 0;
  stop();
  t.put('d', {});
  await 0;
  assert.equal(told.length, 3);
  assert.deepEqual(told[1][0], ['b', 'a', 'c']);
  assert.deepEqual(told[1][1].map(([type, id]) => [type, id]).sort(), [
    ['enter', 'b'],
    ['enter', 'c'],
  ]);
  assert.deepEqual(told[2], [['b', 'c'], [['leave', 'a', 1]]]);
});

test('a query that is read again after a rest is true', async () => {
  const t = await table();
  const query = t.query({ orderBy: 'n' });
  assert.deepEqual(query().rows, []);
  const stop = query.subscribe(() => {});
  stop();
  t.put('a', { n: 1 });
  assert.equal(query().rows.length, 1);
});

test('more raises the limit', async () => {
  const t = await table();
  for (let n = 0; n < 10; n++) t.put(`k${n}`, { n });
  const query = t.query({ orderBy: 'n', limit: 3 });
  assert.deepEqual([query().rows.length, query().hasMore], [3, true]);
  query.more();
  assert.equal(query().rows.length, 6);
  query.more(4);
  assert.deepEqual([query().rows.length, query().hasMore], [10, false]);
});

test('a wrong query says what is wrong', async () => {
  const t = await table();
  const { error, rows } = t.query({ where: { n: { $foo: 1 } } })();
  assert.equal(error.code, 'invalid');
  assert.match(error.message, /\$foo/);
  assert.deepEqual(rows, []);
  await assert.rejects(t.query({ where: { n: { $foo: 1 } } }).ready(), { code: 'invalid' });
  assert.throws(() => t.query({ where: { at: new Date() } }), { code: 'invalid', path: '/where/at' });
  assert.throws(() => t.query('x'), { code: 'usage' });
  for (const wrong of [{ filter: { n: 1 } }, { where: null }, { sort: 'n' }]) {
    const { error } = t.query(wrong)();
    assert.equal(error.code, 'invalid');
    assert.match(error.message, new RegExp(`^${Object.keys(wrong)[0]}: `));
  }
});

test('ready resolves at once without a server, and hears its signal', async () => {
  const t = await table();
  t.put('a', {});
  assert.equal((await t.query().ready()).rows.length, 1);
  const gone = AbortSignal.abort(new Error('gone'));
  await assert.rejects(t.query().ready({ signal: gone }), /gone/);
});

test('a reader that throws harms nobody, and is told as an uncaught error', () => {
  const sdk = new URL('../../dist/index.node.js', import.meta.url).href;
  const script = `import { open } from ${JSON.stringify(sdk)};
    process.on('uncaughtException', ({ message }) => console.log(message));
    const t = (await open({ store: 'throws', log: 'error' })).collection('t');
    let told = 0;
    t.query().subscribe(() => { if (told) throw new Error('mine'); });
    t.query().subscribe((rows) => { told++; console.log(rows.length); });
    t.put('a', {});`;
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.deepEqual(out.trim().split('\n'), ['0', '1', 'mine']);
});
