// A server of DatoCMS's contract alone, in the words of its documentation: no cursor, no socket, and results
// that the test sets.
import { randomUUID } from 'node:crypto';
import http from 'node:http';

const error = (code, message) =>
  JSON.stringify({
    data: [{ id: 'a1b2c3', type: 'api_error', attributes: { code, details: { message } } }],
  });

export class PlainDato {
  token = 'plain-token-of-dato';
  /** What each query comes to, by its text. */
  results = new Map();
  /** Requests in the order in which they came: [method, path, headers]. */
  asked = [];
  /** What the next registrations are answered: [status, headers, body]. */
  answers = [];
  #channels = new Map();
  #streams = new Map();

  static async start(t) {
    const plain = new PlainDato();
    const server = http.createServer((request, response) => plain.#serve(request, response));
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => (server.closeAllConnections(), server.close()));
    plain.port = server.address().port;
    plain.root = `http://127.0.0.1:${plain.port}`;
    return plain;
  }

  get streams() {
    return this.#streams.size;
  }

  /** Every stream of the query is told. */
  set(query, data) {
    this.results.set(query, { data });
    for (const [stream, asked] of this.#streams) if (asked.query === query) this.#tell(stream, asked);
  }

  say(type, message) {
    for (const stream of this.#streams.keys())
      stream.write(`event: ${type}\ndata: ${JSON.stringify(message)}\n\n`);
  }

  end() {
    for (const stream of this.#streams.keys()) stream.end();
  }

  #tell(stream, { query, variables }) {
    const result = this.results.get(query) ?? { data: null };
    const response = typeof result === 'function' ? result(variables) : result;
    stream.write(`event: update\ndata: ${JSON.stringify({ response })}\n\n`);
  }

  async #serve(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { pathname } = new URL(request.url, this.root);
    const cors = { 'Access-Control-Allow-Origin': '*', 'Content-Type': 'application/json' };
    const answer = (status, body, headers = {}) => {
      response.writeHead(status, { ...cors, ...headers });
      response.end(body);
    };
    if (pathname.startsWith('/channels/')) return this.#open(pathname.slice(10), request, response);
    this.asked.push([request.method, pathname, request.headers]);
    if (request.headers.authorization !== `Bearer ${this.token}`)
      return answer(401, error('INVALID_AUTHORIZATION_HEADER', 'no such token'));
    const asked = JSON.parse(Buffer.concat(chunks));
    if (pathname === '/graphql') return answer(200, JSON.stringify({ data: { __typename: 'Query' } }));
    const special = this.answers.shift();
    if (special) return answer(special[0], special[2] ?? '', special[1]);
    const id = randomUUID();
    this.#channels.set(id, asked);
    answer(200, JSON.stringify({ url: `http://${request.headers.host}/channels/${id}` }));
  }

  #open(id, request, response) {
    const asked = this.#channels.get(id);
    if (!asked) return response.writeHead(410).end();
    this.#channels.delete(id);
    response.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-cache, no-transform',
      'Access-Control-Allow-Origin': '*',
    });
    this.#streams.set(response, asked);
    response.on('close', () => this.#streams.delete(response));
    this.#tell(response, asked);
  }
}
