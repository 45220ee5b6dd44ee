// docs/dialects/deepstream.md does what it says: its commands are run as they stand, against the demo
// configuration, and answered as they are said to be.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

import { Server, folder } from './world.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const text = readFileSync(path.join(root, 'docs/dialects/deepstream.md'), 'utf8');

/** The demo's configuration, without its comments and its pages. */
function start(t) {
  const demo = readFileSync(path.join(root, 'examples/dialects/rockpool.json'), 'utf8');
  const { www: _, ...config } = JSON.parse(demo.replace(/^ *\/\/.*$/gm, ''));
  const file = path.join(folder(t), 'rockpool.json');
  writeFileSync(file, JSON.stringify(config));
  return Server.start(t, '--config', file, '--data', ':memory:');
}

const here = (code, server) => code.replaceAll('127.0.0.1:8787', new URL(server.url).host);

function run(program, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, options);
    let [out, wrong] = ['', ''];
    child.stdout.on('data', (data) => (out += data));
    child.stderr.on('data', (data) => (wrong += data));
    child.on('close', (code) => (code === 0 ? resolve(out) : reject(new Error(`${code}: ${wrong}`))));
  });
}

/** `…` stands for any text. */
function same(actual, expected) {
  if (expected === '…') return assert.ok(typeof actual === 'string' && actual.length > 20);
  if (typeof expected !== 'object' || expected === null) return assert.equal(actual, expected);
  assert.deepEqual(Object.keys(actual), Object.keys(expected));
  for (const key of Object.keys(expected)) same(actual[key], expected[key]);
}

test('the commands of the document are answered as it says', async (t) => {
  const server = await start(t);
  const examples = [...text.matchAll(/```sh\n(curl [^]*?|TOKEN[^]*?)```\n```(json|text)\n([^]*?)```/g)];
  assert.equal(examples.length, text.match(/^curl /gm).length);
  for (const [, command, kind, expected] of examples) {
    const answer = await run('sh', ['-c', here(command, server).replaceAll('curl ', 'curl -sS ')]);
    if (kind === 'text') assert.equal(answer.trim(), expected.trim());
    else same(JSON.parse(answer), JSON.parse(expected));
  }
});

test("the document's program with the SDK runs", async (t) => {
  const server = await start(t);
  const [, program] = /```js\n(import \{ open \} from 'rockpool'[^]*?)```/.exec(text);
  // Node 20 has no WebSocket of its own.
  const whole = `import WebSocket from 'ws'; globalThis.WebSocket = WebSocket;
    ${here(program, server).replace("'rockpool'", `'${path.join(root, 'dist/index.node.js')}'`)}`;
  const cwd = path.join(root, 'tests/peers/deepstream');
  const said = await run(process.execPath, ['--input-type=module', '-e', whole], { cwd });
  assert.equal(said.trim().split('\n').at(-1), '1 users');
});

test("the document's program with the npm client runs", async (t) => {
  const server = await start(t);
  const [, program] = /```js\n([^]*?)```/.exec(text);
  const cwd = path.join(root, 'tests/peers/deepstream');
  const said = await run(process.execPath, ['--input-type=module', '-e', here(program, server)], { cwd });
  assert.deepEqual(said.trim().split('\n'), ['name Dora', '7']);
});
