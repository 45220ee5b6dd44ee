// Events and calls of this page, over the session of the core that leads.
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

  /** `say` tells the core that has the session. */
  constructor(clock: Clockwork, online: () => boolean, say: (message: string) => void) {
    this.#live = () => !this.#closed && online();
    const wire: Wire = {
      live: () => {
        clock.sync();
        return this.#live();
      },
      say: (message) => {
        // A session that has begun meanwhile is told first what is wanted of it.
        clock.sync();
        say(message);
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
    if (this.calls.waits && !this.#live()) this.calls.lost();
  }

  close(): void {
    this.#closed = true;
    this.calls.close();
  }
}
