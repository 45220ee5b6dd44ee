import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import { RockpoolError, open } from '../../dist/index.node.js';

const sdk = new URL('../../dist/index.node.js', import.meta.url).href;
/** A folder of its own, gone when this file's tests are over. */
const folder = () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'rockpool-'));
  process.on('exit', () => fs.rmSync(dir, { recursive: true, force: true }));
  return dir;
};

test('importing changes nothing and needs nothing', () => {
  const script = `const before = Object.getOwnPropertyNames(globalThis).join();
    for (const name of ['WebSocket', 'indexedDB', 'localStorage', 'navigator']) delete globalThis[name];
    const names = Object.getOwnPropertyNames(globalThis).join();
    const sdk = await import(${JSON.stringify(sdk)});
    if (names !== Object.getOwnPropertyNames(globalThis).join()) throw new Error('globals changed');
    console.log(Object.keys(sdk).sort().join());`;
  assert.equal(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).trim(),
    'RockpoolError,open',
  );
});

test('what is exported is what is declared', () => {
  const text = fs.readFileSync(fileURLToPath(new URL('../index.d.ts', import.meta.url)), 'utf8');
  const values = [...text.matchAll(/^export declare (?:function|class) (\w+)/gm)]
    .map(([, name]) => name)
    .sort();
  assert.deepEqual(values, ['RockpoolError', 'open']);
});

test('wrong options are refused with what to do', async () => {
  const wrong = [
    [undefined, /object/],
    [{ urll: 'x' }, /no option urll/],
    [{ url: 'nonsense' }, /no URL/],
    [{ url: 'ftp://x' }, /http/],
    [{ url: 7 }, /text/],
    [{ url: 'https://me:secret@x' }, /token/],
    [{ version: 1.5 }, /whole number/],
    [{ token: 'abc' }, /function/],
    [{ log: 'loud' }, /log/],
    [{ user: null }, /user/],
    [{ collections: { t: { policy: 'mine' } } }, /policy/],
    [{ collections: { t: { policy: { default: 'merge', fields: { a: 'x' } } } } }, /t\.a/],
    [{ collections: { t: { schema: {} } } }, /Standard Schema/],
    [{ collections: { $t: {} } }, /name/],
    [{ space: 'a\nb' }, /space/],
    [{ transports: ['carrier-pigeon'] }, /websocket, sse, poll/],
    [{ transports: [] }, /no way to the server/],
  ];
  for (const [options, message] of wrong)
    await assert.rejects(
      open(options),
      (error) => error.code === 'usage' && message.test(error.message),
      JSON.stringify(options),
    );
});

test('what is not there yet says unsupported, at the call', async () => {
  const wrong = [
    { dialect: 'gopher' },
    { storage: 'opfs' },
    { durability: 'each' },
    { adopt: true },
    { platform: {} },
    { collections: { t: { bigints: 'string' } } },
    { collections: { t: { keep: { a: 1 } } } },
    { collections: { t: { upcast: () => {} } } },
  ];
  for (const options of wrong)
    await assert.rejects(open(options), { code: 'unsupported' }, JSON.stringify(options));
  const db = await open({ store: 'unsupported' });
  assert.throws(() => db.liveQuery('{a}'), { code: 'unsupported' });
  await assert.rejects(db.logout({ pending: 'keep' }), { code: 'unsupported' });
});

test('equal names are one database, other names another', async () => {
  const one = await open({ store: 'one' });
  assert.equal(await open({ store: 'one' }), one);
  assert.notEqual(await open({ store: 'one', user: 'u' }), one);
  assert.notEqual(await open({ store: 'one', space: 's' }), one);
  await one.close();
  await one.close();
  assert.notEqual(await open({ store: 'one' }), one);
});

test('a wasm of another dialect says so', async () => {
  const module = await WebAssembly.compile(fs.readFileSync(new URL('../../dist/core.wasm', import.meta.url)));
  await assert.rejects(
    open({ dialect: 'deepstream', transports: ['websocket'], WebSocket: class {}, wasm: { module } }),
    { code: 'unsupported', message: /another dialect than deepstream/ },
  );
});

