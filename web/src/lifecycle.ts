// What the page goes through: network, visibility, the back-forward cache, freezing.
import type { Session } from './session.js';

/** Returns its own undo. */
export function watchPage(session: Session): () => void {
  const undo: (() => void)[] = [];
  const on = (target: EventTarget | undefined, type: string, fn: () => void): void => {
    target?.addEventListener?.(type, fn);
    undo.push(() => target?.removeEventListener?.(type, fn));
  };
  const { document } = globalThis;
  on(globalThis, 'online', () => session.online(true));
  on(globalThis, 'offline', () => session.online(false));
  on(document, 'visibilitychange', () => session.visible(document.visibilityState === 'visible'));
  on(globalThis, 'pagehide', () => session.leave());
  on(document, 'freeze', () => session.leave());
  on(document, 'resume', () => session.comeBack());
  on(globalThis, 'pageshow', () => session.comeBack());
  return () => {
    for (const stop of undo) stop();
  };
}
