// The SDK beside the page: in a worker, in one that tabs share, and as followers and leaders among tabs.
import path from 'node:path';
import { expect, get, online, open, put, root, status, test, watch } from './fixtures.mjs';

// The server itself has the pages: what a worker loads passes no route of a test.
test.use({ config: { www: path.join(root, 'tests/e2e/pages') } });

/** Starts the worker in a page and returns a way to ask it. */
async function worker(page, kind, script = '/worker.js', options = { type: 'module' }) {
  const what = { kind, script, options };
  await page.evaluate(({ kind, script, options }) => {
    const made = new globalThis[kind](script, options);
    const port = made.port ?? made;
    const open = new Map();
    let last = 0;
    port.onmessage = ({ data: [number, answer] }) => open.get(number)(answer);
    globalThis.ask = (...words) =>
      new Promise((resolve) => {
        open.set(++last, resolve);
        port.postMessage([last, ...words]);
      });
    globalThis.worker = made;
  }, what);
  return (...words) => page.evaluate((given) => ask(...given), words);
}

for (const kind of ['Worker', 'SharedWorker']) {
  test(`a ${kind} hosts the SDK, with its disk, and tabs follow it`, async ({ person, server }) => {
    const one = await person();
    const page = await one.visit('/blank.html');
    const ask = await worker(page, kind);
    await ask('watch');
    await expect.poll(async () => (await ask('status')).state).toBe('online');
    expect(await ask('status')).toMatchObject({ leader: true, storage: { kind: 'disk' } });
    await ask('put', 'w', { by: 'worker' });

    const tab = await one.visit('/blank.html');
    await open(tab);
    await watch(tab, 'notes');
    await online(tab);
    expect((await status(tab)).leader).toBe(false);
    expect(await get(tab, 'notes', 'w')).toEqual({ id: 'w', by: 'worker' });
    await put(tab, 'notes', 't', { by: 'tab' }, 'acknowledged');
    await expect.poll(() => ask('get', 't')).toEqual({ id: 't', by: 'tab' });
    await expect.poll(() => server.sessions()).toBe(1);

    // With the last page that has it, the worker ends; the tab goes on.
    await page.close();
    await expect.poll(async () => (await status(tab)).leader).toBe(true);
    await put(tab, 'notes', 'later', { by: 'tab' }, 'acknowledged');
    expect(await get(tab, 'notes', 'w')).toEqual({ id: 'w', by: 'worker' });
  });
}

test('a worker follows a tab, and leads when the tab is gone', async ({ person, server }) => {
  const one = await person();
  const tab = await one.visit('/blank.html');
  await open(tab);
  await watch(tab, 'notes');
  await put(tab, 'notes', 't', { by: 'tab' }, 'acknowledged');
  const page = await one.visit('/blank.html');
  const ask = await worker(page, 'Worker');
  await ask('watch');
  await expect.poll(() => ask('get', 't')).toEqual({ id: 't', by: 'tab' });
  expect((await ask('status')).leader).toBe(false);
  await ask('put', 'w', { by: 'worker' });
  await tab.close();
  await expect.poll(async () => (await ask('status')).leader).toBe(true);
  await ask('put', 'again', { by: 'worker' });
  await expect.poll(() => server.sessions()).toBe(1);
});

test('a worker of the older kind loads the script', async ({ person }) => {
  const ask = await worker(await (await person()).visit('/blank.html'), 'Worker', '/classic.js', {});
  await ask('put', 'a', { n: 1 });
  expect(await ask('get', 'a')).toEqual({ id: 'a', n: 1 });
  expect(await ask('status')).toMatchObject({ leader: true, storage: { kind: 'disk' } });
});

test('two tabs share one worker: one engine for both', async ({ person, server }) => {
  const one = await person();
  const asks = [];
  for (let i = 0; i < 2; ++i) asks.push(await worker(await one.visit('/blank.html'), 'SharedWorker'));
  await asks[0]('put', 'a', { n: 1 });
  expect(await asks[1]('get', 'a')).toEqual({ id: 'a', n: 1 });
  expect((await asks[1]('status')).leader).toBe(true);
  await expect.poll(() => server.sessions()).toBe(1);
});
