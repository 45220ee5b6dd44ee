// What every test has: a server of its own, people with browsers of their own, and honesty: an error that a
// page does not catch, or something its content security policy stops, fails the test.
import { test as base, expect } from '@playwright/test';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { dist, root, Server } from './server.mjs';

export { dist, expect, root, Server };
const blank = fileURLToPath(new URL('pages/blank.html', import.meta.url));
const policy =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' http: https: ws: wss:; " +
  "object-src 'none'; base-uri 'none'";

// Firefox counts a link that breaks as an error of the page, beside telling the WebSocket.
const reported =
  /^Firefox can’t establish a connection to the server at |^The connection to .* was interrupted while/;

/** One person: a browser profile (context) with pages in it. */
export class Person {
  errors = [];

  constructor(context, url) {
    this.context = context;
    this.url = url;
    context.on('weberror', (error) => {
      const { message, stack } = error.error();
      if (!reported.test(message)) this.errors.push(stack ?? message);
    });
    context.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) this.errors.push(message.text());
    });
  }

  /** A demo page of the server. */
  async visit(where) {
    const page = await this.context.newPage();
    await page.goto(this.url + where);
    return page;
  }

  /** An empty page of the server's origin that needs no server: it and the SDK come from the disk. */
  async blank() {
    await this.context.route('**/blank.html', (route) =>
      route.fulfill({
        path: blank,
        contentType: 'text/html',
        headers: { 'content-security-policy': policy },
      }),
    );
    await this.context.route('**/sdk/*', (route) => {
      const name = new URL(route.request().url()).pathname.slice('/sdk/'.length);
      return route.fulfill({
        path: path.join(dist, name),
        contentType: name.endsWith('.wasm') ? 'application/wasm' : 'text/javascript',
      });
    });
    return this.visit('/blank.html');
  }

  /** An empty page with `db` opened in it. */
  async opened(options = {}) {
    const page = await this.blank();
    await open(page, options);
    return page;
  }
}

/** Opens `db` in a page. A `token` is given as text. */
export async function open(page, options = {}) {
  await page.evaluate(async (given) => {
    const sdk = await import('/sdk/index.web.js');
    globalThis.RockpoolError = sdk.RockpoolError;
    const token = given.token && { token: () => given.token };
    globalThis.db = await sdk.open({ url: location.origin, log: 'error', ...given, ...token });
    globalThis.seen = [];
    for (const name of ['conflict', 'merged', 'refused', 'reset', 'error'])
      db.on(name, (event) => seen.push({ name, event }));
  }, options);
}

/** Loads the page anew, as F5 does, and opens `db` again. */
export async function reopen(page, options) {
  await page.reload();
  await open(page, options);
}

/** Listens to a collection, so that it is kept in step with the server. */
export const watch = (page, collection) =>
  page.evaluate(async (name) => {
    globalThis.stops ??= [];
    const query = db.collection(name).query({});
    stops.push(query.subscribe(() => {}));
    await query.ready();
  }, collection);

export const get = (page, collection, id) =>
  page.evaluate(([c, i]) => db.collection(c).get(i) ?? null, [collection, id]);
export const put = (page, collection, id, value, until = 'durable') =>
  page.evaluate(
    async ([c, i, v, u]) => {
      const write = db.collection(c).put(i, v);
      if (u) await write[u];
    },
    [collection, id, value, until],
  );
export const update = (page, collection, id, changes, until = 'durable') =>
  page.evaluate(
    async ([c, i, v, u]) => {
      const write = db.collection(c).update(i, v);
      if (u) await write[u];
    },
    [collection, id, changes, until],
  );
export const status = (page) =>
  page.evaluate(() => {
    const { error, ...rest } = db.status();
    return { ...rest, error: error && { code: error.code, message: error.message } };
  });
export const synced = (page) => page.evaluate(() => db.synced());
export const pause = (page) => page.evaluate(() => db.pause());
export const resume = (page) => page.evaluate(() => db.resume());
export const online = (page) => expect.poll(async () => (await status(page)).state).toBe('online');
/** A promise of the page that must reject: its code. */
export const codeOf = (page, fn, arg) =>
  page.evaluate(fn, arg).then(
    () => 'it did not reject',
    (error) => error.message,
  );

export const test = base.extend({
  config: [{}, { option: true }],

  server: async ({ config }, use, info) => {
    const server = new Server(config);
    await server.start();
    await use(server);
    if (info.status !== info.expectedStatus) await info.attach('server', { body: server.log });
    await server.remove();
  },

  /** person() makes one; `mistakes` are patterns of errors that belong to the test. */
  person: async ({ browser, server }, use) => {
    const people = [];
    await use(async ({ mistakes = [], ...options } = {}) => {
      // Chromium takes a page that a route answers for one of the internet, which may not speak to this
      // machine unasked.
      const one = new Person(
        await browser.newContext({ permissions: ['local-network-access'], ...options }),
        server.url,
      );
      one.mistakes = mistakes;
      people.push(one);
      return one;
    });
    for (const one of people) {
      const found = one.errors.filter((error) => !one.mistakes.some((pattern) => pattern.test(error)));
      await one.context.close();
      expect(found, 'errors no page caught').toEqual([]);
    }
  },
});
