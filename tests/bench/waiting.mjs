// Many who wait at one server, 5,000 RESTED sockets and 5,000 JSONPad polls unless another number is given:
// what each of them takes of the server's memory, and the time until all of both have heard of one event.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const count = Number(process.argv[2] ?? 5000);
const events = 5;
const program = process.env.ROCKPOOL ?? 'build/release/rockpool';
const admin = { Authorization: 'Bearer administrator' };
const basic = (user) => ({ Authorization: `Basic ${Buffer.from(user).toString('base64')}` });

const here = mkdtempSync(path.join(tmpdir(), 'rockpool-bench-'));
const config = {
  data: ':memory:',
  dialects: {
    rested: { adminToken: 'administrator' },
    jsonpad: { accounts: { user: { tokens: ['api'], realtimeTokens: ['rt'] } }, pollSeconds: 55 },
  },
};
writeFileSync(path.join(here, 'rockpool.json'), JSON.stringify(config));

async function serve() {
  const words = ['serve', '--listen', '127.0.0.1:0', '--config', path.join(here, 'rockpool.json')];
  const child = spawn(program, [...words, '--log-level', 'error']);
  const port = await new Promise((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    child.stdout.on('data', (data) => {
      const said = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(data);
      if (said) resolve(Number(said[1]));
    });
  });
  return { child, port, url: `http://127.0.0.1:${port}` };
}

/** Kilobytes that the process holds. */
const resident = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);

async function post(url, headers, data) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(data),
  });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** A connection that calls `hear` for everything that comes after the head of the first answer. */
function connect(port, head, hear) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(head));
    socket.on('data', (bytes) => hear(bytes, socket));
    socket.on('error', reject);
    resolve(socket);
  });
}

/** A few at a time, so that none waits in vain to be accepted. */
async function many(make) {
  const made = [];
  while (made.length < count)
    made.push(...(await Promise.all(Array.from({ length: Math.min(50, count - made.length) }, make))));
  return made;
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
async function until(holds) {
  for (const end = Date.now() + 60_000; !holds(); await sleep(1))
    if (Date.now() > end) throw new Error('waited in vain');
}

async function rested(server) {
  const manage = `${server.url}/rested/api/1/manage/projects`;
  const { projectId, apiKey } = await post(manage, admin, { name: 'a project' });
  await post(`${manage}/${projectId}/endpoints`, admin, { name: 'bench' });
  const target = `/rested/api/1/ce/bench?key=${apiKey}`;
  let [open, heard] = [0, 0];
  const begin = () => {
    const key = randomBytes(16).toString('base64');
    const head = [
      `GET ${target} HTTP/1.1`,
      'Host: x',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${key}`,
    ];
    return connect(server.port, head.join('\r\n') + '\r\n\r\n', (bytes) => {
      bytes[0] === 0x81 ? heard++ : open++;
    });
  };
  return {
    begin: async () => {
      const made = await many(begin);
      await until(() => open === count);
      return made;
    },
    event: (n) => post(`${server.url}${target}`, {}, { n }),
    heard: (n) => heard === count * n,
    again: async () => {},
  };
}

/** A list over the collection of the endpoint. */
async function jsonpad(server) {
  const lists = `${server.url}/jsonpad/api/v1.0/lists`;
  await post(lists, basic('user:api'), { name: 'bench', realtime_enabled: true });
  const request =
    ['GET /jsonpad/lists/bench HTTP/1.1', 'Host: x', `Authorization: ${basic('user:rt').Authorization}`].join(
      '\r\n',
    ) + '\r\n\r\n';
  let heard = 0;
  const waiting = new Set();
  const begin = () =>
    connect(server.port, request, (bytes, socket) => {
      if (!bytes.includes('item-create')) return;
      heard++;
      waiting.add(socket);
    });
  const parked = async () => {
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    return Number(/rockpool_sessions\{dialect="jsonpad",carrier="poll"\} (\d+)/.exec(metrics)?.[1]);
  };
  const settle = async () => {
    while ((await parked()) < count) await sleep(20);
  };
  return {
    begin: async () => {
      const made = await many(begin);
      await settle();
      return made;
    },
    heard: (n) => heard === count * n,
    again: async () => {
      for (const socket of waiting) socket.write(request);
      waiting.clear();
      await settle();
    },
  };
}

const server = await serve();
const worlds = { rested: await rested(server), jsonpad: await jsonpad(server) };
await worlds.rested.event(0);
await sleep(500);
const sockets = [];
for (const [name, world] of Object.entries(worlds)) {
  const before = resident(server.child.pid);
  sockets.push(...(await world.begin()));
  await sleep(1500);
  const each = (resident(server.child.pid) - before) / count;
  console.log(`${name}: ${count} wait with ${each.toFixed(1)} KB each`);
}
const took = [];
for (let n = 1; n <= events; n++) {
  const began = performance.now();
  await worlds.rested.event(n);
  await until(() => Object.values(worlds).every((world) => world.heard(n)));
  took.push(performance.now() - began);
  for (const world of Object.values(worlds)) await world.again();
}
const median = took.sort((a, b) => a - b)[events >> 1];
console.log(`all ${2 * count} at one server have heard of one event in ${median.toFixed(0)} ms`);
for (const socket of sockets) socket.destroy();
server.child.removeAllListeners('exit');
server.child.kill();
rmSync(here, { recursive: true });
