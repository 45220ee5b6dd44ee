// From options to a database: WebAssembly first, then what session.ts does.
import createCore from '#core-glue';
import type { Glue } from '#core-glue';
import coreWasm from '#core-wasm';
import type { OpenOptions, Rockpool } from '../index.js';
import type { Client } from './client.js';
import { cores } from './cores.js';
import { RockpoolError, wrap } from './errors.js';
import { settingsOf } from './options.js';
import type { Settings } from './options.js';
import { Session } from './session.js';

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

async function load({ wasm = {}, dialect }: Settings): Promise<Glue> {
  const { module } = wasm;
  const embedded = dialect === 'native' && coreWasm;
  if (typeof WebAssembly === 'undefined')
    throw new RockpoolError('unsupported', 'there is no WebAssembly here');
  let url: string | URL = '';
  try {
    url = wasm.url ?? (embedded ? '' : cores[dialect]!());
    return await new Promise<Glue>((resolve, reject) => {
      const hooks = {
        ...(embedded && { wasmBinary: embedded }),
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
    throw wrap(error, 'internal', `the core could not be loaded${url && ` from ${url}`}`);
  }
}

async function start(settings: Settings, closed: () => void): Promise<Client> {
  const glue = await load(settings);
  if (!glue.rockpoolStore.lock) settings.dir = '';
  const session = new Session(glue, settings, closed);
  if (settings.dialect === 'datocms')
    session.client.lives = (await import('#live-query')).liveQueries(
      session.client,
      RockpoolError,
      settings.wasm?.url,
    );
  await session.begin();
  return session.client;
}
