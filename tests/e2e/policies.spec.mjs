import { expect, get, pause, put, resume, synced, test, update, watch } from './fixtures.mjs';

/**
 * Both sides have record r, go apart, and change the same field; then Bob's reaches the server first, Ada's
 * second.
 */
async function clash(person, policy, mine = { title: 'mine' }, theirs = { title: 'theirs' }) {
  const options = { collections: { notes: { policy } } };
  const [ada, bob] = [await (await person()).opened(options), await (await person()).opened(options)];
  for (const page of [ada, bob]) await watch(page, 'notes');
  await put(ada, 'notes', 'r', { title: 'base', body: 'base' }, 'acknowledged');
  await expect.poll(() => get(bob, 'notes', 'r')).not.toBeNull();
  await pause(ada);
  await update(ada, 'notes', 'r', mine);
  await update(bob, 'notes', 'r', theirs, 'acknowledged');
  await resume(ada);
  return { ada, bob };
}

async function both({ ada, bob }, value) {
  for (const page of [ada, bob]) await expect.poll(() => get(page, 'notes', 'r')).toEqual(value);
}

const events = (page, name) =>
  page.evaluate(
    (n) =>
      seen
        .filter((one) => one.name === n)
        .map((one) => ({ ...one.event, paths: [...(one.event.paths ?? [])] })),
    name,
  );

test('merge: the later write takes the field, and both values are reported', async ({ person }) => {
  const { ada, bob } = await clash(person, 'merge', { title: 'mine' }, { title: 'theirs', body: 'theirs' });
  await synced(ada);
  await both({ ada, bob }, { id: 'r', title: 'mine', body: 'theirs' });
  const merged = await events(ada, 'merged');
  expect(merged).toHaveLength(1);
  expect(merged[0]).toMatchObject({
    collection: 'notes',
    id: 'r',
    paths: ['title'],
    base: { title: 'base' },
    mine: { title: 'mine' },
    theirs: { title: 'theirs', body: 'theirs' },
  });
});

test('server: theirs wins, and mine is not sent', async ({ person }) => {
  const { ada, bob } = await clash(person, 'server');
  await synced(ada);
  await both({ ada, bob }, { id: 'r', title: 'theirs', body: 'base' });
});

test('client: mine wins', async ({ person }) => {
  const { ada, bob } = await clash(person, 'client');
  await synced(ada);
  await both({ ada, bob }, { id: 'r', title: 'mine', body: 'base' });
});

test('manual: mine is shown, nothing is sent, and the choice survives a reload', async ({ person }) => {
  const { ada, bob } = await clash(person, 'manual');
  await expect.poll(() => ada.evaluate(() => db.conflicts().length)).toBe(1);
  expect(await get(ada, 'notes', 'r')).toMatchObject({ title: 'mine' });
  expect(await get(bob, 'notes', 'r')).toMatchObject({ title: 'theirs' });
  expect(await ada.evaluate(() => db.status().conflicts)).toBe(1);

  await ada.reload();
  const { open } = await import('./fixtures.mjs');
  await open(ada, { collections: { notes: { policy: 'manual' } } });
  await watch(ada, 'notes');
  const kept = await ada.evaluate(() =>
    db.conflicts().map(({ base, mine, theirs, paths, collection, id }) => ({
      base,
      mine,
      theirs,
      paths,
      collection,
      id,
    })),
  );
  expect(kept).toEqual([
    {
      collection: 'notes',
      id: 'r',
      paths: ['title'],
      base: { id: 'r', title: 'base', body: 'base' },
      mine: { id: 'r', title: 'mine', body: 'base' },
      theirs: { id: 'r', title: 'theirs', body: 'base' },
    },
  ]);

  await ada.evaluate(
    () => db.conflicts()[0].resolve({ title: 'mine and theirs', body: 'base' }).acknowledged,
  );
  await both({ ada, bob }, { id: 'r', title: 'mine and theirs', body: 'base' });
  expect(await ada.evaluate(() => db.conflicts().length)).toBe(0);
});

for (const [side, title] of [
  ['mine', 'mine'],
  ['theirs', 'theirs'],
]) {
  test(`manual: resolve('${side}') takes that side on both pages`, async ({ person }) => {
    const { ada, bob } = await clash(person, 'manual');
    await expect.poll(() => ada.evaluate(() => db.conflicts().length)).toBe(1);
    await ada.evaluate((which) => {
      db.conflicts()[0].resolve(which);
    }, side);
    await synced(ada);
    await both({ ada, bob }, { id: 'r', title, body: 'base' });
  });
}

