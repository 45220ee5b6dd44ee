// The rules of permissions as the original has them: the same table for its server and for ours, by HTTP and
// by the npm client.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { start as startOwn } from './deepstream-http-world.mjs';
import { commands, connect, worlds, write } from './deepstream-world.mjs';
import { folder, run } from './world.mjs';

const users = {
  ada: { password: 'right', serverData: { role: 'admin', level: 3, since: 1000 } },
  bob: { password: 'right' },
  // Makes things as they are before each line.
  root: { password: 'right' },
};
const yes = 'yes';
const no = 'denied';
const error = 'error';
const record = { owner: 'ada', price: 10, tags: ['a'], nested: { open: true } };

/**
 * Each line: what is done, by which rule, as whom, and what comes of it. `ours`: where that was decided
 * otherwise, which is that what is not true is no. `byTheirHttp`: by HTTP the original's rules see no data of
 * events and paths. Records have the form above; `other/1` is `{ owner: 'ada', ref: 'other/2', n: 1 }`, and
 * `other/2` `{ n: 2 }`.
 */
const lines = [
  ['read', 'user.id === "ada"', yes],
  ['read', 'user.id === "ada"', no, { as: 'bob' }],
  ['read', 'user.isAuthenticated', yes],
  ['read', 'user.data.role === "admin"', yes],
  ['read', 'user.data.role === "admin"', error, { as: 'bob', ours: no }],
  ['read', 'user.data.since + 24*60*60*1000 < now', yes],
  ['read', 'user.data.level >= 3 && !(user.data.level > 3)', yes],
  ['read', '$id === "item"', yes],
  ['read', '$id === user.id', no],
  ['read', 'name.endsWith("/item")', yes],
  ['read', 'oldData.owner === user.id', yes],
  ['read', 'oldData.owner === user.id', no, { as: 'bob' }],
  ['read', 'oldData.nested.open', yes],
  ['read', 'oldData.gone.open', error],
  ['read', 'oldData.gone', yes, { ours: no }],
  ['read', 'oldData.price', yes],
  ['read', '_("other/1").owner === user.id', yes],
  ['read', '_("other/1").owner === user.id', no, { as: 'bob' }],
  ['read', '_(_("other/1").ref).n === 2', yes],
  ['read', '_("other/none") === null', yes],
  ['read', '_("other/none").n === 1', error],
  ['read', '_(_(_(_("other/1").ref).ref).ref) === null', error],
  ['read', '_("other/" + oldData.price) === null', yes],
  ['read', 'oldData.owner.toUpperCase() === "ADA" && oldData.owner.indexOf("d") === 1', yes],
  ['read', 'oldData.owner.match(/^a.a$/) !== null', yes],
  ['read', 'oldData.tags.includes("a")', yes],
  ['read', '["admin", "owner"].indexOf(user.data.role) !== -1', yes],
  ['read', 'user.data.level ? oldData.price > 5 : false', yes],
  ['read', 'typeof oldData.price === "number"', yes],
  ['read', 'oldData.price % 3 === 1 && oldData.price - 1 === 9 && oldData.price / 4 === 2.5', yes],
  ['read', '"10" == oldData.price && "10" !== oldData.price', yes],
  ['write', 'data.price > oldData.price', yes, { data: { price: 11 } }],
  ['write', 'data.price > oldData.price', no, { data: { price: 10 } }],
  ['write', 'data.owner === user.id', yes, { data: { owner: 'ada' } }],
  ['write', 'data.owner === user.id', no, { data: { owner: 'bob' } }],
  ['write', '!data.owner || data.owner == oldData.owner', yes, { data: { price: 1 } }],
  ['write', 'data.price > oldData.price', yes, { path: 'price', data: 11, byTheirHttp: no }],
  ['write', 'data.price > oldData.price', no, { path: 'price', data: 9 }],
  ['write', 'data.owner === "ada" && data.nested.open', yes, { path: 'price', data: 9, byTheirHttp: no }],
  ['write', 'oldData === null', yes, { isNew: true, data: { a: 1 } }],
  ['write', 'oldData.owner === "ada"', error, { isNew: true, data: { a: 1 } }],
  ['write', '_("other/1").n < data.price', yes, { data: { price: 2 } }],
  ['write', '_("other/1").n < data.price', no, { data: { price: 1 } }],
  ['delete', 'oldData.owner === user.id', yes],
  ['delete', 'oldData.owner === user.id', no, { as: 'bob' }],
  ['publish', 'data.length < 5', yes, { data: 'text', byTheirHttp: no }],
  ['publish', 'data.length < 5', no, { data: 'longer' }],
  [
    'publish',
    'data.user === user.id && _("other/1").n === 1',
    yes,
    { data: { user: 'ada' }, byTheirHttp: no },
  ],
  ['request', 'data.card.startsWith("4")', yes, { data: { card: '4111' } }],
  ['request', 'data.card.startsWith("4")', no, { data: { card: '5111' } }],
  ['request', 'data.card.startsWith("4")', error, { data: {} }],
  ['request', '_("other/1").n === data', yes, { data: 1 }],
];

