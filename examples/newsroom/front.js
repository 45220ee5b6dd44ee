// The front page: the lead, the other stories beneath it, and what else was asked for beside the date.

import { h, icon, keyed, say, swap } from '../shared/dom.js';
import { statusWords } from './stories.js';

const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });
const todayWords = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full' });

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isPlain = (value) => ['string', 'number', 'boolean'].includes(typeof value);

/** Any answer as a page: single records lead, lists follow, and what is neither is said as it is. */
export function layOut(data) {
  const page = { leads: [], stories: [], facts: [] };
  for (const [name, value] of Object.entries(data ?? {})) {
    if (Array.isArray(value)) page.stories.push(...value.filter(isObject));
    else if (isObject(value) && 'count' in value) page.facts.push([name, value.count]);
    else if (isObject(value)) page.leads.push(value);
    else if (isPlain(value)) page.facts.push([name, value]);
  }
  const seen = new Set();
  const isNew = ({ id }) => id === undefined || (!seen.has(id) && Boolean(seen.add(id)));
  page.leads = page.leads.filter(isNew);
  page.stories = page.stories.filter(isNew);
  return page;
}

const placed = new Set(['id', '__typename', '_status', 'body', 'publishedOn']);

/** What was asked for may have other names than ours. */
function read(story) {
  const plain = Object.entries(story).filter(([name, value]) => isPlain(value) && !placed.has(name));
  const [named] = plain.find(([name]) => name === 'title' || name === 'name') ?? plain[0] ?? [];
  return {
    headline: String((named && story[named]) || 'Untitled'),
    rest: plain.filter(([name]) => name !== named),
    by: story.author?.name,
    on: typeof story.publishedOn === 'string' ? day.format(new Date(story.publishedOn)) : undefined,
    body: typeof story.body === 'string' ? story.body : '',
    status: story._status,
  };
}

function createStory(edit) {
  const badge = h('span.badge', { hidden: true });
  const headline = h('h3.headline');
  const byline = h('p.byline');
  const body = h('div.body');
  const rest = h('dl.rest');
  const pen = edit && h('button.plain.pen', { type: 'button', onclick: () => edit(element.dataset.id) });
  if (pen) pen.append(icon('pen'));
  const element = h('article.story', { 'data-testid': 'story' }, badge, headline, byline, body, rest, pen);
  element.update = (story, drafts) => {
    const { headline: text, rest: others, by, on, body: words, status } = read(story);
    element.dataset.id = story.id ?? '';
    headline.textContent = text;
    badge.hidden = !drafts || !status;
    badge.textContent = statusWords[status] ?? '';
    badge.dataset.status = status ?? '';
    byline.hidden = !by && !on;
    swap(byline, by && h('span.by', {}, `By ${by}`), on && h('time', { datetime: story.publishedOn }, on));
    swap(
      body,
      words.split(/\n\s*\n/).map((paragraph) => paragraph && h('p', {}, paragraph)),
    );
    rest.hidden = others.length === 0;
    swap(
      rest,
      others.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, String(value)))),
    );
    if (!pen) return;
    pen.hidden = !story.id;
    pen.setAttribute('aria-label', `Edit “${text}”`);
  };
  return element;
}

/** In words, for those who do not see it change. */
function tellNews(before, now) {
  const heads = (page) => [...page.leads, ...page.stories].map((story) => read(story).headline);
  const was = new Set(heads(before));
  const is = new Set(heads(now));
  const come = [...is].filter((head) => !was.has(head));
  const gone = [...was].filter((head) => !is.has(head));
  if (come.length + gone.length > 4) return say(`The front page has changed: ${is.size} stories.`);
  const parts = [...come.map((head) => `New: ${head}.`), ...gone.map((head) => `Gone: ${head}.`)];
  if (parts.length) say(`On the front page: ${parts.join(' ')}`);
}

function liveWords({ known: how, data, state }) {
  if (state === 'online' && how === 'complete') return ['live', 'Live over SSE'];
  if (state !== 'online' && data) return ['late', 'As it was last known'];
  return state === 'online' ? ['busy', 'Asking…'] : ['late', 'Not connected'];
}

/** `draw({ answer, state, drafts })`; `edit(id)` where there is a desk beside it. */
export function createFront({ edit, setDrafts, only }) {
  const knob = h(
    'button.switch',
    {
      type: 'button',
      role: 'switch',
      id: 'drafts',
      'aria-labelledby': 'drafts-label',
      'data-testid': 'drafts',
      onclick: () => setDrafts(knob.getAttribute('aria-checked') !== 'true'),
    },
    h('span.knob'),
  );
  const live = h('span.live', { 'data-testid': 'live' });
  const facts = h('span.facts');
  const leads = h('div.leads');
  const list = h('div.stories');
  const empty = h('div.empty');
  const sheet = h('div.sheet', {}, leads, list, empty);
  const element = h(
    'section.front',
    { id: 'front', 'aria-label': 'Front page' },
    h(
      'header.masthead',
      {},
      h('h1', {}, 'The Slack Water Gazette'),
      h(
        'div.dateline',
        {},
        h('span', {}, todayWords.format(new Date())),
        facts,
        live,
        h('span.drafts', {}, h('label', { id: 'drafts-label', for: 'drafts' }, 'Drafts'), knob),
        !only && h('a.to-desk', { href: '#desk' }, 'Editor'),
        !only && h('a.alone', { href: '?reader', target: '_blank' }, 'Open alone', icon('out')),
      ),
    ),
    sheet,
  );
  let shown;
  const place = (parent, stories, drafts) =>
    keyed(
      parent,
      stories.map((story, i) => [story, String(story.id ?? `#${i}`)]),
      ([, key]) => key,
      () => createStory(edit),
      (one, [story]) => one.update(story, drafts),
    );
  element.draw = ({ answer, state, drafts }) => {
    knob.setAttribute('aria-checked', String(drafts));
    element.dataset.drafts = drafts ? 'yes' : 'no';
    const [tone, words] = liveWords({ ...answer, state });
    live.dataset.tone = tone;
    if (live.textContent !== words) live.textContent = words;
    sheet.setAttribute('aria-busy', String(!answer.data && !answer.error));
    const page = layOut(answer.data);
    const count = page.leads.length + page.stories.length;
    place(leads, page.leads, drafts);
    place(list, page.stories, drafts);
    swap(
      facts,
      page.facts.map(([name, value]) => h('span', { title: name }, factWords(name, value))),
    );
    empty.hidden = count > 0;
    if (count === 0) swap(empty, h('p', {}, emptyWords({ answer, state, drafts })));
    if (shown && answer.data && shown.data !== answer.data && shown.drafts === drafts)
      tellNews(layOut(shown.data), page);
    if (answer.data) shown = { data: answer.data, drafts };
  };
  return element;
}

const factWords = (name, value) =>
  /^_all.*Meta$/.test(name) ? `${value} ${value === 1 ? 'story' : 'stories'} in all` : `${name}: ${value}`;

function emptyWords({ answer, state, drafts }) {
  if (answer.data) return drafts ? 'Nobody has written anything yet.' : 'Nothing has been published yet.';
  if (answer.error) return 'There is nothing to show: the query is wrong.';
  if (state === 'online' || state === 'connecting') return 'Asking the server…';
  return 'This query has not been answered in this browser yet. It will be when the server is back.';
}
