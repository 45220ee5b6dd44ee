// Events and calls of tabs that follow, over the leader's connection.
import type { Stop } from '../index.js';
import type { RockpoolError } from './errors.js';
import type { Signal } from './protocol.js';
import type { Signals } from './signals.js';

type Said = Signal & { on?: boolean; sub?: number; timeout?: number };

export class Relay {
  readonly #signals: () => Signals;
  readonly #answer: (to: string, message: Signal) => void;
  /** What a tab listens to and provides. */
  readonly #stops = new Map<string, Map<string, Stop>>();
  /** Calls that a tab is carrying out. */
  readonly #asked = new Map<number, (message: Signal) => void>();
  #lastId = 0;

  constructor(signals: () => Signals, answer: (to: string, message: Signal) => void) {
    this.#signals = signals;
    this.#answer = answer;
  }

  said(from: string, text: string): void {
    const message = JSON.parse(text) as Said;
    const { type, event = '', rpc = '', data, id = 0, sub, on } = message;
    const { topics, calls } = this.#signals();
    if (type === 'emit') topics.face(event).emit(data);
    else if (type === 'subscribe')
      this.#keep(from, `${sub}`, () =>
        topics
          .face(event)
          .subscribe((data, who) => this.#answer(from, { type: 'event', event, data, ...who })),
      );
    else if (type === 'unsubscribe') this.#drop(from, `${sub}`);
    else if (type === 'provide' && on) this.#keep(from, rpc, () => this.#provide(from, rpc));
    else if (type === 'provide') this.#drop(from, rpc);
    else if (type === 'result') this.#asked.get(id)?.(message);
    else if (type === 'call')
      calls.face.call(rpc, data, message.timeout ? { timeout: message.timeout } : {}).then(
        (data) => this.#answer(from, { type: 'result', id, data }),
        ({ code, message }: RockpoolError) =>
          this.#answer(from, { type: 'result', id, error: { code, message } }),
      );
  }

  #provide(from: string, rpc: string): Stop {
    const open = new Set<number>();
    const stop = this.#signals().calls.face.provide(
      rpc,
      (data, who) =>
        new Promise((resolve, reject) => {
          const id = ++this.#lastId;
          open.add(id);
          this.#asked.set(id, (result) => {
            open.delete(id);
            this.#asked.delete(id);
            if ('error' in result)
              reject(Object.assign(new Error(), result.error, { name: 'RockpoolError' }));
            else resolve(result.data);
          });
          this.#answer(from, { type: 'rpc', id, rpc, data, ...who });
        }),
    );
    return () => {
      stop();
      const error = { code: 'not-found', message: `${rpc} is not provided any more` };
      for (const id of open) this.#asked.get(id)!({ type: 'result', error });
    };
  }

  #keep(tab: string, name: string, start: () => Stop): void {
    this.#drop(tab, name);
    let stops = this.#stops.get(tab);
    if (!stops) this.#stops.set(tab, (stops = new Map()));
    stops.set(name, start());
  }

  #drop(tab: string, name: string): void {
    this.#stops.get(tab)?.get(name)?.();
    this.#stops.get(tab)?.delete(name);
  }

  /** The tab is no more, or has begun anew. */
  gone(tab: string): void {
    for (const stop of this.#stops.get(tab)?.values() ?? []) stop();
    this.#stops.delete(tab);
  }

  /** Another tab leads. */
  end(): void {
    for (const tab of [...this.#stops.keys()]) this.gone(tab);
  }
}
