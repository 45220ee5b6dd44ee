// One record, seen by native pages and by deepstream, over HTTP and over its WebSocket: what is written in
// one dialect is heard in all others, under the names and versions that the bridge lays down.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';

import { commands, connect, read, recorder, until, write } from './deepstream-world.mjs';
import { Server, Socket, folder, put } from './world.mjs';

let server;
let world;
before(async (t) => {
  const config = path.join(folder(t), 'rockpool.json');
  const dialects = { deepstream: { auth: { type: 'open' } } };
  writeFileSync(config, JSON.stringify({ data: ':memory:', dialects }));
  server = await Server.start(t, '--config', config);
  const base = `${server.url}/deepstream`;
  world = { port: server.port, path: '/deepstream/deepstream', http: `${base}/api/v1` };
});

let made = 0;
class Page {
  static async open(t) {
    const page = new Page();
    page.socket = await Socket.open(server.port);
    page.number = 0;
    t.after(() => page.socket.close());
    await page.socket.hello(`client-${String(++made).padStart(8, '0')}`);
    return page;
  }

  async watch(collection) {
    this.socket.send({ type: 'subscribe', sub: 1, collection, snapshot: true });
    return (await this.socket.next('snapshot')).records;
  }
  async change() {
    for (;;) {
      const { changes } = await this.socket.next('changes');
      if (changes.length > 0) return changes[0];
    }
  }
  async push(mutation) {
    this.number += 1;
    const mutations = [{ ...mutation, number: this.number }];
    this.socket.send({ type: 'push', settled: 0, except: [], mutations });
    return this.socket.next('ack');
  }
}

const remove = (recordName) => ({ topic: 'record', action: 'delete', recordName });

test('a write over HTTP is heard by pages and by clients of the original', async (t) => {
  const page = await Page.open(t);
  await page.watch('boards');
  const client = await connect(t, world);
  const record = await client.record.getRecord('boards/1').whenReady();
  const opened = await page.change();
  assert.deepEqual([opened.id, opened.data], ['1', {}], 'opening a record makes it');
  const names = recorder();
  record.subscribe('name', names);
  assert.deepEqual(await commands(world, [write('boards/1', 'Ann', { path: 'name', version: 1 })]), [
    { success: true },
  ]);
  assert.deepEqual(await names.count(1), ['Ann']);
  const change = await page.change();
  assert.deepEqual([change.id, change.data], ['1', { name: 'Ann' }]);
  assert.equal(record.version, 1);
});

test('a write of a page is heard by clients of the original and read over HTTP', async (t) => {
  const client = await connect(t, world);
  const page = await Page.open(t);
  const { version } = await page.push(put(0, 'tasks', 'x', { n: 1 }));
  const record = await client.record.getRecord('tasks/x').whenReady();
  assert.deepEqual([record.get(), record.version], [{ n: 1 }, 1]);
  const seen = recorder();
  record.subscribe(seen);
  await page.push({ ...put(0, 'tasks', 'x', { n: 2 }), base: version });
  assert.deepEqual(await seen.count(1), [{ n: 2 }]);
  const [entry] = await commands(world, [read('tasks/x')]);
  assert.deepEqual(entry, { success: true, version: 2, data: { n: 2 } });
});

test('a client of the original writes, and pages hear each of its changes once', async (t) => {
  const page = await Page.open(t);
  await page.watch('notes');
  const client = await connect(t, world);
  const record = await client.record.getRecord('notes/a').whenReady();
  assert.deepEqual((await page.change()).data, {});
  await record.setWithAck('title', 'one');
  await record.setWithAck('tags[1]', 'late');
  await record.setWithAck('title', undefined);
  const data = [];
  for (let i = 0; i < 3; i++) data.push((await page.change()).data);
  assert.deepEqual(data, [
    { title: 'one' },
    { title: 'one', tags: [null, 'late'] },
    { tags: [null, 'late'] },
  ]);
  assert.equal(record.version, 3);
});

