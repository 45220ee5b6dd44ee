// The cities as data: what is looked for, what was found, and how many there are.

export const collections = { cities: { keep: 'all', policy: 'merge' } };

const orders = {
  name: { by: 'name', nocase: true },
  'name-down': { by: 'name', nocase: true, desc: true },
  country: [{ by: 'country' }, { by: 'name', nocase: true }],
};

const regions = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'code' });
const names = new Map();

export function countryName(code) {
  if (typeof code !== 'string' || code === '') return 'No country';
  let name = names.get(code);
  if (name === undefined) {
    try {
      name = regions.of(code);
    } catch {
      name = code;
    }
    names.set(code, name);
  }
  return name;
}

const axis = (text, limit) => {
  const value = Number.parseFloat(text);
  return Number.isFinite(value) && Math.abs(value) <= limit ? value : undefined;
};

/** [longitude, latitude] in degrees, or undefined when the record does not say. */
export function placeOf(row) {
  const lng = axis(row.lng, 180);
  const lat = axis(row.lat, 90);
  return lng === undefined || lat === undefined ? undefined : [lng, lat];
}

/** As a chart writes it: 42° 32′ N */
function degrees(value, plus, minus) {
  const minutes = Math.round(Math.abs(value) * 60);
  const rest = String(minutes % 60).padStart(2, '0');
  return `${Math.floor(minutes / 60)}° ${rest}′ ${value < 0 ? minus : plus}`;
}

export function position(row) {
  const place = placeOf(row);
  return place ? `${degrees(place[1], 'N', 'S')}  ${degrees(place[0], 'E', 'W')}` : 'Position unknown';
}

/** From so many on the first download is looked at now and then only. */
const many = 20_000;

/** Everything there is, every city once, until something is looked for; then what matches. */
export class Cities {
  #cities;
  #query;
  #stop;
  #bulk = false;
  #seen = 0;
  #news;
  #fns = new Set();
  #timer;
  #last = 0;

  looking = { text: '', country: '', order: 'name' };
  rows = [];
  /** All cities, as they were when nothing was looked for. */
  all = [];
  known = 'unknown';
  loading = true;
  total = 0;
  error = undefined;

  constructor(db) {
    this.#cities = db.collection('cities');
    this.#cities.count().subscribe(({ total, known }) => {
      this.total = total;
      this.known = known;
      this.#pace();
      this.#soon();
    });
    this.#listen();
  }

  get filtered() {
    return this.looking.text !== '' || this.looking.country !== '';
  }

  look(changes) {
    this.looking = { ...this.looking, ...changes };
    this.#listen();
  }

  #listen() {
    const { text, country, order } = this.looking;
    const where = {};
    if (text) where.name = { $text: text };
    if (country) where.country = country;
    this.#query = this.#cities.query({ where, orderBy: orders[order] });
    this.#follow();
  }

  /**
   * A live query that is kept in order costs time with every piece of a large download. So while the pieces
   * come in, it is asked only each time there are four times as many.
   */
  #pace() {
    const bulk = this.known === 'unknown' && this.total >= many;
    if (bulk === this.#bulk) {
      if (bulk && this.total >= this.#seen * 4) this.#peek();
      return;
    }
    this.#bulk = bulk;
    this.#follow();
  }

  #follow() {
    this.#stop?.();
    this.#stop = undefined;
    if (this.#bulk) {
      this.#peek();
      return;
    }
    let first = true;
    this.#stop = this.#query.subscribe((rows, result) => {
      this.#take(rows, result, first);
      if (first) this.#now();
      else this.#soon();
      first = false;
    });
  }

  #peek() {
    this.#seen = this.total;
    const result = this.#query();
    this.#take(result.rows, result, true);
    this.#now();
  }

  #take(rows, { loading, error, changes }, whole) {
    this.rows = rows;
    this.loading = loading;
    this.error = error;
    if (this.filtered) return;
    this.all = rows;
    if (whole || !this.#news || this.#news.length + changes.length > 1000) this.#news = undefined;
    else this.#news.push(...changes);
  }

  /** What happened to `all` since the last call, or undefined when it is to be read as a whole. */
  takeNews() {
    const news = this.#news;
    this.#news = [];
    return news;
  }

  subscribe(fn) {
    this.#fns.add(fn);
    fn();
  }

  #now() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#last = performance.now();
    for (const fn of this.#fns) fn();
  }

  /** While the first download runs, news comes faster than anybody can look. */
  #soon() {
    if (this.#timer) return;
    const pause = this.known === 'unknown' ? 400 : 60;
    this.#timer = setTimeout(() => this.#now(), Math.max(0, this.#last + pause - performance.now()));
  }

  get(id) {
    return this.#cities.get(id);
  }

  edit(id, changes) {
    return this.#cities.update(id, changes);
  }

  /** [code, count] of the rows, the largest first. */
  static countries(rows) {
    const counts = new Map();
    for (const row of rows) counts.set(row.country, (counts.get(row.country) ?? 0) + 1);
    return [...counts].sort((a, b) => b[1] - a[1]);
  }
}
