// The only file that loops: what happened goes into the core, what it wants done is drained and done.
import type { OpenOptions } from '../index.js';
import { Ask, Tell } from './calls.js';
import type { Carrier, CarrierEvents } from './carriers/carrier.js';
import { openRequest } from './carriers/request.js';
import { openWebSocket } from './carriers/websocket.js';
import { noteWorked } from './carriers/worked.js';
import type { SocketClass } from './carriers/websocket.js';
import type { Core } from './core.js';
import { wrap } from './errors.js';
import type { RockpoolError } from './errors.js';
import type { Clockwork } from './live.js';
import type { CoreEvent, Reason } from './protocol.js';
import type { Store } from './store.js';

const abnormal = 1006;
const timerMsMax = 0x7fffffff;

export interface Sink {
  /** What concerns records, writes and status. */
  happened(event: CoreEvent): void;
  failed(error: RockpoolError): void;
}

export class Driver implements Clockwork {
  readonly core: Core;
  #sink: Sink;
  #url: string;
  #store: Store | undefined;
  #socket: SocketClass | undefined;
  #ask: OpenOptions<unknown>['token'];
  #asking: AbortController | undefined;
  #carriers = new Map<number, Carrier>();
  #dirty = false;
  #draining = false;
  #scheduled = false;
  #told = new Set<{ tell(): void }>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wakeAt = -1;
  #step = 0;
  #stopped = false;
  #abandoned = false;

