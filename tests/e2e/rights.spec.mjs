// What people see of the rights a server gives them.
import { expect, get, put, status, test, watch } from './fixtures.mjs';

const secret = 'end-to-end-secret-of-32-bytes-or-more';

test.use({
  config: {
    jwt: { secret },
    adminToken: 'end-to-end-admin',
    spaces: { default: { access: 'rules' } },
    collections: {
      notes: { owner: 'by', rules: { read: 'owner', write: 'owner' } },
      board: { rules: { read: 'anyone', write: 'user' } },
    },
  },
});

// A page in which `user` is signed in.
async function signedIn(person, user, token) {
  const page = await (await person()).blank();
  await page.evaluate(
    async ([user, token]) => {
      const { open } = await import('/sdk/index.web.js');
      globalThis.db = await open({
        url: location.origin,
        ...(user && { user }),
        token: () => token,
        log: 'error',
      });
      globalThis.seen = [];
      db.on('refused', (event) => seen.push(event));
    },
    [user, token],
  );
  return page;
}

const ids = (page, collection) =>
  page.evaluate(
    (name) =>
      db
        .collection(name)
        .query({})()
        .rows.map((row) => row.id),
    collection,
  );

test('each sees its own records, and a record that is given away goes', async ({ person, server }) => {
  const ada = await signedIn(person, 'ada', await server.token('ada'));
  const bob = await signedIn(person, 'bob', await server.token('bob'));
  for (const page of [ada, bob]) await watch(page, 'notes');
  await put(ada, 'notes', 'a', { by: 'ada' }, 'acknowledged');
  await put(bob, 'notes', 'b', { by: 'bob' }, 'acknowledged');
  const admin = await signedIn(person, 'admin', 'end-to-end-admin');
  await watch(admin, 'notes');
  await expect.poll(() => ids(admin, 'notes')).toEqual(['a', 'b']);
  expect(await ids(ada, 'notes')).toEqual(['a']);
  expect(await ids(bob, 'notes')).toEqual(['b']);
  await put(admin, 'notes', 'a', { by: 'bob' }, 'acknowledged');
  await expect.poll(() => ids(bob, 'notes')).toEqual(['a', 'b']);
  await expect.poll(() => ids(ada, 'notes')).toEqual([]);
});

test('a write that is not allowed is shown, refused, taken back and kept', async ({ person, server }) => {
  const ada = await signedIn(person, 'ada', await server.token('ada'));
  await watch(ada, 'notes');
  const code = await ada.evaluate(() => {
    const write = db.collection('notes').put('x', { by: 'bob', text: 'not hers' });
    globalThis.shown = db.collection('notes').get('x')?.text;
    return write.acknowledged.catch((error) => [error.code, error.message, error.path]);
  });
  expect(await ada.evaluate(() => shown)).toBe('not hers');
  expect(code[0]).toBe('forbidden');
  expect(code[1]).toContain('its owner has to be you');
  expect(await get(ada, 'notes', 'x')).toBeNull();
  expect(await ada.evaluate(() => db.pending().map((write) => write.state))).toEqual(['refused']);
  expect(await ada.evaluate(() => seen.length)).toBe(1);
});

test('without signing in, a page reads what anyone may and is told of the rest', async ({ person }) => {
  const nobody = await signedIn(person, undefined, null);
  await nobody.evaluate(async () => {
    await db.close();
    const { open } = await import('/sdk/index.web.js');
    globalThis.db = await open({ url: location.origin, log: 'error' });
    globalThis.errors = [];
    db.on('error', (error) => errors.push(error.code));
  });
  await watch(nobody, 'board');
  await expect.poll(async () => (await status(nobody)).state).toBe('online');
  const code = await nobody.evaluate(() =>
    db
      .collection('board')
      .put('x', { n: 1 })
      .acknowledged.catch((error) => error.code),
  );
  expect(code).toBe('forbidden');
  const told = await nobody.evaluate(() => {
    const query = db.collection('notes').query({});
    query.subscribe(() => {});
    return Promise.race([
      query.ready().then(
        () => 'ready',
        (error) => error.code,
      ),
      new Promise((resolve) => setTimeout(resolve, 5000, 'nothing')),
    ]);
  });
  expect(told).toBe('forbidden');
});
