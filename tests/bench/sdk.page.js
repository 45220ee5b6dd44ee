// Runs in the page: the SDK beside two floors, in turns. `floor_idb` is one IndexedDB row per document;
// `floor_log` is
// documents in memory and a group-committed log of JSON batches, the shape of the SDK without any of its
// features.
import { RockpoolError, open } from '/dist/index.web.js';
import { FakeServer } from '/server.mjs';

const documents = 10_000;
const onesAwaited = 400;
const stored = 8_800; // without a server 10,000 writes may wait

const document_ = (n) => ({
  title: `Task number ${n}`,
  done: n % 3 === 0,
  rank: (n * 7919) % documents,
  owner: `user${n % 50}`,
  note: 'x'.repeat(110),
});
const key = (n) => `k${String(n).padStart(6, '0')}`;
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const percentile = (list, p) => [...list].sort((a, b) => a - b)[Math.floor(list.length * p)];

async function timed(fn) {
  const begin = performance.now();
  await fn();
  return performance.now() - begin;
}

const asked = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
const finished = (transaction) =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
function database(name) {
  const request = indexedDB.open(name);
  request.onupgradeneeded = () => request.result.createObjectStore('rows', { autoIncrement: true });
  return asked(request);
}
const drop = (name) => asked(indexedDB.deleteDatabase(name));

// ---- floors

async function floorIdb() {
  await drop('idb');
  const db = await database('idb');
  const put = async (n) => {
    const transaction = db.transaction('rows', 'readwrite');
    transaction.objectStore('rows').put(document_(n), key(n));
    await finished(transaction);
  };
  const ones = [];
  const oneByOne = await timed(async () => {
    for (let n = 0; n < onesAwaited; n++) ones.push(await timed(() => put(n)));
  });
  const rest = db.transaction('rows', 'readwrite');
  for (let n = onesAwaited; n < documents; n++) rest.objectStore('rows').put(document_(n), key(n));
  await finished(rest);
  db.close();
  const start = await timed(async () => {
    const again = await database('idb');
    const rows = await asked(again.transaction('rows').objectStore('rows').getAll());
    if (rows.length !== documents) throw new Error('floor_idb lost rows');
    again.close();
  });
  return { start, puts: (onesAwaited / oneByOne) * 1000, durable: median(ones) };
}

/** About what one would write without a library. */
async function openLog(name) {
  const db = await database(name);
  const rows = new Map();
  for (const batch of await asked(db.transaction('rows').objectStore('rows').getAll())) {
    for (const [id, value] of JSON.parse(batch)) rows.set(id, value);
  }
  let gathered = [];
  let waiting = [];
  let running = false;
  async function commit() {
    running = true;
    while (gathered.length) {
      const [batch, told] = [gathered, waiting];
      [gathered, waiting] = [[], []];
      const transaction = db.transaction('rows', 'readwrite');
      transaction.objectStore('rows').put(JSON.stringify(batch));
      await finished(transaction);
      for (const tell of told) tell();
    }
    running = false;
  }
  return {
    rows,
    close: () => db.close(),
    put(id, value) {
      rows.set(id, value);
      gathered.push([id, value]);
      if (!running) queueMicrotask(() => running || commit());
    },
    durable: () => new Promise((resolve) => waiting.push(resolve)),
  };
}

async function floorLog() {
  await drop('log');
  const log = await openLog('log');
  const puts = await timed(() => {
    for (let n = 0; n < documents; n++) log.put(key(n), document_(n));
    return log.durable();
  });
  const ones = [];
  for (let n = 0; n < onesAwaited / 4; n++)
    ones.push(
      await timed(() => {
        log.put(key(n), document_(n));
        return log.durable();
      }),
    );
  const reads = await timed(() => {
    for (let n = 0; n < 1e5; n++) log.rows.get(key(n % documents));
  });
  log.close();
  let again;
  const start = await timed(async () => {
    again = await openLog('log');
  });
  if (again.rows.size !== documents) throw new Error('floor_log lost rows');
  again.close();
  return { start, puts: (documents / puts) * 1000, durable: median(ones), reads: (1e5 / reads) * 1000 };
}

// ---- the SDK

async function writes() {
  const db = await open({ store: 'writes', log: 'error' });
  const t = db.collection('tasks');
  let last;
  const puts = await timed(() => {
    for (let n = 0; n < stored; n++) last = t.put(key(n), document_(n));
    return last.durable;
  });
  const ones = [];
  for (let n = 0; n < onesAwaited / 4; n++) ones.push(await timed(() => t.put(key(n), document_(n)).durable));
  const told = [];
  let begin = 0;
  for (let n = 0; n < onesAwaited; n++) {
    const value = { ...document_(n), n };
    const stop = t.watch(key(n)).subscribe(() => {
      if (begin) told.push(performance.now() - begin);
    });
    begin = performance.now();
    t.put(key(n), value);
    await new Promise((resolve) => setTimeout(resolve));
    begin = 0;
    stop();
  }
  const reads = await timed(() => {
    for (let n = 0; n < 1e5; n++) t.get(key(n % stored));
  });
  const query = t.query({ where: { done: false }, orderBy: 'rank', limit: 50 });
  const firstRows = await timed(() => query());
  const updates = [];
  query.subscribe(() => {
    if (begin) updates.push(performance.now() - begin);
  });
  for (let n = 0; n < onesAwaited; n++) {
    const value = { ...document_(n), done: false, rank: -n };
    begin = performance.now();
    t.put(key(onesAwaited + n), value);
    await new Promise((resolve) => setTimeout(resolve));
  }
  await db.destroy();
  return {
    puts: (stored / puts) * 1000,
    durable: median(ones),
    told: median(told),
    told99: percentile(told, 0.99),
    reads: (1e5 / reads) * 1000,
    firstRows,
    update: median(updates),
  };
}

const offline = class {
  constructor() {
    setTimeout(() => this.onclose?.({ code: 1006, reason: '' }));
  }
  send() {}
  close() {}
};

async function start() {
  const options = { url: 'http://bench.test', store: 'start', log: 'error' };
  const server = new FakeServer();
  for (let n = 0; n < documents; n++) server.write('tasks', key(n), document_(n));
  const db = await open({ ...options, WebSocket: server.WebSocket });
  const t = db.collection('tasks');
  const pull = await timed(() => t.query().ready());
  // What was pulled is durable when a later write is.
  await t.put(key(0), document_(0)).acknowledged;
  await db.close();
  let again;
  const begin = await timed(async () => {
    again = await open({ ...options, WebSocket: offline });
  });
  const count = again.collection('tasks').count()().total;
  if (count !== documents)
    throw new RockpoolError('internal', `the store has ${count} of ${documents} records`);
  const all = await timed(() => again.collection('tasks').query()());
  await again.destroy();
  return { start: begin, all, pull };
}

async function empty() {
  let db;
  const time = await timed(async () => {
    db = await open({ store: 'empty', log: 'error' });
  });
  await db.destroy();
  return { empty: time };
}

const turns = { floor_idb: floorIdb, floor_log: floorLog, writes, start, empty };

export async function run(rounds) {
  const results = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, turn] of Object.entries(turns)) {
      for (const [figure, value] of Object.entries(await turn()))
        ((results[name] ??= {})[figure] ??= []).push(value);
    }
  }
  return Object.fromEntries(
    Object.entries(results).map(([name, figures]) => [
      name,
      Object.fromEntries(Object.entries(figures).map(([figure, values]) => [figure, median(values)])),
    ]),
  );
}