test('manual for one field, merge for the rest: other fields go their way without asking', async ({
  person,
}) => {
  const { ada, bob } = await clash(
    person,
    { default: 'merge', fields: { title: 'manual' } },
    { body: 'mine' },
    { body: 'theirs' },
  );
  await synced(ada);
  await both({ ada, bob }, { id: 'r', title: 'base', body: 'mine' });
  expect(await ada.evaluate(() => db.conflicts().length)).toBe(0);
});

test('manual for one field: that field asks', async ({ person }) => {
  const { ada, bob } = await clash(person, { default: 'merge', fields: { title: 'manual' } });
  await expect.poll(() => ada.evaluate(() => db.conflicts().length)).toBe(1);
  await ada.evaluate(() => {
    db.conflicts()[0].resolve('theirs');
  });
  await synced(ada);
  await both({ ada, bob }, { id: 'r', title: 'theirs', body: 'base' });
});

test('a function decides from base, mine and theirs, and its answer reaches both pages', async ({
  person,
}) => {
  const [ada, bob] = [await (await person()).blank(), await (await person()).blank()];
  for (const page of [ada, bob]) {
    await page.evaluate(async () => {
      const { open } = await import('/sdk/index.web.js');
      const policy = (c) => ({
        ...c.merged,
        title: `${c.base.title}|${[c.mine.title, c.theirs.title].sort().join('+')}`,
      });
      globalThis.db = await open({ url: location.origin, collections: { notes: { policy } } });
    });
    await watch(page, 'notes');
  }
  await put(ada, 'notes', 'r', { title: 'base', body: 'base' }, 'acknowledged');
  await expect.poll(() => get(bob, 'notes', 'r')).not.toBeNull();
  await pause(ada);
  await update(ada, 'notes', 'r', { title: 'mine' });
  await update(bob, 'notes', 'r', { title: 'theirs', body: 'new' }, 'acknowledged');
  await resume(ada);
  await synced(ada);
  await both({ ada, bob }, { id: 'r', title: 'base|mine+theirs', body: 'new' });
});

test('a function that throws counts as manual', async ({ person }) => {
  const [ada, bob] = [await (await person()).blank(), await (await person()).opened()];
  await ada.evaluate(async () => {
    const { open } = await import('/sdk/index.web.js');
    globalThis.db = await open({
      url: location.origin,
      log: () => {},
      collections: {
        notes: {
          policy() {
            throw new Error('no idea');
          },
        },
      },
    });
  });
  for (const page of [ada, bob]) await watch(page, 'notes');
  await put(ada, 'notes', 'r', { title: 'base' }, 'acknowledged');
  await expect.poll(() => get(bob, 'notes', 'r')).not.toBeNull();
  await pause(ada);
  await update(ada, 'notes', 'r', { title: 'mine' });
  await update(bob, 'notes', 'r', { title: 'theirs' }, 'acknowledged');
  await resume(ada);
  await expect.poll(() => ada.evaluate(() => db.conflicts().length)).toBe(1);
});

test('an edit against a deletion is a clash, too, and the deletion can be accepted', async ({ person }) => {
  const options = { collections: { notes: { policy: 'manual' } } };
  const [ada, bob] = [await (await person()).opened(options), await (await person()).opened(options)];
  for (const page of [ada, bob]) await watch(page, 'notes');
  await put(ada, 'notes', 'r', { title: 'base' }, 'acknowledged');
  await expect.poll(() => get(bob, 'notes', 'r')).not.toBeNull();
  await pause(ada);
  await update(ada, 'notes', 'r', { title: 'mine' });
  await bob.evaluate(() => db.collection('notes').remove('r').acknowledged);
  await resume(ada);
  await expect.poll(() => ada.evaluate(() => db.conflicts().length)).toBe(1);
  expect(
    await ada.evaluate(() => ({ mine: db.conflicts()[0].mine, theirs: db.conflicts()[0].theirs ?? null })),
  ).toEqual({ mine: { id: 'r', title: 'mine' }, theirs: null });
  await ada.evaluate(() => {
    db.conflicts()[0].resolve('theirs');
  });
  await synced(ada);
  for (const page of [ada, bob]) await expect.poll(() => get(page, 'notes', 'r')).toBeNull();
});
