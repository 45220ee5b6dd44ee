// One open store, from open() to close(): lock, disk and engine, and which tab has them.
import type { Glue, StoredFile } from '#core-glue';
import { Ask, Tell } from './calls.js';
import { lastWorked } from './carriers/worked.js';
import { Client } from './client.js';
import { Core } from './core.js';
import { RockpoolError, wrap } from './errors.js';
import { watchPage } from './lifecycle.js';
import { Marker } from './marker.js';
import { policyOf } from './options.js';
import type { Settings } from './options.js';
import type { Keeping, Platform } from './platform.js';
import { transports as allTransports } from './protocol.js';
import { Store } from './store.js';
import { Tabs } from './tabs.js';
import { randomHex } from './value.js';

declare const ROCKPOOL_VERSION: string;

/** A tab that hears of no leader for so long reads the store by itself, until there is one. */
const patienceMs = 400;
const farewellMs = 1_000;

function optionsOf({ dialect, url, space, user, version, collections, token, transports }: Settings): object {
  const policies = Object.fromEntries(
    Object.entries(collections).map(([name, { policy }]) => {
      const { standard, fields } = policyOf(name, policy);
      return [name, { standard, fields }];
    }),
  );
  const worked = transports.find((one) => one === lastWorked(url));
  return {
    dialect,
    url,
    space,
    user,
    version,
    policies,
    carriers: transports.map((one) => allTransports.indexOf(one)).join(''),
    ...(worked && { worked: `${allTransports.indexOf(worked)}` }),
    client: randomHex(16),
    seed: randomHex(8),
    sdk: `rockpool/${ROCKPOOL_VERSION}`,
    asksToken: token !== undefined,
  };
}

export class Session {
  readonly client: Client;
  readonly #glue: Glue;
  readonly #settings: Settings;
  readonly #folder: string;
  readonly #core: Core;
  readonly #marker: Marker;
  readonly #keeping: Keeping = { kind: 'memory', leader: true, persisted: false, lost: false };
  readonly #platform: Platform;
  #tabs: Tabs | undefined;
  #store: Store | undefined;
  /** Lets go of what a process of its own holds. */
  #release: (() => void) | undefined;
  #began = false;
  /** The page is not there: in the back-forward cache, or frozen. */
  #away = false;
  /** Never both at a time: they use the same files in memory. */
  #loading = false;
  #looking: Promise<unknown> = Promise.resolve();

  constructor(glue: Glue, settings: Settings, closed: () => void) {
    this.#glue = glue;
    this.#settings = settings;
    this.#folder = settings.dir + settings.path;
    this.#marker = new Marker(settings.path);
    this.#core = new Core(glue);
    this.#platform = {
      keeping: this.#keeping,
      tab: randomHex(5),
      alone: false,
      disk: false,
      close: async () => {
        unwatch();
        closed();
        await this.#close();
      },
      wipe: () => this.#wipe(),
      evict: () => this.#tabs?.evict(),
    };
    this.client = new Client(this.#core, settings, this.#platform);
    const unwatch = watchPage(this);
  }

