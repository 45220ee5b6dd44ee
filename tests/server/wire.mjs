// A way to a server that can be cut, and what waiting for something takes.
import net from 'node:net';

import { sleep } from './world.mjs';

/** Waits for a value that is not undefined or false. */
export async function until(holds, what = holds) {
  const end = Date.now() + 20_000;
  for (;;) {
    const value = await holds();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await sleep(10);
  }
}

/** A function that remembers with what it was called. */
export function recorder() {
  const calls = [];
  const record = (...values) => void calls.push(values.length > 1 ? values : values[0]);
  record.calls = calls;
  record.count = (count) => until(() => calls.length >= count && calls, `${count} calls`);
  return record;
}

/** A port in front of the world's: connections can be cut, it can be shut, what clients say can be held. */
export class Wire {
  #sockets = new Set();
  #shut = false;
  #held;
  #deaf = false;

  static async to(t, world) {
    const wire = new Wire();
    const server = net.createServer((near) => wire.#join(near, world.port));
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => (wire.cut(), server.close()));
    wire.port = server.address().port;
    return wire;
  }

  #join(near, port) {
    if (this.#shut) return near.destroy();
    const far = net.connect(port, '127.0.0.1');
    far.on('data', (data) => this.#deaf || near.write(data));
    near.on('data', (data) => (this.#held ? this.#held.push(() => far.write(data)) : far.write(data)));
    for (const [one, other] of [
      [near, far],
      [far, near],
    ]) {
      this.#sockets.add(one);
      one.on('error', () => {});
      one.on('close', () => (this.#sockets.delete(one), other.destroy()));
    }
  }

  cut() {
    this.#deaf = false;
    for (const socket of this.#sockets) socket.destroy();
  }
  shut() {
    this.#shut = true;
    this.cut();
  }
  open() {
    this.#shut = false;
  }

  /** What the server says is lost, until the next cut. */
  deaf() {
    this.#deaf = true;
  }

  hold() {
    this.#held = [];
  }
  go() {
    const held = this.#held;
    this.#held = undefined;
    for (const send of held) send();
  }
}
