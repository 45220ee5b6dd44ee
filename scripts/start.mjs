// The demo server. Ctrl-C, SIGTERM and a closed terminal all let it drain; it never outlives this program.
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const built = spawnSync('scripts/build.sh', ['all'], { stdio: 'inherit' });
if (built.status !== 0) process.exit(built.status ?? 1);

const args = ['serve', '--config', 'examples/dialects/rockpool.json'];
if (process.env.PORT) args.push('--listen', `127.0.0.1:${process.env.PORT}`);

// A process group of its own: Ctrl-C reaches the server once, through us. setpriv ends it if we are killed.
const server = spawn('setpriv', ['--pdeathsig', 'TERM', 'build/release/rockpool', ...args], {
  detached: true,
  stdio: ['ignore', 'pipe', 'inherit'],
});
let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (!stopping) server.kill('SIGTERM');
    stopping = true;
  });
}

let said = '';
server.stdout.on('data', (data) => {
  process.stdout.write(data);
  if (said === null) return;
  said += data;
  const url = /listening on (http\S+)/.exec(said)?.[1];
  if (!url) return;
  said = null;
  console.log(`demo pages: ${url}/   (Ctrl-C stops)`);
});
server.on('error', (error) => {
  console.error(`start: ${error.message}`);
  process.exit(1);
});
server.on('close', (code, signal) =>
  process.exit(stopping && (code === 0 || signal === 'SIGTERM') ? 0 : (code ?? 1)),
);
