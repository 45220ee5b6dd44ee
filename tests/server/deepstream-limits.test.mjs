// Limits of deepstream, at and over: what fits is served, what does not is said and counted.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { post, run, shared, start } from './deepstream-http-world.mjs';

before(async (t) => {
  shared.server = await start(t, { jsonDepth: 10, arrayGap: 5 });
});

const met = async (limit) => {
  const text = await (await fetch(`${shared.server.url}/metrics`)).text();
  return Number(new RegExp(`^rockpool_limit_total\\{limit="${limit}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
};

// The hub's figures are published a moment later.
async function counted(limit, times, act) {
  const count = (await met(limit)) + times;
  await act();
  for (let i = 0; i < 100 && (await met(limit)) < count; i++) await new Promise((go) => setTimeout(go, 50));
  assert.equal(await met(limit), count);
}

const nested = (levels) => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
const emit = (data) => ({ topic: 'event', action: 'emit', eventName: 'e', data });
const write = (recordName, data, more) => ({ topic: 'record', action: 'write', recordName, data, ...more });

test('json: a batch of 10 levels is carried out, one of 11 is not', async () => {
  assert.deepEqual(await run([emit(nested(7))]), [{ success: true }]);
  await counted('json', 1, async () => {
    const { status, text } = await post({ body: [emit(1), emit(nested(8))] });
    assert.equal(status, 400);
    assert.match(text, /^Failed to parse body of request: /);
  });
});

test('json: a log-in is as deep as a batch', async () => {
  assert.equal((await post({ username: nested(9) }, { to: '/api/v1/auth' })).status, 401);
  await counted('json', 1, async () =>
    assert.equal((await post({ username: nested(10) }, { to: '/api/v1/auth' })).status, 400),
  );
});

test('json: 100,000 values are read, and not many more', async () => {
  const wide = (count) => ({ body: [emit([...Array(count).keys()])] });
  assert.equal((await post(wide(90_000))).status, 200);
  await counted('json', 1, async () => assert.equal((await post(wide(100_001))).status, 400));
});

test('body: 1 MiB is taken, one byte more is not', async () => {
  const empty = JSON.stringify({ body: [emit('')] }).length;
  const of = (bytes) => ({ body: [emit('x'.repeat(bytes - empty))] });
  assert.equal((await post(of(1 << 20))).status, 200);
  await counted('body', 1, async () => assert.equal((await post(of((1 << 20) + 1))).status, 413));
});

test('an array grows by 5 elements and one, and not by more', async () => {
  const [, fits, over] = await run([
    write('gap/1', { l: [0] }),
    write('gap/1', 'x', { path: 'l[6]' }),
    write('gap/1', 'x', { path: 'l[13]' }),
  ]);
  assert.deepEqual(fits, { success: true });
  assert.equal(over.errorEvent, 'INVALID_MESSAGE_DATA');
  const [{ version, data }] = await run([{ topic: 'record', action: 'read', recordName: 'gap/1' }]);
  assert.deepEqual([version, data], [2, { l: [0, null, null, null, null, null, 'x'] }]);
});
