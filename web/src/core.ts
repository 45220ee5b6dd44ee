// The core with JavaScript's types. Text goes to and fro through reserved pieces of its memory.
import type { Glue, StoredFile } from '#core-glue';
import type { Known } from '../index.js';
import { Ask, Tell } from './calls.js';
import { fromCore } from './errors.js';
import { kinds, knownNames } from './protocol.js';
import type {
  ClashJson,
  CoreEvent,
  Failed,
  Json,
  MemberJson,
  MetaJson,
  RestoreJson,
  StatusJson,
  Wish,
  WriteJson,
} from './protocol.js';

const smallBytes = 1 << 16;
const keptBytes = 1 << 20;

export class Core {
  #glue: Glue;
  #encoder = new TextEncoder();
  #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #at = 0;
  #size = 0;

  constructor(glue: Glue) {
    this.#glue = glue;
  }

  /** Another engine, from the beginning. */
  make(options: object): void {
    this.tell(Tell.make, 0, 0, JSON.stringify(options));
  }

  #bytes(at: number, size: number): Uint8Array {
    return this.#glue.HEAPU8.subarray(at, at + size);
  }

  #put(text: string, more = 0): number {
    if (!text && !more) return 0;
    const most = text.length * 3 + more;
    if (most > this.#size || (this.#size > keptBytes && most <= keptBytes)) {
      this.#size = Math.max(most, smallBytes);
      this.#at = this.#glue.ask(Ask.reserve, 0, this.#size, 0);
    }
    return this.#encoder.encodeInto(text, this.#bytes(this.#at, most)).written;
  }

  #take(size: number): string {
    return this.#decoder.decode(this.#bytes(this.#glue.ask(Ask.out, 0, 0, 0), size));
  }

  #give(head: string, bytes: Uint8Array): number {
    const at = this.#put(head, bytes.length);
    this.#glue.HEAPU8.set(bytes, this.#at + at);
    return at + bytes.length;
  }

  /** Of several texts all but the last end with NUL. */
  tell(what: Tell, now = 0, number = 0, texts = ''): void {
    this.#glue.tell(what, now, number, this.#put(texts));
  }

  tellBytes(what: Tell, now: number, number: number, text: string, bytes: Uint8Array): void {
    this.#glue.tell(what, now, number, this.#give(`${text}\0`, bytes));
  }

  /** For what is answered by a number. */
  ask(what: Ask, now = 0, number = 0, texts = ''): number {
    return this.#glue.ask(what, now, number, this.#put(texts));
  }

  text(what: Ask, now = 0, number = 0, texts = ''): string {
    const size = this.ask(what, now, number, texts);
    return size ? this.#take(size) : '';
  }

  /** What a text answer says; undefined when it is empty, thrown when it is an error and nothing more. */
  #json<T>(what: Ask, now = 0, number = 0, texts = ''): T {
    const text = this.text(what, now, number, texts);
    const answer = text ? (JSON.parse(text) as T | Failed) : undefined;
    if (answer && (answer as Failed).error && !('state' in (answer as object)))
      throw fromCore((answer as Failed).error);
    return answer as T;
  }

  restore(now: number, files: readonly StoredFile[]): RestoreJson {
    for (const [name, bytes] of files) this.tellBytes(Tell.addFile, 0, 0, name, bytes);
    return this.#json(Ask.restore, now);
  }

  /**
   * Performs what is to be stored. Throws what the store throws; what is not done then stays for the next
   * call.
   */
  writeFiles(): void {
    for (let kind; (kind = this.ask(Ask.opKind)); this.tell(Tell.opDone)) {
      const bytes = this.#bytes(this.ask(Ask.opBytes), this.ask(Ask.opSize));
      this.#glue.rockpoolStore.write(kind, this.text(Ask.opName), bytes);
    }
  }

  /** What has changed for followers; for one that begins, everything. */
  news(what: Ask.news | Ask.beginNews): Uint8Array {
    const size = this.ask(what);
    return this.#bytes(this.ask(Ask.out), size).slice();
  }

  /** False when the other tab's core is of another kind. */
  mirror(now: number, news: Uint8Array): boolean {
    return this.#glue.ask(Ask.mirror, now, 0, this.#give('', news)) === 1;
  }

  /** The number of the first write it makes; the others follow it. */
  perform(now: number, tab: string, op: number, wish: Wish): number {
    if ('key' in wish)
      return this.#json<WriteJson>(Ask.retry, now, op, `${tab}\0${wish.key}\0${wish.value}`).number;
    let text = `${tab}\0${op}`;
    for (const { kind, collection, id, path, data } of wish) {
      text += `\0${kinds.indexOf(kind)}\0${collection}\0${id}\0${path}\0${data}`;
    }
    const number = this.ask(Ask.write, now, 0, text);
    if (number < 0) throw fromCore((JSON.parse(this.#take(-number)) as Failed).error);
    return number;
  }

  row(collection: string, id: string): Json | undefined {
    return this.#json(Ask.row, 0, 0, `${collection}\0${id}`);
  }

  drain(): CoreEvent[] {
    return this.#json(Ask.drain);
  }

  meta(collection: string, id: string): MetaJson | undefined {
    return this.#json(Ask.meta, 0, 0, `${collection}\0${id}`);
  }

  known(collection: string): Known {
    return knownNames[this.ask(Ask.known, 0, 0, collection)]!;
  }

  count(collection: string, where: string): number {
    return this.#json(Ask.count, 0, 0, `${collection}\0${where}`);
  }

  findWrite(key: string): WriteJson | undefined {
    return this.#json(Ask.findWrite, 0, 0, key);
  }

  /** `isValue` 1 or 0; collection, id, what to. */
  resolve(now: number, isValue: number, texts: string): WriteJson {
    return this.#json(Ask.resolve, now, isValue, texts);
  }

  watchQuery(id: number, collection: string, spec: string): void {
    this.#json(Ask.watchQuery, 0, id, `${collection}\0${spec}`);
  }

  pending(): WriteJson[] {
    return this.#json(Ask.pending);
  }
  conflicts(): ClashJson[] {
    return this.#json(Ask.conflicts);
  }
  peers(room: string): MemberJson[] {
    return this.#json(Ask.peers, 0, 0, room);
  }
  status(): StatusJson {
    const status: StatusJson = this.#json(Ask.status);
    status.state = status.state.replace('_', '-') as StatusJson['state'];
    return status;
  }
}
