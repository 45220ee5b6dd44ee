// What readers see: one query, live over SSE, in the published view or in the one with drafts.

import { openSession } from '../shared/session.js';
import { site, token, withDrafts } from './site.js';

export class Reader {
  #views = new Map();
  /** Undefined: as each view was left. */
  #isPaused = undefined;
  #stop = () => {};
  #turn = 0;
  #fns = new Set();

  wish = undefined;
  /** `data` stays that of the last good answer, until another wish has one. */
  answer = { known: 'unknown' };
  state = 'connecting';

  /** The session of a view; it is opened once. */
  view(drafts) {
    if (!this.#views.has(drafts)) this.#views.set(drafts, this.#open(drafts));
    return this.#views.get(drafts);
  }

  async #open(drafts) {
    const session = await openSession({
      store: 'newsroom-readers',
      dialect: 'datocms',
      url: drafts ? withDrafts : site,
      token,
      transports: ['sse'],
    });
    this.#follow(session);
    return session;
  }

  /** The offline switch is for all views. */
  async pause(isPaused) {
    this.#isPaused = isPaused;
    for (const view of this.#views.values()) this.#follow(await view);
  }

  #follow(session) {
    if (this.#isPaused !== undefined && session.paused !== this.#isPaused) session.setPaused(this.#isPaused);
  }

  /** From now on this is listened to: { text, variables, drafts }. */
  async show(wish) {
    const turn = ++this.#turn;
    if (this.wish && this.wish.drafts !== wish.drafts) this.answer = { known: 'unknown' };
    this.wish = wish;
    const { db } = await this.view(wish.drafts);
    if (turn !== this.#turn) return;
    this.#stop();
    const stops = [
      db.status.subscribe(({ state }) => {
        this.state = state;
        this.#tell();
      }),
      this.#listen(db, wish),
    ];
    this.#stop = () => stops.forEach((stop) => stop());
  }

  #listen(db, { text, variables }) {
    const hear = (answer) => {
      this.answer = { ...(this.answer.data && { data: this.answer.data }), ...answer };
      this.#tell();
    };
    try {
      return db.liveQuery(text, variables).subscribe(hear);
    } catch (error) {
      hear({ known: 'unknown', error });
      return () => {};
    }
  }

  subscribe(fn) {
    this.#fns.add(fn);
    fn();
  }

  #tell() {
    for (const fn of this.#fns) fn();
  }
}
