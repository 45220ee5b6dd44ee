// Sessions over requests in front of the fake server, as a function `fetch`. The test says what goes wrong.

export class Requests {
  sessions = new Map();
  /** "METHOD path" of each request. */
  seen = [];
  /** (method, path) -> true to lose the answer to a request that was taken. */
  lose = () => false;
  #server;

  constructor(server) {
    this.#server = server;
  }

  fetch = async (url, { method, headers, body, signal }) => {
    const { pathname, searchParams } = new URL(url);
    this.seen.push(`${method} ${pathname}`);
    if (!this.#server.up) throw new TypeError('fetch failed');
    const { 'Rockpool-Session': name, 'Last-Event-ID': last } = Object.fromEntries(headers);
    const session = this.sessions.get(name);
    const answer = await this.#answer(session, method, pathname, {
      body,
      signal,
      n: Number(last ?? searchParams.get('n')),
      begins: name === undefined,
    });
    if (this.lose(method, pathname)) throw new TypeError('the connection broke');
    return answer;
  };

  async #answer(session, method, path, { body, signal, n, begins }) {
    if (begins) return this.#begin(body);
    if (!session) return Response.json({ error: { code: 'closed', message: 'no session' } }, { status: 404 });
    if (method === 'DELETE') {
      this.#end(session);
      return new Response(null, { status: 204 });
    }
    if (method === 'POST') return this.#take(session, JSON.parse(body));
    return path === '/v1/events' ? this.#stream(session, n, signal) : this.#poll(session, n, signal);
  }

  #begin(body) {
    const socket = new this.#server.WebSocket('', 'rockpool.v1');
    const session = {
      socket,
      frames: [],
      taken: 1,
      told: () => {},
      cut: () => {},
      name: `session-${this.seen.length}`,
    };
    return new Promise((resolve, reject) => {
      socket.onopen = () => socket.send(body);
      socket.onclose = () => {
        this.sessions.delete(session.name);
        session.cut();
        reject(new TypeError('the server is gone'));
      };
      socket.onmessage = ({ data }) => {
        session.frames.push(data);
        if (session.frames.length > 1) return session.told();
        this.sessions.set(session.name, session);
        const messages = [JSON.parse(data)].flat();
        const welcomed = messages[0].type === 'welcome';
        resolve(
          Response.json(welcomed ? { session: session.name, n: 1, messages } : { messages }, {
            status: welcomed ? 200 : 401,
          }),
        );
      };
    });
  }

  #take(session, { n, messages }) {
    for (const message of messages.slice(session.taken + 1 - n)) session.socket.send(JSON.stringify(message));
    session.taken = Math.max(session.taken, n + messages.length - 1);
    return Response.json({ n: session.taken });
  }

  #stream(session, n, signal) {
    const encoder = new TextEncoder();
    return new Response(
      new ReadableStream({
        start: (controller) => {
          controller.enqueue(encoder.encode(':\n\n'));
          session.told = () => {
            while (n < session.frames.length && !signal.aborted)
              controller.enqueue(encoder.encode(`id: ${n + 1}\ndata: ${session.frames[n++]}\n\n`));
          };
          session.cut = () => {
            session.told = session.cut = () => {};
            controller.error(new TypeError('the stream broke'));
          };
          session.told();
        },
      }),
    );
  }

  #poll(session, n, signal) {
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
      session.cut = () => reject(new TypeError('the connection broke'));
      session.told = () => {
        if (n >= session.frames.length) return;
        session.told = () => {};
        const messages = session.frames.slice(n).flatMap((frame) => JSON.parse(frame));
        resolve(Response.json({ n: session.frames.length, messages }));
      };
      session.told();
    });
  }

  #end(session) {
    this.sessions.delete(session.name);
    session.socket.close();
  }
}
