// One collection, `tasks`, as four dialects see it: each of them writes, and each hears all others.
import { commands, write } from './deepstream-world.mjs';
import { api, poll } from './jsonpad-world.mjs';
import { ask, endpoint, project, socket, start } from './rested-world.mjs';
import { Socket, put } from './world.mjs';

export const dialects = {
  jsonpad: { accounts: { user: { tokens: ['api-token'], realtimeTokens: ['realtime-token'] } } },
  deepstream: { auth: { type: 'open' } },
};

export async function begin(t, more = {}) {
  const world = await project(await start(t, { more: { dialects, ...more } }));
  await endpoint(world, 'tasks');
  world.pad = { server: world.server, base: `${world.server.url}/jsonpad` };
  world.http = `${world.server.url}/deepstream/api/v1`;
  const list = { name: 'tasks', realtime_enabled: true };
  await api(world.pad, 'POST', 'lists', JSON.stringify(list));
  return world;
}

// ---- who writes: `create(data)` gives a handle for `update(handle, data)` and `remove(handle)`

async function json(answered) {
  const answer = await answered;
  if (answer.status >= 300) throw new Error(`${answer.status} ${answer.text}`);
  return answer.json;
}

export function restedWriter(world) {
  return {
    create: async (data) => (await json(ask(world, 'POST', 'tasks', {}, { data }))).uniqueId,
    update: (uniqueId, data) => json(ask(world, 'PUT', 'tasks', { uniqueId }, { data })),
    remove: (uniqueId) => json(ask(world, 'DELETE', 'tasks', { uniqueId })),
  };
}

export function jsonpadWriter(world) {
  const item = 'lists/tasks/items';
  return {
    create: async (data) => (await json(api(world.pad, 'POST', item, JSON.stringify(data)))).item.id,
    update: (id, data) => json(api(world.pad, 'PUT', `${item}/${id}`, JSON.stringify(data))),
    remove: (id) => json(api(world.pad, 'DELETE', `${item}/${id}`)),
  };
}

export function deepstreamWriter(world) {
  let count = 0;
  const run = async (command) => {
    const [answer] = await commands(world, [command]);
    if (!answer.success) throw new Error(JSON.stringify(answer));
  };
  return {
    create: async (data) => {
      const name = `tasks/d${++count}`;
      await run(write(name, data));
      return name;
    },
    update: (name, data) => run(write(name, data)),
    remove: (name) => run({ topic: 'record', action: 'delete', recordName: name }),
  };
}

export async function nativeWriter(world, t) {
  const connection = await Socket.open(world.server.port);
  t.after(() => connection.close());
  await connection.hello('client-0000writer');
  let number = 0;
  const versions = new Map();
  const push = async (mutation) => {
    connection.send({ type: 'push', settled: 0, except: [], mutations: [{ ...mutation, number: ++number }] });
    versions.set(mutation.id, (await connection.next('ack')).version);
  };
  return {
    create: async (data) => {
      const id = `n${number}`;
      await push(put(0, 'tasks', id, data));
      return id;
    },
    update: (id, data) => push(put(0, 'tasks', id, data, versions.get(id))),
    remove: (id) => push({ collection: 'tasks', id, op: 'delete', base: versions.get(id) }),
  };
}

// ---- who listens: `next()` gives `[what, data]`, of a delete without data where the dialect says none

const words = { POST: 'create', PUT: 'update', DELETE: 'remove' };

export async function restedListener(world, t) {
  const connection = await socket(world, 'tasks');
  t.after(() => connection.close());
  return async () => {
    await connection.until(() => connection.messages.length > 0);
    const { type, record } = connection.messages.shift();
    return [words[type], type === 'DELETE' ? undefined : record.data, record.data];
  };
}

export async function jsonpadListener(world) {
  let { headers } = await poll(world.pad, 'lists/tasks?wait=0');
  const names = { 'item-create': 'create', 'item-update': 'update', 'item-delete': 'remove' };
  return async () => {
    const answer = await poll(world.pad, `lists/tasks?since=${headers.get('rockpool-cursor')}`);
    headers = answer.headers;
    return [names[answer.json.event_type], answer.json.event_data?.data];
  };
}

export async function nativeListener(world, t) {
  const connection = await Socket.open(world.server.port);
  t.after(() => connection.close());
  await connection.hello('client-000listener');
  connection.send({ type: 'subscribe', sub: 1, collection: 'tasks', snapshot: true });
  await connection.next('snapshot');
  const known = new Set();
  const waiting = [];
  return async () => {
    while (waiting.length === 0) {
      const { changes } = await connection.next('changes');
      waiting.push(...changes);
    }
    const { id, data } = waiting.shift();
    const what = data === undefined ? 'remove' : known.has(id) ? 'update' : 'create';
    data === undefined ? known.delete(id) : known.add(id);
    return [what, data];
  };
}
