// What the page goes through: network, visibility, the back-forward cache.
import { Tell } from './calls.js';
import type { Client, Keeping } from './client.js';
import type { Driver } from './driver.js';
import type { Marker } from './marker.js';
import type { Store } from './store.js';
import type { Tabs } from './tabs.js';

interface Held {
  keeping: Keeping;
  store?: Store;
  tabs?: Tabs;
  marker?: Marker;
}

/** Returns its own undo. */
export function watchPage(
  driver: Driver,
  client: Client,
  { keeping, store, tabs, marker }: Held,
): () => void {
  const { core } = driver;
  const page = globalThis.addEventListener === undefined ? undefined : globalThis;
  const undo: (() => void)[] = [];
  const on = (target: EventTarget | undefined, type: string, fn: (event: Event) => void): void => {
    target?.addEventListener(type, fn);
    undo.push(() => target?.removeEventListener(type, fn));
  };
  on(page, 'online', () => {
    driver.feed((now) => core.tell(Tell.online, now, 1));
    store?.hurry();
  });
  on(page, 'offline', () => driver.feed((now) => core.tell(Tell.online, now, 0)));
  if (globalThis.navigator?.onLine === false) driver.feed((now) => core.tell(Tell.online, now, 0));
  if (typeof document === 'undefined')
    return () => {
      for (const stop of undo) stop();
    };

  on(document, 'visibilitychange', () => {
    driver.feed((now) => core.tell(Tell.visible, now, +(document.visibilityState === 'visible')));
    // A page that is hidden may never run again.
    driver.flush();
    store?.hurry();
  });
  let away: Promise<void> | undefined;
  on(page, 'pagehide', () => {
    driver.feed((now) => core.tell(Tell.online, now, 0));
    driver.flush();
    // In the back-forward cache it must hold neither the lock nor a sync that another tab's would meet.
    away = (store?.stop() ?? Promise.resolve()).then(() => tabs?.release());
    if (!store?.running) tabs?.release();
  });
  on(page, 'pageshow', async () => {
    if (!away) return;
    await away;
    away = undefined;
    if (keeping.kind === 'disk' && !((await tabs?.again()) && marker?.untouched)) {
      // Another tab has had the store meanwhile: what is here is of the past.
      keeping.leader = false;
      await client.close();
      return;
    }
    store?.resume();
    driver.feed((now) => core.tell(Tell.online, now, +globalThis.navigator.onLine));
  });
  return () => {
    for (const stop of undo) stop();
  };
}
