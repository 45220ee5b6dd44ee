// When the disk is synced. What is written to it is the journal's matter; how, the glue's
// (wasm/store.web.js).
import type { Glue, StoredFile } from '#core-glue';
import { wrap } from './errors.js';
import type { RockpoolError } from './errors.js';

const watchdogMs = 10_000;
const retryMsMin = 1_000;
const retryMsMax = 30_000;

export interface StoreEvents {
  /** Every file operation up to this step is on disk. */
  persisted(step: number): void;
  failed(error: RockpoolError): void;
  recovered(): void;
  /** Writes what the sync is to store. Throws when it could not; then it is called again. */
  writeFiles(): void;
}

const full = ['QuotaExceededError', 'ENOSPC', 'EDQUOT'];

function storageError(cause: unknown): RockpoolError {
  const { name, code } = cause as { name?: string; code?: string };
  return wrap(
    cause,
    full.includes(String(name)) || full.includes(String(code)) ? 'quota' : 'storage',
    'the local store cannot be written',
  );
}

/** Calls `begin` and answers once: with what it answers, or with an error when it took too long. */
function watched(begin: (done: (error?: unknown) => void) => void, done: (error?: unknown) => void): void {
  let over = false;
  const end = (error?: unknown): void => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    done(error);
  };
  const timer = setTimeout(() => end(new Error(`no answer in ${watchdogMs / 1000} s`)), watchdogMs);
  try {
    begin(end);
  } catch (error) {
    end(error);
  }
}

export class Store {
  #glue: Glue;
  #events: StoreEvents | undefined;
  #step = 0;
  #running = false;
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;
  #idle: (() => void)[] = [];

  constructor(glue: Glue) {
    this.#glue = glue;
  }

  /**
   * What is stored. To write it, once and under the lock: `lost` is called when somebody else has done so
   * since. To look only, at any time; then nothing is ever written.
   */
  open(folder: string, strict: boolean, lost?: () => void): Promise<{ files: StoredFile[]; epoch: number }> {
    return new Promise((resolve, reject) => {
      let files: StoredFile[];
      let epoch: number;
      watched(
        (done) =>
          this.#glue.rockpoolStore.open(folder, strict, lost, (error, stored, number) => {
            [files, epoch] = [stored, number];
            done(error);
          }),
        (error) => (error ? reject(storageError(error)) : resolve({ files, epoch })),
      );
    });
  }

  listen(events: StoreEvents): void {
    this.#events = events;
  }

  /** Files are to be changed; this is called `step`. At most one is open at a time. */
  persist(step: number): void {
    this.#step = step;
    this.#run();
  }

  /** Does not wait for the next try. */
  hurry(): void {
    if (this.#retry !== undefined) this.#run();
  }

  #run(): void {
    if (this.#running || this.#stopped || this.#step === 0) return;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#running = true;
    watched(
      (done) => {
        this.#events!.writeFiles();
        // After a failure with a new connection: the old one may be what hangs.
        this.#glue.rockpoolStore.sync(this.#failures > 0, done);
      },
      (error) => this.#done(error),
    );
  }

  #done(error: unknown): void {
    this.#running = false;
    if (this.#stopped) {
      // What became of it is no longer ours to tell.
    } else if (error) {
      this.#failures++;
      this.#events!.failed(storageError(error));
      this.#retry = setTimeout(
        () => this.#run(),
        Math.min(retryMsMax, retryMsMin * 2 ** (this.#failures - 1)),
      );
    } else {
      if (this.#failures > 0) this.#events!.recovered();
      this.#failures = 0;
      const step = this.#step;
      this.#step = 0;
      this.#events!.persisted(step);
    }
    for (const idle of this.#idle.splice(0)) idle();
  }

  get running(): boolean {
    return this.#running;
  }

  /** Something is on its way to the disk, and the disk takes it. */
  get busy(): boolean {
    return this.#step !== 0 && this.#failures === 0 && !this.#stopped;
  }

  /** Resolves when the present sync ends. */
  settled(): Promise<void> {
    return this.#running ? new Promise((resolve) => this.#idle.push(resolve)) : Promise.resolve();
  }

  /** No sync begins from now on. Resolves when none is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    await this.settled();
    this.#glue.rockpoolStore.close();
  }

  wipe(folder: string): Promise<void> {
    return new Promise((resolve, reject) => {
      watched(
        (done) => this.#glue.rockpoolStore.wipe(folder, done),
        (error) => (error ? reject(storageError(error)) : resolve()),
      );
    });
  }
}
