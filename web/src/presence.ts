// Who is in a room. The core says it again after a reconnect; here it is only slowed down.
import type { Live, Peer } from '../index.js';
import { Tell } from './calls.js';
import { RockpoolError } from './errors.js';
import { Source } from './live.js';
import type { Clockwork } from './live.js';
import type { MemberJson } from './protocol.js';
import { freeze, textOf } from './value.js';

const pauseMs = 50;
const stateBytesMax = 4096;

/** Who leads, and knows. */
interface Lead {
  peers(room: string): MemberJson[];
  lead(what: Tell, number: number, texts: string): void;
}

export class Room {
  readonly face: Live<readonly Peer<unknown>[]> & { set(state: unknown): void };
  readonly #source: Source<readonly Peer<unknown>[]>;
  readonly #crew: Lead;
  readonly #room: string;
  readonly #member: string;
  #said = '';
  #next: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(clock: Clockwork, crew: Lead, room: string, member: string) {
    let last = '';
    this.#crew = crew;
    this.#room = room;
    this.#member = member;
    this.#source = new Source<readonly Peer<unknown>[]>(
      clock,
      (old) => {
        const members = crew.peers(room);
        const text = JSON.stringify(members);
        if (old && text === last) return old;
        last = text;
        return freeze(members.map((peer) => ({ ...peer, self: peer.key === member })));
      },
      {
        start: () => crew.lead(Tell.watchPresence, 1, room),
        stop: () => crew.lead(Tell.watchPresence, 0, room),
      },
    );
    const say = (): void => {
      const state = this.#next;
      this.#next = undefined;
      this.#timer = undefined;
      if (state === undefined) return;
      this.#said = state;
      crew.lead(Tell.presence, 0, `${room}\0${member}\0${state}`);
      this.#timer = setTimeout(say, pauseMs);
    };
    const set = (state: unknown): void => {
      const text = state === null ? '' : textOf(state);
      if (text.length > stateBytesMax)
        throw new RockpoolError(
          'too-large',
          `a presence state has at most ${stateBytesMax} bytes, this one ${text.length}`,
        );
      this.#next = text;
      if (this.#timer === undefined) say();
    };
    this.face = Object.assign(() => this.#source.get(), this.#source.live(), { set });
  }

  /** Another engine leads: it does not know of us. */
  begin(): void {
    if (this.#source.watched) this.#crew.lead(Tell.watchPresence, 1, this.#room);
    if (this.#said) this.#crew.lead(Tell.presence, 0, `${this.#room}\0${this.#member}\0${this.#said}`);
    this.#source.moved();
  }

  moved(): void {
    this.#source.moved();
  }
  stop(): void {
    clearTimeout(this.#timer);
  }
}
