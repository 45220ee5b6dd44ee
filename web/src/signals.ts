// Events and calls of this page, over the core's session.
import { Tell } from './calls.js';
import type { Core } from './core.js';
import { Topics } from './events.js';
import type { Wire } from './events.js';
import type { Clockwork } from './live.js';
import type { Signal } from './protocol.js';
import { Calls } from './rpc.js';

export class Signals {
  readonly topics: Topics;
  readonly calls: Calls;
  #closed = false;
  #live: () => boolean;

  constructor(core: Core, clock: Clockwork, feed: (happened: (now: number) => void) => void) {
    this.#live = () => !this.#closed && core.status().state === 'online';
    const wire: Wire = {
      live: () => {
        clock.sync();
        return this.#live();
      },
      say: (message) => {
        // A session that has begun meanwhile is told first what is wanted of it.
        clock.sync();
        feed((now) => core.tell(Tell.signal, now, 0, message));
      },
      later: (tell) => clock.tell({ tell }),
    };
    this.topics = new Topics(wire);
    this.calls = new Calls(wire);
  }

  /** Null: a session begins. */
  happened(message: Signal | null): void {
    if (!message) {
      this.topics.again();
      this.calls.again();
    } else if (message.event !== undefined) this.topics.heard(message);
    else this.calls.heard(message);
  }

  statusMoved(): void {
    if (!this.#live()) this.calls.lost();
  }

  close(): void {
    this.#closed = true;
    this.calls.close();
  }
}
