// RESTED's files over the real edge: bodies to disk in bounded memory, and nothing left of what fails.
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';

import {
  begin,
  block,
  boundary,
  download,
  filesIn,
  hashOf,
  mebi,
  partHead,
  partsEnd,
  records,
  until,
  upload,
  uploadLarge,
} from './rested-uploads.mjs';
import { at } from './rested-world.mjs';
import { Server, sleep } from './world.mjs';

const growthMax = 16 * mebi;

const status = (world, name) =>
  1024 *
  Number(
    new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(
      readFileSync(`/proc/${world.server.child.pid}/status`, 'utf8'),
    )[1],
  );

/** By how much the server's memory was at its highest above what it was before, in bytes. */
async function growth(world, act) {
  writeFileSync(`/proc/${world.server.child.pid}/clear_refs`, '5'); // the highest value begins anew
  const before = status(world, 'VmRSS');
  await act();
  return status(world, 'VmHWM') - before;
}

async function warmed(t, options) {
  const world = await begin(t, options);
  const { json } = await upload(world, [['small', 'x']]);
  await (await download(world, json.uniqueId)).text();
  return world;
}

test('100 MiB go up and come down in bounded memory', async (t) => {
  const world = await warmed(t);
  for (const declared of [true, false]) {
    let sent;
    const up = await growth(world, async () => (sent = await uploadLarge(world, 100 * mebi, { declared })));
    assert.equal(sent.status, 200);
    assert.deepEqual(sent.json.data, {
      name: 'large.bin',
      size: 100 * mebi,
      mimeType: 'application/x-test',
      metadata: {},
    });
    assert.ok(up < growthMax, `an upload took ${up} bytes`);
    let came;
    const down = await growth(world, async () => {
      const answer = await download(world, sent.json.uniqueId);
      assert.equal(Number(answer.headers.get('content-length')), 100 * mebi);
      came = await hashOf(answer);
    });
    assert.equal(came, sent.hash);
    assert.ok(down < growthMax, `a download took ${down} bytes`);
    t.diagnostic(`up ${(up / mebi).toFixed(1)} MiB, down ${(down / mebi).toFixed(1)} MiB`);
  }
});

test('several uploads and slow readers at once take no more', async (t) => {
  const world = await warmed(t);
  const { json } = await uploadLarge(world, 40 * mebi);
  const readers = [];
  const took = await growth(world, async () => {
    for (let i = 0; i < 10; i++) {
      const reader = net.connect(world.server.port, '127.0.0.1');
      const url = new URL(at(world, 'parts', { uniqueId: json.uniqueId, fileOnly: 'true' }));
      reader.write(`GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: x\r\n\r\n`);
      reader.pause();
      readers.push(reader);
    }
    const sent = await Promise.all([1, 2, 3, 4].map(() => uploadLarge(world, 30 * mebi)));
    for (const { status, json } of sent) assert.deepEqual([status, json.data.size], [200, 30 * mebi]);
  });
  for (const reader of readers) reader.destroy();
  assert.ok(took < growthMax, `${took} bytes`);
  t.diagnostic(`${(took / mebi).toFixed(1)} MiB`);
  assert.equal(filesIn(world).length, 6);
});

test('one byte over is refused, and nothing of it stays', async (t) => {
  const world = await begin(t, { limits: { fileBytes: 3 * mebi } });
  assert.equal((await uploadLarge(world, 3 * mebi)).status, 200);
  const over = await uploadLarge(world, 3 * mebi + 1);
  assert.deepEqual([over.status, over.json.error], [413, 'a file is over 3 MiB']);
  await until(() => filesIn(world).length === 1, 'only the first one is there');
});

test('a file that somebody took from the disk is said to be gone, to pages too', async (t) => {
  const world = await begin(t);
  const { json } = await upload(world, [['lost.txt', 'lost']]);
  const [file] = filesIn(world);
  rmSync(path.join(world.data, 'files', file));
  const answer = await fetch(at(world, 'parts', { uniqueId: json.uniqueId, fileOnly: 'true' }), {
    headers: { Origin: 'https://a.test' },
  });
  assert.equal(answer.status, 404);
  assert.equal(answer.headers.get('access-control-allow-origin'), 'https://a.test');
  assert.deepEqual(await answer.json(), { error: 'the file is not there any more' });
});

