// Starts the real program and talks to it by raw sockets, so that nothing between test and server is polite.
import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { loud, said, secret, secretsOf } from './secrets.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const program = process.env.ROCKPOOL_SERVER ?? path.join(root, 'build/release/rockpool');
if (!existsSync(program)) throw new Error(`${program} is not built; run npm run build`);

// A folder of its own, gone after the test.
export function folder(t) {
  const made = mkdtempSync(path.join(tmpdir(), 'rockpool-test-'));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

// Runs a verb to its end.
export function run(...words) {
  return runWith('', ...words);
}

// The same, with something on its standard input.
export function runWith(input, ...words) {
  return spawned({ input }, words);
}

// The same, in this folder.
export function runIn(cwd, ...words) {
  return spawned({ cwd }, words);
}

function spawned(options, words) {
  const how = { ...options, encoding: 'utf8', timeout: 60_000 };
  const { status, stdout, stderr } = spawnSync(program, words, how);
  if (words[0] === 'token' || words[0] === 'key') secret(stdout.split('\n')[0]);
  said(stderr);
  return { status, stdout, stderr };
}

// A serving process. `url` is known once it listens.
export class Server {
  static start(t, ...words) {
    const file = words[words.indexOf('--config') + 1];
    if (words.includes('--config')) secretsOf(JSON.parse(readFileSync(file, 'utf8')));
    return Server.begun(t, spawn(program, ['serve', '--listen', '127.0.0.1:0', ...loud(words), ...words]));
  }

  // With so many file descriptors and no more.
  static startWith(t, descriptors, ...words) {
    const script = `ulimit -n ${descriptors}; exec "$0" "$@"`;
    const serve = ['serve', '--listen', '127.0.0.1:0', ...loud(words), ...words];
    return Server.begun(t, spawn('sh', ['-c', script, program, ...serve]));
  }

  static async begun(t, child) {
    const server = new Server(child);
    t?.after(() => server.kill());
    server.url = await server.#listening();
    server.port = Number(new URL(server.url).port);
    return server;
  }

  constructor(child) {
    this.child = child;
    this.stderr = '';
    this.stdout = '';
    child.stderr.on('data', (bytes) => (this.stderr += bytes));
    child.stdout.on('data', (bytes) => (this.stdout += bytes));
    this.ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)));
    child.on('close', () => said(this.stdout + this.stderr));
  }

  async #listening() {
    for (let i = 0; i < 600; i++) {
      const found = /^listening on (\S+)\n/.exec(this.stdout);
      if (found) return found[1];
      if (this.child.exitCode !== null) break;
      await sleep(25);
    }
    throw new Error(`the server did not start: ${this.stderr}`);
  }

  // Ends it as the operating system would on a shutdown, or without a word.
  stop(signal = 'SIGTERM') {
    this.child.kill(signal);
    return this.ended;
  }
  kill() {
    return this.stop('SIGKILL');
  }

  metric(name) {
    return fetch(`${this.url}/metrics`)
      .then((answer) => answer.text())
      .then((text) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)[1]));
  }
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Everything the server says to these bytes until it closes or falls silent.
export function raw(port, text, { silent = 400, pieces = 1 } = {}) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1');
    const got = [];
    const done = (closed) => {
      socket.destroy();
      resolve({ text: Buffer.concat(got).toString('latin1'), closed });
    };
    socket.setTimeout(silent, () => done(false));
    socket.on('data', (bytes) => got.push(bytes));
    socket.on('end', () => done(true));
    socket.on('error', (error) => (got.length > 0 ? done(true) : reject(error)));
    const bytes = Buffer.from(text, 'latin1');
    const size = Math.ceil(bytes.length / pieces);
    for (let at = 0; at < bytes.length; at += size) socket.write(bytes.subarray(at, at + size));
  });
}

export const status = (answer) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer.text)?.[1] ?? 0);
export const get = (target, ...fields) =>
  ['GET ' + target + ' HTTP/1.1', 'Host: x', ...fields, '', ''].join('\r\n');

// A WebSocket client of its own: can send what no library would.
export class Socket {
  static open(port, options) {
    return Socket.over(net.connect(port, '127.0.0.1'), options);
  }

