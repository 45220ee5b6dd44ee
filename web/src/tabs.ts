// Which tab owns the store. The lock decides; the channel only tells a live leader from one that is going.

const patienceMs = 2_000;

type Message = 'who leads?' | 'I lead' | 'leave';

export class Tabs {
  #name: string;
  #channel: BroadcastChannel | undefined;
  #release: (() => void) | undefined;
  #answered: (() => void) | undefined;
  /** Another tab wipes the store. */
  onleave: () => void = () => {};

  constructor(name: string) {
    this.#name = name;
    if (typeof BroadcastChannel === 'undefined') return;
    this.#channel = new BroadcastChannel(name);
    (this.#channel as { unref?(): void }).unref?.();
    this.#channel.onmessage = ({ data }: MessageEvent<Message>) => {
      if (data === 'who leads?' && this.#release) this.#say('I lead');
      if (data === 'I lead') this.#answered?.();
      if (data === 'leave') this.onleave();
    };
  }

  #say(message: Message): void {
    this.#channel?.postMessage(message);
  }

  get leads(): boolean {
    return this.#release !== undefined;
  }

  /**
   * Resolves with whether this tab has the lock. A page that is reloaded may still hold it for a moment, and
   * it does not
   * answer; so the lock is waited for until a leader answers or patience ends.
   */
  async lead(): Promise<boolean> {
    if (await this.#request({ ifAvailable: true })) return true;
    const giveUp = new AbortController();
    this.#answered = () => giveUp.abort();
    const timer = setTimeout(() => giveUp.abort(), patienceMs);
    this.#say('who leads?');
    const leads = await this.#request({ signal: giveUp.signal });
    clearTimeout(timer);
    this.#answered = undefined;
    return leads;
  }

  /** The lock, unless somebody has it. */
  again(): Promise<boolean> {
    return this.#request({ ifAvailable: true });
  }

  #request(options: LockOptions): Promise<boolean> {
    return new Promise((resolve) => {
      navigator.locks
        .request(this.#name, options, (lock) => {
          if (!lock) return resolve(false);
          return new Promise<void>((release) => {
            this.#release = release;
            resolve(true);
          });
        })
        .catch(() => resolve(false));
    });
  }

  /** Node: another way to hold the store. */
  hold(release: () => void): void {
    this.#release = release;
  }

  release(): void {
    this.#release?.();
    this.#release = undefined;
  }

  /** Asks the other tabs to close. */
  evict(): void {
    this.#say('leave');
  }

  close(): void {
    this.release();
    this.#channel?.close();
  }
}