test('versions begin anew after a deletion there, and go on here', async (t) => {
  const page = await Page.open(t);
  const first = await page.push(put(0, 'lamps', '1', { on: true }));
  const client = await connect(t, world);
  const record = await client.record.getRecord('lamps/1').whenReady();
  const deleted = recorder();
  record.on('delete', () => deleted('gone'));
  const gone = await page.push({
    ...put(0, 'lamps', '1'),
    op: 'delete',
    base: first.version,
    data: undefined,
  });
  await deleted.count(1);
  assert.deepEqual(await commands(world, [write('lamps/1', { on: false }, { version: 1 })]), [
    { success: true },
  ]);
  const [entry] = await commands(world, [read('lamps/1')]);
  assert.deepEqual([entry.version, entry.data], [1, { on: false }]);
  const [record2] = await page.watch('lamps');
  assert.ok(record2.version > gone.version);
});

test('a deletion there is a deletion here', async (t) => {
  const page = await Page.open(t);
  await page.push(put(0, 'cups', '1', { full: true }));
  await page.watch('cups');
  await commands(world, [remove('cups/1')]);
  assert.equal((await page.change()).op, 'delete');
});

test('names become collections and ids as the bridge lays down', async (t) => {
  const names = ['plain', 'a/b', 'a/b/c', 'x%2Fy/1', '50%25/1', '/lead', 'trail/', '50%/1', 'deepstream/1'];
  await commands(
    world,
    names.map((name) => write(name, { name })),
  );
  const page = await Page.open(t);
  const records = async (collection) => {
    page.socket.send({ type: 'subscribe', sub: collection, collection, snapshot: true });
    return (await page.socket.next('snapshot')).records.map(({ id, data }) => [id, data.name]);
  };
  assert.deepEqual((await records('a')).toSorted(), [
    ['b', 'a/b'],
    ['b/c', 'a/b/c'],
  ]);
  assert.deepEqual(await records('x/y'), [['1', 'x%2Fy/1']]);
  assert.deepEqual(await records('50%'), [['1', '50%25/1']]);
  const own = ['plain', '/lead', 'trail/', '50%/1', 'deepstream/1'];
  assert.deepEqual((await records('deepstream')).toSorted(), own.map((name) => [name, name]).toSorted());
  const answers = await commands(world, names.map(read));
  assert.deepEqual(
    answers.map(({ data }) => data?.name),
    names,
  );
});

test('events and calls cross in both directions', async (t) => {
  const page = await Page.open(t);
  const client = await connect(t, world);
  const heard = recorder();
  client.event.subscribe('bell', heard);
  client.rpc.provide('double', (value, response) => response.send(value * 2));
  page.socket.send({ type: 'subscribe', sub: 9, event: 'bell' });
  await until(async () => {
    page.socket.send({ type: 'emit', event: 'bell', data: 'from a page' });
    return heard.calls.includes('from a page') || new Promise((go) => setTimeout(go, 50, false));
  });
  client.event.emit('bell', 'from a client');
  await until(() =>
    page.socket.messages.some(({ type, data }) => type === 'event' && data === 'from a client'),
  );
  page.socket.send({ type: 'call', id: 1, rpc: 'double', data: 21 });
  assert.equal((await page.socket.next('result')).data, 42);
  page.socket.send({ type: 'provide', rpc: 'half' });
  const half = client.rpc.make('half', 42);
  const asked = await page.socket.next('rpc');
  page.socket.send({ type: 'result', id: asked.id, data: asked.data / 2 });
  assert.equal(await half, 21);
});

test('who is in the room "deepstream" is online there, and the reverse', async (t) => {
  const ada = await connect(t, world, { login: { username: 'ada' } });
  const bob = await connect(t, world, { login: { username: 'bob' } });
  const seen = recorder();
  ada.presence.subscribe((name, isThere) => seen(name, isThere));
  assert.deepEqual(await ada.presence.getAll(), ['bob']);
  assert.deepEqual(await ada.presence.getAll(['bob', 'eve']), { bob: true, eve: false });
  const page = await Page.open(t);
  page.socket.send({ type: 'presence', room: 'deepstream', watch: true });
  assert.equal((await page.socket.next('presence')).members.length, 2);
  bob.close();
  assert.deepEqual((await seen.count(1)).at(-1), ['bob', false]);
});
