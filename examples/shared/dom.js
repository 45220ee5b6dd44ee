// Small helpers for pages without a framework: elements, icons, keyed lists, announcements.

const svg = 'http://www.w3.org/2000/svg';

const shapes = {
  plus: ['M12 5v14M5 12h14'],
  close: ['M6 6l12 12M18 6L6 18'],
  bin: ['M4 7h16M10 7V4h4v3M6 7l1 13h10l1-13'],
  more: ['M5 12h.01M12 12h.01M19 12h.01'],
  check: ['M5 12.5l4.5 4.5L19 7'],
  pen: ['M4 20l4-1L19 8l-3-3L5 16z'],
  person: ['M12 12a4 4 0 100-8 4 4 0 000 8zM4 20c1.5-4 4.5-5 8-5s6.5 1 8 5'],
  search: ['M10.5 17a6.5 6.5 0 100-13 6.5 6.5 0 000 13zM15.5 15.5L20 20'],
  sort: ['M7 5v14M4 16l3 3 3-3M13 7h7M13 12h5M13 17h3'],
  wave: [
    'M2 10c2.5-3 4.5-3 6.7 0s4.2 3 6.6 0 4.2-3 6.7 0',
    'M2 16c2.5-3 4.5-3 6.7 0s4.2 3 6.6 0 4.2-3 6.7 0',
  ],
  clash: ['M12 21v-7M12 14L5 5M12 14l7-9M5 10V5h5M14 5h5v5'],
  notes: ['M5 7h14M5 12h14M5 17h8'],
  disk: [
    'M4 7c0-1.7 3.6-3 8-3s8 1.3 8 3v10c0 1.7-3.6 3-8 3s-8-1.3-8-3z',
    'M4 7c0 1.7 3.6 3 8 3s8-1.3 8-3M4 12c0 1.7 3.6 3 8 3s8-1.3 8-3',
  ],
  out: ['M7 17L17 7M9 7h8v8'],
  up: ['M12 19V5M6 11l6-6 6 6'],
};

/**
 * h('button.plain', { title, onclick }, child…): children are nodes, text, or false values that are left out.
 */
export function h(what, props = {}, ...children) {
  const [tag, ...classes] = what.split('.');
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(' ');
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'value' || name === 'checked' || name === 'disabled') element[name] = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter((child) => child || child === 0));
  return element;
}

export function icon(name) {
  const element = document.createElementNS(svg, 'svg');
  element.setAttribute('viewBox', '0 0 24 24');
  element.setAttribute('class', 'icon');
  element.setAttribute('aria-hidden', 'true');
  for (const d of shapes[name]) {
    const path = document.createElementNS(svg, 'path');
    path.setAttribute('d', d);
    element.append(path);
  }
  return element;
}

/** The mark: a pool between rocks, seen from above. */
export function mark(className = 'mark') {
  const element = document.createElementNS(svg, 'svg');
  element.setAttribute('viewBox', '0 0 48 48');
  element.setAttribute('class', className);
  element.setAttribute('aria-hidden', 'true');
  const parts = [
    ['M24 4c9 0 12 4 16 10s4 12 1 19-10 11-18 11S9 41 6 34 4 19 9 12 16 4 24 4z', 'rim'],
    ['M25 10c6 0 9 4 10 9 1 6-1 9-5 13s-9 5-14 1-6-9-4-14 7-9 13-9z', 'water'],
    ['M15 24c3-3 6-3 9 0s6 3 9 0', 'ripple'],
  ];
  for (const [d, part] of parts) {
    const path = document.createElementNS(svg, 'path');
    path.setAttribute('d', d);
    path.setAttribute('class', part);
    element.append(path);
  }
  return element;
}

/**
 * Makes `parent` hold exactly one child per item, in order, keeping (and not moving needlessly) those that
 * are there.
 */
export function keyed(parent, items, key, create, update) {
  const old = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const name = key(item);
    let child = old.get(name);
    if (child) old.delete(name);
    else {
      child = create(item);
      child.dataset.key = name;
    }
    while (place && old.has(place.dataset.key) && place !== child) {
      const gone = place;
      place = place.nextElementSibling;
      old.delete(gone.dataset.key);
      gone.remove();
    }
    if (child === place) place = place.nextElementSibling;
    else parent.insertBefore(child, place);
    update?.(child, item);
  }
  for (const child of old.values()) child.remove();
}

export function swap(parent, ...children) {
  parent.replaceChildren(...children.flat().filter((child) => child || child === 0));
}

let speaker;
/** Says a sentence to screen readers. */
export function say(sentence) {
  speaker ??= document.body.appendChild(h('div.unseen', { role: 'status', 'aria-live': 'polite' }));
  speaker.textContent = '';
  requestAnimationFrame(() => {
    speaker.textContent = sentence;
  });
}

let toasts;
/** A line at the foot of the page that goes away, with at most one thing to do. */
export function toast(text, { label, run, ms = 6000 } = {}) {
  toasts ??= document.body.appendChild(h('div.toasts', { role: 'status', 'aria-live': 'polite' }));
  const line = h('div.toast', {}, h('span', {}, text));
  const timer = setTimeout(() => line.remove(), ms);
  if (label) {
    line.append(
      h(
        'button',
        {
          type: 'button',
          onclick: () => {
            clearTimeout(timer);
            line.remove();
            run();
          },
        },
        label,
      ),
    );
  }
  toasts.replaceChildren(line);
}

const fits = CSS.supports('field-sizing', 'content');

/** A textarea as high as its text, where style alone does not make it so. */
export function fit(area) {
  if (fits) return;
  area.style.height = 'auto';
  area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
}

export const plural = (count, one, many = `${one}s`) =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

export function ago(time, now = Date.now()) {
  const seconds = Math.max(0, Math.round((now - time) / 1000));
  if (seconds < 10) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.round(seconds / 3600)} h ago`;
  return `${plural(Math.round(seconds / 86400), 'day')} ago`;
}
