// Queries answered where the records are: in pages and workers, under the content security policy of a page
// that allows WebAssembly and nothing else.
import path from 'node:path';
import { expect, root, test } from './fixtures.mjs';

test.use({ config: { www: path.join(root, 'tests/e2e/pages') } });

test('a page answers queries over its records, and goes on without a network', async ({ person }) => {
  const one = await person();
  const page = await one.blank();
  const ask = (title) =>
    page.evaluate(async (given) => {
      const { Answers } = await import('/sdk/answers.web.js');
      globalThis.answers ??= await Answers.load({ post: { fields: { title: 'string' } } });
      globalThis.answers.put('post', { id: '1', title: given });
      return globalThis.answers.ask('{ post { id title } }');
    }, title);
  expect(await ask('online')).toEqual({ data: { post: { id: '1', title: 'online' } } });
  await one.context.setOffline(true);
  expect(await ask('offline')).toEqual({ data: { post: { id: '1', title: 'offline' } } });
});

test('a worker answers queries over its records', async ({ person }) => {
  const page = await (await person()).visit('/blank.html');
  const told = await page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const worker = new Worker('/answers.js', { type: 'module' });
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
      }),
  );
  expect(told).toEqual({ data: { post: { id: '1', title: 'from a worker' } } });
});
