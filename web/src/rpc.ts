// db.rpc: calls carried out by another page, at most once.
import type { Stop } from '../index.js';
import { RockpoolError, checkFunction, fromCore, wrap } from './errors.js';
import type { CoreError } from './errors.js';
import { fromOf, messageText } from './events.js';
import type { From, Wire } from './events.js';
import type { Signal } from './protocol.js';
import { checkName } from './value.js';

const usualMs = 10_000;
const mostMs = 300_000;

interface CallOptions {
  timeout?: number;
  wait?: boolean;
  signal?: AbortSignal;
}
type Provider = (data: any, from: From) => unknown;

interface Open {
  /** Undefined once it was said on the present session. */
  say: (() => void) | undefined;
  end(failed: boolean, value: unknown): void;
}

/** What a provider, or the server in its place, gives as the reason. */
function reasonOf(error: unknown): RockpoolError {
  const { code = 'refused', message = JSON.stringify(error) } = (error ?? {}) as Partial<CoreError>;
  return fromCore({ code: String(code), message: String(message) });
}

export class Calls {
  readonly face = {
    call: (rpc: string, data?: unknown, o: CallOptions = {}): Promise<any> => this.#call(rpc, data, o),
    provide: (rpc: string, fn: Provider): Stop => this.#provide(rpc, fn),
  };
  #wire: Wire;
  #open = new Map<number, Open>();
  #lastId = 0;
  // Several of one name are asked in turn.
  #providers = new Map<string, Provider[]>();

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  async #call(rpc: string, data: unknown, { timeout = usualMs, wait, signal }: CallOptions): Promise<any> {
    checkName(rpc, 'procedure');
    if (!(timeout > 0 && timeout <= mostMs))
      throw new RockpoolError('usage', `the timeout of a call is from 1 to ${mostMs} ms`);
    const id = ++this.#lastId;
    const text = messageText({ type: 'call', id, rpc, data, timeout: Math.ceil(timeout) });
    signal?.throwIfAborted();
    const live = this.#wire.live();
    if (!wait && !live) throw new RockpoolError('offline', `${rpc} was not called: there is no connection`);
    return new Promise((resolve, reject) => {
      const abort = (): void => open.end(true, signal!.reason);
      const open: Open = {
        say: () => this.#wire.say(text),
        end: (failed, value) => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', abort);
          this.#open.delete(id);
          if (failed) reject(value);
          else resolve(value);
        },
      };
      const timer = setTimeout(
        () => open.end(true, new RockpoolError('timeout', `${rpc} was not answered within ${timeout} ms`)),
        timeout,
      );
      signal?.addEventListener('abort', abort);
      this.#open.set(id, open);
      if (live) this.#sayAll();
    });
  }

  #sayAll(): void {
    for (const open of this.#open.values()) {
      open.say?.();
      open.say = undefined;
    }
  }

  #provide(rpc: string, fn: Provider): Stop {
    checkName(rpc, 'procedure');
    checkFunction(fn, 'provide');
    const own: Provider = (data, from) => fn(data, from);
    const providers = this.#providers.get(rpc);
    if (providers) {
      providers.push(own);
    } else {
      this.#providers.set(rpc, [own]);
      this.#sayProvide(rpc, true);
    }
    return () => {
      const left = this.#providers.get(rpc);
      const at = left?.indexOf(own) ?? -1;
      if (at < 0) return;
      left!.splice(at, 1);
      if (left!.length) return;
      this.#providers.delete(rpc);
      this.#sayProvide(rpc, false);
    };
  }

  #sayProvide(rpc: string, on: boolean): void {
    this.#wire.say(messageText({ type: 'provide', rpc, on }));
  }

  heard(message: Signal): void {
    if (message.type === 'rpc') return this.#wire.later(() => void this.#answer(message));
    const { id, data, error } = message;
    this.#open.get(id!)?.end('error' in message, 'error' in message ? reasonOf(error) : data);
  }

  async #answer({ id, rpc, data, user }: Signal): Promise<void> {
    const providers = this.#providers.get(rpc!);
    const provider = providers?.shift();
    let text;
    try {
      if (!provider) throw new RockpoolError('not-found', `${rpc} is not provided any more`);
      providers!.push(provider);
      text = messageText({ type: 'result', id: id!, data: await provider(data, fromOf(user)) });
    } catch (thrown) {
      const { code, message } = wrap(thrown, 'refused', rpc!);
      text = messageText({ type: 'result', id: id!, error: { code, message } });
    }
    this.#wire.say(text);
  }

  /** What is under way may have been done, or not; those that wait go on waiting. */
  lost(): void {
    for (const open of [...this.#open.values()]) {
      if (open.say) continue;
      open.end(
        true,
        new RockpoolError('offline', 'the connection was lost; the call may have been carried out'),
      );
    }
  }

  /** Calls wait for an answer. */
  get waits(): boolean {
    return this.#open.size > 0;
  }

  /** A new session knows nothing of us. */
  again(): void {
    this.lost();
    for (const rpc of this.#providers.keys()) this.#sayProvide(rpc, true);
    this.#sayAll();
  }

  close(): void {
    const error = new RockpoolError('closed', 'the database is closed');
    for (const open of [...this.#open.values()]) open.end(true, error);
  }
}
