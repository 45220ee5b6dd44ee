import { expect, get, pause, resume, synced, test, watch } from './fixtures.mjs';

const schema = {
  type: 'object',
  required: ['title'],
  properties: { title: { type: 'string' }, stars: { type: 'integer', maximum: 5 } },
};
test.use({ config: { collections: { notes: { schema } } } });

test('a write that does not fit is refused: the view goes back, the value stays with its place', async ({
  person,
}) => {
  const page = await (await person()).opened();
  await watch(page, 'notes');
  const told = await page.evaluate(async () => {
    const notes = db.collection('notes');
    await notes.put('a', { title: 'fine', stars: 3 }).acknowledged;
    globalThis.write = notes.update('a', { stars: 9 });
    const shown = notes.get('a').stars;
    const error = await write.acknowledged.then(
      () => null,
      ({ code, path, message }) => ({ code, path, message }),
    );
    return { shown, error };
  });
  expect(told.shown).toBe(9);
  expect(told.error).toEqual({
    code: 'invalid',
    path: '/stars',
    message: '/stars: maximum: must be at most 5',
  });
  expect(await get(page, 'notes', 'a')).toEqual({ id: 'a', title: 'fine', stars: 3 });
  const kept = await page.evaluate(() => {
    const [info] = db.pending();
    const heard = seen.find(({ name }) => name === 'refused').event;
    return { state: info.state, value: info.value, path: info.error.path, heard: heard.error.path };
  });
  expect(kept).toEqual({ state: 'refused', value: { stars: 9 }, path: '/stars', heard: '/stars' });
  await page.evaluate(() => db.retry(write, { stars: 5 }).acknowledged);
  expect(await get(page, 'notes', 'a')).toEqual({ id: 'a', title: 'fine', stars: 5 });
  expect(await page.evaluate(() => db.pending().length)).toBe(0);
});

test('what was written offline is refused when it gets there, all of its batch', async ({ person }) => {
  const page = await (await person()).opened();
  await watch(page, 'notes');
  await pause(page);
  await page.evaluate(async () => {
    const notes = db.collection('notes');
    const batch = db.batch(() => {
      notes.put('good', { title: 'fine' });
      notes.put('bad', { stars: 1 });
    });
    await batch.durable;
    await notes.put('alone', { title: 'fine' }).durable;
  });
  await resume(page);
  await expect.poll(() => page.evaluate(() => db.status().refused)).toBe(2);
  expect(await get(page, 'notes', 'good')).toBeNull();
  expect(await get(page, 'notes', 'bad')).toBeNull();
  await expect.poll(() => get(page, 'notes', 'alone')).toEqual({ id: 'alone', title: 'fine' });
  const codes = await page.evaluate(() => db.pending().map(({ id, error }) => `${id} ${error.code}`));
  expect(codes.sort()).toEqual(['bad invalid', 'good depends']);
  await page.evaluate(() => db.pending().forEach((one) => db.dismiss(one)));
  await synced(page);
});
