// What the database is told of where it runs.
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

export const abilities = Object.freeze({
  versions: true,
  resume: true,
  batches: true,
  presence: true,
  events: true,
  rpc: true,
  liveQuery: false,
});
