// npm run prove -- abuse [ROUNDS]: all attacks of tests/server/attacks.mjs, ten times over; memory of the
// last round is that of the second, give or take 5 %.
import { attacks } from '../server/attacks.mjs';
import { HealthWatch, becomes, descriptors, rss } from '../server/watch.mjs';
import { Server, sleep } from '../server/world.mjs';

const rounds = Number(process.argv[2] ?? 10);
const server = await Server.start(undefined, '--data', ':memory:');
const pid = server.child.pid;
const problems = [];
const held = [];
try {
  const files = descriptors(pid);
  for (let round = 1; round <= rounds; round++) {
    const watch = new HealthWatch(server.url);
    for (const [name, attack] of attacks) {
      await attack(server).catch((error) => problems.push(`round ${round}, ${name}: ${error.message}`));
    }
    const longest = await watch.end();
    if (!(longest < 1000)) problems.push(`round ${round}: /health took ${longest} ms`);
    await becomes(() => descriptors(pid) <= files + 2);
    await sleep(1_000);
    held.push(rss(pid));
    console.log(
      `round ${round}: ${held.at(-1).toFixed(1)} MiB, ${descriptors(pid)} descriptors, ` +
        `/health within ${longest.toFixed(0)} ms`,
    );
  }
  if (!(await becomes(() => descriptors(pid) <= files + 2))) problems.push('descriptors are left open');
  const growth = held.at(-1) / held[1] - 1;
  if (growth > 0.05) problems.push(`memory grew by ${(growth * 100).toFixed(1)} % since round 2`);
  console.log(
    `abuse: ${rounds} rounds of ${attacks.size} attacks, ` +
      `memory ${(growth * 100).toFixed(1)} % since round 2, ${problems.length} problems`,
  );
} finally {
  await server.kill();
}
for (const problem of problems.slice(0, 20)) console.error(`abuse: ${problem}`);
process.exit(problems.length ? 1 : 0);
