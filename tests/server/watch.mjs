// What a server under attack is measured by: how fast it says that it is well, what it holds.
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { sleep } from './world.mjs';

const self = fileURLToPath(import.meta.url);

// In a process of its own, so that attackers who are busy do not count as a server that is.
export class HealthWatch {
  constructor(url) {
    this.child = spawn(process.execPath, [self, url], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.text = '';
    this.child.stdout.on('data', (data) => (this.text += data));
  }

  // The longest it took, in ms; Infinity when it was not answered at all.
  async end() {
    const gone = new Promise((resolve) => this.child.on('exit', resolve));
    this.child.stdin.end();
    await gone;
    return Number(this.text.trim());
  }
}

export const rss = (pid) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
export const descriptors = (pid) => readdirSync(`/proc/${pid}/fd`).length;

// Whether it comes to hold within some seconds.
export async function becomes(holds, ms = 15_000) {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(50)) if (await holds()) return true;
  return false;
}

async function watch(url) {
  let longest = 0;
  let over = false;
  process.stdin.on('end', () => (over = true)).resume();
  while (!over) {
    const began = performance.now();
    const fine = await fetch(`${url}/health`, {
      headers: { Connection: 'close' },
      signal: AbortSignal.timeout(20_000),
    }).then(
      (answer) => answer.ok,
      () => false,
    );
    longest = Math.max(longest, fine ? performance.now() - began : Infinity);
    await sleep(100);
  }
  process.stdout.write(`${longest}\n`);
}

if (process.argv[1] === self) await watch(process.argv[2]);
