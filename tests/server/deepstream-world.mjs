// Two servers behind one face: the original deepstream and ours, and the original's client for either.
import net from 'node:net';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { original, startOriginal } from '../peers/deepstream/peer.mjs';
import { Server, folder, runWith, sleep } from './world.mjs';

const { DeepstreamClient } = original();

const denied = { 'denied/*': false };

function settings({ users, rpc, numeric, rules, webhook, jwt }) {
  const known = Object.entries(users ?? {}).filter(([, { serverData }]) => serverData);
  return {
    auth: webhook
      ? { type: 'webhook', url: webhook }
      : { type: jwt ? 'jwt' : users ? 'users' : 'open', anonymous: !users && !jwt },
    permissions: Object.fromEntries(
      ['record', 'event', 'rpc'].map((topic) => [topic, { ...denied, ...rules?.[topic] }]),
    ),
    ...(known.length && {
      serverData: Object.fromEntries(known.map(([name, one]) => [name, one.serverData])),
    }),
    ...(numeric && { errorEvents: 'numeric' }),
    ...(rpc && { rpcAckTimeout: rpc.accept, rpcResponseTimeout: rpc.response }),
  };
}

function hashed(users) {
  const hash = (password) => runWith(`${password}\n`, 'password').stdout.trim();
  return Object.fromEntries(
    Object.entries(users ?? {}).map(([name, { password }]) => [name, { password: hash(password) }]),
  );
}

async function startOurs(t, options = {}) {
  const file = path.join(folder(t), 'rockpool.json');
  const config = {
    data: ':memory:',
    spaces: { default: { access: 'open' } },
    users: hashed(options.users),
    ...(options.jwt && { jwt: { secret: options.jwt } }),
    dialects: { deepstream: settings(options) },
  };
  writeFileSync(file, JSON.stringify(config));
  const server = await Server.start(t, '--config', file);
  return {
    name: 'ours',
    original: false,
    pid: server.child.pid,
    port: server.port,
    root: server.url,
    mount: '/deepstream',
    http: `${server.url}/deepstream/api/v1`,
    path: '/deepstream/deepstream',
    said: () => server.stderr,
    close: () => server.kill(),
  };
}

/**
 * They start with {users: {name: {password, serverData}}, rpc: {accept, response}, numeric: true} and `rules`
 * for names by topic, or with the address of a webhook; ours with `jwt`, the secret of tokens, too. Names
 * `denied/…` are forbidden.
 */
export const worlds = [
  { name: 'the original', start: startOriginal },
  { name: 'ours', start: startOurs },
];

/** A client of the original's; `login: false` leaves it unknown. What it complained of is in `errors`. */
export async function connect(t, world, { login = {}, ...options } = {}) {
  const client = new DeepstreamClient(`127.0.0.1:${options.port ?? world.port}`, {
    path: world.path,
    reconnectIntervalIncrement: 50,
    maxReconnectAttempts: 100,
    ...options,
  });
  client.errors = [];
  client.on('error', (_, event, topic) => client.errors.push(`${topic} ${event}`));
  t.after(() => client.close());
  if (login) client.clientData = await client.login(login);
  return client;
}

/** Waits for a value that is not undefined or false. */
export async function until(holds, what = holds) {
  const end = Date.now() + 20_000;
  for (;;) {
    const value = await holds();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await sleep(10);
  }
}

/** A function that remembers with what it was called. */
export function recorder() {
  const calls = [];
  const record = (...values) => void calls.push(values.length > 1 ? values : values[0]);
  record.calls = calls;
  record.count = (count) => until(() => calls.length >= count && calls, `${count} calls`);
  return record;
}

/** Commands to the HTTP API; the entries that come back. */
export async function commands(world, body, more = {}) {
  const answer = await fetch(world.http, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...more, body }),
  });
  if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
  return (await answer.json()).body;
}

export const write = (recordName, data, more) => ({
  topic: 'record',
  action: 'write',
  recordName,
  data,
  ...more,
});
export const read = (recordName) => ({ topic: 'record', action: 'read', recordName });

/** A port in front of the world's: connections can be cut, it can be shut, what clients say can be held. */
export class Wire {
  #sockets = new Set();
  #shut = false;
  #held;
  #deaf = false;

  static async to(t, world) {
    const wire = new Wire();
    const server = net.createServer((near) => wire.#join(near, world.port));
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => (wire.cut(), server.close()));
    wire.port = server.address().port;
    return wire;
  }

  #join(near, port) {
    if (this.#shut) return near.destroy();
    const far = net.connect(port, '127.0.0.1');
    far.on('data', (data) => this.#deaf || near.write(data));
    near.on('data', (data) => (this.#held ? this.#held.push(() => far.write(data)) : far.write(data)));
    for (const [one, other] of [
      [near, far],
      [far, near],
    ]) {
      this.#sockets.add(one);
      one.on('error', () => {});
      one.on('close', () => (this.#sockets.delete(one), other.destroy()));
    }
  }

  cut() {
    this.#deaf = false;
    for (const socket of this.#sockets) socket.destroy();
  }
  shut() {
    this.#shut = true;
    this.cut();
  }
  open() {
    this.#shut = false;
  }

  /** What the server says is lost, until the next cut. */
  deaf() {
    this.#deaf = true;
  }

  hold() {
    this.#held = [];
  }
  go() {
    const held = this.#held;
    this.#held = undefined;
    for (const send of held) send();
  }
}

export { original, sleep };
