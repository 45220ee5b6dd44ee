// A server of the contract and nothing more: no cursors, no versions, ids of its own. It stands for the
// service.
import { createRequire } from 'node:module';
import { randomUUID } from 'node:crypto';
import http from 'node:http';

const { Server: WebSocketServer } = createRequire(
  new URL('../peers/deepstream/package.json', import.meta.url),
)('ws');

const second = () => new Date(Math.floor(Date.now() / 1000) * 1000).toISOString();

export class PlainRested {
  key = '0123456789abcdef0123456789abcdef';
  token = undefined; // what secure endpoints want
  #endpoints = new Map();
  #sockets = new Set();

  static async start(t) {
    const rested = new PlainRested();
    const server = http.createServer((request, response) => void rested.#serve(request, response));
    const sockets = new WebSocketServer({ noServer: true });
    server.on('upgrade', (request, raw, head) =>
      sockets.handleUpgrade(request, raw, head, (socket) => rested.#join(socket, request)),
    );
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => (rested.close(1001), server.closeAllConnections(), server.close()));
    rested.port = server.address().port;
    return rested;
  }

  async list(name) {
    this.#endpoints.set(name, new Map());
  }
  add(name, data) {
    const uniqueId = randomUUID().replaceAll('-', '');
    const time = second();
    const record = { uniqueId, data, createdAt: time, updatedAt: time };
    this.#endpoints.get(name).set(uniqueId, record);
    this.#tell(name, 'POST', record);
    return record;
  }
  set(name, id, data) {
    const record = this.#endpoints.get(name).get(id);
    Object.assign(record, { data, updatedAt: second() });
    this.#tell(name, 'PUT', record);
    return record;
  }
  remove(name, id) {
    const record = this.#endpoints.get(name).get(id);
    this.#endpoints.get(name).delete(id);
    this.#tell(name, 'DELETE', record);
    return record;
  }
  values(name) {
    return [...this.#endpoints.get(name).values()].map(({ data }) => data);
  }
  close(code, reason) {
    for (const { socket } of this.#sockets) socket.close(code, reason);
  }

  #tell(name, type, record) {
    const text = JSON.stringify({ type, record });
    for (const one of this.#sockets) if (one.name === name) one.socket.send(text);
  }

  #check(url) {
    const name = decodeURIComponent(url.pathname.slice('/api/1/ce/'.length));
    const key = url.searchParams.get('key') ?? url.searchParams.get('apiKey');
    return this.#endpoints.has(name) && key === this.key ? name : undefined;
  }

  #join(socket, request) {
    const url = new URL(request.url, 'http://plain');
    const name = this.#check(url);
    if (name === undefined) return socket.close(4000, 'Endpoint or API Key not valid.');
    if (this.token && url.searchParams.get('accessToken') !== this.token)
      return socket.close(4000, 'No Access token or invalid.');
    const one = { name, socket };
    this.#sockets.add(one);
    socket.on('close', () => this.#sockets.delete(one));
  }

  async #serve(request, response) {
    let body = '';
    for await (const piece of request) body += piece;
    const url = new URL(request.url, 'http://plain');
    const say = (status, value) => {
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(value));
    };
    const name = this.#check(url);
    if (name === undefined) return say(400, { error: 'Endpoint or API Key not valid.' });
    if (this.token && request.headers.authorization !== `Bearer ${this.token}`)
      return say(401, { error: 'No Access token or invalid.' });
    const records = this.#endpoints.get(name);
    const id = url.searchParams.get('uniqueId');
    if (request.method === 'POST') return say(200, this.add(name, JSON.parse(body)));
    if (request.method === 'GET' && id === null) return say(200, [...records.values()]);
    if (!records.has(id)) return say(404, { error: 'uniqueId unknown' });
    if (request.method === 'GET') return say(200, [records.get(id)]);
    if (request.method === 'DELETE') return say(200, this.remove(name, id));
    return say(200, this.set(name, id, JSON.parse(body)));
  }
}
