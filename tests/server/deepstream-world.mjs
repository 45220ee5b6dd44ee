// Two servers behind one face: the original deepstream and ours, and the original's client for either.
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { original, startOriginal } from '../peers/deepstream/peer.mjs';
import { Wire, recorder, until } from './wire.mjs';
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

export { Wire, original, recorder, sleep, until };