test('a dialect for which there is no carrier here says what is missing', async () => {
  await assert.rejects(open({ dialect: 'deepstream', url: 'http://127.0.0.1:1', WebSocket: null }), {
    code: 'usage',
  });
  await assert.rejects(open({ dialect: 'deepstream', url: 'http://127.0.0.1:1', transports: ['sse'] }), {
    code: 'usage',
    message: /WebSocket/,
  });
});

test('databases of several dialects stand beside one another, each with its own store', async () => {
  const one = await open({ store: 'dialects' });
  const other = await open({ store: 'dialects', dialect: 'deepstream', WebSocket: class {} });
  assert.notEqual(one, other);
  one.collection('c').put('1', { of: 'native' });
  assert.equal(other.collection('c').get('1'), undefined);
  assert.deepEqual(
    [one, other].map((db) => db.capabilities.batches),
    [true, false],
  );
  assert.throws(() => other.batch(() => {}), { code: 'unsupported' });
});

test('a wasm that is not there', async () => {
  await assert.rejects(
    open({ store: 'nowasm', wasm: { url: '/nowhere/core.wasm' } }),
    (error) => error.code === 'internal' && /nowhere/.test(error.message),
  );
});

test('a compiled module is taken', async () => {
  const module = await WebAssembly.compile(fs.readFileSync(new URL('../../dist/core.wasm', import.meta.url)));
  const db = await open({ store: 'module', wasm: { module } });
  assert.equal(db.collection('t').get('a'), undefined);
});

test('a folder keeps what was durable, through a kill', async (context) => {
  const dir = folder();
  const child = spawn(process.execPath, [
    '--input-type=module',
    '-e',
    `import { open } from ${JSON.stringify(sdk)};
    const db = await open({ dir: ${JSON.stringify(dir)} });
    const t = db.collection('t');
    for (let n = 0; n < 1e6; n++) { await t.put('k' + n, { n }).durable; console.log(n); }`,
  ]);
  const seen = await new Promise((resolve) => {
    let text = '';
    child.stdout.on('data', (data) => {
      text += data;
      if (text.length > 600) child.kill('SIGKILL');
    });
    child.on('exit', () => resolve(text.trim().split('\n').map(Number)));
  });
  const db = await open({ dir });
  context.after(() => db.close());
  assert.deepEqual([db.status().leader, db.status().storage.kind], [true, 'disk']);
  // The last line may be torn by the kill.
  for (const n of seen.slice(0, -1)) assert.equal(db.collection('t').get(`k${n}`)?.n, n);
});

test('what is no function is refused at the call, and so is an event that there is not', async () => {
  const db = await open({ store: 'functions', log: 'error' });
  const calls = {
    subscribe: [
      () => db.status.subscribe(),
      () => db.collection('a').query({}).subscribe({}),
      () => db.event('a').subscribe(),
      () => db.presence('a').subscribe('x'),
    ],
    provide: [() => db.rpc.provide('a')],
    on: [() => db.on('status')],
    batch: [() => db.batch()],
  };
  for (const [name, wrong] of Object.entries(calls))
    for (const call of wrong) assert.throws(call, { code: 'usage', message: `${name} takes a function` });
  assert.throws(() => db.on('statuss', () => {}), /no event statuss/);
});

test('an error of another realm is known by its name', () => {
  const other = runInNewContext(`Object.assign(new Error('x'), { name: 'RockpoolError', code: 'quota' })`);
  assert.ok(!(other instanceof Error));
  assert.ok(RockpoolError.is(other));
  assert.ok(RockpoolError.is(other, 'quota'));
  assert.ok(!RockpoolError.is(other, 'auth'));
  for (const none of [undefined, null, 'RockpoolError', new Error('x')]) assert.ok(!RockpoolError.is(none));
});

