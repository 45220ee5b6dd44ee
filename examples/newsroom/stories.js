// Stories and their authors, as the desk sees them: the newest versions, kept in this browser.

import { samples } from './samples.js';

export const collections = {
  blog_post: { keep: 'all', policy: { default: 'merge', fields: { title: 'manual', body: 'manual' } } },
  author: { keep: 'all', policy: 'merge' },
};

const below = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

export const statusWords = { draft: 'Draft', updated: 'Updated', published: 'Published' };

/** For addresses: "Café at Low Tide" is cafe-at-low-tide. */
export const slugOf = (title) =>
  title
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

export const today = (now = new Date()) =>
  [now.getFullYear(), now.getMonth() + 1, now.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');

export class Stories {
  #posts;
  #writers;
  #all;
  #everybody;
  #fns = new Set();

  constructor(db) {
    this.#posts = db.collection('blog_post');
    this.#writers = db.collection('author');
    this.#all = this.#posts.query({});
    this.#everybody = this.#writers.query({ orderBy: { by: 'name', nocase: true } });
    for (const source of [this.#all, this.#everybody, db.pending]) source.subscribe(() => this.#tell());
  }

  /** Of what is here: `known`, and `error` when it could not be read. */
  get state() {
    return this.#all();
  }

  subscribe(fn) {
    this.#fns.add(fn);
    fn();
  }

  #tell() {
    for (const fn of this.#fns) fn();
  }

  /** The latest day first; on one day those that were begun last. */
  list() {
    return this.#all()
      .rows.map((row) => this.#story(row))
      .sort(
        (a, b) =>
          below(b.row.published_on ?? '9', a.row.published_on ?? '9') ||
          b.begun - a.begun ||
          below(a.id, b.id),
      );
  }

  /** By its id here or by the one that the front page shows. */
  find(id) {
    const row =
      this.#posts.get(id) ?? this.#all().rows.find((one) => this.#posts.meta(one.id)?.remoteId === id);
    return row && this.#story(row);
  }

  #story(row) {
    const meta = this.#posts.meta(row.id);
    return {
      id: row.id,
      row,
      status: row._status ?? 'draft',
      author: this.author(row.author),
      begun: meta?.createdAt ?? 0,
      waits: Boolean(meta?.pending),
      clash: Boolean(meta?.conflict),
    };
  }

  authors() {
    return this.#everybody().rows;
  }

  /** Whom a link leads to. One that was made here has another id at the server, and links may say either. */
  author(link) {
    if (!link) return undefined;
    return this.authors().find((one) => one.id === link || this.#writers.meta(one.id)?.remoteId === link);
  }

  addAuthor(name) {
    return this.#writers.insert({ name, _status: 'published' }).id;
  }

  /** Who is published already and edited is `updated`; the server would say so only later. */
  save(id, fields) {
    if (!id) return this.#posts.insert({ ...fields, _status: 'draft' }).id;
    const isOut = this.find(id).status !== 'draft';
    this.#posts.update(id, { ...fields, ...(isOut && { _status: 'updated' }) });
    return id;
  }

  /** Edits are a draft first, and what is published is that draft. */
  publish(id, fields) {
    if (!id) return this.#posts.insert({ ...fields, _status: 'published' }).id;
    if (Object.keys(fields).length) this.save(id, fields);
    this.#posts.update(id, { _status: 'published' });
    return id;
  }

  unpublish(id) {
    this.#posts.update(id, { _status: 'draft' });
  }

  remove(id) {
    this.#posts.remove(id);
  }

  /** A record of the same id is one record, also when two windows make it at once. */
  fill() {
    for (const author of samples.authors)
      if (!this.#writers.get(author.id)) this.#writers.insert({ ...author, _status: 'published' });
    for (const story of samples.stories(today)) if (!this.#posts.get(story.id)) this.#posts.insert(story);
  }
}
