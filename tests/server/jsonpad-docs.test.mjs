// docs/dialects/jsonpad.md does what it says: its commands are run as they stand, against the demo
// configuration, and answered as they are said to be.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

import { Server, folder } from './world.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const text = readFileSync(path.join(root, 'docs/dialects/jsonpad.md'), 'utf8');

/** `…` stands for any text. */
function same(actual, expected) {
  if (expected === '…') return assert.ok(typeof actual === 'string' && actual.length > 10);
  if (typeof expected !== 'object' || expected === null) return assert.equal(actual, expected);
  assert.deepEqual(Object.keys(actual), Object.keys(expected));
  for (const key of Object.keys(expected)) same(actual[key], expected[key]);
}

function shell(command) {
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', command]);
    let [out, wrong] = ['', ''];
    child.stdout.on('data', (data) => (out += data));
    child.stderr.on('data', (data) => (wrong += data));
    child.on('close', (code) => (code === 0 ? resolve(out) : reject(new Error(`${code}: ${wrong}`))));
  });
}

test('the commands of the document are answered as it says', async (t) => {
  const demo = readFileSync(path.join(root, 'examples/dialects/rockpool.json'), 'utf8');
  const { www: _, ...config } = JSON.parse(demo.replace(/^ *\/\/.*$/gm, ''));
  const file = path.join(folder(t), 'rockpool.json');
  writeFileSync(file, JSON.stringify(config));
  const server = await Server.start(t, '--config', file, '--data', ':memory:');
  const examples = [...text.matchAll(/```sh\n(curl [^]*?)```\n```json\n([^]*?)```/g)];
  assert.equal(examples.length, text.match(/^curl /gm).length);
  for (const [, command, expected] of examples) {
    const here = command.replaceAll('127.0.0.1:8787', new URL(server.url).host);
    const answer = await shell(here.replaceAll('curl ', 'curl -sS '));
    same(JSON.parse(answer), JSON.parse(expected));
  }
});
