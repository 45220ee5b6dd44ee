// npm run prove -- churn [SECONDS] [CLIENTS]: two thousand clients over the three carriers, fifty of them
// leave and come back each second, as pages that are loaded anew do, while somebody writes. Memory has to be
// flat after the first minute, nothing may be lost, and the server says within a second that it is well.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { HealthWatch, becomes, descriptors, rss } from '../server/watch.mjs';
import { Server, Socket, put, sleep } from '../server/world.mjs';
import { LightEvents, LightPolls, LightSocket, agent } from '../soak/light.mjs';

const seconds = Number(process.argv[2] ?? 300);
const clients = Number(process.argv[3] ?? 2000);
const churn = 50;
const writesPerSecond = 5;
// Of ten clients so many are over a WebSocket, an event stream, polls.
const carriers = [...Array(6).fill(LightSocket), ...Array(2).fill(LightEvents), ...Array(2).fill(LightPolls)];

const home = mkdtempSync(path.join(tmpdir(), 'rockpool-churn-'));
const server = await Server.start(undefined, '--data', path.join(home, 'data'));
const pid = server.child.pid;
const counts = { deliveries: 0, gaps: 0, broken: [] };
const present = [];
const problems = [];
const coming = new Set();
let joined = 0;
let over = false;

async function join(name) {
  const client = new carriers[joined++ % carriers.length](counts);
  if (name) client.name = name;
  await client.join(server.port);
  client.timer = setInterval(() => client.ping(), 10_000);
  present.push(client);
}

function leave(client) {
  clearInterval(client.timer);
  client.leave();
}

async function write() {
  const socket = await Socket.open(server.port);
  await socket.hello('client-that-ticks');
  for (let n = 1; !over; n++) {
    const mutation = put(n, 'ticks', `t${n % 100}`, { tick: n });
    // Each record comes round again: its version is how often it was written.
    mutation.base = Math.floor((n - 1) / 100);
    socket.send({ type: 'push', settled: n - 1, except: [], mutations: [mutation] });
    socket.messages.length = 0;
    await sleep(1000 / writesPerSecond);
  }
  socket.close();
}

// MiB a minute, by least squares.
function slope(samples) {
  const mean = (of) => samples.reduce((sum, one) => sum + of(one), 0) / samples.length;
  const [t, m] = [mean(([at]) => at), mean(([, memory]) => memory)];
  const spread = mean(([at]) => (at - t) ** 2);
  return spread === 0 ? 0 : (mean(([at, memory]) => (at - t) * (memory - m)) / spread) * 60;
}

try {
  const files = descriptors(pid);
  for (let i = 0; i < clients; i += churn) {
    await Promise.all(Array.from({ length: Math.min(churn, clients - i) }, () => join()));
  }
  console.log(`churn: ${present.length} clients are there, ${rss(pid).toFixed(1)} MiB`);
  const watch = new HealthWatch(server.url);
  const busy = [write()];
  const samples = [];
  const began = Date.now();
  for (let second = 1; second <= seconds; second++) {
    for (let i = 0; i < churn; i++) {
      const [gone] = present.splice(Math.floor(Math.random() * present.length), 1);
      leave(gone);
      coming.add(join(gone.name).catch((error) => counts.broken.push(error.message)));
    }
    await sleep(Math.max(0, began + second * 1000 - Date.now()));
    samples.push([second, rss(pid)]);
    if (second % 30 === 0) {
      console.log(
        `churn: ${second} s, ${present.length} clients, ${samples.at(-1)[1].toFixed(1)} MiB, ` +
          `${counts.deliveries} deliveries, ${counts.gaps} gaps, ${counts.broken.length} broken off`,
      );
    }
  }
  over = true;
  await Promise.all([...busy, ...coming]);
  const longest = await watch.end();
  present.forEach(leave);
  await sleep(1_000);
  agent.destroy();
  if (!(await becomes(() => descriptors(pid) <= files + 3, 60_000))) {
    problems.push(`${descriptors(pid)} descriptors are open, ${files} at first`);
  }
  const later = samples.filter(([second]) => second > Math.min(60, seconds / 2));
  const rise = slope(later);
  if (counts.gaps) problems.push(`${counts.gaps} deliveries were lost or came twice`);
  if (counts.broken.length)
    problems.push(`broken off: ${[...new Set(counts.broken)].slice(0, 5).join('; ')}`);
  if (!(longest < 1000)) problems.push(`/health took ${longest} ms`);
  // By design it grows by the recent part of the log, 4,096 entries, and by pages that SQLite keeps.
  if (rise > 3) problems.push(`memory rises by ${rise.toFixed(2)} MiB a minute`);
  console.log(
    `churn: ${seconds} s, ${clients} clients, ${joined - clients} left and came, ` +
      `${counts.deliveries} deliveries, ${counts.gaps} gaps, /health within ${longest.toFixed(0)} ms, ` +
      `${later[0][1].toFixed(1)} MiB after the first minute, ${later.at(-1)[1].toFixed(1)} at the end, ` +
      `slope ${rise.toFixed(2)} MiB/min, ${problems.length} problems`,
  );
} finally {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
}
for (const problem of problems) console.error(`churn: ${problem}`);
process.exit(problems.length ? 1 : 0);