  constructor(
    core: Core,
    sink: Sink,
    parts: { url: string; store?: Store; socket?: SocketClass; token: OpenOptions<unknown>['token'] },
  ) {
    this.core = core;
    this.#sink = sink;
    this.#url = parts.url;
    this.#store = parts.store;
    this.#socket = parts.socket;
    this.#ask = parts.token;
    this.#store?.listen({
      persisted: (step) => this.feed((now) => core.tell(Tell.persisted, now, step)),
      failed: (error) => {
        this.feed((now) => core.tell(Tell.persistFailed, now, 0, error.message));
        sink.failed(error);
      },
      recovered: () => this.feed((now) => core.tell(Tell.persistRecovered, now)),
      writeFiles: () => core.writeFiles(),
    });
  }

  /** Something happened. What follows from it is done at the end of this task, or at the next look. */
  feed(happened: (now: number) => void): void {
    if (this.#abandoned) return;
    happened(Date.now());
    this.touch();
  }

  touch(): void {
    this.#dirty = true;
    this.#schedule();
  }

  tell(source: { tell(): void }): void {
    this.#told.add(source);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => this.#scheduled && this.flush());
  }

  /** Does now what would be done at the end of this task. */
  flush(): void {
    this.#scheduled = false;
    this.sync();
    const told = [...this.#told];
    this.#told.clear();
    for (const source of told) source.tell();
    if (this.#abandoned) return;
    this.#persist();
    this.#arm();
  }

  sync(): void {
    if (this.#draining || this.#abandoned) return;
    this.#draining = true;
    try {
      while (this.#dirty) {
        this.#dirty = false;
        for (const event of this.core.drain()) this.#do(event);
      }
    } finally {
      this.#draining = false;
    }
  }

  #do(event: CoreEvent): void {
    switch (event[0]) {
      case 'open':
        return this.#open(event);
      case 'send':
        return this.#send(event[1], event[3] ? Uint8Array.from(event[2], (c) => c.charCodeAt(0)) : event[2]);
      case 'close': {
        this.#carriers.get(event[1])?.close(event[2], event[3]);
        return;
      }
      case 'persist': {
        this.#step = event[1];
        return;
      }
      case 'token':
        return void this.#token(event[1]);
      case 'exchange': {
        const [, carrier, method, url, headers, body] = event;
        const request = { method, url, headers, body, isLast: !carrier };
        if (!carrier) return void openRequest(request, { opened() {}, frame() {}, closed() {} });
        return this.#begin(carrier, (events) =>
          openRequest(request, events, (said, bytes) => {
            this.#carriers.delete(carrier);
            this.#body(carrier, said, bytes);
          }),
        );
      }
      case 'status': {
        const { transport } = this.core.status();
        if (transport) noteWorked(this.#url, transport);
        return this.#sink.happened(event);
      }
      default:
        return this.#sink.happened(event);
    }
  }

  /** Last of all: who waits for news need not wait for the disk. */
  #persist(): void {
    const step = this.#step;
    this.#step = 0;
    if (step !== 0) this.#store?.persist(step);
  }

  #open([, carrier, kind, url, subprotocol, headers]: Extract<CoreEvent, ['open', ...unknown[]]>): void {
    this.#begin(carrier, (events) =>
      kind === 'websocket'
        ? openWebSocket(this.#socket!, url, subprotocol, events)
        : openRequest({ method: 'GET', url, headers, body: '' }, events),
    );
  }

  #begin(carrier: number, open: (events: CarrierEvents) => Carrier): void {
    if (this.#stopped) return;
    try {
      this.#carriers.set(
        carrier,
        open({
          opened: () => this.feed((now) => this.core.tell(Tell.opened, now, carrier)),
          frame: (data) =>
            typeof data === 'string'
              ? this.feed((now) => this.core.tell(Tell.frame, now, carrier, data))
              : this.#body(carrier, '0\0', data),
          closed: (code, reason) => this.#closed(carrier, code, reason),
        }),
      );
    } catch (error) {
      this.#closed(carrier, abnormal, wrap(error, 'offline', 'cannot connect').message);
    }
  }

  #body(carrier: number, said: string, bytes: Uint8Array): void {
    this.feed((now) => this.core.tellBytes(Tell.body, now, carrier, said, bytes));
  }

  #send(carrier: number, text: string | Uint8Array): void {
    try {
      this.#carriers.get(carrier)?.send(text);
    } catch (error) {
      // It was closing already; the engine sends again over the next one.
      this.#carriers.get(carrier)?.close(1000, '');
    }
  }

  #closed(carrier: number, code: number, reason: string): void {
    this.#carriers.delete(carrier);
    this.feed((now) => this.core.tell(Tell.closed, now, carrier, `${code}\0${reason}`));
  }

  async #token(reason: Reason): Promise<void> {
    if (this.#asking || !this.#ask || this.#stopped) return;
    const asking = (this.#asking = new AbortController());
    let token: string | null | undefined;
    try {
      token = await this.#ask({ reason, signal: asking.signal });
      if (token !== null && typeof token !== 'string') {
        throw new TypeError(
          `the token function gave ${typeof token}; it gives a text, or null for signed out`,
        );
      }
    } catch (error) {
      token = undefined;
      if (!asking.signal.aborted) this.#sink.failed(wrap(error, 'auth', 'no token for now'));
    }
    this.#asking = undefined;
    if (this.#stopped) return;
    this.feed((now) => this.core.tell(Tell.token, now, +(token !== undefined), token ?? ''));
  }

  #arm(): void {
    if (this.#stopped) return;
    const at = this.core.ask(Ask.nextWake);
    if (at === this.#wakeAt && this.#timer !== undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#wakeAt = at;
    if (at < 0) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.feed((now) => this.core.tell(Tell.wake, now));
      },
      Math.min(timerMsMax, Math.max(0, at - Date.now())),
    );
  }

  /** Another engine is put behind `core`: nothing that happens to the old one may reach it. */
  abandon(): void {
    this.#abandoned = true;
    this.#end();
  }

  /** Stops asking, sending and waiting. */
  stop(): void {
    this.feed((now) => this.core.tell(Tell.stop, now));
    this.flush();
    this.#end();
  }

  #end(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#asking?.abort();
    for (const carrier of [...this.#carriers.values()]) carrier.close(1000, 'closed by the app');
  }
}
