import { fakeServer } from './fake-server.mjs';
import { expect, get, open, put, Server, status, synced, test, watch } from './fixtures.mjs';

const hosts = async (answer, run) => {
  const fake = await fakeServer(answer);
  try {
    await run(fake);
  } finally {
    await fake.close();
  }
};

test('a url where nobody listens: offline with a reason, no endless loop, writes are kept', async ({
  person,
}) => {
  const page = await (await person()).opened({ url: 'http://127.0.0.1:9' });
  await put(page, 'notes', 'a', { n: 1 });
  await page.waitForTimeout(2500);
  expect(['connecting', 'offline']).toContain((await status(page)).state);
  expect(await get(page, 'notes', 'a')).toEqual({ id: 'a', n: 1 });
  expect((await status(page)).pending).toBe(1);
});

test('a url of a web server that is no Rockpool: the page is told, attempts stay few', async ({ person }) => {
  await hosts(
    () => {},
    async (fake) => {
      const page = await (await person()).opened({ url: `${fake.url}/somewhere` });
      await page.waitForTimeout(4000);
      expect((await status(page)).state).not.toBe('online');
      expect(fake.connections).toBeLessThan(12);
    },
  );
});

for (const [what, url] of [
  ['no URL', 'http://:80'],
  ['another scheme', 'ftp://example.test'],
  ['credentials in it', 'http://a:b@example.test'],
]) {
  test(`open with ${what} as url rejects with a line that says what to write`, async ({ person }) => {
    const page = await (await person()).blank();
    const error = await page.evaluate(async (given) => {
      const { open } = await import('/sdk/index.web.js');
      return open({ url: given }).then(
        () => null,
        (e) => ({ code: e.code, message: e.message }),
      );
    }, url);
    expect(error.code).toBe('usage');
    expect(error.message).toMatch(/http|token/);
  });
}

test('a server of another protocol version stops the link for good, and nothing is lost', async ({
  person,
}) => {
  const answer = (message, say, end) => {
    if (message.type !== 'hello') return;
    say({
      type: 'error',
      code: 'unsupported_version',
      message: 'this server speaks protocol 2',
      retryable: false,
    });
    end();
  };
  await hosts(answer, async (fake) => {
    const page = await (await person()).opened({ url: fake.url });
    await expect.poll(async () => (await status(page)).state).toBe('stopped');
    const told = await status(page);
    expect(told.error.message).toContain('protocol');
    await put(page, 'notes', 'a', { n: 1 });
    const before = fake.connections;
    await page.waitForTimeout(3000);
    expect(fake.connections).toBe(before);
    expect(await get(page, 'notes', 'a')).toEqual({ id: 'a', n: 1 });
  });
});

test('a server that talks nonsense neither crashes the page nor is called in a tight loop', async ({
  person,
}) => {
  const nonsense = [
    '',
    '[',
    '{}',
    '[1,2]',
    '{"type":7}',
    '{"type":"welcome"}',
    '{"type":"changes","topic":1,"changes":7}',
    'null',
    `${'['.repeat(500)}`,
  ];
  const answer = (message, say, end) => {
    for (const text of nonsense) say(text);
    end(1011);
  };
  await hosts(answer, async (fake) => {
    const page = await (await person()).opened({ url: fake.url });
    await page.waitForTimeout(4000);
    expect((await status(page)).state).not.toBe('online');
    expect(fake.connections).toBeLessThan(12);
    await put(page, 'notes', 'a', { n: 1 });
    expect(await get(page, 'notes', 'a')).toEqual({ id: 'a', n: 1 });
  });
});

test.describe('users', () => {
  const secret = 'end-to-end-secret-of-32-bytes-or-more';
  test.use({ config: { jwt: { secret } } });

  test('another user than the store belongs to: user-mismatch, nothing is pushed', async ({
    person,
    server,
  }) => {
    const token = await server.token('bob');
    const one = await person();
    const page = await one.blank();
    await page.evaluate(async (given) => {
      const { open } = await import('/sdk/index.web.js');
      globalThis.db = await open({ url: location.origin, user: 'ada', token: () => given, log: 'error' });
      db.collection('notes').put('secret', { of: 'ada' });
    }, token);
    await expect.poll(async () => (await status(page)).state).toBe('user-mismatch');
    const told = await status(page);
    expect(told.error?.code).toBe('user-mismatch');
    expect(told.pending).toBe(1);
    await page.waitForTimeout(800);

    const reader = await (await person()).blank();
    await reader.evaluate(async (given) => {
      const { open } = await import('/sdk/index.web.js');
      globalThis.db = await open({ url: location.origin, user: 'bob', token: () => given, log: 'error' });
    }, token);
    await watch(reader, 'notes');
    expect(await get(reader, 'notes', 'secret')).toBeNull();
  });

  test('signed out, then opened anew with a good token: state auth, then online', async ({
    person,
    server,
  }) => {
    const token = await server.token('ada');
    const page = await (await person()).blank();
    await page.evaluate(async () => {
      const { open } = await import('/sdk/index.web.js');
      globalThis.give = null;
      globalThis.db = await open({ url: location.origin, user: 'ada', token: () => give, log: 'error' });
    });
    await expect.poll(async () => (await status(page)).state).toBe('auth');
    await page.evaluate(async (given) => {
      give = given;
      await db.close();
      const { open } = await import('/sdk/index.web.js');
      globalThis.db = await open({ url: location.origin, user: 'ada', token: () => give, log: 'error' });
    }, token);
    await expect.poll(async () => (await status(page)).state).toBe('online');
    await put(page, 'notes', 'a', { n: 1 }, 'acknowledged');
  });
});

