import assert from 'node:assert/strict';
import test from 'node:test';
import { RockpoolError, open } from '../../dist/index.node.js';
import { FakeServer, until } from './server.mjs';

let count = 0;
const page = (server, context) =>
  open({ url: 'http://fake', store: `signals-${++count}`, WebSocket: server.WebSocket, log: 'error' }).then(
    (db) => (context.after(() => db.close()), db),
  );
const online = (db) => until(() => db.status().state === 'online', 'online');

/** A server and two pages that are online. */
async function pages(context) {
  const server = new FakeServer();
  const [one, two] = [await page(server, context), await page(server, context)];
  await Promise.all([online(one), online(two)]);
  return { server, one, two };
}
const listened = (server, count) =>
  until(
    () => [...server.sockets].reduce((sum, { events }) => sum + (events?.size ?? 0), 0) === count,
    'wishes',
  );
const provided = (server, name) => until(() => server.sockets.has(server.providers.get(name)), name);
const code = (promise) =>
  promise.then(
    () => 'resolved',
    (error) => (RockpoolError.is(error) ? error.code : error),
  );

test('an event reaches who listens, with its data and whose it is', async (context) => {
  const { server, one, two } = await pages(context);
  const heard = [];
  const stop = two.event('bell').subscribe((data, from) => heard.push([data, from.user]));
  two.event('bell').subscribe((data) => heard.push(data?.n));
  await listened(server, 1);
  assert.equal(one.event('bell').emit({ n: 1 }), true);
  await until(() => heard.length === 2, 'the event');
  assert.deepEqual(heard, [[{ n: 1 }, 'ann'], 1]);
  stop();
  stop();
  one.event('bell').emit({ n: 2 });
  await until(() => heard.length === 3, 'the second event');
  assert.equal(heard[2], 2);
});

test('nobody is told any more when the last one has stopped', async (context) => {
  const { server, one } = await pages(context);
  const stop = one.event('bell').subscribe(() => {});
  await listened(server, 1);
  stop();
  await listened(server, 0);
});

test('events are not kept for later, and wishes are said again on a new link', async (context) => {
  const { server, one, two } = await pages(context);
  const heard = [];
  two.event('bell').subscribe((data) => heard.push(data));
  await listened(server, 1);
  server.stop();
  await until(() => one.status().state !== 'online' && two.status().state !== 'online', 'offline');
  assert.equal(one.event('bell').emit(1), false);
  server.start();
  await Promise.all([online(one), online(two)]);
  await listened(server, 1);
  one.event('bell').emit(2);
  await until(() => heard.length > 0, 'the event');
  assert.deepEqual(heard, [2]);
});

test('what cannot be sent is refused before it is', async (context) => {
  const { one } = await pages(context);
  assert.throws(() => one.event(''), { code: 'usage' });
  assert.throws(() => one.event('bell').emit(() => {}), { code: 'invalid' });
  assert.throws(() => one.event('bell').emit('x'.repeat(300_000)), { code: 'too-large' });
  assert.equal(await code(one.rpc.call('sum', 'x'.repeat(300_000))), 'too-large');
  assert.equal(await code(one.rpc.call('sum', 1, { timeout: 0 })), 'usage');
});

test('a call is carried out by the other page', async (context) => {
  const { server, one, two } = await pages(context);
  two.rpc.provide('sum', async (numbers, from) => [numbers.reduce((a, b) => a + b), from.user]);
  await provided(server, 'sum');
  assert.deepEqual(await one.rpc.call('sum', [1, 2]), [3, 'ann']);
  assert.ok(server.calls.get(1).timeout > 9_000 && server.calls.get(1).timeout <= 10_000);
});

test('several providers of a page are asked in turn', async (context) => {
  const { server, one } = await pages(context);
  const stop = one.rpc.provide('who', () => 'a');
  one.rpc.provide('who', () => 'b');
  await provided(server, 'who');
  const all = [];
  for (let i = 0; i < 4; i++) all.push(await one.rpc.call('who'));
  assert.deepEqual(all, ['a', 'b', 'a', 'b']);
  stop();
  assert.equal(await one.rpc.call('who'), 'b');
});

test('what a provider throws reaches the caller as an error with a code', async (context) => {
  const { server, one, two } = await pages(context);
  two.rpc.provide('own', () => {
    throw new RockpoolError('not-found', 'no such shelf');
  });
  two.rpc.provide('any', () => Promise.reject(new Error('broken')));
  two.rpc.provide('odd', () => () => {});
  await provided(server, 'odd');
  await assert.rejects(one.rpc.call('own'), { code: 'not-found', message: 'no such shelf' });
  await assert.rejects(one.rpc.call('any'), { code: 'refused', message: 'any: broken' });
  assert.equal(await code(one.rpc.call('odd')), 'invalid');
  assert.equal(await code(one.rpc.call('nobody')), 'not-found');
});

test('a call ends with its time, its signal, or the link', async (context) => {
  const { server, one, two } = await pages(context);
  two.rpc.provide('never', () => new Promise(() => {}));
  await provided(server, 'never');
  assert.equal(await code(one.rpc.call('never', 1, { timeout: 30 })), 'timeout');
  const controller = new AbortController();
  const aborted = one.rpc.call('never', 1, { signal: controller.signal });
  controller.abort('enough');
  assert.equal(await code(aborted), 'enough');
  assert.equal(await code(one.rpc.call('never', 1, { signal: AbortSignal.abort('before') })), 'before');
  const lost = one.rpc.call('never');
  await until(() => server.calls.size === 3, 'the call');
  server.stop();
  assert.equal(await code(lost), 'offline');
});

test('offline a call fails at once, unless it may wait', async (context) => {
  const { server, one } = await pages(context);
  one.rpc.provide('count', (list) => list.length);
  await provided(server, 'count');
  server.stop();
  await until(() => one.status().state !== 'online', 'offline');
  assert.equal(await code(one.rpc.call('count', [])), 'offline');
  const waiting = one.rpc.call('count', [1, 2], { wait: true });
  assert.equal(await code(one.rpc.call('count', [], { wait: true, timeout: 20 })), 'timeout');
  server.start();
  assert.equal(await waiting, 2);
  assert.equal(server.calls.size, 1);
});

test('closing ends what is open', async (context) => {
  const { server, one, two } = await pages(context);
  two.rpc.provide('never', () => new Promise(() => {}));
  await provided(server, 'never');
  const open = code(one.rpc.call('never'));
  await until(() => server.calls.size === 1, 'the call');
  await one.close();
  assert.equal(await open, 'closed');
  assert.equal(one.event('bell').emit(1), false);
});
