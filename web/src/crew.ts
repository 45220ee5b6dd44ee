// One database over several tabs, seen from one of them: what it tells the leader, or as leader the others.
import { Ask, Tell } from './calls.js';
import type { Core } from './core.js';
import type { RockpoolError } from './errors.js';
import type { CoreEvent, MemberJson, StatusJson, Wish } from './protocol.js';
import { Relay } from './relay.js';
import type { Signals } from './signals.js';
import type { Tabs } from './tabs.js';
import type { Writes } from './write.js';

/** `[op, wish]`, or what its core is told and, negative, asked: `[what, number, texts]`. */
export type TabAsk =
  readonly [op: number, wish: Wish] | readonly [what: number, number: number, texts: string];

/** What only the leader's engine says, and every tab's app hears. */
const passed: readonly string[] = [
  'known',
  'writes',
  'refused',
  'conflicts',
  'merged',
  'conflict',
  'reset',
  'error',
];

/** What it needs of the database. */
export interface Ship {
  readonly core: Core;
  readonly clock: { sync(): void; tell(source: { tell(): void }): void };
  feed(happened: (now: number) => void): void;
  happened(event: CoreEvent): void;
}

export class Crew {
  readonly #ship: Ship;
  readonly #writes: Writes;
  readonly #relay: Relay;
  readonly #place: { readonly tab: string; readonly tabs?: Tabs };
  /** Rooms by tab, and whether it looks at them. */
  readonly #rooms = new Map<string, Map<string, boolean>>();
  /** The leader's, in a follower. */
  #leaders: { status?: StatusJson; peers: Map<string, MemberJson[]> } | undefined;

  constructor(
    ship: Ship,
    writes: Writes,
    place: { readonly tab: string; readonly tabs?: Tabs },
    signals: () => Signals,
  ) {
    this.#relay = new Relay(signals, (to, message) => place.tabs?.answer('signal', to, message));
    this.#ship = ship;
    this.#writes = writes;
    this.#place = place;
  }

  get follows(): boolean {
    return this.#leaders !== undefined;
  }

  begin(follows: boolean): void {
    this.#leaders = follows ? { peers: new Map() } : undefined;
    this.#rooms.clear();
    this.#relay.end();
  }

  status(): StatusJson {
    const own = this.#ship.core.status();
    const { pending, refused } = own;
    return { ...own, ...this.#leaders?.status, ...(this.follows && { pending, refused }) };
  }

  peers(room: string): MemberJson[] {
    return this.#leaders?.peers.get(room) ?? this.#ship.core.peers(room);
  }

  // ---- a follower

  /** Asks the tab that leads. */
  ask(...ask: TabAsk): void {
    this.#place.tabs!.ask(ask);
  }

  /** Tells the engine that leads, here or in another tab. */
  lead(what: Tell, number = 0, texts = ''): void {
    if (this.follows) this.ask(what, number, texts);
    else this.act(this.#place.tab, what, number, texts);
  }

  /** News of the leader. False when they are not understood. */
  hear(news: Uint8Array, events: readonly CoreEvent[]): boolean {
    const { core, clock } = this.#ship;
    let understood = true;
    this.#ship.feed((now) => (understood = core.mirror(now, news)));
    clock.sync();
    this.#writes.pending.moved();
    for (const event of events) this.#ship.happened(event);
    return understood;
  }

  /** The leader has taken a call of ours. */
  answered(op: number, number: number): void {
    this.#writes.taken(op, number);
  }

  refused(op: number, code: string, message: string): void {
    // It has it already, and has said so or will.
    if (code === 'sent') return;
    this.#ship.feed((now) => this.#ship.core.tell(Tell.refuse, now, op, `${code}\0${message}`));
  }

  /** What the leader says of itself. */
  statusOf(status: StatusJson | undefined): void {
    if (!status || !this.#leaders) return;
    // The store is another user's: the leader tells nothing of it any more.
    if (status.state === 'user-mismatch' && this.#leaders.status) this.#place.tabs!.join();
    this.#leaders.status = status;
  }

  peersOf(room: string, members: MemberJson[] | undefined): void {
    if (members) this.#leaders?.peers.set(room, members);
  }

  // ---- the leader

  /** For a tab, which may be this one. */
  act(tab: string, what: Tell, number: number, texts: string): void {
    if (what === Tell.signal && tab !== this.#place.tab) return this.#relay.said(tab, texts);
    const watches = what === Tell.watchPresence;
    if (watches || what === Tell.presence) {
      const [room = ''] = texts.split('\0');
      let rooms = this.#rooms.get(tab);
      if (!rooms) this.#rooms.set(tab, (rooms = new Map()));
      rooms.set(room, watches ? number === 1 : (rooms.get(room) ?? false));
      if (watches) {
        number = +[...this.#rooms.values()].some((others) => others.get(room));
        this.#ship.happened(['presence', room]);
      }
    }
    this.#ship.feed((now) => this.#ship.core.tell(what, now, number, texts));
  }

  /** The tab is no more. */
  gone(tab: string): void {
    for (const room of this.#rooms.get(tab)?.keys() ?? []) {
      this.act(tab, Tell.presence, 0, `${room}\0${tab}\0`);
      this.act(tab, Tell.watchPresence, 0, room);
    }
    this.#rooms.delete(tab);
    this.#relay.gone(tab);
  }

  /** What a follower asks of this leader. */
  asked(from: string, ask: TabAsk): void {
    if (ask.length === 2) return this.#takeFor(from, ...ask);
    const [what, number, texts] = ask;
    const { core } = this.#ship;
    if (what < 0) this.#ship.feed((now) => void core.ask(-what as Ask, now, number, texts));
    else this.act(from, what as Tell, number, texts);
  }

  #takeFor(from: string, op: number, wish: Wish): void {
    const tabs = this.#place.tabs!;
    this.#ship.feed((now) => {
      try {
        tabs.answer('taken', from, op, this.#ship.core.perform(now, from, op, wish));
        this.#writes.pending.moved();
      } catch (error) {
        const { code, message } = error as RockpoolError;
        tabs.answer('refused', from, op, code.replaceAll('-', '_'), message);
      }
    });
  }

  /** What followers cannot see for themselves. */
  pass(event: CoreEvent): void {
    const { tabs } = this.#place;
    if (!tabs?.followed) return;
    const { core, clock } = this.#ship;
    clock.tell(tabs);
    const [name] = event;
    if (name === 'status') tabs.forward([name, core.status()]);
    else if (name === 'presence') tabs.forward([name, event[1], core.peers(event[1])]);
    else if (passed.includes(name)) tabs.forward(event);
  }
}
