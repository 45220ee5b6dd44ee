// The built server in a folder of its own, for one test. It can be killed and started again on the same
// folder and port.
import { spawn, execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { loud, said, secret, secretsOf } from '../server/secrets.mjs';

export const root = fileURLToPath(new URL('../../', import.meta.url));
const program = process.env.ROCKPOOL ?? path.join(root, 'build/release/rockpool');
export const dist = process.env.ROCKPOOL_DIST ?? path.join(root, 'dist');
const run = promisify(execFile);

export class Server {
  #child;
  #folder;
  #listen = '127.0.0.1:0';
  #config;
  log = '';
  url = '';

  constructor(config = {}) {
    this.#config = config;
    secretsOf(config);
  }

  /** More of the configuration, before the start. */
  configure(more) {
    secretsOf(more);
    this.#config = { ...this.#config, ...more };
  }

  /** What the configuration wants of a password. */
  hash(password) {
    const child = spawn(program, ['password']);
    child.stdin.end(password);
    return new Promise((resolve) => child.stdout.on('data', (text) => resolve(String(text).trim())));
  }

  async start() {
    this.#folder ??= await mkdtemp(path.join(tmpdir(), 'rockpool-e2e-'));
    const config = path.join(this.#folder, 'rockpool.json');
    await writeFile(
      config,
      JSON.stringify({
        data: path.join(this.#folder, 'data'),
        www: path.join(root, 'examples'),
        sdk: dist,
        ...this.#config,
      }),
    );
    this.#child = spawn(program, ['serve', '--config', config, '--listen', this.#listen, ...loud()], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.url = await this.#ready(this.#child);
    this.#listen = new URL(this.url).host;
  }

  #ready(child) {
    return new Promise((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`the server did not say that it listens\n${this.log}`)),
        20_000,
      );
      const hear = (data) => {
        this.log += data;
        const said = /listening on (http:\/\/\S+)/.exec(this.log.slice(this.#heard));
        if (!said) return;
        this.#heard = this.log.length;
        clearTimeout(late);
        resolve(said[1]);
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.on('error', reject);
      child.on('exit', (code) => {
        clearTimeout(late);
        reject(new Error(`the server ended with ${code}\n${this.log}`));
      });
    });
  }

  #heard = 0;
  #kept = 0;

  async #end(signal) {
    const child = this.#child;
    this.#child = undefined;
    if (!child) return;
    said(this.log.slice(this.#kept));
    this.#kept = this.log.length;
    if (child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }

  /** As a power cut does it. */
  kill() {
    return this.#end('SIGKILL');
  }

  stop() {
    return this.#end('SIGTERM');
  }

  async remove() {
    await this.kill();
    if (this.#folder) await rm(this.#folder, { recursive: true, force: true });
  }

  /** Another verb of the same program. */
  async verb(...words) {
    return (await run(program, words, { cwd: this.#folder, maxBuffer: 1 << 26 })).stdout;
  }

  token(user) {
    return this.verb('token', '--config', path.join(this.#folder, 'rockpool.json'), '--user', user).then(
      (text) => secret(text.trim()),
    );
  }

  /** How many connections speak the native protocol now, over whichever carrier. */
  async sessions() {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    const counts = [...text.matchAll(/^rockpool_sessions\{.*\} (\d+)$/gm)].map(([, count]) => Number(count));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  get pid() {
    return this.#child.pid;
  }

  file(name) {
    return path.join(this.#folder, name);
  }
}
