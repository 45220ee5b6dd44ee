// node tests/soak/soak.mjs [--seconds 60] [--clients 16]: the built server under clients of the built SDK
// that write, go offline, close and open their store again, while strangers hang up in the middle of a
// snapshot. In the first part the server is killed again and again; in the rest one process has to hold its
// memory.
// At the end everybody has every write, once.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { open } from '../../dist/index.node.js';
import { root, Server } from '../e2e/server.mjs';
import { put, sleep, Socket } from '../server/world.mjs';
import { Client } from './client.mjs';

const self = fileURLToPath(import.meta.url);
if (!globalThis.WebSocket) {
  // Node 20 has one, behind a flag.
  const { status } = spawnSync(
    process.execPath,
    ['--experimental-websocket', '--no-warnings', self, ...process.argv.slice(2)],
    { stdio: 'inherit' },
  );
  process.exit(status ?? 1);
}
const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, clients: { type: 'string', default: '16' } },
});
const seconds = Number(values.seconds);
const count = Number(values.clients);
if (!(seconds >= 10 && count >= 1)) {
  console.error(`usage: node ${path.relative(root, self)} [--seconds N, at least 10] [--clients N]`);
  process.exit(2);
}

const killedPart = 0.4;
const kills = Math.max(3, Math.round((seconds * killedPart) / 15));
const problems = [];
const claim = (holds, problem) => holds || problems.push(problem);

const server = new Server();
const rss = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]) / 1024;
const files = () => readdirSync(`/proc/${server.pid}/fd`).length;
const atMost = (what, ms) => Promise.race([what, sleep(ms)]);

/** Files the server has open with nobody connected, after it has served somebody. */
async function idleFiles() {
  let least = files();
  for (let i = 0; i < 50; i++, least = Math.min(least, files())) await sleep(100);
  return least;
}

/** The counter that all share: a lost increment lowers it, a doubled one raises it. */
async function first() {
  const socket = await Socket.open(Number(new URL(server.url).port));
  await socket.hello('client-first');
  socket.send({ type: 'push', settled: 0, except: [], mutations: [put(1, 'sums', 'all', { n: 0 })] });
  await socket.next('ack');
  socket.close();
}

async function strangers(goesOn) {
  for (let n = 0; goesOn(); n++, await sleep(100)) {
    const socket = await Socket.open(Number(new URL(server.url).port)).catch(() => undefined);
    if (!socket) continue;
    if (n % 2) socket.send({ type: 'hello', protocol: 1, client: `stranger-${n}` });
    if (n % 2) socket.send({ type: 'subscribe', sub: 's', collection: 'rows' });
    socket.close();
  }
}

async function killings(ms) {
  for (let i = 0; i < kills; i++) {
    await sleep((ms / kills) * (0.5 + Math.random() / 2));
    await server.kill();
    await sleep(300);
    await server.start();
  }
}

function diskMiB() {
  const folder = server.file('data');
  return readdirSync(folder).reduce((sum, file) => sum + statSync(path.join(folder, file)).size, 0) / 2 ** 20;
}

/**
 * Memory of one process: at the end of the first quarter, and the most of the second half. By design it may
 * grow by the recent entries, 16 MiB, and by what SQLite keeps of the growing log in its cache, 64 MiB.
 */
async function memory(ms) {
  const samples = [];
  for (const end = Date.now() + ms; Date.now() < end; await sleep(250)) samples.push([rss(), diskMiB()]);
  const [early, disk] = samples[samples.length >> 2];
  const second = samples.slice(samples.length >> 1);
  const late = Math.max(...second.map(([memory]) => memory));
  const cached = Math.min(64, Math.max(0, Math.max(...second.map(([, size]) => size)) - disk));
  const [a, b, c] = [early, late, cached].map((size) => size.toFixed(0));
  const said = `${a} MiB early, ${b} MiB late, of it at most ${c} more cached`;
  claim(late <= early * 1.25 + 24 + cached, `memory grows: ${said}`);
  return said;
}

function compare(whose, rows, sums, expected) {
  const held = new Map(rows.map(({ id, n }) => [id, n]));
  claim(held.size === rows.length, `${whose}: ${rows.length - held.size} rows are there twice`);
  const list = (ids) => `${ids.length} rows, such as ${ids.slice(0, 3).join(', ')}`;
  const lost = [...expected.rows].filter(([id, n]) => held.get(id) !== n).map(([id]) => id);
  const extra = [...held.keys()].filter((id) => !expected.rows.has(id));
  claim(lost.length === 0, `${whose}: lost ${list(lost)}`);
  claim(extra.length === 0, `${whose}: was to be removed: ${list(extra)}`);
  const sum = sums.find(({ id }) => id === 'all')?.n;
  claim(sum === expected.sum, `${whose}: the sum is ${sum}, ${expected.sum} was added`);
}

async function exported(collection) {
  const text = await server.verb('export', '--collection', collection, '--data', server.file('data'));
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

async function soak() {
  await server.start();
  await first();
  const base = await idleFiles();
  const clients = await Promise.all(
    Array.from({ length: count }, (_, i) =>
      Client.open(open, { url: server.url, dir: server.file(`client-${i}`), name: `c${i}`, problems }),
    ),
  );
  let over = false;
  const goesOn = () => !over;
  const busy = [
    strangers(goesOn),
    ...clients.map((client) =>
      client.live(goesOn).catch((error) => problems.push(`${client.name}: ${error.message}`)),
    ),
  ];
  await killings(seconds * 1000 * killedPart);
  const held = await memory(seconds * 1000 * (1 - killedPart));
  over = true;
  await Promise.all(busy);

  const expected = {
    rows: new Map(clients.flatMap((client) => [...client.rows])),
    sum: clients.reduce((sum, client) => sum + client.added, 0),
  };
  await atMost(Promise.all(clients.map((client) => client.synced())), 60_000);
  const agree = () => clients.every((client) => client.sum() === expected.sum);
  for (let i = 0; i < 300 && !agree(); i++) await sleep(100);
  for (const client of clients) {
    claim(
      client.db.pending().length === 0,
      `${client.name}: ${client.db.pending().length} writes still wait`,
    );
    compare(client.name, client.all('rows'), client.all('sums'), expected);
  }
  await Promise.all(clients.map((client) => client.db.close()));
  const left = await idleFiles();
  claim(left <= base, `the server holds ${left} files open with nobody there, ${base} at first`);
  await server.stop();
  compare('export', await exported('rows'), await exported('sums'), expected);
  const said = await server.verb('check', '--data', server.file('data')).catch((error) => error.stdout);
  claim(/everything fits together/.test(said), `check: ${said}`);

  const total = (name) => clients.reduce((sum, client) => sum + client[name], 0);
  console.log(
    `soak: ${seconds} s, ${count} clients, ${total('written')} writes, ${kills} kills, ` +
      `${total('paused')} times offline, ${total('reopened')} stores opened again, ` +
      `${held}, ${base} files open at first and ${left} at the end, ${problems.length} problems`,
  );
}

try {
  await soak();
} catch (error) {
  problems.push(`${error.stack}\n${server.log.slice(-2000)}`);
} finally {
  await server.remove();
}
for (const problem of problems.slice(0, 20)) console.error(`soak: ${problem}`);
process.exit(problems.length ? 1 : 0);
