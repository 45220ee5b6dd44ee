// From options to a database: WebAssembly, lock, disk, engine, in this order, and never the network.
import createCore from '#core-glue';
import type { Glue, StoredFile } from '#core-glue';
import coreWasm from '#core-wasm';
import type { OpenOptions, Rockpool } from '../index.js';
import { Client } from './client.js';
import type { Keeping } from './client.js';
import { lastWorked } from './carriers/worked.js';
import { Core } from './core.js';
import { Driver } from './driver.js';
import { RockpoolError, wrap } from './errors.js';
import { watchPage } from './lifecycle.js';
import { Marker } from './marker.js';
import { policyOf, settingsOf } from './options.js';
import type { Settings } from './options.js';
import { transports as allTransports } from './protocol.js';
import { Store } from './store.js';
import { Tabs } from './tabs.js';
import { randomHex } from './value.js';

declare const ROCKPOOL_VERSION: string;

const opened = new Map<string, Promise<Client>>();

export async function open<S = Record<string, any>>(options: OpenOptions<S>): Promise<Rockpool<S>> {
  const settings = settingsOf(options);
  const key = `${settings.path}:${settings.dir}`;
  let client = opened.get(key);
  if (!client) {
    client = start(settings, () => opened.delete(key));
    opened.set(key, client);
    client.catch(() => opened.delete(key));
  }
  return client as Promise<Rockpool<any>>;
}

async function load({ wasm = {} }: Settings): Promise<Glue> {
  const { module } = wasm;
  if (typeof WebAssembly === 'undefined')
    throw new RockpoolError('unsupported', 'there is no WebAssembly here');
  const url = wasm.url ?? (coreWasm ? '' : new URL('./core.wasm', import.meta.url));
  try {
    return await new Promise<Glue>((resolve, reject) => {
      const hooks = {
        ...(coreWasm && { wasmBinary: coreWasm }),
        ...(module && {
          instantiateWasm(
            imports: WebAssembly.Imports,
            done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
          ) {
            WebAssembly.instantiate(module, imports).then((instance) => done(instance, module), reject);
            return {};
          },
        }),
        locateFile: () => String(url),
        // What went wrong is in the rejection.
        printErr: () => {},
      };
      createCore(hooks).then(resolve, reject);
    });
  } catch (error) {
    throw wrap(error, 'internal', `core.wasm could not be loaded${url && ` from ${url}`}`);
  }
}

interface Kept {
  keeping: Keeping;
  files: StoredFile[];
  store?: Store;
  tabs?: Tabs;
  marker?: Marker;
}

function memory(settings: Settings, why: string, leader = true, tabs?: Tabs): Kept {
  settings.log_(settings.storage === 'memory' ? 'debug' : 'warn', why, { store: settings.path });
  return {
    keeping: { kind: 'memory', leader, persisted: false, lost: false },
    files: [],
    ...(tabs && { tabs }),
  };
}

/** The disk, if there is one and it is ours. */
async function keep(glue: Glue, settings: Settings): Promise<Kept> {
  const node = glue.rockpoolStore.lock;
  if (settings.storage === 'memory' || (node && !settings.dir))
    return memory(settings, 'running from memory');
  const tabs = new Tabs(settings.path);
  if (node) {
    let release;
    try {
      release = node(settings.dir + settings.path);
    } catch (error) {
      return memory(
        settings,
        `${settings.dir} cannot hold the store (${(error as Error).message}); running from memory`,
      );
    }
    if (!release)
      return memory(settings, 'another process holds the store; running from memory', false, tabs);
    tabs.hold(release);
  } else {
    if (typeof indexedDB === 'undefined')
      return memory(settings, 'there is no IndexedDB here; running from memory');
    if (!globalThis.navigator?.locks)
      return memory(
        settings,
        'there are no Web Locks here (they need https or localhost); running from memory',
      );
    if (!(await tabs.lead()))
      return memory(settings, 'another tab leads the store; running from memory', false, tabs);
  }
  const store = new Store(glue);
  let files;
  try {
    files = await store.open(settings.dir + settings.path, settings.durability === 'strict');
  } catch (error) {
    tabs.close();
    return memory(settings, (error as Error).message);
  }
  const persisted = (await globalThis.navigator?.storage?.persisted?.().catch(() => false)) ?? false;
  return {
    keeping: { kind: 'disk', leader: true, persisted, lost: false },
    files,
    store,
    tabs,
    marker: new Marker(settings.path),
  };
}

function coreOf(glue: Glue, settings: Settings, disk: boolean): Core {
  const policies = Object.fromEntries(
    Object.entries(settings.collections).map(([name, { policy }]) => {
      const { standard, fields } = policyOf(name, policy);
      return [name, { standard, fields }];
    }),
  );
  const { url, space, user, version, transports } = settings;
  const worked = transports.find((one) => one === lastWorked(url));
  return new Core(glue, {
    url,
    space,
    user,
    version,
    policies,
    disk,
    client: randomHex(16),
    seed: randomHex(8),
    sdk: `rockpool/${ROCKPOOL_VERSION}`,
    asksToken: settings.token !== undefined,
    carriers: transports.map((one) => allTransports.indexOf(one)).join(''),
    ...(worked && { worked: `${allTransports.indexOf(worked)}` }),
  });
}

async function start(settings: Settings, closed: () => void): Promise<Client> {
  const glue = await load(settings);
  if (!glue.rockpoolStore.lock) settings.dir = '';
  const kept = await keep(glue, settings);
  const { keeping, store, tabs, marker } = kept;
  const core = coreOf(glue, settings, keeping.kind === 'disk');
  let restored;
  try {
    restored = core.restore(Date.now(), kept.files);
  } catch (error) {
    await store?.stop();
    tabs?.close();
    throw error;
  }
  keeping.lost = marker?.begin(kept.files.length) ?? false;

  let driver!: Driver;
  const client = new Client(
    core,
    settings,
    (sink) =>
      (driver = new Driver(core, sink, {
        ...(store && { store }),
        ...(settings.socket && { socket: settings.socket }),
        token: settings.token,
        url: settings.url,
      })),
    {
      keeping,
      async close() {
        unwatch();
        closed();
        driver.stop();
        while (store?.busy) {
          await store.settled();
          driver.flush();
        }
        await store?.stop();
        tabs?.close();
      },
      async wipe() {
        if (keeping.kind === 'memory' && keeping.leader) return;
        await new Store(glue).wipe(settings.dir + settings.path);
        new Marker(settings.path).remove();
      },
      evict: () => tabs?.evict(),
    },
  );
  const unwatch = watchPage(driver, client, {
    keeping,
    ...(store && { store }),
    ...(tabs && { tabs }),
    ...(marker && { marker }),
  });
  if (tabs) tabs.onleave = () => void client.close();
  if (restored.problem)
    client.failed(new RockpoolError('storage', `the local store was damaged: ${restored.problem}`));
  driver.touch();
  return client;
}
