// The tabs of a store act as one. The one with the Web Lock leads: it has the disk and the connection. The
// others follow: their engines mirror its, and hand it what the app asks for. docs/decisions/0009-tabs.md.
import type { TabAsk } from './crew.js';
import type { CoreEvent, Signal, StatusJson } from './protocol.js';

/** A follower in view asks this often whether the leader lives; one out of view may be asleep itself. */
const pingMs = 1_100;
const missedMax = 3;
const retryMs = 2_000;

/** What the tabs do with what they hear. */
export interface Host {
  /** Reads the store, as the one that may write it. What it returns begins to lead, at once. */
  load(): Promise<{ epoch: number; begin(): void }>;
  follow(state: Uint8Array, status: StatusJson): boolean;
  /** No longer leads. Another tab may have the store already. */
  rest(): void;
  failed(error: unknown): void;
  state(): Uint8Array;
  news(): Uint8Array;
  status(): StatusJson;
  asked(from: string, ask: TabAsk): void;
  gone(tab: string): void;
  hear(news: Uint8Array, events: readonly CoreEvent[]): boolean;
  answered(op: number, number: number): void;
  refusedBy(op: number, code: string, message: string): void;
  outdated(): void;
  signal(message: Signal): void;
  /** Another tab wipes the store. */
  leave(): void;
}

const visible = (): boolean => globalThis.document?.visibilityState !== 'hidden';

export class Tabs {
  /** Another tab runs a newer version of the app. */
  outdated = false;
  leads = false;
  readonly #name: string;
  readonly #version: number;
  readonly #host: Host;
  #channel: BroadcastChannel | undefined;
  /** Says that the store is to be wiped. Chromium drops a page kept for "back" that something is said to. */
  readonly #end: BroadcastChannel;
  /** Of the leader that is heard, or this one's own. A smaller one is of the past. */
  #epoch = 0;
  /** Of news: a gap means that some were missed. */
  #seq = 0;
  #joined = false;
  /** A lock of this tab's own, until it is gone, however it goes: the leader waits for it. */
  #alive!: Promise<void>;
  #letGo: (() => void) | undefined;
  #turn: AbortController | undefined;
  #release: (() => void) | undefined;
  #missed = 0;
  #timer: ReturnType<typeof setInterval> | undefined;
  /** How many messages with asks came from each since it joined. */
  #followers = new Map<string, number>();
  #events: CoreEvent[] = [];
  #asks: TabAsk[] = [];
  #joins = 0;
  #handed = 0;
  /** Calls that were handed over and not answered yet, and those of them at the last ping. */
  #open = new Set<number>();
  #due: number[] = [];

  constructor(
    name: string,
    version: number,
    readonly id: string,
    host: Host,
  ) {
    this.#name = name;
    this.#version = version;
    this.#host = host;
    this.#end = new BroadcastChannel(`${name}#`);
    this.#end.onmessage = () => host.leave();
  }

  #listen(): void {
    if (this.#channel) return;
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = ({ data }) => this.#hear(data as unknown[]);
    this.#alive = new Promise((held) => {
      const end = new Promise<void>((resolve) => (this.#letGo = resolve));
      void navigator.locks.request(`${this.#name}#${this.id}`, () => (held(), end));
    });
  }

