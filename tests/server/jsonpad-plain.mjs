// A server of the contract and nothing more: no cursors, no versions, ids beyond 2^53. It stands for those
// that are not ours.
import http from 'node:http';

import { basic } from './jsonpad-world.mjs';

const page = (url, name) => Number(url.searchParams.get(name) ?? 0);
const now = () => new Date().toISOString().replace(/\.\d+Z/, '+00:00');

export class PlainPad {
  lists = new Map();
  #next = 23928779684449150n;
  #parked = new Set();
  #pollMs;

  static async start(t, { pollMs = 1000 } = {}) {
    const pad = new PlainPad();
    pad.#pollMs = pollMs;
    const server = http.createServer((request, response) => void pad.#serve(request, response));
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => (server.closeAllConnections(), server.close()));
    pad.port = server.address().port;
    return pad;
  }

  list(name) {
    const created = now();
    const list = { name, realtime_enabled: true, created, updated: created, items: new Map() };
    this.lists.set(name, list);
    return list;
  }
  add(name, data) {
    const id = `${this.#next++}`;
    const created = now();
    const item = { created, data, id, updated: created };
    this.lists.get(name).items.set(id, item);
    this.#tell(name, 'item-create', id, item);
    return item;
  }
  set(name, id, data) {
    const item = this.lists.get(name).items.get(id);
    Object.assign(item, { data, updated: now() });
    this.#tell(name, 'item-update', id, item);
    return item;
  }
  remove(name, id) {
    this.lists.get(name).items.delete(id);
    this.#tell(name, 'item-delete', id, null);
  }
  values(name) {
    return [...(this.lists.get(name)?.items.values() ?? [])].map(({ data }) => data);
  }

  #tell(name, type, id, data) {
    const list = this.lists.get(name);
    list.updated = now();
    const text = `{"object_id":${id},"event_type":"${type}","event_data":${JSON.stringify(data)}}`;
    for (const poll of [...this.#parked]) if (poll.name === name) poll.answer(text);
  }

  #resource({ items, ...list }) {
    const data_size = [...items.values()].reduce((sum, { data }) => sum + JSON.stringify(data).length, 0);
    return { ...list, has_schema: false, index_count: 0, item_count: items.size, data_size };
  }

  async #serve(request, response) {
    let body = '';
    for await (const piece of request) body += piece;
    const url = new URL(request.url, 'http://plain');
    const isApi = url.pathname.startsWith('/api/v1.0/');
    const parts = url.pathname.slice(isApi ? 10 : 1).split('/');
    const say = (status, value) => {
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value));
    };
    const fail = (status, error_code) => say(status, { status_code: status, error_code, message: 'no' });
    const { authorization } = request.headers;
    if (authorization !== basic(isApi ? 'user:api-token' : 'user:realtime-token')) return fail(401, 1000);
    if (isApi) return this.#api(request.method, parts, url, body, say, fail);
    if (!this.lists.has(parts[1])) return fail(404, 7001);
    this.#park(parts[1], response, say);
  }

  #park(name, response, say) {
    const poll = { name };
    const end = () => (clearTimeout(poll.timer), this.#parked.delete(poll));
    poll.answer = (text) => (end(), say(200, text));
    poll.timer = setTimeout(
      () => poll.answer({ object_id: null, event_type: 'timeout', event_data: null }),
      this.#pollMs,
    );
    response.on('close', end);
    this.#parked.add(poll);
  }

  #api(method, [, listName, , id], url, body, say, fail) {
    const list = this.lists.get(listName);
    if (listName === undefined) {
      if (method === 'GET') return say(200, { lists: [], page: 1, pages: 1, total: 0 });
      const { name } = JSON.parse(body);
      if (this.lists.has(name)) return fail(400, 4001);
      return say(201, { list: this.#resource(this.list(name)) });
    }
    if (!list) return fail(404, url.pathname.endsWith('items') ? 3002 : 4002);
    if (!url.pathname.includes('/items')) return say(200, { list: this.#resource(list) });
    if (id === undefined) {
      if (method === 'POST') return say(201, { item: this.add(listName, JSON.parse(body)) });
      const [at, size] = [page(url, 'page') || 1, Math.min(page(url, 'page_size') || 50, 20)];
      const all = [...list.items.values()];
      const items = all.slice((at - 1) * size, at * size);
      return say(200, { items, page: at, pages: Math.ceil(all.length / size), total: all.length });
    }
    if (!list.items.has(id)) return fail(404, 3005);
    if (method === 'PUT') this.set(listName, id, JSON.parse(body));
    if (method !== 'DELETE') return say(200, { item: list.items.get(id) });
    this.remove(listName, id);
    return say(204);
  }
}
