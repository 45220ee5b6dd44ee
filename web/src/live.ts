import type { Live, Stop } from '../index.js';
import { RockpoolError, checkFunction, rethrowLater } from './errors.js';

/** Who brings a source up to date before it is read, and tells its readers afterwards. */
export interface Clockwork {
  /** Takes over what the core has to say. */
  sync(): void;
  /** `source.tell()` once, at the end of this task. */
  tell(source: { tell(): void }): void;
}

export interface Hooks {
  start?(): void;
  stop?(): void;
}

/**
 * A value made on demand. `read` gets the old value and returns it again when nothing changed; then nobody is
 * told.
 */
export class Source<T> {
  #clock: Clockwork;
  #read: (old: T | undefined) => T;
  #hooks: Hooks;
  #value: T | undefined;
  #fresh = false;
  #live: Live<T> | undefined;
  #readers = new Set<{ fn: (value: T) => void; told: T }>();

  constructor(clock: Clockwork, read: (old: T | undefined) => T, hooks: Hooks = {}) {
    this.#clock = clock;
    this.#read = read;
    this.#hooks = hooks;
  }

  get watched(): boolean {
    return this.#readers.size > 0;
  }

  get(): T {
    this.#clock.sync();
    // Whoever would say that it moved may not look while nobody listens.
    if (!this.#fresh || this.#readers.size === 0) {
      this.#fresh = true;
      this.#value = this.#read(this.#value);
    }
    return this.#value!;
  }

  /** It may have another value now. */
  moved(): void {
    this.#fresh = false;
    if (this.#readers.size > 0) this.#clock.tell(this);
  }

  tell(): void {
    if (this.#readers.size === 0) return;
    const value = this.get();
    for (const reader of [...this.#readers]) {
      if (reader.told === value || !this.#readers.has(reader)) continue;
      reader.told = value;
      guarded(reader.fn, value);
    }
  }

  /** `now`: call `fn` at once. */
  subscribe(fn: (value: T) => void, now = true): Stop {
    checkFunction(fn, 'subscribe');
    if (this.#readers.size === 0) this.#hooks.start?.();
    const reader = { fn, told: this.get() };
    this.#readers.add(reader);
    if (now) guarded(fn, reader.told);
    return () => {
      if (this.#readers.delete(reader) && this.#readers.size === 0) this.#hooks.stop?.();
    };
  }

  live(): Live<T> {
    return (this.#live ??= Object.assign(() => this.get(), {
      subscribe: (fn: (value: T) => void) => this.subscribe(fn),
    }));
  }
}

export function guarded<A>(fn: (value: A) => void, value: A): void {
  try {
    fn(value);
  } catch (error) {
    rethrowLater(error);
  }
}

export function sameMembers(a: object | undefined, b: object): boolean {
  if (a === undefined) return false;
  const names = Object.keys(b);
  return (
    names.length === Object.keys(a).length &&
    names.every((name) => (a as Record<string, unknown>)[name] === (b as Record<string, unknown>)[name])
  );
}

export function sameList(a: readonly unknown[] | undefined, b: readonly unknown[]): boolean {
  return a !== undefined && a.length === b.length && b.every((value, i) => a[i] === value);
}

/** The first value of `source` that is `done`, looked at whenever it or the other one may have moved. */
export function until<T>(
  source: Source<T>,
  other: { subscribe(fn: () => void, now: boolean): Stop },
  signal: AbortSignal | undefined,
  done: (value: T) => boolean,
  closed: () => boolean,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const stops: Stop[] = [];
    const end = (settle: () => void): void => {
      for (const stop of stops.splice(0)) stop();
      signal?.removeEventListener('abort', abort);
      settle();
    };
    const abort = (): void => end(() => reject(signal!.reason));
    const look = (): void => {
      try {
        const value = source.get();
        if (done(value)) end(() => resolve(value));
        else if (closed()) end(() => reject(new RockpoolError('closed', 'the database is closed')));
      } catch (error) {
        end(() => reject(error));
      }
    };
    if (signal?.aborted) return abort();
    signal?.addEventListener('abort', abort);
    stops.push(source.subscribe(look, false), other.subscribe(look, false));
    look();
  });
}