  // Over a connection that is there, or will be.
  static async over(stream, { target = '/v1/connect', fields = [], subprotocol = 'rockpool.v1' } = {}) {
    const key = randomBytes(16).toString('base64');
    const all = [
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${key}`,
    ];
    if (subprotocol) all.push(`Sec-WebSocket-Protocol: ${subprotocol}`);
    const socket = new Socket(stream);
    socket.stream.write(get(target, ...all, ...fields));
    await socket.until(() => socket.head !== undefined || socket.ended);
    const accept = createHash('sha1')
      .update(key + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11')
      .digest('base64');
    socket.status = Number(/^HTTP\/1\.1 (\d+)/.exec(socket.head ?? '')?.[1] ?? 0);
    socket.accepted = socket.head?.includes(`Sec-WebSocket-Accept: ${accept}`) ?? false;
    return socket;
  }

  constructor(stream) {
    this.stream = stream;
    this.bytes = Buffer.alloc(0);
    this.messages = [];
    this.texts = []; // of all messages, as they came
    this.pongs = [];
    this.closeCode = undefined;
    this.ended = false;
    stream.on('data', (bytes) => {
      this.bytes = Buffer.concat([this.bytes, bytes]);
      this.#take();
    });
    for (const event of ['end', 'close', 'error']) stream.on(event, () => (this.ended = true));
  }

  #take() {
    if (this.head === undefined) {
      const end = this.bytes.indexOf('\r\n\r\n');
      if (end < 0) return;
      this.head = this.bytes.subarray(0, end).toString('latin1');
      this.bytes = this.bytes.subarray(end + 4);
    }
    for (;;) {
      const frame = this.#frame();
      if (!frame) return;
      if (frame.opcode === 8) {
        this.closeCode = frame.payload.length >= 2 ? frame.payload.readUInt16BE(0) : 1005;
        this.closeReason = frame.payload.subarray(2).toString();
      }
      if (frame.opcode === 10) this.pongs.push(frame.payload.toString());
      if (frame.opcode === 1) {
        this.texts.push(frame.payload.toString('utf8'));
        this.messages.push(...[JSON.parse(this.texts.at(-1))].flat());
      }
      if (frame.opcode === 9) this.frame(10, frame.payload);
    }
  }

  #frame() {
    if (this.bytes.length < 2) return undefined;
    let length = this.bytes[1] & 127;
    let at = 2;
    if (length === 126) [length, at] = [this.bytes.length < 4 ? Infinity : this.bytes.readUInt16BE(2), 4];
    else if (length === 127)
      [length, at] = [this.bytes.length < 10 ? Infinity : Number(this.bytes.readBigUInt64BE(2)), 10];
    if (this.bytes.length < at + length) return undefined;
    const frame = { opcode: this.bytes[0] & 15, payload: this.bytes.subarray(at, at + length) };
    this.bytes = this.bytes.subarray(at + length);
    return frame;
  }

  // One frame, masked as clients must; `first` sets the bits of the first byte itself.
  frame(opcode, payload, { first = 0x80 | opcode, length = payload.length } = {}) {
    const mask = randomBytes(4);
    const head = [first];
    if (length < 126) head.push(0x80 | length);
    else if (length < 65536) head.push(0x80 | 126, length >> 8, length & 255);
    else
      head.push(
        0x80 | 127,
        0,
        0,
        0,
        0,
        length >>> 24,
        (length >> 16) & 255,
        (length >> 8) & 255,
        length & 255,
      );
    const masked = Buffer.from(payload.map((byte, i) => byte ^ mask[i % 4]));
    this.write(Buffer.concat([Buffer.from(head), mask, masked]));
  }

  // In pieces of `piece` bytes, each on its way before the next.
  write(bytes) {
    this.stream.setNoDelay(true);
    const size = this.piece ?? bytes.length;
    for (let at = 0; at < bytes.length; at += size) this.stream.write(bytes.subarray(at, at + size));
  }

  send(message) {
    this.frame(1, Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)));
  }

  async until(holds, ms = 15_000) {
    const end = Date.now() + ms;
    while (!holds()) {
      if (Date.now() > end)
        throw new Error(`waited in vain; got ${JSON.stringify(this.messages).slice(0, 1000)}`);
      await sleep(5);
    }
  }

  // The next message of that type that was not asked for before.
  async next(type) {
    let at = -1;
    await this.until(() => (at = this.messages.findIndex((m) => m.type === type)) >= 0 || this.ended);
    if (at < 0) throw new Error(`closed (${this.closeCode}) before ${type} came`);
    return this.messages.splice(at, 1)[0];
  }

  async closed() {
    await this.until(() => this.ended);
    return this.closeCode;
  }

  async hello(client, more = {}) {
    secret(more.token);
    this.send({ type: 'hello', protocol: 1, client, space: 'default', settled: 0, except: [], ...more });
    return this.next('welcome');
  }

  close() {
    this.stream.destroy();
  }
}

export const put = (number, collection, id, data, base = 0) => ({
  number,
  collection,
  id,
  op: 'put',
  base,
  data,
});
