// The original's client logs in, emits, calls, provides, listens and asks who is there: with the original's
// server, which proves the tests, and with ours. Records are in deepstream-records.test.mjs.
import assert from 'node:assert/strict';
import test from 'node:test';

import { Wire, commands, connect, recorder, sleep, until, worlds } from './deepstream-world.mjs';

const call = (rpcName, data) => ({ topic: 'rpc', action: 'make', rpcName, data });
const emit = (eventName, data) => ({ topic: 'event', action: 'emit', eventName, data });

const open = {
  'whoever comes without credentials is let in': async (t, world) => {
    const client = await connect(t, world);
    assert.equal(client.getConnectionState(), 'OPEN');
    assert.deepEqual(client.errors, []);
  },

  'events reach all who subscribed, in order, and their sender once': async (t, world) => {
    const [ada, bob, eve] = [await connect(t, world), await connect(t, world), await connect(t, world)];
    const [mine, theirs] = [recorder(), recorder()];
    ada.event.subscribe('chat/1', mine);
    bob.event.subscribe('chat/1', theirs);
    await subscribed(eve, bob, 'chat/1');
    await subscribed(bob, ada, 'chat/1');
    const [before, beforeMine] = [theirs.calls.length, mine.calls.length];
    const values = [1, 'text', null, false, { a: [1] }, [], 'ünï✓😀'];
    for (const value of values) ada.event.emit('chat/1', value);
    await theirs.count(before + values.length);
    await commands(world, [emit('chat/1', 'by http')]);
    await mine.count(beforeMine + values.length + 1);
    assert.deepEqual(theirs.calls.slice(before, before + values.length), values);
    assert.deepEqual(mine.calls.slice(beforeMine), [...values, 'by http']);
  },

  'an event without data arrives without': async (t, world) => {
    const [ada, bob] = [await connect(t, world), await connect(t, world)];
    const seen = recorder();
    bob.event.subscribe('bare/1', seen);
    await subscribed(ada, bob, 'bare/1');
    const before = seen.calls.length;
    ada.event.emit('bare/1');
    await commands(world, [emit('bare/1')]);
    await seen.count(before + 2);
    assert.ok(seen.calls.slice(before).every((data) => data === undefined || data === null));
  },

  'who unsubscribed hears no more': async (t, world) => {
    const [ada, bob] = [await connect(t, world), await connect(t, world)];
    const [first, second] = [recorder(), recorder()];
    bob.event.subscribe('leave/1', first);
    bob.event.subscribe('leave/2', second);
    await subscribed(ada, bob, 'leave/1');
    bob.event.unsubscribe('leave/1', first);
    await settled(bob);
    first.calls.length = 0;
    ada.event.emit('leave/1', 'unheard');
    ada.event.emit('leave/2', 'heard');
    await until(() => second.calls.includes('heard'));
    assert.deepEqual(first.calls, []);
    assert.deepEqual(bob.errors, []);
  },

  'forbidden events are refused to who subscribes and who emits': async (t, world) => {
    const client = await connect(t, world);
    client.event.subscribe('denied/1', () => {});
    await until(() => client.errors.includes('EVENT MESSAGE_DENIED'));
    client.event.emit('denied/2', 1);
    await until(() => client.errors.length === 2);
  },

  'a procedure is answered with any JSON, for the page and over HTTP': async (t, world) => {
    const [ada, bob] = [await connect(t, world), await connect(t, world)];
    bob.rpc.provide('echo', (data, response) => response.send(data));
    await settled(bob);
    for (const value of [{ a: [1, null] }, [], 'text', 0, false, null])
      assert.deepEqual(await ada.rpc.make('echo', value), value);
    assert.deepEqual(await commands(world, [call('echo', { numA: 2 })]), [
      { success: true, data: { numA: 2 } },
    ]);
    assert.deepEqual(await bob.rpc.make('echo', 'own'), 'own');
    assert.deepEqual([...ada.errors, ...bob.errors], []);
  },

  'who rejects is passed over for another provider': async (t, world) => {
    const [ada, bob, eve] = [await connect(t, world), await connect(t, world), await connect(t, world)];
    let rejected = 0;
    bob.rpc.provide('choosy', (_, response) => (rejected++, response.reject()));
    eve.rpc.provide('choosy', (data, response) => response.send(data * 2));
    await settled(bob, eve);
    const all = await Promise.all(Array.from({ length: 40 }, (_, i) => ada.rpc.make('choosy', i)));
    assert.deepEqual(
      all,
      Array.from({ length: 40 }, (_, i) => i * 2),
    );
    assert.ok(rejected > 0, 'the one that rejects was asked too');
  },

  'when all reject, or nobody provides, nobody is there': async (t, world) => {
    const [ada, bob] = [await connect(t, world), await connect(t, world)];
    bob.rpc.provide('sulky', (_, response) => response.reject());
    await settled(bob);
    for (const name of ['sulky', 'nobody'])
      await assert.rejects(ada.rpc.make(name, 1), (error) => error === 'NO_RPC_PROVIDER');
    const [entry] = await commands(world, [call('nobody')]);
    assert.equal(entry.error, 'No provider was available to handle the RPC "nobody".');
  },

  'errors of a provider arrive as they are': async (t, world) => {
    const [ada, bob] = [await connect(t, world), await connect(t, world)];
    bob.rpc.provide('fails', (data, response) => response.error(data));
    await settled(bob);
    for (const value of ['text', { code: 7, why: ['a'] }, 42])
      await assert.rejects(ada.rpc.make('fails', value), (error) => {
        assert.deepEqual(error instanceof Error ? { ...error } : error, value);
        return true;
      });
    const [entry] = await commands(world, [call('fails', 'text')]);
    assert.deepEqual(entry, { success: false, error: 'text', errorTopic: 'rpc' });
  },

  'a provider that does not accept in time is given up': async (t, world) => {
    const [ada, bob] = [await connect(t, world), await connect(t, world)];
    bob.rpc.provide('deaf', (_, response) => (response.autoAccept = false));
    await settled(bob);
    await assert.rejects(ada.rpc.make('deaf', 1), (error) => error === 'ACCEPT_TIMEOUT');
  },

  'a provider that accepts and does not answer is given up': async (t, world) => {
    const [ada, bob] = [await connect(t, world), await connect(t, world)];
    bob.rpc.provide('slow', () => {});
    await settled(bob);
    await assert.rejects(ada.rpc.make('slow', 1), (error) => error === 'RESPONSE_TIMEOUT');
  },

  'who no longer provides is not asked': async (t, world) => {
    const [ada, bob] = [await connect(t, world), await connect(t, world)];
    bob.rpc.provide('retired', (_, response) => response.send(1));
    await settled(bob);
    assert.equal(await ada.rpc.make('retired'), 1);
    bob.rpc.unprovide('retired');
    await settled(bob);
    await assert.rejects(ada.rpc.make('retired'), (error) => error === 'NO_RPC_PROVIDER');
  },

  'forbidden procedures are neither called nor provided': async (t, world) => {
    const client = await connect(t, world);
    await assert.rejects(client.rpc.make('denied/1', 1), (error) => error === 'MESSAGE_DENIED');
    client.rpc.provide('denied/2', () => {});
    await until(() => client.errors.includes('RPC MESSAGE_DENIED'));
  },

  'users are seen when they come and when they leave': async (t, world) => {
    const watcher = await connect(t, world, { login: { username: 'watcher' } });
    const [one, all] = [recorder(), recorder()];
    watcher.presence.subscribe('presence-bob', one);
    watcher.presence.subscribe(all);
    await settled(watcher);
    const bob = await connect(t, world, { login: { username: 'presence-bob' } });
    await one.count(1);
    assert.equal((await watcher.presence.getAll()).filter((name) => name === 'presence-bob').length, 1);
    assert.deepEqual(await watcher.presence.getAll(['presence-bob', 'nobody']), {
      'presence-bob': true,
      'nobody': false,
    });
    const again = await connect(t, world, { login: { username: 'presence-bob' } });
    const names = await watcher.presence.getAll();
    assert.equal(
      names.filter((name) => name === 'presence-bob').length,
      1,
      'named once however many sockets',
    );
    assert.ok(!(await bob.presence.getAll()).includes('presence-bob'), 'the own name is left out');
    bob.close();
    await until(async () => (await httpUsers(world)).filter((name) => name === 'presence-bob').length === 1);
    again.close();
    await one.count(2);
    assert.deepEqual(one.calls, [
      ['presence-bob', true],
      ['presence-bob', false],
    ]);
    const ofBob = () => all.calls.filter(([name]) => name === 'presence-bob');
    await until(() => ofBob().length === 2);
    assert.deepEqual(ofBob(), one.calls);
    assert.ok(!(await httpUsers(world)).includes('presence-bob'));
  },

  'who no longer watches users hears nothing': async (t, world) => {
    const watcher = await connect(t, world, { login: { username: 'watcher-2' } });
    const [seen, other] = [recorder(), recorder()];
    watcher.presence.subscribe('presence-eve', seen);
    watcher.presence.subscribe('presence-max', other);
    await settled(watcher);
    watcher.presence.unsubscribe('presence-eve', seen);
    await settled(watcher);
    await connect(t, world, { login: { username: 'presence-eve' } });
    await connect(t, world, { login: { username: 'presence-max' } });
    await other.count(1);
    assert.deepEqual(seen.calls, []);
  },

  'who listens to a pattern provides what is subscribed': async (t, world) => {
    const provider = await connect(t, world);
    const reader = await connect(t, world, { recordDiscardTimeout: 0 });
    const [asked, stopped] = [recorder(), recorder()];
    provider.record.listen('feed/.*', (name, { accept, onStop }) => {
      asked(name);
      onStop(stopped);
      accept();
    });
    await settled(provider);
    const one = await reader.record.getRecord('feed/1').whenReady();
    await asked.count(1);
    await until(() => one.hasProvider);
    one.discard();
    await stopped.count(1);
    assert.deepEqual([asked.calls, stopped.calls], [['feed/1'], ['feed/1']]);
  },

  'who listens is asked for what is subscribed already': async (t, world) => {
    const [provider, reader] = [await connect(t, world), await connect(t, world)];
    const asked = recorder();
    const one = await reader.record.getRecord('early/1').whenReady();
    provider.record.listen('early/[0-9]', (name, { accept }) => (asked(name), accept()));
    await asked.count(1);
    await until(() => one.hasProvider);
    provider.close();
    await until(() => !one.hasProvider);
  },

  'a listener that rejects leaves it to another': async (t, world) => {
    const [first, second, reader] = [
      await connect(t, world),
      await connect(t, world),
      await connect(t, world),
    ];
    const [one, two] = [recorder(), recorder()];
    first.record.listen('picky/.*', (name, { reject }) => (one(name), reject()));
    await settled(first);
    second.record.listen('picky/.*', (name, { accept }) => (two(name), accept()));
    await settled(second);
    const names = Array.from({ length: 12 }, (_, i) => `picky/${i}`);
    const records = await Promise.all(names.map((name) => reader.record.getRecord(name).whenReady()));
    await until(() => records.every((record) => record.hasProvider));
    assert.deepEqual([...two.calls].sort(), [...names].sort());
    assert.ok(one.calls.length > 0, 'the one that rejects was asked too');
  },

  'listening works for events too, and ends': async (t, world) => {
    const [provider, reader] = [await connect(t, world), await connect(t, world)];
    const [asked, stopped, heard] = [recorder(), recorder(), recorder()];
    provider.event.listen('tick/.*', (name, { accept, onStop }) => {
      asked(name);
      onStop(stopped);
      accept();
    });
    await settled(provider);
    reader.event.subscribe('tick/1', heard);
    await asked.count(1);
    provider.event.emit('tick/1', 'now');
    await heard.count(1);
    reader.event.unsubscribe('tick/1', heard);
    await stopped.count(1);
    provider.event.unlisten('tick/.*');
    await settled(provider);
    reader.event.subscribe('tick/2', heard);
    await settled(reader);
    assert.deepEqual([asked.calls, heard.calls, stopped.calls], [['tick/1'], ['now'], ['tick/1']]);
    assert.deepEqual(provider.errors, []);
  },

  'after a cut all that was subscribed, provided and listened to is so again': async (t, world) => {
    const wire = await Wire.to(t, world);
    const [ada, bob] = [await connect(t, world), await connect(t, world, { port: wire.port })];
    const [heard, asked, joined] = [recorder(), recorder(), recorder()];
    bob.event.subscribe('back/event', heard);
    bob.rpc.provide('back/rpc', (data, response) => response.send(data));
    bob.record.listen('back/record/.*', (name, { accept }) => (asked(name), accept()));
    bob.presence.subscribe('presence-back', joined);
    await settled(bob);
    wire.shut();
    await until(() => bob.getConnectionState() === 'RECONNECTING');
    await assert.rejects(ada.rpc.make('back/rpc', 1), (error) => error === 'NO_RPC_PROVIDER');
    wire.open();
    await until(() => bob.getConnectionState() === 'OPEN');
    await settled(bob);
    await subscribed(ada, bob, 'back/event');
    assert.equal(await ada.rpc.make('back/rpc', 7), 7);
    ada.record.getRecord('back/record/1');
    await asked.count(1);
    await connect(t, world, { login: { username: 'presence-back' } });
    await joined.count(1);
  },
};

