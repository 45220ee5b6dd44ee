// The core with JavaScript's types. Text that goes to and fro for every write, read and frame is copied
// through one
// reserved piece of its memory, which is several times as fast as a string argument.
import type { Glue, RawCore, StoredFile } from '#core-glue';
import type { Known } from '../index.js';
import { fromCore } from './errors.js';
import { kinds, knownNames } from './protocol.js';
import type {
  ClashJson,
  CoreEvent,
  Failed,
  Json,
  LocalWrite,
  MemberJson,
  MetaJson,
  RestoreJson,
  StatusJson,
  WriteJson,
} from './protocol.js';

const smallBytes = 1 << 16;
const keptBytes = 1 << 20;

function orThrow<T extends object>(text: string): T {
  const answer = JSON.parse(text) as T | Failed;
  if ('error' in answer && !('key' in answer)) throw fromCore((answer as Failed).error);
  return answer as T;
}

export class Core {
  readonly raw: RawCore;
  #glue: Glue;
  #encoder = new TextEncoder();
  #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #at = 0;
  #size = 0;

  constructor(glue: Glue, options: object) {
    this.#glue = glue;
    this.raw = glue;
    glue.make(JSON.stringify(options));
  }

  #reserve(most: number): void {
    if (most <= this.#size && (this.#size <= keptBytes || most > keptBytes)) return;
    this.#size = Math.max(most, smallBytes);
    this.#at = this.raw.reserve(this.#size);
  }

  #put(text: string): number {
    const most = text.length * 3;
    this.#reserve(most);
    return this.#encoder.encodeInto(text, this.#glue.HEAPU8.subarray(this.#at, this.#at + most)).written;
  }

  #take(bytes: number): string {
    const at = this.raw.out();
    return this.#decoder.decode(this.#glue.HEAPU8.subarray(at, at + bytes));
  }

  restore(now: number, files: readonly StoredFile[]): RestoreJson {
    for (const [name, bytes] of files) {
      this.#reserve(bytes.length);
      this.#glue.HEAPU8.set(bytes, this.#at);
      this.raw.addFile(name, bytes.length);
    }
    return orThrow<RestoreJson>(this.raw.restore(now));
  }

  /**
   * Performs what is to be stored. Throws what the store throws; what is not done then stays for the next
   * call.
   */
  writeFiles(): void {
    const { raw } = this;
    for (let kind = raw.opKind(); kind !== 0; kind = raw.opKind()) {
      const at = raw.opBytes();
      this.#glue.rockpoolStore.write(kind, raw.opName(), this.#glue.HEAPU8.subarray(at, at + raw.opSize()));
      raw.opDone();
    }
  }

  /** The number of the first write; the others follow it. */
  write(now: number, writes: readonly LocalWrite[]): number {
    let text = '';
    for (const { kind, collection, id, path, data } of writes) {
      text += `${text && '\0'}${kinds.indexOf(kind)}\0${collection}\0${id}\0${path}\0${data}`;
    }
    const number = this.raw.write(now, this.#put(text));
    if (number === 0) throw fromCore((JSON.parse(this.#take(this.raw.outSize())) as Failed).error);
    return number;
  }

  row(collection: string, id: string): Json | undefined {
    const bytes = this.raw.row(this.#put(`${collection}\0${id}`));
    return bytes === 0 ? undefined : (JSON.parse(this.#take(bytes)) as Json);
  }

  frame(now: number, carrier: number, text: string): void {
    this.raw.frame(now, carrier, this.#put(text));
  }

  drain(): CoreEvent[] {
    const bytes = this.raw.drain();
    return bytes <= 2 ? [] : (JSON.parse(this.#take(bytes)) as CoreEvent[]);
  }

  meta(collection: string, id: string): MetaJson | undefined {
    const text = this.raw.meta(collection, id);
    return text === '' ? undefined : (JSON.parse(text) as MetaJson);
  }

  known(collection: string): Known {
    return knownNames[this.raw.known(collection)]!;
  }

  count(collection: string, where: string): number {
    const answer = JSON.parse(this.raw.count(collection, where)) as number | Failed;
    if (typeof answer !== 'number') throw fromCore(answer.error);
    return answer;
  }

  findWrite(key: string): WriteJson | undefined {
    const text = this.raw.findWrite(key);
    return text === '' ? undefined : (JSON.parse(text) as WriteJson);
  }

  retry(now: number, key: string, value: string): WriteJson {
    return orThrow(this.raw.retry(now, key, value));
  }

  resolve(now: number, collection: string, id: string, to: string, isValue: boolean): WriteJson {
    return orThrow(this.raw.resolve(now, collection, id, to, isValue));
  }

  watchQuery(id: number, collection: string, spec: string): void {
    const failed = this.raw.watchQuery(id, collection, spec);
    if (failed !== '') orThrow(failed);
  }

  pending(): WriteJson[] {
    return JSON.parse(this.raw.pending()) as WriteJson[];
  }
  conflicts(): ClashJson[] {
    return JSON.parse(this.raw.conflicts()) as ClashJson[];
  }
  peers(room: string): MemberJson[] {
    return JSON.parse(this.raw.peers(room)) as MemberJson[];
  }
  status(): StatusJson {
    const status = JSON.parse(this.raw.status()) as StatusJson;
    status.state = status.state.replace('_', '-') as StatusJson['state'];
    return status;
  }
}
