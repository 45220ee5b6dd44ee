// RESTED's files as its clients see them: records, downloads, ranges, refusals, limits and backups.
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';

import {
  begin,
  boundary,
  download,
  filesIn,
  mebi,
  partHead,
  records,
  until,
  upload,
} from './rested-uploads.mjs';
import { ask, at, endpoint, manage, request, socket } from './rested-world.mjs';
import { Server, folder, run, sleep } from './world.mjs';

test('files are records, one or several, and told to sockets', async (t) => {
  const world = await begin(t);
  const listener = await socket(world, 'parts');
  const one = await upload(world, [['Überblick "1".txt', 'one', 'text/plain']], {
    fields: { title: 'a title' },
  });
  assert.equal(one.status, 200);
  assert.deepEqual(one.json.data, {
    name: 'Überblick "1".txt',
    size: 3,
    mimeType: 'text/plain',
    metadata: { title: 'a title' },
  });
  const two = await upload(world, [
    ['a', 'first', 'image/png'],
    ['b', 'second', 'image/png'],
  ]);
  assert.deepEqual(
    two.json.map(({ data }) => data.name),
    ['a', 'b'],
  );
  await listener.until(() => listener.messages.length === 2);
  assert.equal(listener.messages[0].record.uniqueId, one.json.uniqueId);
  assert.deepEqual(
    listener.messages[1].record.map(({ uniqueId }) => uniqueId),
    two.json.map(({ uniqueId }) => uniqueId),
  );
  assert.deepEqual((await ask(world, 'GET', 'parts')).json, [one.json, ...two.json]);
  const bare = await upload(world, [['c', 'third']], { query: { dataOnly: 'true' } });
  assert.equal(bare.json.name, 'c');
  assert.equal(await (await download(world, two.json[1].uniqueId)).text(), 'second');
});

test('a download has its type and its name, and is not run', async (t) => {
  const world = await begin(t);
  const page = await upload(world, [['página.html', '<script>alert(1)</script>', 'text/html']]);
  const answer = await download(world, page.json.uniqueId, { headers: { Origin: 'https://page.example' } });
  assert.equal(answer.headers.get('content-type'), 'text/html');
  assert.equal(
    answer.headers.get('content-disposition'),
    `attachment; filename="p_gina.html"; filename*=UTF-8''p%C3%A1gina.html`,
  );
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
  assert.match(answer.headers.get('content-security-policy'), /sandbox/);
  assert.equal(answer.headers.get('access-control-allow-origin'), 'https://page.example');
  const picture = await upload(world, [['a.png', 'png', 'image/png']]);
  assert.equal(
    (await download(world, picture.json.uniqueId)).headers.get('content-disposition'),
    'inline; filename="a.png"',
  );
});

test('streams come in ranges, and what is known is not sent again', async (t) => {
  const world = await begin(t);
  const text = Array.from({ length: 100_000 }, (_, i) => `${i}\n`).join('');
  const { uniqueId } = (await upload(world, [['numbers.txt', text, 'text/plain']])).json;
  const stream = (Range, headers = {}) =>
    download(world, uniqueId, { query: { stream: 'true' }, headers: { Range, ...headers } });
  const part = await stream('bytes=1000-200999');
  assert.equal(part.status, 206);
  assert.equal(part.headers.get('content-range'), `bytes 1000-200999/${text.length}`);
  assert.equal(await part.text(), text.slice(1000, 201_000));
  assert.equal(await (await stream('bytes=-10')).text(), text.slice(-10));
  assert.equal(await (await stream(`bytes=${text.length - 1}-`)).text(), '\n');
  const beyond = await stream(`bytes=${text.length}-`);
  assert.equal(beyond.status, 416);
  assert.equal(beyond.headers.get('content-range'), `bytes */${text.length}`);
  assert.ok((await beyond.json()).error);
  const whole = await download(world, uniqueId, { headers: { Range: 'bytes=0-1' } });
  assert.equal(whole.status, 200, 'ranges are for streams');
  assert.equal((await whole.text()).length, text.length);
  const tag = part.headers.get('etag');
  assert.equal((await stream('bytes=0-1', { 'If-Range': tag })).status, 206);
  assert.equal((await stream('bytes=0-1', { 'If-Range': '"another"' })).status, 200);
  const known = await download(world, uniqueId, { headers: { 'If-None-Match': tag } });
  assert.deepEqual([known.status, await known.text()], [304, '']);
  const head = await download(world, uniqueId, { method: 'HEAD' });
  assert.deepEqual([head.status, head.headers.get('content-length')], [200, String(text.length)]);
});

