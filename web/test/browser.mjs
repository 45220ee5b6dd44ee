// As much of a browser as several tabs of one origin share, in this process: locks, channels and databases.
// A tab is the SDK for pages, loaded once more. One of them can be halted, as a page that is frozen.
import fs from 'node:fs';
import { Databases } from './databases.mjs';

const dist = new URL('../../dist/', import.meta.url);
const module = new WebAssembly.Module(fs.readFileSync(new URL('core.wasm', dist)));

class Locks {
  #held = new Map();
  #queues = new Map();

  request(name, ...rest) {
    const work = rest.pop();
    const { steal = false, signal } = rest[0] ?? {};
    return new Promise((resolve, reject) => {
      const wish = { name, work, resolve, reject };
      if (signal?.aborted) return reject(signal.reason);
      signal?.addEventListener('abort', () => {
        const queue = this.#queues.get(name) ?? [];
        if (queue.includes(wish)) queue.splice(queue.indexOf(wish), 1);
        if (this.#held.get(name) !== wish) reject(signal.reason);
      });
      if (steal) {
        this.#held.get(name)?.reject(new DOMException('stolen', 'AbortError'));
        return this.#grant(wish);
      }
      if (!this.#held.has(name)) return this.#grant(wish);
      this.#queues.set(name, [...(this.#queues.get(name) ?? []), wish]);
    });
  }

  #grant(wish) {
    const { name, work, resolve, reject } = wish;
    this.#held.set(name, wish);
    setTimeout(async () => {
      await Promise.resolve(work({ name })).then(resolve, reject);
      if (this.#held.get(name) !== wish) return;
      this.#held.delete(name);
      const next = this.#queues.get(name)?.shift();
      if (next) this.#grant(next);
    });
  }

  get names() {
    return [...this.#held.keys()];
  }
}

export class Browser {
  databases = new Databases();
  locks = new Locks();
  /** What was said over channels, as `[name, ...rest]`. */
  said = [];
  /** Of messages: whether the tab that would hear it does not. */
  misses = () => false;
  #channels = new Set();
  #opening;
  #count = 0;

  /** What pages find in their global scope. */
  install() {
    const browser = this;
    const globals = {
      navigator: { locks: this.locks, onLine: true },
      indexedDB: this.databases,
      IDBKeyRange: { upperBound: (upTo) => ({ upTo }) },
      BroadcastChannel: class {
        tab = browser.#opening;
        constructor(name) {
          this.name = name;
          browser.#channels.add(this);
        }
        postMessage(message) {
          browser.said.push(message);
          for (const channel of browser.#channels) {
            if (channel === this || channel.name !== this.name) continue;
            const data = structuredClone(message);
            setTimeout(() => {
              if (browser.#channels.has(channel) && !browser.misses(channel.tab, data))
                channel.onmessage?.({ data });
            });
          }
        }
        close() {
          browser.#channels.delete(this);
        }
      },
    };
    for (const [name, value] of Object.entries(globals))
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }

  /** A tab with the database open; tabs are opened one after another. */
  async tab(context, options) {
    const name = `tab${++this.#count}`;
    const sdk = await import(`${new URL('index.web.js', dist)}?${process.pid}.${Math.random()}`);
    this.#opening = name;
    const db = await sdk.open({ url: 'http://fake', log: 'error', wasm: { module }, ...options });
    context.after(() => db.close());
    return Object.assign(db, { tab: name });
  }
}
