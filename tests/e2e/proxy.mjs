// A small reverse proxy that misbehaves as real ones do. Its faults may be changed while it runs; they hold
// for connections and requests that begin after that, `cut` and `deaf` for those that are there as well.
import http from 'node:http';
import net from 'node:net';
import { PassThrough, Transform } from 'node:stream';

/** Everything late by `ms`, in order. */
const late = (ms) =>
  new Transform({
    transform(chunk, _, done) {
      setTimeout(() => this.push(chunk), ms);
      done();
    },
    flush: (done) => setTimeout(done, ms),
  });

export class Proxy {
  /**
   * upgrades: 'pass', 'refuse' (403), 'strip' (a plain GET reaches the server), 'swallow' (never answered)
   * events:   'pass', 'buffer' (an event stream is held back until it ends)
   * cutAfter: ms that a connection lives, 0: as long as it likes
   * delay:    ms that every byte is late, each way
   * drop:     share of connections and requests that is cut at once, 0 to 1
   * deaf:     what comes is lost, and nobody is told
   */
  faults = { upgrades: 'pass', events: 'pass', cutAfter: 0, delay: 0, drop: 0, deaf: false };
  /** What came by since the start: 'websocket', 'events', 'poll', 'messages' and how many of each. */
  seen = new Map();
  url = '';
  #target;
  #server;
  #sockets = new Set();
  #dice = 1;

  constructor(target) {
    this.#target = new URL(target);
  }

  async start() {
    this.#server = http.createServer((request, response) => this.#request(request, response));
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => socket.destroy());
      if (this.faults.cutAfter > 0) setTimeout(() => socket.destroy(), this.faults.cutAfter);
    });
    await new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${this.#server.address().port}`;
  }

  /** Ends every connection that is there. */
  cut() {
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop() {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #count(what) {
    this.seen.set(what, (this.seen.get(what) ?? 0) + 1);
  }

  /** Is this one to be dropped? */
  #unlucky() {
    this.#dice = (Math.imul(this.#dice, 1664525) + 1013904223) >>> 0;
    return this.#dice / 2 ** 32 < this.faults.drop;
  }

  /** What has lost something once lets nothing through any more, as a connection that nobody knows of now. */
  #through(from, to) {
    const { delay } = this.faults;
    let lost = false;
    const gate = new Transform({
      transform: (chunk, _, done) => {
        lost ||= this.faults.deaf;
        done(null, lost ? undefined : chunk);
      },
    });
    const stream = delay > 0 ? from.pipe(gate).pipe(late(delay)) : from.pipe(gate);
    stream.pipe(to);
    return stream;
  }

  #upgrade(request, socket, head) {
    this.#count('websocket');
    const { upgrades, deaf } = this.faults;
    if (deaf || upgrades === 'swallow') return;
    if (this.#unlucky()) return void socket.destroy();
    if (upgrades === 'refuse') {
      return void socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    }
    const server = net.connect(this.#target.port, this.#target.hostname, () => {
      const lines = [`${request.method} ${request.url} HTTP/1.1`];
      for (let i = 0; i < request.rawHeaders.length; i += 2) {
        const name = request.rawHeaders[i];
        if (upgrades === 'strip' && /^(upgrade|connection|sec-websocket-.*)$/i.test(name)) continue;
        lines.push(`${name}: ${request.rawHeaders[i + 1]}`);
      }
      server.write(`${lines.join('\r\n')}\r\n\r\n`);
      server.write(head);
      this.#through(socket, server);
      this.#through(server, socket);
    });
    const end = () => {
      socket.destroy();
      server.destroy();
    };
    server.on('error', end).on('close', end);
    socket.on('error', end).on('close', end);
  }

  #request(request, response) {
    const what = /^\/v1\/(events|poll|messages)/.exec(request.url)?.[1];
    if (what) this.#count(what);
    if (this.faults.deaf) return;
    if (what && this.#unlucky()) return void request.socket.destroy();
    const { hostname, port } = this.#target;
    const { method, url: path, headers } = request;
    const onward = http.request({ hostname, port, method, path, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode, answer.rawHeaders);
      const isStream = /event-stream/.test(answer.headers['content-type'] ?? '');
      if (isStream && this.faults.events === 'buffer') {
        const held = new PassThrough({ highWaterMark: 1 << 24 });
        answer.pipe(held);
        answer.on('end', () => held.pipe(response));
      } else {
        if (isStream) response.flushHeaders();
        this.#through(answer, response);
      }
      response.on('close', () => onward.destroy());
    });
    onward.on('error', () => request.socket.destroy());
    this.#through(request, onward);
  }
}
