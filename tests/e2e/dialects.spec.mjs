// The SDK's other dialects, in pages: each has a core of its own, and all else is as it is natively.
import {
  expect,
  get,
  online,
  open,
  pause,
  put,
  reopen,
  resume,
  status,
  synced,
  test,
  update,
  watch,
} from './fixtures.mjs';

test.use({ config: { dialects: { deepstream: { auth: { type: 'open' } } } } });

const deepstream = (server) => ({ dialect: 'deepstream', url: `${server.url}/deepstream` });

test('a page that speaks deepstream and one that speaks natively edit one record, offline too', async ({
  person,
  server,
}) => {
  const how = deepstream(server);
  const [ada, bob] = [await (await person()).opened(how), await (await person()).opened()];
  await watch(ada, 'notes');
  await watch(bob, 'notes');
  await put(ada, 'notes', 'n1', { title: 'Tide', body: 'low' }, 'acknowledged');
  await expect.poll(() => get(bob, 'notes', 'n1')).toEqual({ id: 'n1', title: 'Tide', body: 'low' });

  await pause(ada);
  await update(ada, 'notes', 'n1', { body: 'rising' });
  await put(ada, 'notes', 'n2', { title: 'Made offline' });
  await update(bob, 'notes', 'n1', { title: 'Tides' }, 'acknowledged');
  await reopen(ada, how);
  expect((await status(ada)).pending).toBe(2);
  expect(await get(ada, 'notes', 'n1')).toEqual({ id: 'n1', title: 'Tide', body: 'rising' });

  await watch(bob, 'notes');
  await resume(ada);
  await synced(ada);
  const merged = { id: 'n1', title: 'Tides', body: 'rising' };
  await expect.poll(() => get(bob, 'notes', 'n1')).toEqual(merged);
  await expect.poll(() => get(bob, 'notes', 'n2')).toEqual({ id: 'n2', title: 'Made offline' });
  await watch(ada, 'notes');
  await update(bob, 'notes', 'n2', { seen: true }, 'acknowledged');
  await expect.poll(() => get(ada, 'notes', 'n1')).toEqual(merged);
  await expect.poll(() => get(ada, 'notes', 'n2')).toEqual({ id: 'n2', title: 'Made offline', seen: true });
});

test('tabs of a deepstream store act as one, and the next one leads', async ({ person, server }) => {
  const ada = await person();
  const how = deepstream(server);
  const [first, second] = [await ada.opened(how), await ada.opened(how)];
  await online(first);
  await watch(second, 'notes');
  await put(second, 'notes', 'n1', { n: 1 }, 'acknowledged');
  await watch(first, 'notes');
  await expect.poll(() => get(first, 'notes', 'n1')).toEqual({ id: 'n1', n: 1 });
  expect((await status(first)).leader).not.toBe((await status(second)).leader);
  const [leader, other] = (await status(first)).leader ? [first, second] : [second, first];
  await leader.close();
  await expect.poll(async () => (await status(other)).leader).toBe(true);
  await put(other, 'notes', 'n2', { n: 2 }, 'acknowledged');
});

test('a page loads the core of its dialect and no other', async ({ person, server }) => {
  const ada = await person();
  const page = await ada.blank();
  const loaded = [];
  page.on('request', (request) => {
    if (request.url().endsWith('.wasm')) loaded.push(new URL(request.url()).pathname);
  });
  await open(page, deepstream(server));
  expect(loaded).toEqual(['/sdk/core.deepstream.wasm']);
});

test("a script tag's global loads another dialect from beside itself", async ({ person, server }) => {
  const page = await (await person()).blank();
  await page.addScriptTag({ url: '/sdk/rockpool.js' });
  const state = await page.evaluate(async (how) => {
    const db = await Rockpool.open({ ...how, storage: 'memory' });
    await db.collection('notes').insert({ id: '1', by: 'script' }).acknowledged;
    return db.status().state;
  }, deepstream(server));
  expect(state).toBe('online');
});
