// The page: the front page as readers see it, live over SSE, and the desk that writes it. `?reader` and
// `?editor` show one of them alone.

import { h, icon, mark, swap, toast } from '../shared/dom.js';
import { mountBar } from '../shared/bar.js';
import { keep, openSession, recall } from '../shared/session.js';
import { Desk } from './desk.js';
import { createFront } from './front.js';
import { createQuery } from './query.js';
import { Reader } from './reader.js';
import { mistakesOf, standing, token, withDrafts } from './site.js';
import { collections, statusWords, Stories } from './stories.js';

const main = document.getElementById('newsroom');
const asked = new URLSearchParams(location.search);
const only = asked.has('editor') ? 'editor' : asked.has('reader') ? 'reader' : undefined;

function naming(stories) {
  return {
    fields: {
      title: { label: 'Title' },
      slug: { label: 'Slug' },
      body: { label: 'Body' },
      author: { label: 'Author' },
      published_on: { label: 'Date' },
      featured: { label: 'Featured' },
      _status: { label: 'Status' },
      name: { label: 'Name' },
    },
    title(write) {
      if (write.collection === 'author') return write.value?.name ?? 'An author';
      return stories?.find(write.id)?.row.title || write.value?.title || 'A story';
    },
    show(field, value) {
      if (field === 'author') return stories?.author(value)?.name ?? (value ? 'Somebody' : 'Nobody');
      if (field === '_status') return statusWords[value];
      if (field === 'featured') return value ? 'Yes' : 'No';
      return undefined;
    },
  };
}

/** The query of last time, which is the one whose result is here without a server. */
function lastQuery() {
  try {
    const said = JSON.parse(recall('newsroom:query'));
    if (typeof said?.text === 'string' && typeof said.variables === 'string') return said;
  } catch {
    // It was kept by something else.
  }
  return standing;
}

/** The front page with its query; both follow what the reader hears. */
function startFront(reader, edit) {
  const wish = { drafts: recall('newsroom:drafts') === 'yes' };
  const show = () => reader.show({ ...wish }).catch((error) => toast(error.message));
  const front = createFront({
    edit,
    only: only !== undefined,
    setDrafts(drafts) {
      wish.drafts = drafts;
      keep('newsroom:drafts', drafts ? 'yes' : 'no');
      draw();
      void show();
    },
  });
  const query = createQuery({
    said: lastQuery(),
    standing,
    ask({ text, variables, kept }) {
      Object.assign(wish, { text, variables });
      keep('newsroom:query', JSON.stringify(kept));
      void show();
    },
  });
  const draw = () => front.draw({ answer: reader.answer, state: reader.state, drafts: wish.drafts });
  let wrong;
  const judge = async () => {
    const { error } = reader.answer;
    if (error === wrong) return;
    wrong = error;
    query.tell(error ? [error] : []);
    if (error?.code !== 'invalid' || reader.state !== 'online') return;
    const mistakes = await mistakesOf(reader.wish).catch(() => []);
    if (wrong === error && mistakes.length) query.tell(mistakes);
  };
  reader.subscribe(() => {
    draw();
    void judge();
  });
  query.run();
  return h('div.readers', {}, front, query);
}

async function start() {
  const reader = new Reader();
  const isReader = only === 'reader';
  const session = isReader
    ? await reader.view(false)
    : await openSession({ store: 'newsroom', dialect: 'datocms', url: withDrafts, token, collections });
  const stories = isReader ? undefined : new Stories(session.db);
  const { conflicts } = mountBar({ session, page: 'newsroom', naming: naming(stories) });
  const follow = () => reader.pause(session.paused);
  session.onPaused(follow);
  await follow();
  const desk =
    stories && new Desk({ stories, resolve: (id) => conflicts.open(id), only: only !== undefined });
  main.removeAttribute('aria-busy');
  main.dataset.only = only ?? '';
  const edit = desk && ((id) => desk.edit(id));
  swap(main, only !== 'editor' && startFront(reader, edit), desk?.element);
  main.classList.add('ready');
  session.db.on('refused', (write) =>
    toast(`Refused: ${write.error?.message ?? 'the server gave no reason'}`),
  );
  session.db.on('error', (error) => toast(error.message));
}

start().catch((error) => {
  main.removeAttribute('aria-busy');
  swap(
    main,
    h(
      'div.blank',
      { role: 'alert' },
      mark('pool'),
      h('h2', {}, 'The newsroom could not be opened'),
      h('p', {}, error.message),
      h('button.button', { type: 'button', onclick: () => location.reload() }, icon('wave'), 'Reload'),
    ),
  );
  throw error;
});
