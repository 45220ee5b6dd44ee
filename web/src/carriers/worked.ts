// Which carrier reached a server last, for the next page of this tab.
import type { Transport } from '../protocol.js';

const name = (url: string): string => `rockpool:carrier:${url}`;

export function lastWorked(url: string): Transport | null | undefined {
  try {
    return sessionStorage.getItem(name(url)) as Transport | null;
  } catch {
    return undefined;
  }
}

export function noteWorked(url: string, transport: Transport): void {
  try {
    sessionStorage.setItem(name(url), transport);
  } catch {
    /* the next page finds out anew */
  }
}