  /** Resolves when there is something to read. */
  async begin(): Promise<void> {
    const { lock } = this.#glue.rockpoolStore;
    const { storage, dir } = this.#settings;
    if (storage === 'memory' || (lock && !dir)) return this.#beginInMemory('running from memory');
    if (lock) return this.#beginInFolder(lock);
    if (typeof indexedDB === 'undefined')
      return this.#beginInMemory('there is no IndexedDB here; running from memory');
    if (!globalThis.navigator?.locks || typeof BroadcastChannel === 'undefined')
      return this.#beginInMemory(
        'there are no Web Locks here (they need https or localhost); running from memory',
      );
    this.#platform.disk = true;
    await this.#beginAmongTabs();
  }

  #beginInMemory(why: string, alone = false): void {
    this.#settings.log_(this.#settings.storage === 'memory' ? 'debug' : 'warn', why, {
      store: this.#settings.path,
    });
    this.#tabs?.close();
    this.#tabs = undefined;
    delete this.#platform.tabs;
    this.#platform.disk = false;
    this.#platform.alone = alone;
    Object.assign(this.#keeping, { kind: 'memory', leader: !alone });
    this.#fill(false, () => this.#core.restore(Date.now(), []));
  }

  /** Node: whoever comes second runs from memory. */
  async #beginInFolder(lock: NonNullable<Glue['rockpoolStore']['lock']>): Promise<void> {
    const { dir } = this.#settings;
    try {
      this.#release = lock(this.#folder) ?? undefined;
    } catch (error) {
      return this.#beginInMemory(
        `${dir} cannot hold the store (${(error as Error).message}); running from memory`,
      );
    }
    if (!this.#release)
      return this.#beginInMemory('another process holds the store; running from memory', true);
    this.#platform.disk = true;
    try {
      (await this.#load()).begin();
    } catch (error) {
      this.#release();
      if (!RockpoolError.is(error, 'storage')) throw error;
      this.#beginInMemory((error as Error).message);
    }
  }

  #beginAmongTabs(): Promise<void> {
    return new Promise((resolve, reject) => {
      const { client } = this;
      const done = (): void => {
        this.#began = true;
        clearTimeout(patience);
        resolve();
      };
      const tabs = (this.#tabs = new Tabs(this.#settings.path, this.#settings.version, this.#platform.tab, {
        load: async () => {
          const { epoch, begin } = await this.#load();
          return { epoch, begin: () => (begin(), done()) };
        },
        follow: (state, status) => {
          const understood = this.#follow([], state);
          this.client.happened(['status', status]);
          done();
          return understood;
        },
        rest: () => {
          void this.#store?.stop();
          const state = this.#core.news(Ask.beginNews);
          this.#follow([], state);
        },
        failed: (error) => {
          if (this.#began) return this.client.failed(wrap(error, 'storage', 'this tab cannot lead'));
          if (!RockpoolError.is(error, 'storage') && !RockpoolError.is(error, 'quota')) {
            tabs.close();
            return reject(error as Error);
          }
          this.#beginInMemory((error as Error).message);
          done();
        },
        state: () =>
          this.#core.status().state === 'user-mismatch' ? new Uint8Array() : this.#core.news(Ask.beginNews),
        news: () => this.#core.news(Ask.news),
        status: () => this.#core.status(),
        outdated: () => this.client.keepingMoved(),
        leave: () => void this.client.close(),
        signal: (message) => client.happened(['signal', message]),
        asked: (from, ask) => client.crew.asked(from, ask),
        gone: (tab) => client.crew.gone(tab),
        hear: (news, events) => client.crew.hear(news, events),
        answered: (op, number) => client.crew.answered(op, number),
        refusedBy: (op, code, message) => client.crew.refused(op, code, message),
      }));
      this.#platform.tabs = tabs;
      const patience = setTimeout(() => {
        void this.#look().then((files) => {
          if (this.#began || this.#loading) return;
          this.#follow(files);
          done();
        });
      }, patienceMs);
      tabs.enter();
    });
  }

  /** The store, without any right to it. Nothing, when it cannot be read. */
  #look(): Promise<readonly StoredFile[]> {
    const looking = this.#looking.then(async () => {
      if (this.#began || this.#loading) return [];
      const { files } = await new Store(this.#glue).open(this.#folder, false);
      return files;
    });
    return (this.#looking = looking.catch(() => []));
  }

  /** Takes the store. What it returns begins to lead. */
  async #load(): Promise<{ epoch: number; begin(): void }> {
    this.#loading = true;
    await this.#looking;
    await this.#store?.stop();
    const store = new Store(this.#glue);
    const { files, epoch } = await store.open(
      this.#folder,
      this.#settings.durability === 'strict',
      () => this.#tabs?.leads && this.#tabs.depose(),
    );
    const persisted = (await globalThis.navigator?.storage?.persisted?.().catch(() => false)) ?? false;
    const begin = (): void => {
      let problem = '';
      this.#store = store;
      Object.assign(this.#keeping, {
        kind: 'disk',
        leader: true,
        persisted,
        lost: this.#marker.begin(files.length),
      });
      this.#fill(false, () => ({ problem } = this.#core.restore(Date.now(), files)), store);
      if (problem)
        this.client.failed(new RockpoolError('storage', `the local store was damaged: ${problem}`));
    };
    return { epoch, begin };
  }

  /** False when the state is not understood. */
  #follow(files: readonly StoredFile[], state?: Uint8Array): boolean {
    Object.assign(this.#keeping, { kind: 'disk', leader: false });
    this.#store = undefined;
    let understood = true;
    this.#fill(true, () => {
      this.#core.restore(Date.now(), files);
      if (state) understood = this.#core.mirror(Date.now(), state);
    });
    return understood;
  }

  #fill(follower: boolean, fill: () => void, store?: Store): void {
    this.client.begin(
      () => {
        this.#core.make({ ...optionsOf(this.#settings), disk: this.#platform.disk, follower });
        fill();
      },
      store,
      follower,
    );
  }

  // ---- what the page goes through

  online(online: boolean): void {
    this.client.feed((now) => this.#core.tell(Tell.online, now, +online));
    if (online) this.#store?.hurry();
  }

  visible(visible: boolean): void {
    this.client.feed((now) => this.#core.tell(Tell.visible, now, +visible));
    // A page that is hidden may never run again.
    this.client.flush();
    this.#store?.hurry();
  }

  /** It may never run again, or after others have led. A sync under way is done before theirs, or undone. */
  leave(): void {
    if (this.#away) return;
    this.#away = true;
    this.client.flush();
    if (!this.#tabs) return this.online(false);
    if (this.#tabs.leads) this.client.abandon();
    void this.#store?.stop();
    this.#keeping.leader = false;
    this.#tabs.withdraw();
  }

  comeBack(): void {
    if (!this.#away) return;
    this.#away = false;
    if (this.#tabs) this.#tabs.enter();
    else this.online(globalThis.navigator.onLine);
  }

  // ---- the end

  async #close(): Promise<void> {
    const { client } = this;
    const until = Date.now() + farewellMs;
    while (this.#tabs && !this.#tabs.leads && client.unconfirmed > 0 && Date.now() < until)
      await new Promise((resolve) => setTimeout(resolve, 20));
    client.stop();
    while (this.#store?.busy) {
      await this.#store.settled();
      client.flush();
    }
    await this.#store?.stop();
    this.#tabs?.close();
    this.#release?.();
  }

  async #wipe(): Promise<void> {
    if (this.#keeping.kind === 'memory' && !this.#platform.alone) return;
    await this.#tabs?.alone();
    await new Store(this.#glue).wipe(this.#folder);
    this.#marker.remove();
  }
}
