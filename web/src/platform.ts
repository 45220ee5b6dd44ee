// What the database is told of where it runs.
import { Ask } from './calls.js';
import type { Core } from './core.js';
import { RockpoolError } from './errors.js';
import type { Tabs } from './tabs.js';

/** How the store of this tab is kept. */
export interface Keeping {
  kind: 'disk' | 'memory';
  leader: boolean;
  persisted: boolean;
  lost: boolean;
}

/** What closing and wiping do outside of this file. */
export interface Platform {
  keeping: Keeping;
  /** This tab's name. */
  tab: string;
  /** Where the tabs of a store act as one. */
  tabs?: Tabs;
  /** Another process holds the store, and this one runs from memory. */
  alone: boolean;
  disk: boolean;
  /** Stores what is not stored yet and lets the store go. */
  close(): Promise<void>;
  /** Deletes the store; after `close`. */
  wipe(): Promise<void>;
  /** Asks the other tabs to close. */
  evict(): void;
}

/** As in dialect::Abilities. */
const abilities = ['versions', 'resume', 'batches', 'events', 'rpc', 'presence', 'liveQuery'] as const;
export type Ability = (typeof abilities)[number];

/** What the dialect of the core can do. */
export function abilitiesOf(core: Core): Readonly<Record<string, boolean>> {
  const bits = core.ask(Ask.abilities);
  return Object.freeze(Object.fromEntries(abilities.map((name, at) => [name, (bits & (1 << at)) > 0])));
}

/** Throws `unsupported` where the dialect cannot do it. */
export function need(capabilities: Readonly<Record<string, boolean>>, what: Ability): void {
  if (!capabilities[what])
    throw new RockpoolError('unsupported', `this dialect has no ${what}: see db.capabilities`);
}
