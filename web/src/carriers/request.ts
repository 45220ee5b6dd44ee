// A request as a carrier: answered once, or with a stream.
import type { Carrier, CarrierEvents } from './carrier.js';

export interface Request {
  method: string;
  url: string;
  headers: [string, string][];
  body: string;
  /** Asked as the page goes away: nobody waits for the answer. */
  isLast?: boolean;
}

/** `body`: gets the answer, its status and cursor between them a NUL. Without it the answer is a stream. */
export function openRequest(
  request: Request,
  events: CarrierEvents,
  body?: (said: string, bytes: Uint8Array) => void,
): Carrier {
  const abort = new AbortController();
  let over = false;
  const end = (code: number, reason: string): void => {
    if (over) return;
    over = true;
    events.closed(code, reason);
  };
  const run = async (): Promise<void> => {
    const answer = await fetch(request.url, {
      method: request.method,
      headers: request.headers,
      body: request.body || null,
      signal: abort.signal,
      cache: 'no-store',
      keepalive: !!request.isLast,
    });
    if (body) {
      const bytes = new Uint8Array(await answer.arrayBuffer());
      if (over) return;
      over = true;
      const said = (name: string): string | null => answer.headers.get(name);
      const cursor = said('rockpool-cursor') ?? said('x-ratelimit-reset') ?? said('retry-after') ?? '';
      return body(`${answer.status}\0${cursor}`, bytes);
    }
    if (answer.status !== 200 || !answer.body) {
      abort.abort();
      return end(answer.status, 'no stream');
    }
    events.opened();
    const reader = answer.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (over) return;
      if (done) return end(0, 'the stream ended');
      events.frame(value);
    }
  };
  run().catch((error: unknown) => end(0, (error as Error).message));
  return {
    send() {},
    close() {
      abort.abort();
      end(0, 'closed here');
    },
  };
}
