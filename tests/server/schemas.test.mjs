// Schemas of collections: what does not fit is refused with its place, over every way in.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { Server, Socket, folder, put, run } from './world.mjs';

const todo = {
  type: 'object',
  required: ['text'],
  properties: { text: { type: 'string', maxLength: 10 }, done: { type: 'boolean' } },
  additionalProperties: false,
};

function configuration(t) {
  const home = folder(t);
  const file = path.join(home, 'rockpool.json');
  writeFileSync(file, JSON.stringify({ data: 'data', collections: { todos: { schema: 'todo.json' } } }));
  writeFileSync(path.join(home, 'todo.json'), JSON.stringify(todo));
  return { file, home };
}

test('a refusal says where and why, and nothing of a batch is stored', async (t) => {
  const server = await Server.start(t, '--config', configuration(t).file);
  const page = await Socket.open(server.port);
  await page.hello('client-of-schemas');
  const push = (...mutations) => page.send({ type: 'push', settled: 0, except: [], mutations });
  push(put(1, 'todos', 'a', { text: 'fine', done: 'no' }));
  const refusal = await page.next('refuse');
  assert.deepEqual(refusal, {
    type: 'refuse',
    number: 1,
    code: 'invalid',
    message: '/done: type: must be boolean, is string',
    path: '/done',
  });
  push({ batch: [put(2, 'todos', 'b', { text: 'fine' }), put(3, 'todos', 'c', { text: 'far too long' })] });
  const two = [await page.next('refuse'), await page.next('refuse')];
  assert.deepEqual(
    two.map(({ code, path: place }) => [code, place]),
    [
      ['depends', undefined],
      ['invalid', '/text'],
    ],
  );
  push(put(4, 'todos', 'd', { text: 'fine' }), put(5, 'free', 'e', 5));
  assert.equal((await page.next('ack')).number, 4);
  assert.equal((await page.next('ack')).number, 5);
  push({ number: 6, collection: 'todos', id: 'd', op: 'patch', base: 1, data: { text: null } });
  assert.match((await page.next('refuse')).message, /^the value: required: the member "text" is missing$/);
});

test('import names the line of a row that does not fit', async (t) => {
  const { file, home } = configuration(t);
  const server = await Server.start(t, '--config', file);
  const rows = path.join(home, 'rows.ndjson');
  writeFileSync(
    rows,
    ['{"id":"1","text":"a"}', '{"id":"2","text":"b"}', '{"id":"3","text":"c","txt":1}'].join('\n'),
  );
  const done = run('import', '--collection', 'todos', '--id', 'id', '--url', server.url, rows);
  assert.equal(done.status, 1);
  assert.match(done.stderr, /line 3\b.*\/txt: additionalProperties/s);
});

test('a schema that asks for what is not enforced keeps the server from starting', (t) => {
  const { file, home } = configuration(t);
  writeFileSync(path.join(home, 'todo.json'), JSON.stringify({ ...todo, pattern: '^a' }));
  const { status, stderr } = run('serve', '--config', file);
  assert.equal(status, 2);
  assert.match(stderr, /collections\.todos\.schema: todo\.json: \/pattern: regular expressions/);
});
