// A session of rockpool.v1 over requests, said word for word.
import { secret } from './secrets.mjs';
import { sleep } from './world.mjs';

export class Requests {
  // Says hello; `more` are members of it.
  static async begin(url, client, more = {}, messages = []) {
    const session = new Requests(url);
    secret(more.token);
    const hello = { type: 'hello', protocol: 1, client, ...more };
    const answer = await session.post([hello, ...messages], {});
    if (answer.status !== 200) throw new Error(`hello: ${answer.status} ${JSON.stringify(answer.body)}`);
    session.id = secret(answer.body.session);
    session.received = answer.body.n;
    session.sent = 1 + messages.length;
    session.messages.push(...answer.body.messages);
    return session;
  }

  constructor(url) {
    this.url = url;
    this.messages = [];
    this.ids = [];
  }

  headers(more = {}) {
    return { ...(this.id && { 'Rockpool-Session': this.id }), ...more };
  }

  async post(body, headers = this.headers()) {
    const answer = await fetch(`${this.url}/v1/messages`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: answer.status, headers: answer.headers, body: await answer.json().catch(() => null) };
  }

  async say(...messages) {
    const n = this.sent + 1;
    this.sent += messages.length;
    return this.post({ n, received: this.received, messages });
  }

  async poll(n = this.received, signal) {
    const answer = await fetch(`${this.url}/v1/poll?n=${n}`, { headers: this.headers(), signal });
    const body = await answer.json();
    if (answer.status === 200) {
      this.received = body.n;
      this.messages.push(...body.messages);
    }
    return { status: answer.status, headers: answer.headers, body };
  }

  // Opens the stream; what comes goes to `messages`, `ids` and `text`.
  async listen(headers = {}) {
    this.abort = new AbortController();
    const answer = await fetch(`${this.url}/v1/events`, {
      headers: this.headers({ Accept: 'text/event-stream', 'Last-Event-ID': `${this.received}`, ...headers }),
      signal: this.abort.signal,
    });
    this.text = '';
    this.closed = this.#read(answer.body).catch(() => 'cut');
    return answer;
  }

  async #read(body) {
    let rest = '';
    const decoder = new TextDecoder();
    for await (const bytes of body) {
      const text = decoder.decode(bytes, { stream: true });
      this.text += text;
      const events = (rest + text).split('\n\n');
      rest = events.pop();
      for (const event of events) {
        const said = /^id: (\d+)\ndata: (.*)$/s.exec(event);
        if (!said) continue;
        this.ids.push(Number(said[1]));
        this.received = Number(said[1]);
        this.messages.push(...[JSON.parse(said[2])].flat());
      }
    }
    return 'ended';
  }

  // The next message of that type, over the stream or by polls.
  async next(type, { polls = false } = {}) {
    const end = Date.now() + 15_000;
    for (;;) {
      const at = this.messages.findIndex((message) => message.type === type);
      if (at >= 0) return this.messages.splice(at, 1)[0];
      if (Date.now() > end) throw new Error(`no ${type} in ${JSON.stringify(this.messages).slice(0, 1000)}`);
      if (!polls) await sleep(5);
      else if ((await this.poll()).status !== 200) throw new Error(`the session ended before ${type} came`);
    }
  }

  end() {
    return fetch(`${this.url}/v1/messages`, { method: 'DELETE', headers: this.headers() });
  }
}

export async function until(holds, what) {
  for (let i = 0; i < 1500; i++) {
    if (await holds()) return;
    await sleep(10);
  }
  throw new Error(`waited in vain: ${what}`);
}