const known = {
  'who is known logs in and is told what it may know': async (t, world) => {
    const client = await connect(t, world, { login: { username: 'ada', password: 'right' } });
    assert.equal(client.getConnectionState(), 'OPEN');
    assert.deepEqual(await client.presence.getAll(['ada']), { ada: true });
  },

  'a wrong password can be followed by the right one': async (t, world) => {
    const client = await connect(t, world, { login: false });
    await assert.rejects(client.login({ username: 'ada', password: 'wrong' }));
    await client.login({ username: 'ada', password: 'right' });
    assert.equal(client.getConnectionState(), 'OPEN');
  },

  'three wrong passwords end it': async (t, world) => {
    const client = await connect(t, world, { login: false });
    const login = { username: 'ada', password: 'wrong' };
    for (let i = 0; i < 2; i++) await assert.rejects(client.login(login));
    client.login(login).catch(() => {});
    await until(() => client.getConnectionState() === 'TOO_MANY_AUTH_ATTEMPTS');
    assert.deepEqual(client.errors, ['AUTH TOO_MANY_AUTH_ATTEMPTS']);
  },

  'whoever is unknown is not let in': async (t, world) => {
    for (const login of [
      {},
      { username: 'nobody', password: 'right' },
      { username: 'ada' },
      { token: 'x' },
    ]) {
      const client = await connect(t, world, { login: false });
      await assert.rejects(client.login(login));
      assert.equal(client.getConnectionState(), 'AWAITING_AUTHENTICATION');
    }
  },
};

/** The server has taken up all that these clients said: they send in intervals, and answers come in order. */
async function settled(...clients) {
  await sleep(150);
  for (const client of clients) await client.record.has('settled/none');
}

/** Until `sender` reaches what `receiver` subscribed. */
async function subscribed(sender, receiver, name) {
  await settled(receiver);
  const heard = recorder();
  receiver.event.subscribe(name, heard);
  sender.event.emit(name, 'probe');
  await heard.count(1);
  receiver.event.unsubscribe(name, heard);
}

async function httpUsers(world) {
  return (await commands(world, [{ topic: 'presence', action: 'query' }]))[0].users;
}

const users = { ada: { password: 'right' }, bob: { password: 'other' } };
for (const { name, start } of worlds) {
  test(`everybody: ${name}`, { concurrency: 6 }, async (t) => {
    const world = await start(t, { rpc: { accept: 400, response: 800 } });
    await Promise.all(Object.entries(open).map(([claim, act]) => t.test(claim, (t) => act(t, world))));
  });
  test(`users: ${name}`, async (t) => {
    const world = await start(t, { users });
    for (const [claim, act] of Object.entries(known)) await t.test(claim, (t) => act(t, world));
  });
}
