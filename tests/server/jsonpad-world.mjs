// A server with JSONPad, and requests to it as its connectors make them.
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { secret } from './secrets.mjs';
import { Server, folder } from './world.mjs';

export const basic = (user) => 'Basic ' + Buffer.from(user).toString('base64');

export async function start(t, { more = {}, settings = {}, data = ':memory:' } = {}) {
  const file = path.join(folder(t), 'rockpool.json');
  const accounts = { user: { tokens: ['api-token'], realtimeTokens: ['realtime-token'] } };
  const dialects = { jsonpad: { accounts, ...settings }, deepstream: { auth: { type: 'open' } } };
  writeFileSync(file, JSON.stringify({ data, dialects, ...more }));
  for (const token of ['api-token', 'realtime-token']) secret(token);
  const server = await Server.start(t, '--config', file);
  return { server, file, base: `${server.url}/jsonpad` };
}

/** Of the API: status, headers and what the body says, its text as well. */
export async function api(world, method, place, body, { user = 'user:api-token', headers = {} } = {}) {
  return request(`${world.base}/api/v1.0/${place}`, { method, user, body, headers });
}

export const poll = (world, place, { user = 'user:realtime-token', signal } = {}) =>
  request(`${world.base}/${place}`, { user, signal });

async function request(url, { method = 'GET', user, body, headers = {}, signal }) {
  const authorization = !user ? {} : { Authorization: basic(user) };
  const type = body === undefined ? {} : { 'Content-Type': 'application/json' };
  const answer = await fetch(url, {
    method,
    body,
    signal,
    headers: { ...authorization, ...type, ...headers },
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, json: text ? JSON.parse(text) : undefined };
}

export async function list(world, name, more = { realtime_enabled: true }) {
  return (await api(world, 'POST', 'lists', JSON.stringify({ name, ...more }))).json.list;
}
export async function add(world, name, data) {
  return (await api(world, 'POST', `lists/${name}/items`, JSON.stringify(data))).json.item;
}
