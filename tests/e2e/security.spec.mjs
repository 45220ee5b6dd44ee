// What pages of others can do in the browser of somebody who is logged in here: nothing.
import http from 'node:http';

import { secret } from '../server/secrets.mjs';
import { expect, online, open, status, test } from './fixtures.mjs';
import { Server } from './server.mjs';

const password = secret('the-password-of-ada-in-the-browser');

/** A page of somebody else, on another port of the same machine, or under another name of it. */
async function stranger(use, info, host) {
  const site = http.createServer((request, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end('<!doctype html><title>elsewhere</title>');
  });
  await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve));
  await use(`http://${host}:${site.address().port}/`);
  site.close();
}

const guarded = test.extend({
  server: async ({}, use, info) => {
    const server = new Server({
      spaces: { default: { access: 'closed' } },
      adminToken: 'the-admin-token-of-security',
    });
    const hash = await server.hash(password);
    server.configure({ users: { ada: { password: hash } } });
    await server.start();
    await use(server);
    if (info.status !== info.expectedStatus) await info.attach('server', { body: server.log });
    await server.remove();
  },
  elsewhere: async ({}, use, info) => stranger(use, info, 'localhost'),
});

const logIn = (page) =>
  page.evaluate(async (given) => {
    const answer = await fetch('/v1/session', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ user: 'ada', password: given, cookie: true }),
    });
    return { status: answer.status, body: await answer.json() };
  }, password);
const who = (page) => page.evaluate(() => fetch('/v1/session').then((answer) => answer.status));

guarded(
  'a log-in by cookie carries the SDK over every binding, and no script sees the token',
  async ({ person }) => {
    const ada = await person();
    const page = await ada.blank();
    expect(await who(page)).toBe(401);
    const { status: answered, body } = await logIn(page);
    expect(answered).toBe(200);
    expect(body.user).toBe('ada');
    expect(body.token).toBeUndefined();
    expect(await page.evaluate(() => document.cookie)).toBe('');
    const [cookie] = await ada.context.cookies();
    secret(cookie.value);
    expect(cookie).toMatchObject({
      name: '__Host-rockpool',
      httpOnly: true,
      secure: true,
      sameSite: 'Lax',
      path: '/',
    });
    for (const transport of ['websocket', 'sse', 'poll']) {
      await open(page, { transports: [transport], store: transport, user: 'ada' });
      await online(page);
      expect((await status(page)).transport).toBe(transport);
      await page.evaluate(() => db.close());
    }
  },
);

guarded('a log-out ends what is open, and takes the cookie away', async ({ person }) => {
  const ada = await person();
  const page = await ada.blank();
  await logIn(page);
  await open(page, { user: 'ada' });
  await online(page);
  expect(await page.evaluate(() => fetch('/v1/session', { method: 'DELETE' }).then((a) => a.status))).toBe(
    204,
  );
  await expect.poll(async () => (await status(page)).state).toBe('auth');
  expect(await ada.context.cookies()).toEqual([]);
  expect(await who(page)).toBe(401);
});

guarded('a page of another origin gets nothing out of the cookie', async ({ person, server, elsewhere }) => {
  const ada = await person();
  const page = await ada.blank();
  expect((await logIn(page)).status).toBe(200);
  // The same site to the browser, since ports do not count: it does send its cookies there.
  const there = await ada.context.newPage();
  await there.goto(elsewhere.replace('localhost', new URL(server.url).hostname));
  const tried = await there.evaluate(async (url) => {
    const outcome = (promise) =>
      promise.then(
        (answer) => answer.status ?? answer,
        () => 'refused',
      );
    const json = { 'Content-Type': 'application/json' };
    const hello = JSON.stringify({ type: 'hello', protocol: 1, client: 'client-of-evil' });
    const to = (path, more) => outcome(fetch(url + path, { credentials: 'include', ...more }));
    const socket = new Promise((resolve) => {
      const made = new WebSocket(`${url.replace('http', 'ws')}/v1/connect`, 'rockpool.v1');
      made.onopen = () => resolve('open');
      made.onerror = () => resolve('refused');
    });
    return {
      socket: await socket,
      who: await to('/v1/session'),
      hello: await to('/v1/messages', { method: 'POST', headers: json, body: hello }),
      plainHello: await to('/v1/messages', { method: 'POST', body: hello }),
      out: await to('/v1/session', { method: 'DELETE' }),
      // What needs no leave of the browser: it is sent, and the answer is hidden.
      form: await to('/v1/session', {
        method: 'POST',
        mode: 'no-cors',
        body: '{"user":"ada","password":"x"}',
      }),
      blind: await to('/v1/messages', { method: 'POST', mode: 'no-cors', body: hello }),
    };
  }, server.url);
  expect(tried).toEqual({
    socket: 'refused',
    who: 'refused',
    hello: 'refused',
    plainHello: 'refused',
    out: 'refused',
    form: 0,
    blind: 0,
  });
  expect(await server.sessions()).toBe(0);
  expect(await who(page), 'ada is logged in still').toBe(200);
});

