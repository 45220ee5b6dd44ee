// The Emscripten glue and, in the script-tag build, the WebAssembly itself. The build gives both.
declare module '#core-glue' {
  type Done = (error?: unknown) => void;
  export type StoredFile = readonly [name: string, bytes: Uint8Array];
  export interface RawCore {
    make(options: string): void;
    reserve(bytes: number): number;
    out(): number;
    outSize(): number;
    origin(): string;
    addFile(name: string, bytes: number): void;
    restore(now: number): string;
    write(now: number, bytes: number): number;
    row(bytes: number): number;
    frame(now: number, carrier: number, bytes: number): void;
    drain(): number;
    cancel(now: number, key: string): boolean;
    retry(now: number, key: string, value: string): string;
    dismiss(now: number, key: string): void;
    resolve(now: number, collection: string, id: string, to: string, isValue: boolean): string;
    decide(now: number, ticket: number, answer: number, value: string): void;
    keep(now: number, collection: string): void;
    pause(now: number, paused: boolean): void;
    meta(collection: string, id: string): string;
    known(collection: string): number;
    count(collection: string, where: string): string;
    findWrite(key: string): string;
    pending(): string;
    conflicts(): string;
    status(): string;
    client(): string;
    exportAll(): string;
    watchQuery(id: number, collection: string, spec: string): string;
    more(id: number, count: number): void;
    unwatch(id: number): void;
    presence(now: number, room: string, member: string, state: string): void;
    watchPresence(now: number, room: string, on: boolean): void;
    peers(room: string): string;
    opened(now: number, carrier: number): void;
    closed(now: number, carrier: number, code: number, reason: string): void;
    opKind(): number;
    opName(): string;
    opBytes(): number;
    opSize(): number;
    opDone(): void;
    persisted(now: number, step: number): void;
    persistFailed(now: number, why: string): void;
    persistRecovered(now: number): void;
    token(now: number, known: boolean, token: string): void;
    online(now: number, online: boolean): void;
    visible(now: number, visible: boolean): void;
    wake(now: number): void;
    stop(now: number): void;
    nextWake(): number;
  }
  /** One module is one core. */
  export interface Glue extends RawCore {
    HEAPU8: Uint8Array;
    rockpoolStore: {
      open(folder: string, strict: boolean, done: (error: unknown, files: StoredFile[]) => void): void;
      write(kind: number, name: string, bytes: Uint8Array): void;
      sync(fresh: boolean, done: Done): void;
      close(): void;
      wipe(folder: string, done: Done): void;
      /** Node only: undoes itself, or null when another process holds the folder. */
      lock?(folder: string): (() => void) | null;
    };
  }
  export default function createCore(options: object): Promise<Glue>;
}
declare module '#core-wasm' {
  const bytes: Uint8Array | undefined;
  export default bytes;
}
