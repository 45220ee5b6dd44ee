// Who sees and changes what, asked of the real program over WebSockets.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { secret } from './secrets.mjs';
import { Server, Socket, folder } from './world.mjs';

const signingKey = 'a secret of thirty-two bytes or so';

const rules = {
  spaces: { default: { access: 'rules' } },
  jwt: { secret: signingKey },
  adminToken: 'the-admin-token-of-this-test',
  collections: {
    notes: { owner: 'by', rules: { read: ['owner', 'role:editor'], write: ['owner', 'role:editor'] } },
    news: {
      rules: { read: 'anyone', write: 'role:editor' },
      records: { 'draft-*': { read: 'role:editor' } },
    },
    log: { rules: { create: 'user', read: 'owner' } },
  },
  events: { bell: { emit: 'user', subscribe: 'anyone' } },
  procedures: { pay: { call: 'user', provide: 'role:editor' } },
  rooms: { lobby: { presence: 'user' } },
};

function token(user, roles = []) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({
    sub: user,
    roles,
    exp: Math.floor(Date.now() / 1000) + 600,
  })}`;
  return secret(`${text}.${createHmac('sha256', signingKey).update(text).digest('base64url')}`);
}

async function serve(t, config = rules) {
  const file = path.join(folder(t), 'rockpool.json');
  writeFileSync(file, JSON.stringify({ ...config, data: ':memory:' }));
  const server = await Server.start(t, '--config', file);
  server.file = file;
  return server;
}

let clients = 0;

// Somebody who has said hello.
class Member {
  static async join(t, server, user, roles) {
    const member = new Member();
    member.socket = await Socket.open(server.port);
    t.after(() => member.socket.stream.destroy());
    member.number = 0;
    const hello = { type: 'hello', protocol: 1, client: `client-${String(++clients).padStart(8, '0')}` };
    if (user) hello.token = user === 'admin' ? rules.adminToken : token(user, roles);
    member.say(hello);
    await member.heard((message) => message.type === 'welcome' || message.type === 'error');
    return member;
  }

  say(...messages) {
    this.socket.frame(1, Buffer.from(JSON.stringify(messages.length === 1 ? messages[0] : messages)));
  }

  async heard(fits) {
    await this.socket.until(() => this.socket.messages.some(fits) || this.socket.ended);
    return this.socket.messages.find(fits);
  }

  // What became of a mutation: "ack", "conflict" or the code of its refusal.
  async write(mutation) {
    const number = ++this.number;
    this.say({ type: 'push', settled: 0, except: [], mutations: [{ number, ...mutation }] });
    const said = await this.heard((message) => message.number === number);
    return said.type === 'refuse' ? said.code : said.type;
  }
  put(collection, id, data, base = 0) {
    return this.write({ collection, id, op: 'put', base, data });
  }

  // Subscribes and waits until everything is there: ids, or the code of the refusal.
  async watch(collection) {
    this.say({ type: 'subscribe', sub: collection, collection, snapshot: true });
    const end = await this.heard(
      (message) =>
        (message.type === 'error' && message.sub === collection) ||
        (message.type === 'changes' && message.topic === `c:${collection}`),
    );
    if (end.type === 'error') return end.code;
    return this.socket.messages
      .filter((message) => message.type === 'snapshot' && message.topic === `c:${collection}`)
      .flatMap((message) => message.records.map((record) => record.id));
  }

  // Everything heard of a record after the snapshot: its ops.
  ops(id) {
    return this.socket.messages
      .filter((message) => message.type === 'changes')
      .flatMap((message) => message.changes)
      .filter((change) => change.id === id)
      .map((change) => change.op);
  }
}

test('rights: an owner sees and changes its own records, an editor all of them', async (t) => {
  const server = await serve(t);
  const ada = await Member.join(t, server, 'ada');
  const bob = await Member.join(t, server, 'bob');
  const eve = await Member.join(t, server, 'eve', ['editor']);
  assert.equal(await ada.put('notes', '1', { by: 'ada' }), 'ack');
  assert.equal(await ada.put('notes', '2', { by: 'bob' }), 'forbidden');
  assert.equal(await bob.put('notes', '3', { by: 'bob' }), 'ack');
  assert.deepEqual(await ada.watch('notes'), ['1']);
  assert.deepEqual(await bob.watch('notes'), ['3']);
  assert.deepEqual(await eve.watch('notes'), ['1', '3']);
  assert.equal(await bob.put('notes', '1', { by: 'bob' }, 1), 'forbidden');
  assert.equal(await eve.put('notes', '1', { by: 'bob' }, 1), 'ack');
  await bob.heard((message) => message.changes?.some((change) => change.id === '1'));
  await ada.heard((message) => message.changes?.some((change) => change.op === 'leave'));
  assert.deepEqual(bob.ops('1'), ['set']);
  assert.deepEqual(ada.ops('1'), ['leave']);
  assert.deepEqual(eve.ops('1'), ['set']);
  assert.equal(JSON.stringify(ada.socket.messages).includes('"by":"bob"'), false);
});

test('rights: a creator keeps what it created', async (t) => {
  const server = await serve(t);
  const ada = await Member.join(t, server, 'ada');
  const bob = await Member.join(t, server, 'bob');
  assert.equal(await ada.put('log', '1', 'hers'), 'ack');
  assert.equal(await bob.put('log', '1', 'his'), 'forbidden', 'no conflict that shows it');
  assert.deepEqual(await ada.watch('log'), ['1']);
  assert.deepEqual(await bob.watch('log'), []);
});

test('rights: without a name one sees what anyone may, and no part that has other rules', async (t) => {
  const server = await serve(t);
  const eve = await Member.join(t, server, 'eve', ['editor']);
  const nobody = await Member.join(t, server);
  assert.equal(await eve.put('news', '1', 'public'), 'ack');
  assert.equal(await eve.put('news', 'draft-1', 'not yet'), 'ack');
  assert.deepEqual(await nobody.watch('news'), ['1']);
  assert.deepEqual(await eve.watch('news'), ['1', 'draft-1']);
  assert.equal(await nobody.put('news', '2', 'mine'), 'forbidden');
  assert.equal(await nobody.watch('notes'), 'forbidden');
  assert.equal(await nobody.watch('elsewhere'), 'forbidden');
  assert.equal(await eve.put('news', 'draft-1', 'still not', 1), 'ack');
  assert.equal(await eve.put('news', '1', 'public still', 1), 'ack');
  await nobody.heard((message) => message.changes?.some((change) => change.id === '1'));
  assert.deepEqual(nobody.ops('draft-1'), []);
  assert.deepEqual(eve.ops('draft-1'), ['set']);
});

test('rights: events, procedures and rooms', async (t) => {
  const server = await serve(t);
  const ada = await Member.join(t, server, 'ada');
  const nobody = await Member.join(t, server);
  const code = async (member, ...messages) => {
    member.socket.messages.length = 0;
    member.say(...messages, { type: 'ping' });
    await member.heard((message) => message.type === 'pong');
    const said = member.socket.messages.find(({ type, error }) => type === 'error' || error);
    return said?.code ?? said?.error.code ?? 'fine';
  };
  assert.equal(await code(nobody, { type: 'subscribe', sub: 1, event: 'bell' }), 'fine');
  assert.equal(await code(nobody, { type: 'subscribe', sub: 2, event: 'door' }), 'forbidden');
  assert.equal(await code(nobody, { type: 'emit', event: 'bell' }), 'forbidden');
  assert.equal(await code(ada, { type: 'emit', event: 'bell' }), 'fine');
  assert.ok(await nobody.heard((message) => message.type === 'event'));
  assert.equal(await code(ada, { type: 'provide', rpc: 'pay' }), 'forbidden');
  assert.equal(await code(ada, { type: 'call', id: 1, rpc: 'pay' }), 'not_found');
  assert.equal(await code(nobody, { type: 'call', id: 1, rpc: 'pay' }), 'forbidden');
  assert.equal(await code(ada, { type: 'presence', room: 'lobby', state: 1 }), 'fine');
  assert.equal(await code(nobody, { type: 'presence', room: 'lobby', state: 1 }), 'forbidden');
  assert.equal(await code(nobody, { type: 'presence', room: 'lobby', watch: true }), 'forbidden');
});

test('rights: an administrator may do everything but write what is the server’s own', async (t) => {
  const server = await serve(t);
  const admin = await Member.join(t, server, 'admin');
  assert.equal(await admin.put('elsewhere', '1', 1), 'ack');
  assert.deepEqual(await admin.watch('elsewhere'), ['1']);
  assert.equal(await admin.put('$sights', '1', 1), 'forbidden');
  assert.equal(await admin.watch('$sights'), 'forbidden');
});

test('rights: whose rights change is sent away within a second and sees the rest when back', async (t) => {
  const server = await serve(t);
  const ada = await Member.join(t, server, 'ada');
  const eve = await Member.join(t, server, 'eve', ['editor']);
  await eve.put('notes', '1', { by: 'bob' });
  assert.deepEqual(await ada.watch('notes'), []);
  assert.deepEqual(await eve.watch('notes'), ['1']);
  writeFileSync(
    server.file,
    JSON.stringify({
      ...rules,
      data: ':memory:',
      collections: { ...rules.collections, notes: { rules: { read: 'user', write: 'user' } } },
    }),
  );
  server.child.kill('SIGHUP');
  const bye = await ada.heard((message) => message.type === 'bye');
  assert.match(bye.reason, /rights/);
  await ada.socket.until(() => ada.socket.ended);
  assert.equal(ada.socket.closeCode, 1012);
  const again = await Member.join(t, server, 'ada');
  assert.deepEqual(await again.watch('notes'), ['1']);
  assert.equal(await again.put('notes', '1', 'anybody’s', 1), 'ack');
});