const topics = { publish: 'event', request: 'rpc' };
const topicOf = (act) => topics[act] ?? 'record';
const nameOf = (i) => `rule${i}/item`;
const rules = { record: {}, event: {}, rpc: {} };
for (const [i, [act, rule]] of lines.entries())
  rules[topicOf(act)][`rule${i}/$id`] = {
    [act]: `user.id === "root" || (${rule})`,
    ...(act === 'write' && { create: true }),
  };

const command = {
  read: (name) => ({ topic: 'record', action: 'read', recordName: name }),
  write: (name, { data, path }) => write(name, data, path && { path }),
  delete: (name) => remove(name),
  publish: (name, { data }) => ({ topic: 'event', action: 'emit', eventName: name, data }),
  request: (name, { data }) => ({ topic: 'rpc', action: 'make', rpcName: name, data }),
};

const remove = (recordName) => ({ topic: 'record', action: 'delete', recordName });

/** The record of a line as it is before. */
async function prepare(world, i) {
  const [act, , , { isNew } = {}] = lines[i];
  if (topicOf(act) !== 'record') return;
  const name = nameOf(i);
  const [entry] = await commands(world, [isNew ? remove(name) : write(name, record)], {
    authData: of('root'),
  });
  assert.deepEqual(entry, { success: true });
}

const of = (username) => ({ username, password: 'right' });

function resultOf({ success, errorEvent, errorTopic }) {
  if (success) return yes;
  const numbers = { record: { 114: error, 115: no }, rpc: { 106: error, 107: no, 100: yes } }[errorTopic];
  const texts = { MESSAGE_DENIED: no, MESSAGE_PERMISSION_ERROR: error, NO_RPC_PROVIDER: yes };
  return numbers?.[errorEvent] ?? texts[errorEvent] ?? errorEvent;
}

async function byHttp(world, i, as) {
  const [act, , , more = {}] = lines[i];
  return resultOf((await commands(world, [command[act](nameOf(i), more)], { authData: of(as) }))[0]);
}

const said = (code) =>
  ({ MESSAGE_DENIED: no, MESSAGE_PERMISSION_ERROR: error, NO_RPC_PROVIDER: yes })[code] ?? code;

async function byClient(client, i) {
  const [act, , , { data, path } = {}] = lines[i];
  const name = nameOf(i);
  const settled = (promise) => promise.then(() => yes).catch((code) => said(code));
  if (act === 'read') return settled(client.record.snapshot(name));
  if (act === 'request') return settled(client.rpc.make(name, data));
  if (act === 'write' && !path) return settled(client.record.setDataWithAck(name, data));
  if (act === 'write') {
    const one = await client.record.getRecord(name).whenReady();
    return settled(one.setWithAck(path, data));
  }
  if (act === 'delete') {
    const one = await client.record.getRecord(name).whenReady();
    const refused = new Promise((resolve) => one.on('error', (code) => resolve(said(code))));
    return Promise.race([refused, settled(one.delete())]);
  }
  const before = client.errors.length;
  client.event.emit(name, data);
  // What is refused is refused in its turn.
  await client.record.has('settled/none');
  const refused = client.errors.slice(before).find((text) => text.startsWith('EVENT MESSAGE_'));
  return refused ? said(refused.split(' ')[1]) : yes;
}

