// A document of a dialect does what it says: its commands are run as they stand, in one shell, against the
// demo configuration, and answered as they are said to be.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { Server, folder } from './world.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const mark = '---- the next example ----';

/** `…` stands for any text. */
function same(actual, expected) {
  if (expected === '…') return assert.ok(typeof actual === 'string' && actual.length > 10);
  if (typeof expected !== 'object' || expected === null) return assert.equal(actual, expected);
  assert.deepEqual(Object.keys(actual), Object.keys(expected));
  for (const key of Object.keys(expected)) same(actual[key], expected[key]);
}

function shell(commands, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-e'], { cwd });
    let [out, wrong] = ['', ''];
    child.stdout.on('data', (data) => (out += data));
    child.stderr.on('data', (data) => (wrong += data));
    child.on('close', (code) => (code === 0 ? resolve(out) : reject(new Error(`${code}: ${wrong}`))));
    child.stdin.end(commands);
  });
}

export async function runsAsItSays(t, document) {
  const text = readFileSync(path.join(root, document), 'utf8');
  const demo = readFileSync(path.join(root, 'examples/dialects/rockpool.json'), 'utf8');
  const { www: _, ...config } = JSON.parse(demo.replace(/^ *\/\/.*$/gm, ''));
  const here = folder(t);
  const file = path.join(here, 'rockpool.json');
  writeFileSync(file, JSON.stringify(config));
  const server = await Server.start(t, '--config', file, '--data', path.join(here, 'data'));
  const examples = [...text.matchAll(/```sh\n([^]*?)```\n```json\n([^]*?)```/g)];
  assert.equal(examples.length, text.match(/^```sh$/gm).length);
  const commands = examples.map(([, command]) => `${command}\necho '${mark}'\n`).join('');
  const out = await shell(
    commands.replaceAll('127.0.0.1:8787', new URL(server.url).host).replaceAll(/^curl /gm, 'curl -sS '),
    here,
  );
  const answers = out.split(mark).slice(0, -1);
  assert.equal(answers.length, examples.length);
  for (const [i, answer] of answers.entries()) same(JSON.parse(answer), JSON.parse(examples[i][2]));
}
