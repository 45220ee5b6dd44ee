// Clients of rockpool.v1 that cost next to nothing, so that two thousand fit into one process: each follows
// one collection and counts what it gets, over a WebSocket, an event stream or polls.
import { randomBytes } from 'node:crypto';
import http from 'node:http';
import net from 'node:net';

export const agent = new http.Agent({ keepAlive: true, maxSockets: Infinity });
let made = 0;

function masked(text) {
  const payload = Buffer.from(text);
  const head =
    payload.length < 126
      ? [0x81, 0x80 | payload.length]
      : [0x81, 0xfe, payload.length >> 8, payload.length & 255];
  return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), payload]);
}

// What all have in common. `tick` is a record that counts up by one: a number left out was lost.
class Light {
  last = 0;
  received = 0;
  gaps = 0;
  live = false;
  left = false;

  constructor(counts) {
    this.counts = counts;
    this.name = `light-${process.pid}-${++made}`;
  }
  hello() {
    return { type: 'hello', protocol: 1, client: this.name };
  }
  subscribe() {
    return { type: 'subscribe', sub: 1, collection: 'ticks' };
  }

  hear(text) {
    // Of changes alone: a snapshot's records are in the order of their names.
    for (const [, n] of text.matchAll(/"op":"set","data":\{"tick":(\d+)/g)) {
      const tick = Number(n);
      if (this.last > 0 && tick !== this.last + 1) this.counts.gaps++;
      this.last = tick;
      this.counts.deliveries++;
    }
  }
  lost(why) {
    if (!this.left) this.counts.broken.push(`${this.constructor.name}: ${why}`);
  }
}

export class LightSocket extends Light {
  join(port) {
    return new Promise((resolve) => {
      this.socket = net.connect(port, '127.0.0.1');
      this.socket.write(
        'GET /v1/connect HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
          `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
      );
      // Nothing is said before the upgrade is answered: RFC 6455 section 4.1.
      this.socket.once('data', () => this.socket.write(masked(JSON.stringify([this.hello()]))));
      let rest = '';
      this.socket.setEncoding('latin1').on('data', (text) => {
        // Messages are looked for as text, so no frame needs to be taken apart; a piece is kept for the next.
        const all = rest + text;
        const whole = all.lastIndexOf('}') + 1;
        this.hear(all.slice(0, whole));
        rest = all.slice(whole);
        if (!this.live && all.includes('"welcome"')) {
          this.live = true;
          this.socket.write(masked(JSON.stringify(this.subscribe())));
          resolve();
        }
      });
      this.socket.on('error', () => {}).on('close', () => this.lost('closed') ?? resolve());
    });
  }
  ping() {
    this.socket.write(masked('{"type":"ping"}'));
  }
  leave() {
    this.left = true;
    this.socket.destroy();
  }
}

class LightRequests extends Light {
  request(method, target, body, on) {
    const headers = { ...(this.session && { 'Rockpool-Session': this.session }) };
    const request = http.request(
      { host: '127.0.0.1', port: this.port, method, path: target, headers, agent },
      (answer) => {
        answer.setEncoding('utf8');
        on?.(answer);
        if (!on) answer.resume();
      },
    );
    request.on('error', (error) => this.lost(error.message)).end(body);
    return request;
  }
  post(messages, on) {
    return this.request('POST', '/v1/messages', JSON.stringify({ received: this.received, messages }), on);
  }
  async join(port) {
    this.port = port;
    const began = await new Promise((resolve) => {
      this.post([this.hello(), this.subscribe()], (answer) => {
        let text = '';
        answer.on('data', (data) => (text += data)).on('end', () => resolve(text));
      });
    });
    this.hear(began);
    const { session, n } = JSON.parse(began);
    this.session = session;
    this.received = n;
    this.live = true;
    this.listen();
  }
  ping() {
    if (this.live) this.post([{ type: 'ping' }]);
  }
  leave() {
    this.left = true;
    this.live = false;
    this.request('DELETE', '/v1/messages');
    this.reading?.destroy();
  }
}

export class LightEvents extends LightRequests {
  listen() {
    let rest = '';
    this.reading = this.request('GET', `/v1/events?n=${this.received}`, undefined, (answer) => {
      answer.on('data', (text) => {
        const events = (rest + text).split('\n\n');
        rest = events.pop();
        for (const event of events) {
          const said = /^id: (\d+)/.exec(event);
          if (said) this.received = Number(said[1]);
          this.hear(event);
        }
      });
      answer.on('close', () => this.lost('stream closed'));
    });
  }
}

export class LightPolls extends LightRequests {
  listen() {
    if (this.left) return;
    this.reading = this.request('GET', `/v1/poll?n=${this.received}`, undefined, (answer) => {
      let text = '';
      answer.on('data', (data) => (text += data));
      answer.on('end', () => {
        if (answer.statusCode !== 200) return this.lost(`poll ${answer.statusCode}`);
        const n = /"n":(\d+)/.exec(text);
        this.received = Number(n[1]);
        this.hear(text);
        this.listen();
      });
    });
  }
}
