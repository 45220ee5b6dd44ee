// As much of IndexedDB as IDBFS and the SDK use: one store per database, transactions one after another.

const later = (fn) => setTimeout(fn);

class Transaction {
  error = null;
  #database;
  #rows;
  #requests = [];
  #over = false;

  constructor(database) {
    this.#database = database;
  }

  begin() {
    this.#rows = new Map(this.#database.rows);
    later(() => this.#next());
  }

  objectStore() {
    const request = (act) => {
      const made = { act };
      this.#requests.push(made);
      return made;
    };
    return {
      get: (key) => request(() => structuredClone(this.#rows.get(key))),
      put: (value, key) => {
        const copy = structuredClone(value);
        return request(() => void this.#rows.set(key, copy));
      },
      add: (value, key) =>
        request(() => {
          if (this.#rows.has(key)) throw new DOMException('it is there', 'ConstraintError');
          this.#rows.set(key, value);
        }),
      delete: (key) =>
        request(() => {
          for (const one of [...this.#rows.keys()])
            if (one === key || (typeof one === 'number' && one <= key.upTo)) this.#rows.delete(one);
        }),
      index: () => ({ openKeyCursor: () => this.#cursor(request) }),
    };
  }

  #cursor(request) {
    const left = () => [...this.#rows].filter(([, row]) => row?.timestamp);
    let at = 0;
    const made = request(() => {
      const [primaryKey, row] = left()[at++] ?? [];
      const go = () => this.#requests.push(made);
      return row ? { primaryKey, key: row.timestamp, continue: go } : null;
    });
    return made;
  }

  #next() {
    if (this.#over) return;
    const request = this.#requests.shift();
    if (!request) return this.#end();
    try {
      request.result = request.act();
      request.onsuccess?.({ target: request });
    } catch (error) {
      request.error = error;
      let [prevented, bubbles] = [false, true];
      const event = {
        target: request,
        preventDefault: () => (prevented = true),
        stopPropagation: () => (bubbles = false),
      };
      request.onerror?.(event);
      if (bubbles) this.onerror?.(event);
      if (!prevented) return this.#abort(error);
    }
    later(() => this.#next());
  }

  #end() {
    this.#over = true;
    this.#database.rows = this.#rows;
    this.oncomplete?.();
    this.#database.done();
  }

  #abort(error) {
    this.#over = true;
    this.error = error;
    this.onabort?.({ target: this, preventDefault() {} });
    this.#database.done();
  }
}

class Database {
  rows = new Map();
  connections = new Set();
  /** Set: transactions that begin from now on wait until `go`. */
  halted = false;
  #waiting = [];
  #busy = false;

  transaction() {
    const transaction = new Transaction(this);
    this.#waiting.push(transaction);
    later(() => this.#begin());
    return transaction;
  }

  #begin() {
    if (this.#busy || this.halted || this.#waiting.length === 0) return;
    this.#busy = true;
    this.#waiting.shift().begin();
  }

  done() {
    this.#busy = false;
    this.#begin();
  }

  go() {
    this.halted = false;
    this.#begin();
  }
}

export class Databases {
  all = new Map();

  open(name) {
    const request = {};
    later(() => {
      const isNew = !this.all.has(name);
      if (isNew) this.all.set(name, new Database());
      const database = this.all.get(name);
      const connection = {
        objectStoreNames: { contains: () => false },
        createObjectStore: () => ({ indexNames: { contains: () => false }, createIndex() {} }),
        transaction: () => database.transaction(),
        close: () => database.connections.delete(connection),
      };
      database.connections.add(connection);
      request.result = connection;
      if (isNew) request.onupgradeneeded?.({ target: request });
      request.onsuccess?.({ target: request });
    });
    return request;
  }

  deleteDatabase(name) {
    const request = {};
    later(() => {
      for (const connection of [...(this.all.get(name)?.connections ?? [])]) connection.onversionchange?.({});
      this.all.delete(name);
      request.onsuccess?.({ target: request });
    });
    return request;
  }
}
