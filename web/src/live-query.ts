// Queries in GraphQL that stay true. The core keeps what each comes to as a record of its own; while it is
// offline and the server was ours, the page answers them by its records.
//
// A file of its own in dist/, which only pages load that speak DatoCMS.
import type { ErrorCode, Issue, Known, Live, LiveQuery, Result, RockpoolError, Stop } from '../index.js';
import type { Answers } from './answers.js';
import type { Client } from './client.js';
import { Source, sameMembers } from './live.js';
import { loadAnswers } from './load-answers.js';
import type { Json } from './protocol.js';

/** How long the server is listened to after the last reader has gone: a re-render asks again within this. */
const idleMs = 5_000;
const textMax = 200_000;
/** Of the collections that the core keeps for queries; no app has such names. */
const prefix = '$query:';
const modelsKey = `${prefix}models`;

export interface Answer {
  readonly data?: any;
  readonly known: Known;
  readonly error?: RockpoolError;
}

type ErrorClass = new (
  code: ErrorCode,
  message: string,
  more?: { issues?: readonly Issue[] },
) => RockpoolError;
interface Problem {
  code: string;
  message: string;
  errors?: readonly Issue[];
}
interface Response {
  data?: unknown;
  errors?: readonly Issue[];
}

export function liveQueries(client: Client, error: ErrorClass, core?: string | URL): LiveQueries {
  return new LiveQueries(client, error, core);
}

/** 104 bits of a text: names that do not meet by accident. Whose text it is, is compared besides. */
function hash(text: string): string {
  let out = '';
  for (const seed of [0x9e3779b9, 0x85ebca6b]) {
    let [a, b] = [0xdeadbeef ^ seed, 0x41c6ce57 ^ seed];
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      a = Math.imul(a ^ unit, 2654435761);
      b = Math.imul(b ^ unit, 1597334677);
    }
    a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
    b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
    out += (4294967296 * (2097151 & b) + (a >>> 0)).toString(16).padStart(14, '0');
  }
  return out;
}

/** What is asked, as the session is told. */
class Wish {
  readonly name: string;
  readonly text: string;

  constructor(
    error: ErrorClass,
    readonly query: string,
    readonly variables?: object,
  ) {
    if (typeof query !== 'string' || !query.trim())
      throw new error('usage', 'a live query needs the text of a query in GraphQL');
    if (variables !== undefined && (typeof variables !== 'object' || !variables || Array.isArray(variables)))
      throw new error('usage', 'the variables of a live query are an object');
    let asked: string;
    try {
      asked = JSON.stringify({ query, variables });
    } catch (cause) {
      throw new error('invalid', `the variables of a live query are no JSON: ${(cause as Error).message}`);
    }
    if (asked.length > textMax)
      throw new error('too-large', `a live query has at most ${textMax} characters with its variables`);
    this.variables = JSON.parse(asked).variables;
    this.name = prefix + hash(asked);
    this.text = `{"key":"${this.name}",${asked.slice(1)}`;
  }

  asks(record: Json): boolean {
    return record.query === this.query && JSON.stringify(record.variables) === JSON.stringify(this.variables);
  }
}

/** A query that somebody looks at. */
class Query {
  readonly face: Live<Answer>;
  readonly #owner: LiveQueries;
  readonly #wish: Wish;
  readonly #source: Source<Answer>;
  #stop: Stop | undefined;
  #idle: ReturnType<typeof setTimeout> | undefined;
  /** What the server answered, and its text. */
  #response: Response | undefined;
  #text = '';
  #models: Stop | undefined;

