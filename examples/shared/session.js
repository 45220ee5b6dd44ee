// Opens Rockpool for a demo page, and remembers what belongs to this browser: who sits here, and the offline
// switch.

async function sdk() {
  try {
    return await import('/sdk/index.web.js');
  } catch (cause) {
    // Opened from a file server that does not know /sdk/: the build lies beside the examples.
    return await import('../../dist/index.web.js').catch(() => {
      throw cause;
    });
  }
}

function recall(key) {
  try {
    return localStorage.getItem(`rockpool-demo:${key}`);
  } catch {
    return null;
  }
}

function keep(key, value) {
  try {
    localStorage.setItem(`rockpool-demo:${key}`, value);
  } catch {
    // Storage is blocked: the choice lives as long as the page.
  }
}

/** Lets the page itself be reloaded without the server. Where that is not possible, only this is lost. */
async function keepPage() {
  if (!navigator.serviceWorker) return;
  try {
    await navigator.serviceWorker.register(new URL('../sw.js', import.meta.url));
    const { active } = await navigator.serviceWorker.ready;
    active.postMessage([
      location.href,
      ...performance.getEntriesByType('resource').map((entry) => entry.name),
    ]);
  } catch {
    // Blocked by the browser or opened from a place without workers.
  }
}

/** Opens the store and wraps its offline switch, whose position `status` alone does not tell. */
export async function openSession(options) {
  const { open } = await sdk();
  const db = await open({ url: location.origin, ...options });
  void keepPage();
  const name = `paused:${options.store}`;
  let paused = recall(name) === 'yes';
  const fns = new Set();
  if (paused) db.pause();
  else db.resume();
  // Windows share one connection, and so its switch.
  addEventListener('storage', ({ key, newValue }) => {
    if (key !== `rockpool-demo:${name}`) return;
    paused = newValue === 'yes';
    for (const fn of fns) fn();
  });
  return {
    db,
    get paused() {
      return paused;
    },
    setPaused(value) {
      paused = value;
      keep(name, value ? 'yes' : 'no');
      if (value) db.pause();
      else db.resume();
      for (const fn of fns) fn();
    },
    onPaused(fn) {
      fns.add(fn);
    },
  };
}

const first = ['Calm', 'Quiet', 'Salt', 'Tidal', 'Early', 'Grey', 'Bright', 'Steady'];
const second = ['Heron', 'Limpet', 'Curlew', 'Otter', 'Anemone', 'Plover', 'Urchin', 'Tern'];
const pick = (list) => list[Math.floor(Math.random() * list.length)];

/** Who sits at this browser: chosen here, kept here. */
export function whoAmI() {
  let me;
  try {
    me = JSON.parse(recall('me'));
  } catch {
    me = null;
  }
  if (typeof me?.id !== 'string' || typeof me.name !== 'string' || !Number.isInteger(me.tint)) {
    const id = [...crypto.getRandomValues(new Uint8Array(8))]
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join('');
    me = { id, name: `${pick(first)} ${pick(second)}`, tint: Math.floor(Math.random() * 8) };
    keep('me', JSON.stringify(me));
  }
  return me;
}

export function iAm(me) {
  keep('me', JSON.stringify(me));
}

export { recall, keep };
