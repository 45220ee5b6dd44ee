// What the HTTP API costs the server, beside the original: processor time for 1,000 commands, writes and
// reads, in batches of 1, 10 and 100 over 16 connections that stay open. `npm run bench -- deepstream
// [ROUNDS]`. The original keeps nothing on disk, so ours is measured in memory and with SQLite.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { startOriginal } from '../peers/deepstream/peer.mjs';
import { Server } from '../server/world.mjs';

const rounds = Number(process.argv[2] ?? 5);
const roundMs = 1_500;
const connections = 16;
const names = 1_000;
const goals = { 'write 1': 1 / 3, 'write 10': 1 / 4, 'write 100': 1 / 4 };

const folder = mkdtempSync(path.join(tmpdir(), 'rockpool-bench-'));
const median = (all) => [...all].sort((a, b) => a - b)[all.length >> 1];

/** Of all threads, in seconds; the kernel counts in hundredths. */
function cpu(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const rss = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

function command(action, n) {
  const one = { topic: 'record', action, recordName: `bench/${n % names}` };
  return action === 'write'
    ? { ...one, data: { n, title: 'Tide pool', tags: ['a', 'b'], done: false } }
    : one;
}

/** Requests of `size` commands each, made once and sent again and again. */
function requests({ http, port }, action, size) {
  const target = new URL(http).pathname;
  return Array.from({ length: Math.ceil(names / size) }, (_, i) => {
    const body = JSON.stringify({
      body: Array.from({ length: size }, (_, j) => command(action, i * size + j)),
    });
    return Buffer.from(
      `POST ${target} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\n` +
        `Content-Length: ${body.length}\r\n\r\n${body}`,
    );
  });
}

/** The length of the answer at the beginning of `text`, or 0 while it is not all there. */
function answerLength(text) {
  const head = text.indexOf('\r\n\r\n');
  if (head < 0) return 0;
  const declared = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, head + 2));
  if (declared) return text.length >= head + 4 + Number(declared[1]) ? head + 4 + Number(declared[1]) : 0;
  const end = text.indexOf('\r\n0\r\n\r\n', head);
  return end < 0 ? 0 : end + 7;
}

/** One connection that asks, waits for the answer and asks again while `goes`. Returns how often. */
function asks(port, all, first, goes) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1').setNoDelay(true);
    let [count, got] = [0, ''];
    const next = () => socket.write(all[(first + count * connections) % all.length]);
    socket.on('connect', next);
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the server closed the connection')));
    socket.on('data', (bytes) => {
      got += bytes.toString('latin1');
      const length = answerLength(got);
      if (length === 0) return;
      if (!got.startsWith('HTTP/1.1 200') || !got.includes('"result":"SUCCESS"'))
        return reject(new Error(`refused: ${got.slice(0, 500)}`));
      got = got.slice(length);
      count++;
      if (goes()) return next();
      socket.removeAllListeners('close').destroy();
      resolve(count);
    });
  });
}

/** Milliseconds of processor time for 1,000 commands. */
async function measure(world, action, size, ms) {
  const all = requests(world, action, size);
  const end = Date.now() + ms;
  const began = cpu(world.pid);
  const counts = await Promise.all(
    Array.from({ length: connections }, (_, i) => asks(world.port, all, i, () => Date.now() < end)),
  );
  const commands = counts.reduce((sum, count) => sum + count, 0) * size;
  return { cost: ((cpu(world.pid) - began) * 1e6) / commands, rate: commands / (ms / 1000) };
}

async function ours(name, data) {
  const config = path.join(folder, `${name}.json`);
  writeFileSync(config, JSON.stringify({ data, dialects: { deepstream: {} } }));
  const server = await Server.start(undefined, '--config', config, '--log-level', 'error');
  const { port, url } = server;
  return {
    name,
    pid: server.child.pid,
    port,
    http: `${url}/deepstream/api/v1`,
    close: () => server.kill(),
  };
}

const worlds = [];
try {
  worlds.push({ ...(await startOriginal()), name: 'original' });
  worlds.push(await ours('memory', ':memory:'), await ours('sqlite', path.join(folder, 'data')));
  const started = worlds.map(({ name, pid }) => `${name} ${rss(pid).toFixed(1)} MiB`);
  console.log(`deepstream, memory at start   ${started.join('   ')}`);
  for (const world of worlds) await measure(world, 'write', 10, roundMs);
  for (const action of ['write', 'read'])
    for (const size of [1, 10, 100]) {
      const costs = worlds.map(() => []);
      const rates = worlds.map(() => []);
      for (let round = 0; round <= rounds; round++)
        for (const [i, world] of worlds.entries()) {
          const { cost, rate } = await measure(world, action, size, roundMs);
          if (round > 0) (costs[i].push(cost), rates[i].push(rate)); // the first warms up
        }
      report(`${action} ${size}`, costs.map(median), rates.map(median));
    }
} finally {
  await Promise.all(worlds.map((world) => world.close()));
  rmSync(folder, { recursive: true, force: true });
}

function report(what, costs, rates) {
  const [floor, ...mine] = costs;
  const goal = goals[what];
  const shown = mine.map((cost, i) => {
    const missed = goal && cost / floor > goal ? `, goal ${goal.toFixed(2)} MISSED` : '';
    return `${worlds[i + 1].name} ${cost.toFixed(1)} ms (${(cost / floor).toFixed(3)}${missed})`;
  });
  const speeds = rates.map((rate) => Math.round(rate)).join(' / ');
  console.log(
    `deepstream, ${what.padEnd(9)}  CPU for 1,000: original ${floor.toFixed(1)} ms, ${shown.join(', ')}; ` +
      `${speeds} a second`,
  );
}