  #say(...message: unknown[]): void {
    this.#channel?.postMessage(message);
  }

  // ---- who leads

  /** Takes part: follows whoever leads, and leads when nobody does. */
  enter(): void {
    this.#listen();
    this.#compete(false);
    this.join();
    this.#timer ??= setInterval(() => this.#tick(), pingMs);
  }

  #compete(steal: boolean): void {
    this.#turn?.abort();
    if (this.outdated) return;
    const turn = (this.#turn = new AbortController());
    navigator.locks
      .request(this.#name, steal ? { steal } : { signal: turn.signal }, () => this.#hold(turn))
      .catch(() => this.#lost(turn));
  }

  async #hold(turn: AbortController): Promise<void> {
    if (turn !== this.#turn) return;
    this.#say('hold', this.id);
    const released = new Promise<void>((resolve) => (this.#release = resolve));
    try {
      const { epoch, begin } = await this.#host.load();
      if (turn !== this.#turn) return;
      this.#epoch = epoch;
      this.leads = true;
      this.#joined = false;
      this.#asks = [];
      begin();
      this.#say('lead', epoch, this.#version);
    } catch (error) {
      if (turn !== this.#turn) return;
      this.leave();
      setTimeout(() => this.#turn || this.#timer === undefined || this.#compete(false), retryMs);
      this.#timer ??= setInterval(() => this.#tick(), pingMs);
      return this.#host.failed(error);
    }
    await released;
  }

  /** Another tab took the lock: this one was taken for dead. */
  #lost(turn: AbortController): void {
    if (turn !== this.#turn) return;
    this.depose();
  }

  /** Leads no longer, and follows. */
  depose(): void {
    if (!this.#turn) return;
    const led = this.leads;
    this.leave();
    if (led) this.#host.rest();
    this.enter();
  }

  /** Takes no part: neither leads nor wants to. */
  leave(): void {
    this.#turn?.abort();
    this.#turn = undefined;
    this.leads = this.#joined = false;
    this.#followers.clear();
    this.#events = [];
    this.#release?.();
    this.#release = undefined;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#missed = 0;
  }

  #tick(): void {
    // A large store takes its time to be read; nobody is to take it for a dead tab's.
    if (this.#release && !this.leads) this.#say('hold', this.id);
    // With the lock, or unseen, there is nobody to ask after.
    if (this.#release || this.outdated || !visible()) {
      this.#missed = 0;
    } else if (++this.#missed > missedMax) {
      this.#missed = 0;
      this.#compete(true);
    } else {
      this.#due = [...this.#open];
      this.#say('ping');
    }
  }

  /** The leader is to say everything again. */
  join(): void {
    this.#joined = false;
    const join = ++this.#joins;
    void this.#alive.then(() => this.#say('join', this.id, this.#version, join));
  }

  // ---- a follower

  /** Asks the leader, the present or the next one. */
  ask(ask: TabAsk): void {
    this.#asks.push(ask);
    if (this.#joined) queueMicrotask(() => this.#hand());
  }

  #hand(): void {
    if (!this.#joined || this.#asks.length === 0) return;
    for (const ask of this.#asks) if (ask.length === 2) this.#open.add(ask[0]);
    this.#say('do', this.id, this.#epoch, ++this.#handed, this.#asks.splice(0));
  }

  /** The call that made this write was not handed over yet, and now never is. */
  holds(key: string): boolean {
    const at = this.#asks.findIndex((ask) => ask.length === 2 && key === `${this.id}#${ask[0]}`);
    if (at < 0) return false;
    this.#asks.splice(at, 1);
    return true;
  }

  #heed(name: string, rest: any[]): void {
    const host = this.#host;
    switch (name) {
      case 'lead':
      case 'pong':
        if (rest[0] > this.#version) this.#outdate();
        // A page that is halted for a moment misses messages, and so do others that it would have answered.
        if (
          !this.#joined ||
          (name === 'pong' && (rest[1] !== this.#seq || this.#due.some((op) => this.#open.has(op))))
        )
          this.join();
        return;
      case 'whole': {
        // Only the latest: the leader counts what it is asked from there on.
        if (rest[0] !== this.id || rest[1] !== this.#joins) return;
        this.#seq = rest[2];
        this.#joined = true;
        this.#handed = 0;
        this.#open.clear();
        // Writes are asked for again where the state does not have them.
        this.#asks = this.#asks.filter((ask) => ask.length > 2);
        if (!host.follow(rest[3], rest[4])) this.#outdate();
        return this.#hand();
      }
      case 'news':
        if (!this.#joined) return;
        if (rest[0] !== ++this.#seq) return this.join();
        if (!host.hear(rest[1], rest[2])) this.#outdate();
        return;
    }
    if (rest[0] !== this.id) return;
    if (name === 'signal') return host.signal(rest[1]);
    this.#open.delete(rest[1]);
    if (name === 'taken') host.answered(rest[1], rest[2]);
    else host.refusedBy(rest[1], rest[2], rest[3]);
  }

  #outdate(): void {
    if (this.outdated) return;
    this.outdated = true;
    this.#turn?.abort();
    this.#turn = undefined;
    this.#host.outdated();
  }

  // ---- the leader

  /** Leads tabs that want to know what happens. */
  get followed(): boolean {
    return this.leads && this.#followers.size > 0;
  }

  /** For followers, with the next news. */
  forward(event: CoreEvent): void {
    this.#events.push(event);
  }

  /** At the end of a task in which something happened. */
  tell(): void {
    if (!this.followed) return;
    this.#say('news', this.#epoch, ++this.#seq, this.#host.news(), this.#events.splice(0));
  }

  answer(name: 'taken' | 'refused' | 'signal', ...rest: unknown[]): void {
    this.#say(name, this.#epoch, ...rest);
  }

  #serve(name: string, from: string, rest: any[]): void {
    // A frozen page still hears and answers messages. Its timers stand still, as its disk does.
    if (name === 'ping')
      setTimeout(() => this.leads && this.#say('pong', this.#epoch, this.#version, this.#seq));
    if (name === 'do' && rest[0] === this.#epoch && rest[1] - 1 === this.#followers.get(from)) {
      this.#followers.set(from, rest[1]);
      for (const ask of rest[2]) this.#host.asked(from, ask);
    }
    if (name !== 'join') return;
    if (rest[0] > this.#version) {
      this.outdated = true;
      this.depose();
      return this.#host.outdated();
    }
    if (!this.#followers.has(from)) {
      void navigator.locks.request(`${this.#name}#${from}`, () => {
        if (this.#followers.delete(from)) this.#host.gone(from);
      });
    }
    this.#followers.set(from, 0);
    this.#say('whole', this.#epoch, from, rest[1], this.#seq, this.#host.state(), this.#host.status());
  }

  #hear([name, first, ...rest]: any[]): void {
    if (name === 'hold') this.#missed = 0;
    if (typeof first !== 'number') {
      if (this.leads) this.#serve(name, first, rest);
      return;
    }
    // A leader of the past, which was taken for dead; or this one is, and learns it by its lock.
    if (first < this.#epoch || this.leads) return;
    if (first > this.#epoch) {
      this.#epoch = first;
      this.#joined = false;
    }
    // What a frozen leader can say as well proves nothing.
    if (['pong', 'lead', 'whole'].includes(name)) this.#missed = 0;
    this.#heed(name, rest);
  }

  // ---- the end

  /** Asks the other tabs to close. */
  evict(): void {
    // Its own may be closed.
    const end = new BroadcastChannel(`${this.#name}#`);
    end.postMessage(0);
    end.close();
  }

  /** When no other tab holds the store; one that does not let go is put aside. */
  alone(): Promise<unknown> {
    const patience = AbortSignal.timeout((missedMax + 1) * pingMs);
    const { locks } = navigator;
    return locks
      .request(this.#name, { signal: patience }, () => {})
      .catch(() => locks.request(this.#name, { steal: true }, () => {}));
  }

  /** Until it enters again, if ever. A page kept for "back" may hold no lock and hear no message. */
  withdraw(): void {
    this.#hand();
    this.leave();
    this.#letGo?.();
    this.#channel?.close();
    this.#channel = undefined;
  }

  close(): void {
    this.withdraw();
    this.#end.close();
  }
}