test('PUT gives a record another file, and the old one goes', async (t) => {
  const world = await begin(t);
  const { uniqueId } = (await upload(world, [['a', 'old']], { fields: { k: 'v', l: 'w' } })).json;
  const before = filesIn(world);
  const put = await upload(world, [['b', 'new']], { method: 'PUT', query: { uniqueId }, fields: { k: 'x' } });
  assert.deepEqual(put.json.data.metadata, { k: 'x' });
  assert.equal(await (await download(world, uniqueId)).text(), 'new');
  await until(() => filesIn(world).length === 1 && filesIn(world)[0] !== before[0], 'the old file goes');
  const patch = await upload(world, [['c', 'newer']], {
    method: 'PATCH',
    query: { uniqueId },
    fields: { m: 'y' },
  });
  assert.deepEqual(patch.json.data.metadata, { k: 'x', m: 'y' });
  await ask(world, 'PUT', 'parts', { uniqueId }, { data: 1 });
  await until(() => filesIn(world).length === 0, 'the record has none any more');
  assert.equal((await download(world, uniqueId)).status, 400);
});

test('files go with their records, and all with their endpoint', async (t) => {
  const world = await begin(t);
  const made = (
    await upload(
      world,
      ['a', 'b', 'c', 'd'].map((name) => [name, name]),
    )
  ).json;
  const gone = await ask(world, 'DELETE', 'parts', { uniqueId: made[0].uniqueId });
  assert.deepEqual(gone.json, made[0]);
  await until(() => filesIn(world).length === 3, 'one goes');
  assert.equal((await download(world, made[0].uniqueId)).status, 404);
  await manage(world, 'DELETE', `projects/${world.project}/endpoints/${world.made.endpointId}`);
  await until(() => filesIn(world).length === 0, 'all go');
  assert.equal(await world.server.metric('rockpool_files'), 0);
});

test('wrong requests say what is wrong, each in its words', async (t) => {
  const world = await begin(t);
  const type = `multipart/form-data; boundary=${boundary}`;
  const send = (body, { contentType = type, method = 'POST', query = {} } = {}) =>
    request(at(world, 'parts', query), { method, body, type: contentType });
  const field = (disposition, data = 'x') =>
    `--${boundary}\r\nContent-Disposition: ${disposition}\r\n\r\n${data}\r\n`;
  const end = `--${boundary}--\r\n`;
  const good = partHead('a') + 'x\r\n';
  const cases = [
    ['x', { contentType: 'multipart/form-data' }, 400, /boundary/],
    ['x', { contentType: 'multipart/mixed; boundary=b' }, 400, /Content-Type/],
    ['x', {}, 400, /does not begin with the boundary/],
    [end, {}, 400, /there is no file/],
    [field('form-data; name="title"') + end, {}, 400, /there is no file/],
    [field('form-data; name="file"') + end, {}, 400, /no filename/],
    [field('form-data; name="x"; filename="y"') + end, {}, 400, /part named `file`/],
    [field('attachment; name="file"; filename="y"') + end, {}, 400, /form-data/],
    [good, {}, 400, /ends before its last boundary/],
    [good + end + 'more', {}, 400, /follows the last boundary/],
    [good.repeat(11) + end, {}, 413, /more files than the 10/],
    [good + field('form-data; name="t"', 'x'.repeat(70_000)) + end, {}, 413, /64 KiB/],
    [good + end, { method: 'PUT' }, 400, /uniqueId/],
    [good + end, { method: 'PUT', query: { uniqueId: '0'.repeat(32) } }, 404, /uniqueId/],
  ];
  for (const [body, options, status, words] of cases) {
    const answer = await send(body, options);
    assert.equal(answer.status, status, body.slice(0, 200));
    assert.match(answer.json.error, words);
  }
  assert.equal(await records(world), 0);
  await until(() => filesIn(world).length === 0, 'nothing is left');
  const made = (await upload(world, [['a', 'x']])).json;
  const twice = await send(good + good + end, { method: 'PUT', query: { uniqueId: made.uniqueId } });
  assert.equal(twice.status, 413);
  const merged = await send(good + end, {
    method: 'PUT',
    query: { uniqueId: made.uniqueId, strategy: 'merge' },
  });
  assert.deepEqual([merged.status, (await download(world, made.uniqueId)).status], [400, 200]);
});

