// db.on: what happens beside calls, told to whoever wants to know.
import type { Events, Stop } from '../index.js';
import { RockpoolError, checkFunction } from './errors.js';
import { guarded } from './live.js';
import type { Clockwork } from './live.js';

const names = ['status', 'conflict', 'merged', 'refused', 'reset', 'error'] as const;

export class Listeners {
  readonly #clock: Clockwork;
  readonly #all = new Map(names.map((name) => [name, new Set<{ fn(event: never): void }>()]));

  constructor(clock: Clockwork) {
    this.#clock = clock;
  }

  on<E extends keyof Events>(event: E, fn: (e: Events[E]) => void): Stop {
    checkFunction(fn, 'on');
    const listeners = this.#all.get(event);
    if (!listeners) throw new RockpoolError('usage', `there is no event ${event}`);
    const listener = { fn };
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  /** `detail` is made when it is told, if anybody listens. */
  emit<E extends keyof Events>(event: E, detail: () => Events[E]): void {
    const listeners = this.#all.get(event)!;
    if (!listeners.size) return;
    this.#clock.tell({
      tell: () => {
        for (const { fn } of [...listeners]) guarded(fn as (detail: Events[E]) => void, detail());
      },
    });
  }
}
