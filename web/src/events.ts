// db.event: told to those who listen now, at most once.
import type { Stop } from '../index.js';
import { RockpoolError, checkFunction } from './errors.js';
import { guarded } from './live.js';
import type { Signal } from './protocol.js';
import { check } from './value.js';

/** The way to the server. */
export interface Wire {
  live(): boolean;
  /** Dropped when it is not live. */
  say(message: string): void;
  /** Once, at the end of this task. */
  later(fn: () => void): void;
}

export interface From {
  user?: string;
}

export const fromOf = (user: string | undefined): From => (user ? { user } : {});

const textMax = 1 << 18;

/** JSON of a message whose `data` is the app's; a session takes 1 MiB for one. */
export function messageText(message: Signal & { on?: boolean; sub?: number; timeout?: number }): string {
  if (message.data !== undefined) check(message.data);
  const text = JSON.stringify(message);
  if (text.length > textMax)
    throw new RockpoolError('too-large', `an event or a call carries at most ${textMax} characters of JSON`);
  return text;
}

interface Topic {
  sub: number;
  readers: Set<{ fn(data: any, from: From): void }>;
}

export class Topics {
  #wire: Wire;
  #topics = new Map<string, Topic>();
  #lastSub = 0;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  face(event: string): {
    emit(data: any): boolean;
    subscribe(fn: (data: any, from: From) => void): Stop;
  } {
    return {
      emit: (data: unknown) => {
        const text = messageText({ type: 'emit', event, data });
        const live = this.#wire.live();
        if (live) this.#wire.say(text);
        return live;
      },
      subscribe: (fn: (data: any, from: From) => void) => {
        checkFunction(fn, 'subscribe');
        return this.#subscribe(event, { fn });
      },
    };
  }

  #subscribe(event: string, reader: { fn(data: any, from: From): void }): Stop {
    let topic = this.#topics.get(event);
    if (!topic) {
      // Collections take the numbers above zero.
      this.#topics.set(event, (topic = { sub: --this.#lastSub, readers: new Set() }));
      this.#listen(event, topic);
    }
    const { sub, readers } = topic;
    readers.add(reader);
    return () => {
      if (!readers.delete(reader) || readers.size) return;
      this.#topics.delete(event);
      this.#wire.say(messageText({ type: 'unsubscribe', sub }));
    };
  }

  #listen(event: string, { sub }: Topic): void {
    this.#wire.say(messageText({ type: 'subscribe', sub, event }));
  }

  heard({ event, data, user }: Signal): void {
    const readers = this.#topics.get(event!)?.readers;
    for (const reader of readers ?? [])
      this.#wire.later(() => readers!.has(reader) && guarded(() => reader.fn(data, fromOf(user)), 0));
  }

  /** A new session has heard nothing yet. */
  again(): void {
    for (const [event, topic] of this.#topics) this.#listen(event, topic);
  }
}