  constructor(owner: LiveQueries, wish: Wish) {
    this.#owner = owner;
    this.#wish = wish;
    this.#source = new Source<Answer>(owner.client.clock, (old) => this.#read(old), {
      start: () => this.#watch(),
      stop: () => this.#rest(),
    });
    // Who rested is forgotten, and the same query may have been asked for anew since: that one is told.
    this.face = Object.assign(() => owner.held(wish, this).#get(), {
      subscribe: (fn: (answer: Answer) => void) => owner.held(wish, this).#source.subscribe(fn),
    });
  }

  #get(): Answer {
    this.#watch();
    if (!this.#source.watched) this.#rest();
    return this.#source.get();
  }

  #watch(): void {
    clearTimeout(this.#idle);
    if (this.#stop) return;
    const { client } = this.#owner;
    client.tables.set(this.#wish.name, this);
    this.#stop = client.signals.topics.face(this.#wish.text).subscribe(() => {});
    this.#text = '';
    this.#owner.load();
    this.follow();
  }

  #rest(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      if (this.#source.watched) return;
      this.#stop?.();
      this.#models?.();
      this.#stop = this.#models = undefined;
      this.#owner.drop(this.#wish);
    }, idleMs);
    (this.#idle as { unref?(): void }).unref?.();
  }

  /** Keeps the records that it may read, once it is known which ones these are. */
  follow(): void {
    const { answers } = this.#owner;
    if (!answers || !this.#stop) return;
    this.#models?.();
    this.#models = undefined;
    const said = answers.modelsOf(this.#wish.query);
    if ('models' in said) this.#models = this.#owner.follow(said.models, () => this.#source.moved());
    this.#source.moved();
  }

  #read(old: Answer | undefined): Answer {
    const { core } = this.#owner.client;
    const { name, query, variables } = this.#wish;
    const error = core.row(name, 'error');
    const known = core.known(name);
    const here = this.#models && this.#owner.isAway && this.#owner.answer(query, variables);
    const response = here || this.#told();
    const errors = response?.errors;
    const said = errors?.[0] && { code: 'invalid', message: errors[0].message, errors };
    const wrong = (error as Problem | undefined) ?? said;
    const answer: Answer = {
      ...(response && 'data' in response && { data: response.data }),
      known: !response ? 'unknown' : known === 'complete' && !here && !error ? known : 'cached',
      ...(wrong && { error: this.#owner.wrong(wrong, old?.error) }),
    };
    if (old && 'data' in old && 'data' in answer && JSON.stringify(old.data) === JSON.stringify(answer.data))
      (answer as { data: unknown }).data = old.data;
    return sameMembers(old, answer) ? old! : Object.freeze(answer);
  }

  #told(): Response | undefined {
    const record = this.#owner.client.core.row(this.#wish.name, 'result');
    if (!record || !this.#wish.asks(record)) return undefined;
    const text = JSON.stringify(record.response);
    if (text !== this.#text) {
      this.#text = text;
      this.#response = record.response as Response;
    }
    return this.#response;
  }

  // ---- as the database tells its tables
  rowsMoved(): void {
    this.#source.moved();
  }
  knownMoved(): void {
    this.#source.moved();
  }
  statusMoved(): void {
    this.#source.moved();
  }
  begin(): void {
    this.#source.moved();
  }
}

/** What a record is once it is done as its `_status` says. */
const moved = { publish: { _status: 'published' }, unpublish: { _status: 'draft' } };

/** The records of a model that queries read. They become objects here when the server is away. */
class Kept {
  readonly readers = new Set<() => void>();
  readonly #model: string;
  readonly #client: Client;
  readonly #query: LiveQuery<Json>;
  #stop: Stop | undefined;
  readonly #given = new Map<string, { row: Json; remote: string | undefined }>();
  #rows: readonly Json[] | undefined;
  /** Some were made here, and their numbers on the server are not known yet. */
  #isOpen = false;

  constructor(client: Client, model: string) {
    this.#client = client;
    this.#model = model;
    this.#query = client.collection(model).query({});
  }

  /** Has it ever been here as a whole? */
  get isKnown(): boolean {
    return this.#client.core.known(this.#model) !== 'unknown';
  }

  /** Tells what is not known there yet. */
  give(answers: Answers): void {
    this.#stop ??= this.#query.subscribe(() => {
      for (const moved of this.readers) moved();
    });
    const { rows }: Result<Json> = this.#query();
    if (rows === this.#rows && !this.#isOpen) return;
    this.#rows = rows;
    this.#isOpen = false;
    const ids = new Set(rows.map(({ id }) => id));
    for (const id of this.#given.keys())
      if (!ids.has(id)) {
        this.#given.delete(id);
        answers.remove(this.#model, id);
      }
    for (const row of rows) {
      const was = this.#given.get(row.id);
      const isSame = was?.row === row;
      const isNamed = !/^\d+$/.test(row.id);
      if (isSame && (was.remote || !isNamed)) continue;
      const meta = this.#client.core.meta(this.#model, row.id);
      const remote = meta?.remoteId;
      this.#isOpen ||= isNamed && !remote;
      if (isSame && !remote) continue;
      this.#given.set(row.id, { row, remote });
      const iso = (ms: number | undefined): string => new Date(ms || Date.now()).toISOString();
      answers.put(this.#model, {
        _id: remote,
        _createdAt: iso(meta?.createdAt),
        _updatedAt: iso(meta?.updatedAt),
        ...row,
        ...moved[row._status as keyof typeof moved],
      });
    }
  }

  stop(): void {
    this.#stop?.();
  }
}

export class LiveQueries {
  readonly client: Client;
  answers: Answers | undefined;
  readonly #error: ErrorClass;
  /** Where the app says that the core is. */
  readonly #place: string | URL | undefined;
  readonly #queries = new Map<string, Query>();
  readonly #kept = new Map<string, Kept>();
  #models = '';
  #loading: Promise<void> | undefined;

  constructor(client: Client, error: ErrorClass, place?: string | URL) {
    this.client = client;
    this.#error = error;
    this.#place = place;
    client.tables.set(modelsKey, {
      rowsMoved: () => this.load(),
      knownMoved() {},
      statusMoved() {},
      begin: () => this.load(),
    });
  }

  face(query: string, variables?: object): Live<Answer> {
    const wish = new Wish(this.#error, query, variables);
    return this.held(wish).face;
  }

  /** Who is told what the wish comes to; `rested` once more, when there is nobody. */
  held(wish: Wish, rested?: Query): Query {
    let held = this.#queries.get(wish.name);
    if (!held) this.#queries.set(wish.name, (held = rested ?? new Query(this, wish)));
    return held;
  }

  drop({ name }: Wish): void {
    this.#queries.delete(name);
    this.client.tables.delete(name);
  }

  /** The server does not answer just now. */
  get isAway(): boolean {
    return this.client.crew.status().state !== 'online';
  }

  /** By the records that are here. Nothing, when some of them never were. */
  answer(query: string, variables: object | undefined): Response | undefined {
    const { answers } = this;
    const said = answers?.modelsOf(query);
    if (!answers || !said || !('models' in said)) return undefined;
    const kept = said.models.map((model) => this.#kept.get(model));
    if (!kept.every((one) => one?.isKnown)) return undefined;
    for (const one of kept) one!.give(answers);
    return answers.ask(query, variables) as Response;
  }

  follow(models: readonly string[], moved: () => void): Stop {
    for (const model of models) {
      let kept = this.#kept.get(model);
      if (!kept) this.#kept.set(model, (kept = new Kept(this.client, model)));
      kept.readers.add(moved);
    }
    return () => {
      for (const model of models) this.#kept.get(model)?.readers.delete(moved);
    };
  }

  /** With each of the server's own errors among its issues. */
  wrong({ code, message, errors: issues }: Problem, old: RockpoolError | undefined): RockpoolError {
    const error = new this.#error(code.replaceAll('_', '-') as ErrorCode, message, issues && { issues });
    const text = (one: RockpoolError): string => JSON.stringify([one.code, one.message, one.issues]);
    return old && text(old) === text(error) ? old : error;
  }

  /** Our server has said which models there are: then the page can answer for itself. */
  load(): void {
    const { client } = this;
    const models = client.core.row(modelsKey, 'result');
    // Who asks nothing needs no answers.
    if (!models || this.#loading || !this.#queries.size) return;
    const { id, ...rest } = models;
    const text = JSON.stringify(rest);
    if (text === this.#models) return;
    this.#models = text;
    this.#loading = loadAnswers(rest, this.#place)
      .then(
        (answers) => {
          this.answers?.free();
          this.answers = answers;
          for (const kept of this.#kept.values()) kept.stop();
          this.#kept.clear();
          for (const query of this.#queries.values()) query.follow();
        },
        (cause: unknown) => {
          // The next query that is asked for tries again.
          this.#models = '';
          client.failed(new this.#error('internal', `queries are not answered here: ${String(cause)}`));
        },
      )
      .finally(() => {
        this.#loading = undefined;
        if (this.#models) this.load();
      });
  }
}