test('writes that are wrong throw at once and change nothing', async ({ person }) => {
  const page = await (await person()).opened();
  const codes = await page.evaluate(() => {
    const notes = db.collection('notes');
    notes.put('there', { n: 1 });
    const deep = { d: null };
    let at = deep;
    for (let k = 0; k < 80; k += 1) at = at.d = { d: null };
    const code = (fn) => {
      try {
        fn();
        return 'none';
      } catch (error) {
        return error.code;
      }
    };
    return [
      () => notes.insert({ id: 'there' }),
      () => notes.update('absent', {}),
      () => notes.put('x', { at: new Date() }),
      () => notes.put('x', { big: 'x'.repeat(2_000_000) }),
      () => notes.put('x', deep),
      () => notes.put('x', { f() {} }),
      () => notes.put('', {}),
      () =>
        db.batch(() => {
          notes.put('y', {});
          throw Object.assign(new Error('mine'), { code: 'mine' });
        }),
    ].map(code);
  });
  expect(codes).toEqual(
    ['exists', 'not-found', 'invalid', 'too-large', 'invalid', 'invalid', 'invalid', 'mine'].map((code, k) =>
      k === 4 ? codes[4] : code,
    ),
  );
  expect(['invalid', 'too-large']).toContain(codes[4]);
  expect(await get(page, 'notes', 'x')).toBeNull();
  expect(await get(page, 'notes', 'y')).toBeNull();
});

test('what this version cannot do throws unsupported at the call', async ({ person }) => {
  const page = await (await person()).opened();
  expect(
    await page.evaluate(async () => {
      const code = async (fn) => {
        try {
          await fn();
          return 'none';
        } catch (error) {
          return error.code;
        }
      };
      return [await code(() => db.liveQuery('{ a }')), await code(() => db.logout({ pending: 'keep' }))];
    }),
  ).toEqual(['unsupported', 'unsupported']);
});

test('a data folder put back to an older state makes the page begin anew', async ({ person, server }) => {
  const { cp, rm } = await import('node:fs/promises');
  const page = await (await person()).opened();
  await watch(page, 'notes');
  await put(page, 'notes', 'old', { n: 1 }, 'acknowledged');
  await server.stop();
  await cp(server.file('data'), server.file('copy'), { recursive: true });
  await server.start();
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await put(page, 'notes', 'new', { n: 2 }, 'acknowledged');
  await server.stop();
  await rm(server.file('data'), { recursive: true });
  await cp(server.file('copy'), server.file('data'), { recursive: true });
  await server.start();

  const other = await (await person()).opened();
  await watch(other, 'notes');
  await put(other, 'notes', 'other', { n: 3 }, 'acknowledged');
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await expect.poll(() => get(page, 'notes', 'other')).toEqual({ id: 'other', n: 3 });
  await put(page, 'notes', 'after', { n: 4 }, 'acknowledged');
  await expect.poll(() => get(other, 'notes', 'after')).toEqual({ id: 'after', n: 4 });
  const names = (page) =>
    page.evaluate(() =>
      db
        .collection('notes')
        .query({})()
        .rows.map((row) => row.id)
        .sort(),
    );
  await expect.poll(() => names(page)).toEqual(await names(other));
  await synced(page);
});

test('two servers on one machine are two stores', async ({ person }) => {
  const second = new Server();
  await second.start();
  try {
    const one = await person();
    const page = await one.opened();
    await put(page, 'notes', 'a', { of: 'first' }, 'acknowledged');
    const other = await one.blank();
    await open(other, { url: second.url });
    expect(await get(other, 'notes', 'a')).toBeNull();
    expect((await status(other)).leader).toBe(true);
  } finally {
    await second.remove();
  }
});
