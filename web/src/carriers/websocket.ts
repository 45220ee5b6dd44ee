// A WebSocket as a carrier: it says what happened, and knows nothing of what is said.
import type { Carrier, CarrierEvents } from './carrier.js';

export interface SocketLike {
  binaryType: string;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onerror: ((event: object) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  send(text: string | Uint8Array): void;
  close(code?: number, reason?: string): void;
}
export type SocketClass = new (url: string, protocols?: string | string[]) => SocketLike;

const abnormal = 1006;

/** Throws what the class throws for a wrong address. */
export function openWebSocket(
  kind: SocketClass,
  url: string,
  subprotocol: string,
  events: CarrierEvents,
): Carrier {
  const socket = new kind(url, subprotocol === '' ? [] : [subprotocol]);
  let over = false;
  const end = (code: number, reason: string): void => {
    if (over) return;
    over = true;
    socket.onopen = socket.onmessage = socket.onclose = null;
    // An error event may still follow; without a handler some implementations throw it.
    socket.onerror = () => {};
    events.closed(code, reason);
  };
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => events.opened();
  socket.onmessage = ({ data }) => {
    events.frame(typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer));
  };
  socket.onerror = () => {};
  socket.onclose = ({ code, reason }) => end(code, reason);
  return {
    send: (text) => socket.send(text),
    close(code, reason) {
      const allowed = code === 1000 || (code >= 3000 && code <= 4999);
      socket.close(allowed ? code : 1000, reason.slice(0, 40));
      // The other side may be gone: what it would say no longer matters.
      end(abnormal, 'closed here');
    },
  };
}