test('whoever waits with the body is told before sending it', async (t) => {
  const world = await begin(t);
  await endpoint(world, 'vault', { secure: true });
  const expect = (name, length) =>
    new Promise((resolve, reject) => {
      const url = new URL(at(world, name));
      const sender = net.connect(world.server.port, '127.0.0.1');
      sender.on('error', reject);
      sender.on('data', (bytes) => (resolve(String(bytes).split('\r\n')[0]), sender.destroy()));
      sender.write(
        `POST ${url.pathname}${url.search} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n` +
          `Content-Length: ${length}\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n`,
      );
    });
  assert.equal(await expect('parts', mebi), 'HTTP/1.1 100 Continue');
  assert.equal(await expect('parts', 1100 * mebi), 'HTTP/1.1 413 Content Too Large');
  assert.equal(await expect('vault', mebi), 'HTTP/1.1 401 Unauthorized');
});

test('limits for files are counted, and the server has room for others meanwhile', async (t) => {
  const world = await begin(t, { limits: { fileBytes: mebi, filesBytes: 4 * mebi, uploads: 1 } });
  const met = async (name) => {
    const text = await (await fetch(`${world.server.url}/metrics`)).text();
    return Number(new RegExp(`^rockpool_limit_total\\{limit="${name}"\\} (\\d+)$`, 'm').exec(text)[1]);
  };
  assert.equal((await upload(world, [['a', Buffer.alloc(mebi + 1)]])).status, 413);
  assert.equal(await met('file'), 1);
  const url = new URL(at(world, 'parts'));
  const held = net.connect(world.server.port, '127.0.0.1');
  held.write(
    `POST ${url.pathname}${url.search} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n` +
      `Content-Type: multipart/form-data; boundary=${boundary}\r\n\r\n${partHead('held')}`,
  );
  for (let i = 0; i < 400 && (await world.server.metric('rockpool_uploads')) === 0; i++) await sleep(25);
  const busy = await upload(world, [['a', 'x']]);
  assert.deepEqual([busy.status, busy.headers.get('retry-after')], [503, '5']);
  assert.equal(await met('uploads'), 1);
  assert.equal((await ask(world, 'POST', 'parts', {}, { data: 1 })).status, 200, 'records are still written');
  held.destroy();
  for (let i = 0; i < 400 && (await world.server.metric('rockpool_uploads')) > 0; i++) await sleep(25);
  for (let i = 0; i < 3; i++) assert.equal((await upload(world, [['a', Buffer.alloc(mebi)]])).status, 200);
  const full = await upload(world, [['a', Buffer.alloc(mebi)]]);
  assert.equal(full.status, 507);
  assert.match(full.json.error, /room for files is used up/);
  assert.equal(await met('file_space'), 1);
});

test('a server without a data folder takes no files and says so', async (t) => {
  const world = await begin(t, { data: ':memory:' });
  const answer = await upload(world, [['a', 'x']]);
  assert.equal(answer.status, 501);
  assert.match(answer.json.error, /data folder/);
});

test('a backup holds the files of its records', async (t) => {
  const world = await begin(t);
  const made = (
    await upload(world, [
      ['a', 'first'],
      ['b', 'second'],
    ])
  ).json;
  await ask(world, 'DELETE', 'parts', { uniqueId: made[1].uniqueId });
  await until(() => filesIn(world).length === 1, 'one file is left');
  const home = folder(t);
  const copy = path.join(home, 'copy.db');
  const done = run('backup', '--data', world.data, copy);
  assert.equal(done.status, 0, done.stderr);
  assert.match(done.stdout, /1 file beside it/);
  assert.equal(run('backup', '--data', world.data, copy).status, 1, 'a backup is never written over');
  await world.server.stop();

  world.data = path.join(home, 'restored');
  assert.equal(run('restore', copy, '--data', world.data).status, 0);
  const sound = run('check', '--data', world.data);
  assert.deepEqual([sound.status, /1 file of records/.test(sound.stdout)], [0, true], sound.stderr);
  const config = JSON.parse(readFileSync(world.file, 'utf8'));
  writeFileSync(world.file, JSON.stringify({ ...config, data: world.data }));
  world.server = await Server.start(t, '--config', world.file);
  world.base = `${world.server.url}/rested/api/1`;
  assert.equal(await (await download(world, made[0].uniqueId)).text(), 'first');

  const [id] = filesIn(world);
  rmSync(path.join(world.data, 'files', id));
  assert.equal((await download(world, made[0].uniqueId)).status, 404);
  const broken = run('check', '--data', world.data);
  assert.deepEqual([broken.status, broken.stderr.includes(id)], [1, true]);
  const short = run('backup', '--data', world.data, path.join(home, 'short.db'));
  assert.equal(short.status, 1);
  assert.match(short.stderr, /whole but for 1 file/);
  rmSync(`${copy}.files`, { recursive: true });
  const lost = run('restore', copy, '--data', path.join(home, 'lost'));
  assert.match(lost.stderr, /lacks 1 file/);
  assert.equal(run('restore', copy, '--data', path.join(home, 'lost'), '--without-files').status, 0);
});
