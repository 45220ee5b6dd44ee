// Queries answered in the page, over the records that its cache holds, by a WebAssembly of their own
// (wasm/answers/answers.cpp). This is a file of its own in dist/ too: load-answers.ts loads it when it is
// wanted.
import numbers from '#numbers';

/** Of DatoCMS's GraphQL. */
export interface QueryError {
  message: string;
  locations?: { line: number; column: number }[];
  path?: (string | number)[];
  fields?: string[];
  extensions?: { code: string };
}
export interface Answer {
  data?: unknown;
  errors?: QueryError[];
}
/** Where the WebAssembly is, or the compiled module. */
export interface Place {
  url?: string | URL;
  module?: WebAssembly.Module;
}

interface Exports extends WebAssembly.Exports {
  memory: WebAssembly.Memory;
  _initialize(): void;
  reserve(bytes: number): number;
  answer(): number;
  make(models: number): number;
  put(model: number, record: number, now: number): number;
  remove_record(model: number, id: number): number;
  models_of(query: number): number;
  ask(query: number, variables: number, operation: number): number;
}

const compiled = new Map<string, Promise<WebAssembly.Module>>();

async function compile(url: URL | string): Promise<WebAssembly.Module> {
  if (ROCKPOOL_NODE && String(url).startsWith('file:')) {
    const { readFile } = await import('node:fs/promises');
    return WebAssembly.compile(await readFile(new URL(url)));
  }
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} is answered with ${response.status}`);
  return WebAssembly.compile(await response.arrayBuffer());
}

/** Once for each address; what failed is tried again. */
function fetched(url: URL | string): Promise<WebAssembly.Module> {
  const key = String(url);
  let module = compiled.get(key);
  if (!module) {
    module = compile(url);
    compiled.set(key, module);
    module.catch(() => compiled.delete(key));
  }
  return module;
}

/** One cache: each has a memory of its own, which goes with it. */
export class Answers {
  #wasm: Exports | undefined;
  #encoder = new TextEncoder();
  #decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  private constructor(wasm: Exports) {
    this.#wasm = wasm;
  }

  /** `models` as the server's configuration has them. */
  static async load(models: object, { url, module }: Place = {}): Promise<Answers> {
    const code = module ?? (await fetched(url ?? new URL('./answers.datocms.wasm', import.meta.url)));
    const env = numbers(() => new Uint8Array(wasm.memory.buffer));
    const wasm = (await WebAssembly.instantiate(code, { env })).exports as Exports;
    wasm._initialize();
    const answers = new Answers(wasm);
    answers.#check([JSON.stringify(models)], wasm.make);
    return answers;
  }

  /** As a collection shows it; what it lacks is that of a draft made now. */
  put(model: string, record: object): void {
    this.#check([model, JSON.stringify(record)], this.#open.put, Date.now());
  }

  remove(model: string, id: string): void {
    this.#check([model, id], this.#open.remove_record);
  }

  /** What a run may read, whatever its variables are. */
  modelsOf(query: string): { models: string[] } | { errors: QueryError[] } {
    return JSON.parse(this.#call([query], this.#open.models_of));
  }

  ask(query: string, variables?: object, operation = ''): Answer {
    const texts = [query, variables ? JSON.stringify(variables) : '', operation];
    return JSON.parse(this.#call(texts, this.#open.ask));
  }

  free(): void {
    this.#wasm = undefined;
  }

  get #open(): Exports {
    if (!this.#wasm) throw new Error('these answers are freed');
    return this.#wasm;
  }

  /** The texts one behind the other, and how long each is. */
  #call(texts: string[], what: (...given: number[]) => number, ...more: number[]): string {
    const wasm = this.#open;
    try {
      const at = wasm.reserve(texts.reduce((sum, text) => sum + text.length * 3, 0));
      let used = 0;
      const sizes = texts.map((text) => {
        const { written } = this.#encoder.encodeInto(text, new Uint8Array(wasm.memory.buffer, at + used));
        used += written;
        return written;
      });
      const size = what(...sizes, ...more);
      return this.#decoder.decode(new Uint8Array(wasm.memory.buffer, wasm.answer(), size));
    } catch (error) {
      // It ran out of memory in the middle of something.
      this.free();
      throw error;
    }
  }

  #check(texts: string[], what: (...given: number[]) => number, ...more: number[]): void {
    const problem = this.#call(texts, what, ...more);
    if (problem) throw new Error(problem);
  }
}
