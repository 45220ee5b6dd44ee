// Live queries. The core keeps the list and says how it changes; here it is an array of frozen rows.
import type { Known, LiveQuery, Query, Result, Row } from '../index.js';
import { Tell } from './calls.js';
import type { Table } from './collection.js';
import { RockpoolError, checkFunction } from './errors.js';
import { Source, sameList, sameMembers } from './live.js';
import type { Json, ListStep } from './protocol.js';
import { canonical, check } from './value.js';

type Rows = readonly Row<Json>[];
type Change = { type: 'enter' | 'change' | 'leave'; row: Row<Json>; index: number };

/** How long a query is kept true after its last reader has gone: a re-render asks again within this. */
const idleMs = 5_000;

type Asked = Query<any>;

export class TableQuery {
  readonly key: string;
  readonly face: LiveQuery<Json>;
  readonly #table: Table;
  readonly #spec: string;
  readonly #limit: number | undefined;
  readonly #source: Source<Result<Json>>;
  #id = 0;
  #extra = 0;
  #idle: ReturnType<typeof setTimeout> | undefined;
  #rows: Row<Json>[] = [];
  #shown: Rows = Object.freeze([]);
  #changes: Change[] = [];
  #hasMore = false;
  #moved = false;
  #error: RockpoolError | undefined;

  static keyOf(query: Asked): string {
    check(query);
    return canonical(query);
  }

  constructor(table: Table, query: Asked, key: string) {
    this.#table = table;
    this.key = key;
    this.#spec = JSON.stringify(query);
    this.#limit = query.limit;
    this.#source = new Source<Result<Json>>(table.clock, (old) => this.#result(old), {
      start: () => this.#watch(),
      stop: () => this.#rest(),
    });
    const face = (): Result<Json> => this.#get();
    this.face = Object.assign(face, {
      subscribe: (fn: (rows: Rows, result: Result<Json>) => void) => {
        checkFunction(fn, 'subscribe');
        return this.#source.subscribe((result) => fn(result.rows, result));
      },
      more: (n?: number) => this.#more(n),
      ready: (options?: { signal?: AbortSignal }) => this.#ready(options?.signal),
    });
  }

  #get(): Result<Json> {
    this.#watch();
    if (!this.#source.watched) this.#rest();
    return this.#source.get();
  }

  #watch(): void {
    clearTimeout(this.#idle);
    if (this.#id !== 0 || this.#error) return;
    try {
      this.#id = this.#table.watch(this, this.#spec);
      if (this.#extra > 0) this.#table.core.tell(Tell.more, 0, this.#id, `${this.#extra}`);
    } catch (error) {
      this.#error = error as RockpoolError;
    }
    this.#source.moved();
  }

  /** Another engine answers: it does not know of us. */
  begin(): void {
    if (this.#id === 0) return;
    this.#table.core.watchQuery(this.#id, this.#table.name, this.#spec);
    if (this.#extra > 0) this.#table.core.tell(Tell.more, 0, this.#id, `${this.#extra}`);
  }

  #rest(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      if (this.#id === 0 || this.#source.watched) return;
      this.#table.unwatch(this, this.#id);
      this.#id = 0;
    }, idleMs);
    (this.#idle as { unref?(): void }).unref?.();
  }

  #more(n = this.#limit): void {
    if (this.#limit === undefined) return;
    if (!Number.isInteger(n) || n! < 1)
      throw new RockpoolError('usage', 'more() takes a whole number above 0');
    this.#extra += n!;
    if (this.#id === 0) return;
    this.#table.core.tell(Tell.more, 0, this.#id, `${n}`);
    this.#table.touch();
  }

  replace(rows: Json[], hasMore: boolean): void {
    this.#hasMore = hasMore;
    this.#rows = rows.map((row) => this.#table.keep(row));
    this.#changes = [];
    this.#stir();
  }

  /** Rows that leave come first, from the last to the first; the others follow in their new order. */
  step(steps: ListStep[], hasMore: boolean): void {
    this.#hasMore = hasMore;
    const [was, rows, gone]: [Row<Json>[], Row<Json>[], Set<number>] = [this.#rows, [], new Set()];
    let at = 0;
    const stay = (until: number): void => {
      for (; at < was.length && rows.length < until; at++) if (!gone.has(at)) rows.push(was[at]!);
    };
    for (const step of steps) {
      const index = step[1];
      if (step[0] === 'leave') {
        gone.add(index);
        if (!step[2]) this.#changes.push({ type: 'leave', row: was[index]!, index });
        continue;
      }
      stay(index);
      const row = this.#table.keep(step[2]);
      if (step[0] === 'change') {
        while (gone.has(at)) at++;
        at++;
      }
      rows.push(row);
      this.#changes.push({ type: step[3] ? 'change' : step[0], row, index });
    }
    stay(Infinity);
    this.#rows = rows;
    this.#stir();
  }

  #stir(): void {
    this.#moved = true;
    this.#source.moved();
  }

  /** `known` or `loading` may have changed. */
  moved(): void {
    this.#source.moved();
  }

  #result(old: Result<Json> | undefined): Result<Json> {
    if (this.#moved) {
      this.#moved = false;
      if (!sameList(this.#shown, this.#rows)) this.#shown = Object.freeze([...this.#rows]);
    }
    const known: Known = this.#table.known;
    const error = this.#error ?? this.#table.refusal;
    const face = {
      rows: this.#shown,
      known,
      loading: this.#table.loading(known),
      hasMore: this.#hasMore,
      ...(error && { error }),
    };
    if (old) {
      const { changes, ...rest } = old;
      if (sameMembers(rest, face)) return old;
    }
    const changes = old ? this.#changes : [];
    this.#changes = [];
    return Object.freeze({ ...face, changes: Object.freeze(changes) });
  }

  #ready(signal?: AbortSignal): Promise<Result<Json>> {
    return this.#table.until(this.#source, signal, (result) => {
      if (result.error) throw result.error;
      return result.known === 'complete' || (result.known === 'cached' && !result.loading);
    });
  }
}
