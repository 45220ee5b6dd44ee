// The bar at the head of a demo page: where you are, whether the server is there, what is not sent yet.

import { ago, h, icon, keyed, mark, plural, swap } from './dom.js';
import { carrier, stateWords, storageWords, verb } from './words.js';
import { watchConflicts } from './conflict.js';

const pages = [
  ['board', 'Board'],
  ['atlas', 'Atlas'],
  ['grid', 'Grid'],
  ['newsroom', 'Newsroom'],
];

/**
 * @param session from openSession
 * @param page    a name of `pages`
 * @param naming  what records are called: { title(write), fields: { name: { label } }, show(field, value) }
 * @param extra   elements between the pages and the state, such as the people on the board
 */
export function mountBar({ session, page, naming, extra = [] }) {
  const { db } = session;
  const conflicts = watchConflicts(db, naming);
  const panel = h('div.panel', { id: 'state-panel', popover: 'auto', 'aria-label': 'State of the data' });
  const dot = h('span.dot', { 'aria-hidden': 'true' });
  const name = h('span.state-name');
  const by = h('span.state-by');
  const count = h('span.state-count', { 'data-testid': 'pending' });
  const state = h(
    'button.state',
    { type: 'button', popovertarget: 'state-panel', 'data-testid': 'status' },
    dot,
    name,
    by,
    count,
  );
  const clash = h('button.button.small.clash', { type: 'button', hidden: true, onclick: conflicts.open });
  const toggle = offlineSwitch(session);
  const notice = h('div.notice', { role: 'status', hidden: true });
  const tide = h('div.tide', { 'aria-hidden': 'true' });
  const header = h(
    'header.bar',
    {},
    h('a.home', { href: '../', 'aria-label': 'Rockpool, start page' }, mark(), h('b', {}, 'Rockpool')),
    h(
      'nav.pages',
      { 'aria-label': 'Demo pages' },
      pages.map(([path, label]) =>
        h('a', { href: `../${path}/`, 'aria-current': path === page ? 'page' : undefined }, label),
      ),
    ),
    h('div.bar-extra', {}, extra),
    h('div.bar-state', {}, clash, state, toggle.element),
    tide,
  );
  document.body.prepend(header, notice);
  document.body.append(panel);

  const draw = () => {
    const status = db.status();
    const words = stateWords(status, session.paused);
    state.dataset.tone = tide.dataset.tone = words.tone;
    document.documentElement.dataset.state = status.state;
    name.textContent = words.name;
    by.textContent = status.state === 'online' ? carrier(status.transport) : '';
    swap(count, status.pending > 0 && [status.pending.toLocaleString('en'), h('span', {}, ' pending')]);
    tide.dataset.pending = status.pending ? 'yes' : 'no';
    state.setAttribute('aria-label', `${words.name}. ${words.detail} Show details`);
    clash.hidden = status.conflicts === 0;
    swap(
      clash,
      icon('clash'),
      h('span.clash-long', {}, plural(status.conflicts, 'conflict')),
      h('span.clash-short', {}, String(status.conflicts)),
    );
    clash.setAttribute('aria-label', `Resolve ${plural(status.conflicts, 'conflict')}`);
    toggle.draw();
    drawNotice(notice, status, words);
    if (panel.matches(':popover-open')) drawPanel();
  };
  const drawPanel = () => fillPanel(panel, { db, session, naming, conflicts });
  panel.addEventListener('toggle', (event) => {
    if (event.newState === 'open') drawPanel();
  });
  db.status.subscribe(draw);
  db.pending.subscribe(draw);
  session.onPaused(draw);
  return { conflicts };
}

function offlineSwitch(session) {
  const knob = h(
    'button.switch',
    {
      type: 'button',
      role: 'switch',
      id: 'offline',
      'data-testid': 'offline',
      'aria-labelledby': 'offline-label',
      onclick: () => session.setPaused(!session.paused),
    },
    h('span.knob'),
  );
  const element = h(
    'div.offline',
    {},
    h('label', { id: 'offline-label', for: 'offline' }, 'Work', ' ', 'offline'),
    knob,
  );
  return { element, draw: () => knob.setAttribute('aria-checked', String(session.paused)) };
}

/** Only what the reader must know before going on; everything else stays in the panel. */
function drawNotice(notice, status, words) {
  const storage = storageWords(status);
  const text = words.tone === 'bad' ? words.detail : storage.warn ? storage.text : '';
  notice.hidden = !text;
  notice.dataset.tone = words.tone === 'bad' || status.storage.kind === 'failing' ? 'bad' : 'off';
  if (notice.textContent !== text) notice.textContent = text;
}

const shown = 30;

function fillPanel(panel, { db, session, naming, conflicts }) {
  const status = db.status();
  const words = stateWords(status, session.paused);
  const storage = storageWords(status);
  const writes = db.pending();
  const refused = writes.filter((write) => write.state === 'refused');
  const waiting = writes.filter((write) => write.state !== 'refused' && write.state !== 'conflict');
  const head = h(
    'div.panel-head',
    { 'data-tone': words.tone },
    h('span.dot'),
    h(
      'div',
      {},
      h(
        'h2',
        {},
        words.name,
        status.state === 'online' && h('small', {}, ` by ${carrier(status.transport)}`),
      ),
      h('p', {}, words.detail),
    ),
  );
  const place = h(
    'p.panel-storage',
    { 'data-warn': storage.warn ? 'yes' : 'no' },
    icon('disk'),
    h('span', {}, storage.text),
  );
  const clash =
    status.conflicts > 0 &&
    h(
      'div.panel-row.call',
      {},
      h('p', {}, `${plural(status.conflicts, 'record')} changed here and elsewhere.`),
      h(
        'button.button.small',
        {
          type: 'button',
          onclick: () => {
            panel.hidePopover();
            conflicts.open();
          },
        },
        'Resolve',
      ),
    );
  swap(panel, head, place, clash, refusedList(db, refused, naming), waitingList(waiting, naming));
}

function waitingList(waiting, naming) {
  if (waiting.length === 0) return false;
  const list = h('ul.writes');
  keyed(
    list,
    waiting.slice(0, shown),
    (write) => write.key,
    (write) =>
      h(
        'li',
        {},
        h('span.write-title', {}, naming.title(write)),
        h('small', {}, `${verb(write.op)} ${ago(write.at)}`),
      ),
  );
  const rest = waiting.length - shown;
  return h(
    'section',
    {},
    h('h3', {}, 'Waiting to be sent'),
    list,
    rest > 0 && h('p.quiet', {}, `and ${rest.toLocaleString('en')} more`),
  );
}

function refusedList(db, refused, naming) {
  if (refused.length === 0) return false;
  return h(
    'section',
    {},
    h('h3', {}, 'Refused by the server'),
    h(
      'ul.writes',
      {},
      refused
        .slice(0, shown)
        .map((write) =>
          h(
            'li.refused',
            {},
            h('span.write-title', {}, naming.title(write)),
            h('small', {}, write.error?.message ?? 'No reason was given.'),
            h(
              'span.write-acts',
              {},
              h('button.button.small', { type: 'button', onclick: () => db.retry(write) }, 'Try again'),
              h('button.button.small', { type: 'button', onclick: () => db.dismiss(write) }, 'Dismiss'),
            ),
          ),
        ),
    ),
  );
}
