// The SDK's files in other places than beside the page: on another origin, loaded by a worker of a folder of
// its own, or split over folders as a bundler leaves them.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';

import { dist, expect, test } from './fixtures.mjs';

const token = 'tok-of-other-places';
test.use({
  config: {
    dialects: {
      datocms: {
        tokens: [{ token, permissions: ['read', 'drafts', 'write'] }],
        models: { story: { fields: { title: 'string' } } },
      },
    },
  },
});

/** In a page or worker: what a live query comes to while offline, with a record made there. */
async function offlineAnswer(open, url, token, wasm) {
  const options = { dialect: 'datocms', url: `${url}/datocms/preview`, token: () => token, log: 'error' };
  const db = await open({ ...options, ...(wasm && { wasm: { url: wasm } }) });
  const stories = db.collection('story');
  const live = db.liveQuery('{ allStories { title } }');
  const answered = (enough) =>
    new Promise((resolve) => live.subscribe((answer) => enough(answer) && resolve(answer.data.allStories)));
  await answered(({ data }) => data);
  await stories.query({}).ready();
  db.pause();
  stories.insert({ title: 'made offline' });
  return answered(({ data }) => data.allStories.length);
}
const made = [{ title: 'made offline' }];

/** A site of its own: scripts of the SDK in one folder, its WebAssembly in another. */
async function site(more = {}) {
  const server = createServer(async (request, response) => {
    const [, folder, name = ''] = new URL(request.url, 'http://site').pathname.split('/');
    const type = name.endsWith('.wasm') ? 'application/wasm' : 'text/javascript';
    const isThere = folder === (name.endsWith('.wasm') ? 'code-of-others' : 'scripts') && name;
    if (folder === '')
      response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>site</title>');
    else if (more[name]) response.setHeader('Content-Type', type).end(more[name]);
    else if (isThere) response.setHeader('Content-Type', type).end(await readFile(path.join(dist, name)));
    else response.writeHead(404).end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

async function visit(person, { url }) {
  const page = await (await person()).context.newPage();
  await page.goto(url);
  return page;
}

test('a script tag of another origin has all of a dialect', async ({ person, server }) => {
  const other = await site();
  const page = await visit(person, other);
  await page.addScriptTag({ url: `${server.url}/sdk/rockpool.js` });
  const told = await page.evaluate(
    `(${offlineAnswer})(Rockpool.open, ${JSON.stringify(server.url)}, ${JSON.stringify(token)})`,
  );
  expect(told).toEqual(made);
  other.close();
});

for (const where of ['of its origin', 'of another origin'])
  test(`a worker that is no module loads the script ${where}, from another folder`, async ({
    person,
    server,
  }) => {
    const script = where === 'of its origin' ? '/scripts/rockpool.js' : `${server.url}/sdk/rockpool.js`;
    const wasm = where === 'of its origin' ? "'/code-of-others/core.datocms.wasm'" : 'undefined';
    const other = await site({
      'worker.js': `importScripts('${script}');
        (${offlineAnswer})(Rockpool.open, '${server.url}', '${token}', ${wasm})
          .then(postMessage, (error) => postMessage(String(error)));`,
    });
    const page = await visit(person, other);
    const told = await page.evaluate(
      () =>
        new Promise((resolve) => {
          new Worker('/workers/worker.js').onmessage = ({ data }) => resolve(data);
        }),
    );
    expect(told).toEqual(made);
    other.close();
  });

test('where the app says that the core is, the WebAssembly of answers is found too', async ({
  person,
  server,
}) => {
  const other = await site();
  const page = await visit(person, other);
  const told = await page.evaluate(
    `import('/scripts/index.web.js').then(({ open }) => (${offlineAnswer})(
      open, ${JSON.stringify(server.url)}, ${JSON.stringify(token)}, '/code-of-others/core.datocms.wasm'))`,
  );
  expect(told).toEqual(made);
  other.close();
});