// ---- what breaks off

/** Sends the beginning of an upload and waits until some of it is on disk. */
async function beginUpload(world) {
  const url = new URL(at(world, 'parts'));
  const sender = net.connect(world.server.port, '127.0.0.1');
  sender.on('error', () => {});
  sender.write(
    `POST ${url.pathname}${url.search} HTTP/1.1\r\nHost: x\r\nContent-Length: ${50 * mebi}\r\n` +
      `Content-Type: multipart/form-data; boundary=${boundary}\r\n\r\n${partHead('cut')}`,
  );
  for (let i = 0; i < 5; i++) sender.write(block);
  await until(() => filesIn(world).length === 1, 'it is on its way');
  return sender;
}

test('an upload that breaks off leaves nothing', async (t) => {
  const world = await begin(t);
  (await beginUpload(world)).destroy();
  await until(() => filesIn(world).length === 0, 'the file goes');
  assert.equal(await records(world), 0);
  assert.equal(await world.server.metric('rockpool_uploads_failed_total'), 1);
  assert.equal(await world.server.metric('rockpool_file_bytes'), 0);
});

test('a server that goes down amid an upload ends in order and leaves nothing', async (t) => {
  const world = await begin(t);
  const sender = await beginUpload(world);
  assert.equal(await world.server.stop(), 0);
  sender.destroy();
  assert.deepEqual(filesIn(world), []);
});

test('a server killed amid an upload leaves nothing behind after its next start', async (t) => {
  const world = await begin(t);
  const kept = await upload(world, [['kept.txt', 'kept']]);
  const stays = filesIn(world);
  (await beginUploadBeside(world, 2)).destroy();
  const sender = await beginUploadBeside(world, 2);
  await world.server.kill();
  sender.destroy();
  // Stored, but its record was never written.
  writeFileSync(path.join(world.data, 'files', '0123456789abcdef0123456789abcdef'), 'orphan');
  assert.equal(filesIn(world).length, 3);
  world.server = await Server.start(t, '--config', world.file);
  world.base = `${world.server.url}/rested/api/1`;
  assert.deepEqual(filesIn(world), stays);
  assert.equal(await (await download(world, kept.json.uniqueId)).text(), 'kept');
  assert.match(world.server.stderr, /files without a record were removed/);
});

/** The same where other files are there already. */
async function beginUploadBeside(world, count) {
  await until(() => filesIn(world).length === count - 1, 'what broke off is gone');
  const url = new URL(at(world, 'parts'));
  const sender = net.connect(world.server.port, '127.0.0.1');
  sender.on('error', () => {});
  sender.write(
    `POST ${url.pathname}${url.search} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n` +
      `Content-Type: multipart/form-data; boundary=${boundary}\r\n\r\n`,
  );
  const text = partHead('cut') + 'x'.repeat(mebi);
  sender.write(`${text.length.toString(16)}\r\n${text}\r\n`);
  await until(() => filesIn(world).length === count, 'it is on its way');
  return sender;
}

test('a slow upload is not cut as long as it keeps its rate', async (t) => {
  const world = await begin(t, { limits: { bodySeconds: 1 } });
  const url = new URL(at(world, 'parts'));
  const body = partHead('slow') + 'x'.repeat(30_000) + partsEnd;
  const sender = net.connect(world.server.port, '127.0.0.1');
  sender.write(
    `POST ${url.pathname}${url.search} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n` +
      `Content-Length: ${body.length}\r\nContent-Type: multipart/form-data; boundary=${boundary}\r\n\r\n`,
  );
  for (let at = 0; at < body.length; at += 10_000) {
    await sleep(700);
    sender.write(body.slice(at, at + 10_000));
  }
  let text = '';
  for await (const piece of sender) text += piece;
  assert.match(text, /^HTTP\/1\.1 200 /);
});
