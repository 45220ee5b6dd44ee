// A server with DatoCMS: requests, channels as a browser opens them, and the client of DatoCMS itself.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

import { EventSource } from 'eventsource';

import { secret } from './secrets.mjs';
import { Server, folder, sleep } from './world.mjs';

// Its ES modules name their parts without endings, which Node does not take.
const { subscribeToQuery } = createRequire(import.meta.url)('datocms-listen');

export const models = {
  blog_post: {
    fields: {
      title: 'string',
      slug: 'slug',
      views: 'integer',
      author: { type: 'link', model: 'author' },
    },
  },
  author: { fields: { name: 'string' } },
};

export async function start(t, { more = {}, settings = {}, data = ':memory:' } = {}) {
  const file = path.join(folder(t), 'rockpool.json');
  const tokens = [
    { token: secret('token-for-everything'), permissions: ['read', 'drafts', 'write'] },
    { token: secret('token-for-readers'), permissions: ['read'] },
  ];
  const dialects = { datocms: { models, tokens, ...settings }, ...more.dialects };
  writeFileSync(file, JSON.stringify({ data, ...more, dialects }));
  const server = await Server.start(t, '--config', file);
  return { server, file, base: `${server.url}/datocms` };
}

/** Status, headers and what the body says. */
export async function ask(world, method, place, body, { token = 'token-for-everything', headers = {} } = {}) {
  const answer = await fetch(`${world.base}/${place}`, {
    method,
    headers: { ...(token && { Authorization: `Bearer ${token}` }), ...headers },
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  const isJson = answer.headers.get('Content-Type') === 'application/json';
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    json: isJson ? JSON.parse(text) : undefined,
  };
}

/** What a query comes to, with drafts. */
export const query = async (world, text, variables) =>
  (await ask(world, 'POST', 'graphql/preview', { query: text, variables })).json;

/** A new record, published unless it is to be a draft: its id. */
export async function create(world, model, attributes, { draft = false } = {}) {
  const relationships = { item_type: { data: { type: 'item_type', id: model } } };
  const made = await ask(world, 'POST', 'cma/items', { data: { type: 'item', attributes, relationships } });
  if (made.status !== 201) throw new Error(`${made.status} ${made.text}`);
  const { id } = made.json.data;
  if (!draft) await ask(world, 'PUT', `cma/items/${id}/publish`);
  return id;
}

export async function change(world, id, attributes, { draft = false } = {}) {
  const changed = await ask(world, 'PUT', `cma/items/${id}`, { data: { type: 'item', id, attributes } });
  if (!draft) await ask(world, 'PUT', `cma/items/${id}/publish`);
  return changed;
}

export async function until(is) {
  for (let i = 0; i < 400 && !is(); i++) await sleep(25);
  if (!is()) throw new Error('it did not come');
}

/** DatoCMS's own client at our server: what it was told, and how it stands. */
export async function subscribe(t, world, text, options = {}) {
  const seen = { updates: [], errors: [], statuses: [], failures: [] };
  const sources = [];
  class Watched extends EventSource {
    constructor(url) {
      super(url);
      sources.push(this);
    }
  }
  // It comes back for ever: after the test nobody answers it any more.
  let over = false;
  t.after(() => {
    over = true;
    sources.forEach((source) => source.close());
  });
  const stop = await subscribeToQuery({
    query: text,
    token: 'token-for-everything',
    baseUrl: `${world.base}/listen`,
    fetcher: (...given) => (over ? new Promise(() => {}) : fetch(...given)),
    eventSourceClass: Watched,
    reconnectionPeriod: 10,
    onUpdate: (update) => seen.updates.push(update.response.data),
    onChannelError: (error) => seen.errors.push(error),
    onStatusChange: (status) => seen.statuses.push(status),
    onError: (error) => seen.failures.push(error),
    ...options,
  });
  return { ...seen, stop, sources };
}
