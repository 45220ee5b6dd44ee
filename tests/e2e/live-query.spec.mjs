// Queries in GraphQL that stay true, in browsers: over tabs, reloads, and from another origin.
import { expect, online, open, pause, reopen, resume, status, synced, test } from './fixtures.mjs';

const token = 'tok-of-the-live-queries';
test.use({
  config: {
    dialects: {
      datocms: {
        tokens: [{ token, permissions: ['read', 'drafts', 'write'] }],
        models: {
          story: {
            fields: { title: 'string', size: 'integer', author: { type: 'link', model: 'author' } },
          },
          author: { fields: { name: 'string' } },
        },
      },
    },
  },
});

const query = '{ allStories(orderBy: [title_ASC]) { title } }';

async function write(server, attributes) {
  const relationships = { item_type: { data: { type: 'item_type', id: 'story' } } };
  const answer = await fetch(`${server.url}/datocms/cma/items`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}` },
    body: JSON.stringify({ data: { type: 'item', attributes, relationships } }),
  });
  expect(answer.status).toBe(201);
}

const how = (server, more) => ({
  dialect: 'datocms',
  url: `${server.url}/datocms/preview`,
  token,
  ...more,
});

/** Listens, and leaves what it is told in `window.told`. */
const listen = (page, text = query) =>
  page.evaluate((text) => {
    globalThis.listening?.();
    globalThis.listening = db.liveQuery(text).subscribe((answer) => {
      globalThis.told = answer;
    });
  }, text);
const told = (page) => page.evaluate(() => globalThis.told);
const titles = async (page) => (await told(page)).data?.allStories?.map(({ title }) => title).join();

test('tabs share a channel, and the next one leads it', async ({ person, server }) => {
  await write(server, { title: 'one' });
  const ada = await person();
  const tabs = [await ada.opened(how(server)), await ada.opened(how(server))];
  for (const tab of tabs) await listen(tab);
  for (const tab of tabs) await expect.poll(() => titles(tab)).toBe('one');
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toMatch(/rockpool_sessions\{[^}]*datocms[^}]*\} 1$/m);
  const [leader, other] = (await status(tabs[0])).leader ? tabs : [...tabs].reverse();
  await leader.close();
  await expect.poll(async () => (await status(other)).leader).toBe(true);
  await write(server, { title: 'two' });
  await expect.poll(() => titles(other)).toBe('one,two');
});

for (const transports of [undefined, ['sse']])
  test(`the last result outlives a reload while offline${transports ? ' over SSE' : ''}`, async ({
    person,
    server,
  }) => {
    await write(server, { title: 'one' });
    const options = how(server, transports && { transports });
    const page = await (await person()).opened(options);
    await listen(page);
    await expect.poll(() => titles(page)).toBe('one');
    expect((await told(page)).known).toBe('complete');
    await pause(page);
    await write(server, { title: 'two' });
    await reopen(page, options);
    await pause(page);
    await listen(page);
    await expect.poll(() => titles(page)).toBe('one');
    expect((await told(page)).known).toBe('cached');
    await resume(page);
    await online(page);
    await expect.poll(() => titles(page)).toBe('one,two');
  });

test('offline, another query is answered by what is here', async ({ person, server }) => {
  await write(server, { title: 'one', size: 3 });
  await write(server, { title: 'two', size: 5 });
  const page = await (await person()).opened(how(server));
  await listen(page);
  await expect.poll(() => titles(page)).toBe('one,two');
  await page.evaluate(() => db.collection('story').query({}).ready());
  await pause(page);
  await page.evaluate(() => void db.collection('story').insert({ title: 'three', size: 7 }));
  await listen(page, '{ allStories(filter: {size: {gt: 4}}, orderBy: [size_DESC]) { title } }');
  await expect.poll(() => titles(page)).toBe('three,two');
  await reopen(page, how(server));
  await pause(page);
  await listen(page, '{ allStories(filter: {size: {lt: 6}}, orderBy: [size_ASC]) { title } }');
  await expect.poll(() => titles(page)).toBe('one,two');
});

test('a query that rested is the one that is asked for anew meanwhile', async ({ person, server }) => {
  await write(server, { title: 'one' });
  const page = await (await person()).blank();
  await page.clock.install();
  await open(page, how(server));
  await page.evaluate((query) => {
    globalThis.heard = [[], []];
    globalThis.held = db.liveQuery(query);
    held.subscribe(() => {})();
  }, query);
  await page.clock.fastForward(6_000);
  await page.evaluate((query) => {
    const titles = ({ data }) => data?.allStories?.map(({ title }) => title).join();
    const both = [db.liveQuery(query), held];
    both.forEach((one, i) => one.subscribe((answer) => heard[i].push(titles(answer))));
  }, query);
  await write(server, { title: 'two' });
  await expect
    .poll(() => page.evaluate(() => heard.map((all) => all.at(-1))))
    .toEqual(['one,two', 'one,two']);
  expect(await page.evaluate((query) => db.liveQuery(query)() === held(), query)).toBe(true);
});

test('what was made here is found by its link, before and after the server has numbered it', async ({
  person,
  server,
}) => {
  const page = await (await person()).opened(how(server));
  const query = '{ allStories { title author { name } } }';
  const authors = async () => (await told(page)).data?.allStories?.map(({ author }) => author?.name).join();
  await listen(page, query);
  await expect.poll(async () => (await told(page)).known).toBe('complete');
  await page.evaluate(() =>
    Promise.all(['story', 'author'].map((name) => db.collection(name).query({}).ready())),
  );
  await pause(page);
  await page.evaluate(() => {
    const author = db.collection('author').insert({ name: 'Ada' });
    db.collection('story').insert({ title: 'one', author: author.id });
  });
  await expect.poll(authors).toBe('Ada');
  await resume(page);
  await synced(page);
  await expect.poll(async () => (await told(page)).known).toBe('complete');
  expect(await authors()).toBe('Ada');
  await pause(page);
  await listen(page, '{ allStories { id author { name } } }');
  await expect.poll(authors).toBe('Ada');
  expect((await told(page)).data.allStories[0].id).toMatch(/^\d+$/);
});
