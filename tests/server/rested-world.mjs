// A server with RESTED, a project on it, and requests and sockets as its clients make them.
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { secret, secretsIn } from './secrets.mjs';
import { Server, Socket, folder } from './world.mjs';

export async function start(t, { more = {}, settings = {}, data = ':memory:' } = {}) {
  const file = path.join(folder(t), 'rockpool.json');
  const dialects = { rested: { adminToken: secret('the-token-of-rested'), ...settings }, ...more.dialects };
  writeFileSync(file, JSON.stringify({ data, ...more, dialects }));
  const server = await Server.start(t, '--config', file);
  return { server, file, base: `${server.url}/rested/api/1` };
}

/** Status, headers and what the body says, its text as well. */
export async function request(url, { method = 'GET', body, type = 'application/json', headers = {} } = {}) {
  secretsIn(headers);
  const sent = body === undefined ? {} : { 'Content-Type': type };
  const answer = await fetch(url, { method, body, headers: { ...sent, ...headers } });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type') === 'application/json';
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    json: isJson ? JSON.parse(text) : undefined,
  };
}

export function manage(world, method, place, body) {
  const headers = { Authorization: 'Bearer the-token-of-rested' };
  return request(`${world.base}/manage/${place}`, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
}

/** The world with a project of its own: `key`, `master`, `project`. */
export async function project(world, options = {}) {
  const { json } = await manage(world, 'POST', 'projects', {
    name: 'a project',
    masterKey: true,
    ...options,
  });
  const [key, master] = [secret(json.apiKey), secret(json.masterKey)];
  return { ...world, project: json.projectId, key, master };
}

export async function endpoint(world, name, options = {}) {
  const made = await manage(world, 'POST', `projects/${world.project}/endpoints`, { name, ...options });
  if (made.status !== 201) throw new Error(made.text);
  return made.json;
}

export const at = (world, name, query = {}) =>
  `${world.base}/ce/${name}?${new URLSearchParams({ key: world.key, ...query })}`;

/** A request at an endpoint; `options.data` is what is sent as JSON. */
export function ask(world, method, name, query = {}, { data, ...options } = {}) {
  const body = data === undefined ? options.body : JSON.stringify(data);
  return request(at(world, name, query), { method, ...options, body });
}

/** A user of the endpoint, logged in: `token`, `id`. */
export async function user(world, name, username) {
  const data = { username, password: secret(`the pass of ${username}`) };
  const { json } = await ask(world, 'POST', name, {}, { data });
  const come = await ask(world, 'POST', name, { login: 'true', noATCookie: 'true' }, { data });
  return { id: json.uniqueId, token: secret(come.headers.get('authorization').slice(7)), data };
}

export async function socket(world, name, query = {}, fields = []) {
  const url = new URL(at(world, name, query));
  const made = await Socket.open(world.server.port, {
    target: url.pathname + url.search,
    fields,
    subprotocol: undefined,
  });
  made.fate = async () => {
    await made.until(() => made.closeReason !== undefined || made.ended);
    return `${made.closeCode} ${made.closeReason}`;
  };
  return made;
}