test('without a server nothing waits for one, however much is written', async (context) => {
  const dir = folder();
  const one = await open({ dir });
  const t = one.collection('t');
  let last = 0;
  // More than may wait for a server.
  for (let round = 0; round < 21; round++) {
    for (let i = 0; i < 500; i++) t.put(`k${i}`, { n: ++last });
    await t.increment('k0', 'n', 0).acknowledged;
  }
  assert.equal(one.status().pending, 0);
  assert.deepEqual(one.pending(), []);
  await one.synced();
  assert.equal(t.meta('k499').pending, 0);
  await one.close();
  const two = await open({ dir });
  context.after(() => two.close());
  assert.equal(two.collection('t').get('k499').n, last);
  assert.equal(two.collection('t').count()().total, 500);
  await two.logout();
});

test('close keeps, destroy wipes', async (context) => {
  const dir = folder();
  const one = await open({ dir });
  const { key } = one.collection('t').put('a', { n: 1 });
  await one.close();
  const two = await open({ dir });
  assert.equal(two.collection('t').get('a').n, 1);
  assert.equal(two.clientId, one.clientId);
  assert.ok(two.pending().every((info) => info.key === key));
  await two.destroy();
  const three = await open({ dir });
  context.after(() => three.close());
  assert.equal(three.collection('t').get('a'), undefined);
});

test('a second process on the same folder runs from memory and says so', async (context) => {
  const dir = folder();
  const db = await open({ dir });
  context.after(() => db.close());
  db.collection('t').put('a', {});
  const script = `import { open } from ${JSON.stringify(sdk)};
    const db = await open({ dir: ${JSON.stringify(dir)}, log: () => {} });
    const { leader, storage } = db.status();
    const code = await db.collection('t').put('b', {}).durable.catch((error) => error.code);
    console.log(leader, storage.kind, code, await db.logout().catch((error) => error.code));
    await db.close();`;
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.equal(out.trim(), 'false memory follower follower');
  await db.collection('t').put('c', {}).durable;
});

test('a store of a newer version is refused and left alone', async (context) => {
  const dir = folder();
  const db = await open({ dir });
  await db.collection('t').put('a', {}).durable;
  await db.close();
  const where = fs
    .readdirSync(dir, { recursive: true })
    .map((name) => path.join(dir, name))
    .find((name) => /manifest-/.test(name));
  const bytes = fs.readFileSync(where);
  assert.equal(bytes.readUInt32LE(8), 1);
  const other = Buffer.from(bytes);
  other.writeUInt32LE(99, 8);
  other.writeUInt32LE(crc32c(other.subarray(0, 12)), 12);
  fs.writeFileSync(where, other);
  await assert.rejects(open({ dir }), { code: 'newer-store' });
  assert.deepEqual(fs.readFileSync(where), other);
  fs.writeFileSync(where, bytes);
  await (await open({ dir })).close();
});

function crc32c(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return ~crc >>> 0;
}

test('a folder that cannot be used: memory, and the reason in the log', async (context) => {
  const dir = folder();
  fs.writeFileSync(path.join(dir, 'rockpool-1'), 'in the way');
  const log = [];
  const db = await open({ dir, log: (entry) => log.push(entry) });
  context.after(() => db.close());
  assert.equal(db.status().storage.kind, 'memory');
  assert.ok(log.some(({ level, event }) => level === 'warn' && event.length > 10));
});

test('await on a write warns, once', () => {
  const script = `import { open } from ${JSON.stringify(sdk)};
    const db = await open({}); await db.collection('t').put('a', {}); await db.collection('t').put('b', {});`;
  const run = (env) => {
    const child = execFileSync(
      process.execPath,
      ['--input-type=module', '-e', `console.warn = console.log; ${script}`],
      { encoding: 'utf8', env: { ...process.env, ...env } },
    );
    return child.split('not a promise').length - 1;
  };
  assert.equal(run({ NODE_ENV: '' }), 1);
  assert.equal(run({ NODE_ENV: 'production' }), 0);
});
