// Uploads to a server with RESTED, small and large, and what is on its disk.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';

import { ask, at, endpoint, project, start } from './rested-world.mjs';
import { folder, sleep } from './world.mjs';

export const mebi = 1 << 20;

export async function begin(t, { limits = {}, data = path.join(folder(t), 'data'), ...options } = {}) {
  const world = await project(await start(t, { data, more: { limits }, ...options }));
  world.made = await endpoint(world, 'parts');
  return { ...world, data };
}

/** Files below the data folder, half written ones too. */
export function filesIn(world) {
  const folder = path.join(world.data, 'files');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
}
export async function until(holds, what) {
  for (let i = 0; i < 400 && !holds(); i++) await sleep(25);
  assert.ok(holds(), what);
}

export function form(files, fields = {}) {
  const body = new FormData();
  for (const [name, text] of Object.entries(fields)) body.append(name, text);
  for (const [name, bytes, type] of files) body.append('file', new Blob([bytes], { type }), name);
  return body;
}
export const upload = (world, files, { fields, method = 'POST', query = {}, name = 'parts' } = {}) =>
  fetch(at(world, name, query), { method, body: form(files, fields) }).then(async (answer) => ({
    status: answer.status,
    headers: answer.headers,
    json: await answer.json(),
  }));
export const download = (world, uniqueId, { query = {}, ...options } = {}) =>
  fetch(at(world, 'parts', { uniqueId, fileOnly: 'true', ...query }), options);

export const boundary = 'a-boundary-of-the-test';
export const partHead = (name) =>
  `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n` +
  'Content-Type: application/x-test\r\n\r\n';
export const partsEnd = `\r\n--${boundary}--\r\n`;
export const block = randomBytes(mebi);

/** Sends so many bytes; by chunks unless `declared`. Status, what was said, and the hash of what was sent. */
export function uploadLarge(world, size, { declared = true, query = {} } = {}) {
  const hash = createHash('sha256');
  const head = partHead('large.bin');
  const headers = { 'Content-Type': `multipart/form-data; boundary=${boundary}` };
  if (declared) headers['Content-Length'] = head.length + size + partsEnd.length;
  return new Promise((resolve, reject) => {
    const sent = http.request(at(world, 'parts', query), { method: 'POST', headers }, async (answer) => {
      let text = '';
      for await (const piece of answer) text += piece;
      resolve({ status: answer.statusCode, json: JSON.parse(text), hash: hash.digest('hex') });
    });
    sent.on('error', reject);
    sent.write(head);
    (async () => {
      for (let left = size; left > 0 && !sent.destroyed; left -= block.length) {
        block.writeUInt32BE(left, 0); // no two pieces are the same
        const piece = Buffer.from(block.subarray(0, Math.min(left, block.length)));
        hash.update(piece);
        if (!sent.write(piece)) await new Promise((go) => sent.once('drain', go));
      }
      sent.end(partsEnd);
    })();
  });
}

export async function hashOf(answer) {
  const hash = createHash('sha256');
  for await (const piece of answer.body) hash.update(piece);
  return hash.digest('hex');
}

/** How many records the endpoint has. */
export const records = async (world) => (await ask(world, 'GET', 'parts')).json.length;