guarded('a form of another page logs nobody in and nobody out', async ({ person, server, elsewhere }) => {
  const eve = await person();
  for (const enctype of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
    const page = await eve.context.newPage();
    await page.goto(elsewhere);
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.url().endsWith('/v1/session')),
      page.evaluate(
        ([url, type]) => {
          const form = document.createElement('form');
          Object.assign(form, { method: 'POST', action: `${url}/v1/session`, enctype: type });
          form.append(
            Object.assign(document.createElement('input'), {
              name: '{"user":"ada","cookie":true,"x":"',
              value: '"}',
            }),
          );
          document.body.append(form);
          form.submit();
        },
        [server.url, enctype],
      ),
    ]);
    expect(answer.status()).toBe(403);
  }
  expect(await eve.context.cookies()).toEqual([]);
});

const hostile = '<img src=x onerror="window.hurt = 1"><script>window.hurt = 1</script>';
const hurt = (page) => page.evaluate(() => globalThis.hurt ?? {}.hurt ?? 'not at all');

test('what others write stays text, in pages and in answers', async ({ person, server }) => {
  const ada = await (await person()).visit('/board/');
  const bob = await (await person()).visit('/board/');
  const field = ada.getByRole('textbox', { name: 'Add a card to To do' });
  await field.fill(hostile);
  await field.press('Enter');
  for (const page of [ada, bob]) {
    await expect(page.locator('.card-title').filter({ hasText: hostile })).toHaveText(hostile);
    expect(await page.locator('img[src="x"]').count()).toBe(0);
    expect(await hurt(page)).toBe('not at all');
  }
  const answer = await fetch(`${server.url}/${encodeURIComponent(hostile)}`);
  // Slashes in it are encoded, so it is not even looked for.
  expect(answer.status).toBe(400);
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
});

test('members named like those of every object are kept as they are and reach no other object', async ({
  person,
}) => {
  const ada = await (await person()).opened();
  const bob = await (await person()).opened();
  const text = '{"__proto__":{"hurt":1},"constructor":{"prototype":{"hurt":1}},"n":1}';
  await bob.evaluate(async () => {
    globalThis.query = db.collection('notes').query({});
    query.subscribe(() => {});
    await query.ready();
  });
  await ada.evaluate(async (given) => {
    await db.collection('notes').put('a', JSON.parse(given)).acknowledged;
    await db.collection('notes').update('a', JSON.parse('{"__proto__":{"more":2}}')).acknowledged;
  }, text);
  for (const page of [ada, bob]) {
    await expect
      .poll(() => page.evaluate(() => JSON.stringify(db.collection('notes').get('a'))))
      .toContain('"more":2');
    expect(await hurt(page)).toBe('not at all');
    expect(await page.evaluate(() => ({}).more ?? Object.more ?? 'nowhere')).toBe('nowhere');
  }
  for (const path of ['__proto__.hurt', 'constructor.prototype.hurt']) {
    const refused = await ada.evaluate((given) => {
      try {
        db.collection('notes').increment('a', given);
        return 'none';
      } catch (error) {
        return error.code;
      }
    }, path);
    expect(refused).toBe('invalid');
    expect(await hurt(ada)).toBe('not at all');
  }
});