for (const { name, start } of worlds) {
  test(`rules: ${name}`, async (t) => {
    const world = await start(t, { users, rules });
    const clients = {};
    for (const user of ['ada', 'bob']) clients[user] = await connect(t, world, { login: of(user) });
    const others = [write('other/1', { owner: 'ada', ref: 'other/2', n: 1 }), write('other/2', { n: 2 })];
    await commands(world, others, { authData: of('root') });
    for (const [i, [act, rule, theirs, more = {}]] of lines.entries()) {
      const { as = 'ada', ours = theirs, byTheirHttp = theirs } = more;
      await t.test(`${i} ${as} ${act}: ${rule}`, async () => {
        const expected = world.original ? theirs : ours;
        await prepare(world, i);
        assert.equal(await byHttp(world, i, as), world.original ? byTheirHttp : expected, 'by HTTP');
        await prepare(world, i);
        assert.equal(await byClient(clients[as], i), expected, 'by the client');
      });
    }
  });
}

test("the document's rules hold", async (t) => {
  const text = readFileSync(new URL('../../docs/dialects/deepstream.md', import.meta.url), 'utf8');
  const permissions = JSON.parse(/### Rules\n.*?```json\n(.*?)```/s.exec(text)[1]);
  const serverData = { bea: { canBid: true } };
  const at = await startOwn(t, { auth: { type: 'open' }, permissions, serverData });
  const as = async (username, ...batch) => {
    const answer = await fetch(`${at.url}/deepstream/api/v1`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ authData: { username }, body: batch }),
    });
    return (await answer.json()).body.map(resultOf);
  };
  const read = command.read;
  const event = (data) => command.publish('status/ada', { data });
  const pay = (number) => command.request('pay', { data: { card: { number } } });
  const item = 'auction/ada/1';
  const lot = { seller: 'ada', price: 10, bids: 0 };
  assert.deepEqual(await as('bea', write(item, lot)), [no]);
  assert.deepEqual(await as('ada', write(item, lot)), [yes]);
  assert.deepEqual(
    await as('bea', write(item, 11, { path: 'price' }), write(item, 11, { path: 'price' }), remove(item)),
    [yes, no, no],
  );
  assert.deepEqual(await as('bea', write(item, { ...lot, price: 99, seller: 'bea' })), [no]);
  assert.deepEqual(await as('max', write(item, 12, { path: 'price' })), [no]);
  assert.deepEqual(await as('ada', remove(item)), [yes]);
  assert.deepEqual(await as('ada', write('diary/ada/1', {}), read('diary/ada/1')), [yes, yes]);
  assert.deepEqual(await as('bea', write('diary/ada/1', {}), read('diary/ada/1')), [no, no]);
  await as('root', write('customer/7', { account: 'ada' }), write('order/1', { customer: 7 }));
  assert.deepEqual(await as('ada', read('order/1')), [yes]);
  assert.deepEqual(await as('bea', read('order/1'), read('order/none')), [no, error]);
  assert.deepEqual(await as('ada', event({ text: 'hi' }), event({ text: 'x'.repeat(140) })), [yes, no]);
  assert.deepEqual(await as('bea', event({ text: 'hi' }), event(null)), [no, no]);
  assert.deepEqual(await as('bea', pay(' 4111111111111 '), pay('5111'), pay(4)), [yes, no, error]);
});

test('a rule that is none stops the server, with its place', (t) => {
  const file = path.join(folder(t), 'rockpool.json');
  const permissions = { record: { 'user/$id': { write: 'data.owner === $user' } } };
  writeFileSync(file, JSON.stringify({ data: ':memory:', dialects: { deepstream: { permissions } } }));
  const { status, stderr } = run('serve', '--config', file);
  assert.notEqual(status, 0);
  assert.match(stderr, /permissions\.record\.user\/\$id\.write: at byte 15: '\$user' is not understood here/);
});
