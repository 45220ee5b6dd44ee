// The Emscripten glue and, in the script-tag build, the WebAssembly itself. The build gives both.
declare module '#core-glue' {
  type Done = (error?: unknown) => void;
  export type StoredFile = readonly [name: string, bytes: Uint8Array];
  /** One module is one core. */
  export interface Glue {
    /** See wasm/core.h; calls.ts has the names of what is told and asked. */
    tell(what: number, now: number, number: number, bytes: number): void;
    ask(what: number, now: number, number: number, bytes: number): number;
    HEAPU8: Uint8Array;
    rockpoolStore: {
      open(
        folder: string,
        strict: boolean,
        lost: (() => void) | undefined,
        done: (error: unknown, files: StoredFile[], epoch: number) => void,
      ): void;
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
// The file of dist/ that answers.ts becomes, for the same place.
declare module '#answers' {
  export { Answers } from './answers.js';
}
// wasm/numbers.js over a memory.
declare module '#numbers' {
  export default function numbers(bytes: () => Uint8Array): WebAssembly.ModuleImports;
}
declare const ROCKPOOL_NODE: boolean;

// The file of dist/ that live-query.ts becomes, for the same place.
declare module '#live-query' {
  export { liveQueries } from './live-query.js';
}
