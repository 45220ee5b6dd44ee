// Channels of DatoCMS under writes: 1,000 subscribers over 100 distinct queries on 10,000 records, 200 writes
// a second. What each write costs, in evaluations and in time of the processor, beside evaluating every query
// after every write; and how long it takes until a subscriber hears of it.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const seconds = Number(process.argv[2] ?? 10);
const [records, queries, subscribers, rate] = [10_000, 100, 1000, 200];
const program = process.env.ROCKPOOL ?? 'build/release/rockpool';
const token = 'everything';

const here = mkdtempSync(path.join(tmpdir(), 'rockpool-bench-'));
const fields = { title: 'string', views: 'integer', body: 'text' };
writeFileSync(
  path.join(here, 'rockpool.json'),
  JSON.stringify({
    data: ':memory:',
    limits: { userMessagesPerSecond: 1e6, userMessagesBurst: 1e6, connectionsPerAddress: 5000 },
    dialects: {
      datocms: {
        models: { post: { fields } },
        tokens: [{ token, permissions: ['read', 'drafts', 'write'] }],
      },
    },
  }),
);

const words = ['serve', '--listen', '127.0.0.1:0', '--config', path.join(here, 'rockpool.json')];
const child = spawn(program, [...words, '--log-level', 'error']);
const port = await new Promise((resolve, reject) => {
  child.on('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  child.stdout.on('data', (data) => {
    const said = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(data);
    if (said) resolve(Number(said[1]));
  });
});

const agent = new Agent({ keepAlive: true, maxSockets: 8 });
function ask(method, place, body) {
  return new Promise((resolve, reject) => {
    const headers = { Authorization: `Bearer ${token}` };
    const asked = request({ port, agent, method, path: place, headers }, (answer) => {
      let text = '';
      answer.on('data', (data) => (text += data));
      answer.on('end', () =>
        answer.statusCode < 300 ? resolve(text) : reject(new Error(`${answer.statusCode} ${text}`)),
      );
    });
    asked.on('error', reject);
    asked.end(body && JSON.stringify(body));
  });
}

/** Milliseconds of the processor that the server has taken. */
function taken() {
  const all = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(all[11]) + Number(all[12])) * 10;
}
async function evaluations() {
  const text = await ask('GET', '/metrics');
  return Number(/^rockpool_evaluations_total\{dialect="datocms"\} (\d+)$/m.exec(text)[1]);
}
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const quantile = (list, part) => list.toSorted((a, b) => a - b)[Math.floor((list.length - 1) * part)];

// ---- records, their numbers in the order of their views
const type = { item_type: { data: { type: 'item_type', id: 'post' } } };
const ids = [];
for (let i = 0; i < records; i += 50)
  ids.push(
    ...(await Promise.all(
      Array.from({ length: 50 }, async (_, j) => {
        const attributes = { title: `post ${i + j}`, views: i + j, body: 'x'.repeat(500) };
        const body = { data: { type: 'item', attributes, relationships: type } };
        return JSON.parse(await ask('POST', '/datocms/cma/items', body)).data.id;
      }),
    )),
  );

// ---- queries, each the first twenty of its hundred records
function text(at) {
  const filter = `{views: {gte: ${at}, lt: ${at + records / queries}}}`;
  return `{ allPosts(filter: ${filter}, orderBy: views_ASC) { id title views } }`;
}
const texts = Array.from({ length: queries }, (_, i) => text((i * records) / queries));

// Of all that a subscriber is sent, what its newest update says of a mark.
const told = new Map(); // mark -> times at which it was heard
function subscribe(url) {
  const socket = net.connect(port, '127.0.0.1', () =>
    socket.write(`GET ${new URL(url).pathname} HTTP/1.1\r\nHost: x\r\n\r\n`),
  );
  socket.setEncoding('utf8');
  socket.on('data', (data) => {
    for (const [, mark] of data.matchAll(/mark (\d+)/g))
      if (!told.has(mark)) told.set(mark, performance.now());
  });
  return new Promise((resolve) => socket.once('data', () => resolve(socket)));
}
const sockets = [];
for (let i = 0; i < subscribers; i++) {
  const body = { query: texts[i % queries] };
  const { url } = JSON.parse(await ask('POST', '/datocms/listen/preview?shape=response', body));
  sockets.push(await subscribe(url));
}

// ---- writes
let seed = 1;
const random = (below) => (seed = (seed * 48_271) % 2_147_483_647) % below;
let marks = 0;
async function write(count) {
  const sent = new Map();
  const began = performance.now();
  const under = [];
  for (let n = 0; n < count; n++) {
    const mark = String(++marks);
    const attributes = { title: `mark ${mark}` };
    sent.set(mark, performance.now());
    under.push(ask('PUT', `/datocms/cma/items/${ids[random(records)]}`, { data: { attributes } }));
    const late = began + ((n + 1) * 1000) / rate - performance.now();
    if (late > 0) await sleep(late);
  }
  await Promise.all(under);
  await sleep(500);
  return [...sent].filter(([mark]) => told.has(mark)).map(([mark, at]) => told.get(mark) - at);
}
await write(rate);

const count = rate * seconds;
const before = { evaluations: await evaluations(), taken: taken() };
const latency = await write(count);
const after = { evaluations: await evaluations(), taken: taken() };
const each = (after.evaluations - before.evaluations) / count;
const cost = (after.taken - before.taken) / count;

// ---- the same writes with nobody listening, and what one evaluation costs
for (const socket of sockets) socket.destroy();
await sleep(500);
let began = taken();
await write(count);
const bare = (taken() - began) / count;
began = taken();
const rounds = 20;
for (let round = 0; round < rounds; round++)
  await Promise.all(texts.map((query) => ask('POST', '/datocms/graphql/preview', { query })));
const evaluation = (taken() - began) / rounds / queries;

console.log(
  `${subscribers} subscribers, ${queries} queries, ${records} records, ${rate} writes/s, ${seconds} s`,
);
console.log(
  `evaluations a write: ${each.toFixed(3)} of ${queries} (${(queries / each).toFixed(0)} times fewer)`,
);
console.log(`processor a write: ${cost.toFixed(2)} ms, ${bare.toFixed(2)} ms with nobody listening`);
console.log(
  `all queries after every write: ${(bare + evaluation * queries).toFixed(1)} ms, ` +
    `${((bare + evaluation * queries) / cost).toFixed(1)} times as much`,
);
console.log(
  `write to update: median ${quantile(latency, 0.5).toFixed(1)} ms, ` +
    `p99 ${quantile(latency, 0.99).toFixed(1)} ms (${latency.length} told)`,
);
child.removeAllListeners('exit');
child.kill();
rmSync(here, { recursive: true });
process.exit(0);
