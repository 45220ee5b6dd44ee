// A server of the contract and nothing more: no versions, no replay, ids of its own. It stands for those that
// are not ours; `newer` for versions from 1.21 on.
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import http from 'node:http';

const { Server: WebSocketServer } = createRequire(
  new URL('../peers/deepstream/package.json', import.meta.url),
)('ws');

const readOnly = ['created_on', 'last_modified', 'formula'];
const nothing = { boolean: false, multiple_select: [], link_row: [], file: [] };
const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const fault = (name, error) => ({
  status: 400,
  error: 'ERROR_REQUEST_BODY_VALIDATION',
  detail: { [name]: [{ error, code: 'invalid' }] },
});

class Refused extends Error {
  constructor(refusal) {
    super(refusal.error);
    this.refusal = refusal;
  }
}

export class PlainBaserow {
  email = 'ada@x.test';
  password = 'the pass of Ada';
  /** Of an access token, in seconds; 600 as upstream. */
  life = 600;
  /** Every request: `METHOD path`, and what it said. */
  asked = [];
  #newer;
  #lastId = 40;
  #tables = new Map();
  #sockets = new Set();
  #tokens = new Map(); // until when they are good

  static async start(t, { newer = false } = {}) {
    const plain = new PlainBaserow();
    plain.#newer = newer;
    const server = http.createServer((request, response) => void plain.#serve(request, response));
    const sockets = new WebSocketServer({ noServer: true });
    server.on('upgrade', (request, raw, head) =>
      sockets.handleUpgrade(request, raw, head, (socket) => plain.#join(socket, request)),
    );
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => (plain.close(), server.closeAllConnections(), server.close()));
    plain.port = server.address().port;
    return plain;
  }

  // ---- what somebody else does
  /** A table with these fields: `{ name: type }`. */
  table(name, fields) {
    const table = { id: ++this.#lastId, name, fields: [], rows: new Map() };
    this.#tables.set(table.id, table);
    for (const [field, type] of Object.entries(fields)) this.field(table, field, type, false);
    return table;
  }
  field(table, name, type, isTold = true) {
    const field = { id: ++this.#lastId, table_id: table.id, name, order: table.fields.length, type };
    Object.assign(field, { primary: table.fields.length === 0, read_only: readOnly.includes(type) });
    if (type.endsWith('_select'))
      field.select_options = ['red', 'blue'].map((value) => ({ id: ++this.#lastId, value, color: value }));
    table.fields.push(field);
    for (const row of table.rows.values()) row[`field_${field.id}`] = nothing[type] ?? null;
    if (isTold) this.#tell(table, { type: 'field_created', field, related_fields: [] });
    return field;
  }
  rename(table, field, name) {
    field.name = name;
    this.#tell(table, { type: 'field_updated', field_id: field.id, field, related_fields: [] });
  }
  removeField(table, field) {
    table.fields = table.fields.filter((one) => one !== field);
    this.#tell(table, {
      type: 'field_deleted',
      table_id: table.id,
      field_id: field.id,
      related_fields: [],
    });
  }
  add(table, cells, except) {
    const id = ++this.#lastId;
    const row = { id, order: `${table.rows.size + 1}.00000000000000000000` };
    for (const { id: field, type } of table.fields) row[`field_${field}`] = nothing[type] ?? null;
    Object.assign(row, this.#cells(table, cells));
    table.rows.set(id, row);
    return this.#created(table, [row], except)[0];
  }
  set(table, id, cells, except) {
    return this.#updated(table, [[table.rows.get(id), this.#cells(table, cells)]], except)[0];
  }
  remove(table, ids, except) {
    const rows = ids.map((id) => table.rows.get(id));
    for (const id of ids) table.rows.delete(id);
    this.#tell(table, { type: 'rows_deleted', table_id: table.id, row_ids: ids, rows }, except);
  }
  /** Cells by the names of fields. */
  named(table, row) {
    return Object.fromEntries(table.fields.map(({ id, name }) => [name, row[`field_${id}`]]));
  }
  expire() {
    this.#tokens.clear();
  }
  close() {
    for (const { socket } of this.#sockets) socket.close();
  }

  // ---- cells
  #cells(table, cells) {
    const made = {};
    for (const [name, value] of Object.entries(cells)) {
      const field = table.fields.find((one) => one.name === name || `field_${one.id}` === name);
      const member = field && `field_${field.id}`;
      if (field && !field.read_only) made[member] = this.#cell(field, member, value);
    }
    return made;
  }
  #cell({ type, select_options }, member, value) {
    if (value === null) {
      if (type === 'boolean') throw new Refused(fault(member, 'This field may not be null.'));
      return nothing[type] ?? null;
    }
    if (type === 'number') {
      if (Number.isNaN(Number(value))) throw new Refused(fault(member, 'A valid number is required.'));
      return String(value);
    }
    const option = (said) =>
      select_options.find(({ id, value }) => [id, value].includes(said?.id ?? said)) ??
      (() => {
        throw new Refused(fault(member, 'is not a valid select option.'));
      })();
    if (type === 'single_select') return option(value);
    if (type === 'multiple_select') return value.map(option);
    return value;
  }

  // ---- what is told
  #created(table, rows, except) {
    const told = { type: 'rows_created', table_id: table.id, rows, metadata: {}, before_row_id: null };
    this.#tell(table, told, except);
    return rows;
  }
  #updated(table, changes, except) {
    const before = changes.map(([row]) => ({ ...row }));
    const rows = changes.map(([row, cells]) => Object.assign(row, cells));
    const shown = this.#newer ? changes.map(([{ id, order }, cells]) => ({ id, order, ...cells })) : rows;
    const told = { type: 'rows_updated', table_id: table.id, rows_before_update: before, rows: shown };
    this.#tell(table, { ...told, metadata: {}, updated_field_ids: [] }, except);
    return rows;
  }
  #tell(table, frame, except) {
    for (const one of this.#sockets)
      if (one.pages.has(table.id) && one.id !== except) one.socket.send(JSON.stringify(frame));
  }

  // ---- who it is
  #tokensFor(isRefreshed) {
    const now = Math.floor(Date.now() / 1000);
    const claims = { token_type: 'access', iat: now, exp: now + this.life, jti: randomUUID() };
    const access_token = `${encoded({ alg: 'HS256' })}.${encoded(claims)}.signature`;
    this.#tokens.set(access_token, Date.now() + this.life * 1000);
    const user = { id: 7, username: this.email, first_name: 'Ada' };
    const tokens = { token: access_token, access_token, user };
    return isRefreshed ? tokens : { ...tokens, refresh_token: 'a token to refresh with' };
  }
  #isGood(token) {
    return (this.#tokens.get(token) ?? 0) > Date.now();
  }

  #join(socket, request) {
    const url = new URL(request.url, 'http://plain');
    const success = this.#isGood(url.searchParams.get('jwt_token'));
    const one = { id: randomUUID(), socket, pages: new Set() };
    socket.send(JSON.stringify({ type: 'authentication', success, web_socket_id: one.id }));
    if (!success) return socket.close(1000);
    this.#sockets.add(one);
    socket.on('close', () => this.#sockets.delete(one));
    socket.on('message', (text) => this.#turn(one, JSON.parse(text)));
  }
  #turn(one, { page, table_id }) {
    const say = (type, id) =>
      one.socket.send(JSON.stringify({ type, page: 'table', parameters: { table_id: id } }));
    if (!this.#newer) for (const id of one.pages) say('page_discard', id);
    if (!this.#newer) one.pages.clear();
    if (page !== 'table' || !this.#tables.has(table_id)) return;
    one.pages.add(table_id);
    say('page_add', table_id);
    one.socket.send('{"type":"of_a_version_to_come","rows":7}');
  }

  // ---- requests
  async #serve(request, response) {
    let text = '';
    for await (const piece of request) text += piece;
    const url = new URL(request.url, 'http://plain');
    const body = text ? JSON.parse(text) : {};
    this.asked.push({ what: `${request.method} ${url.pathname}`, body, headers: request.headers });
    const say = (status, value) => {
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(value === undefined ? '' : JSON.stringify(value));
    };
    try {
      const answer = this.#answer(request, url, body);
      say(answer === undefined ? 204 : 200, answer);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { status, ...refusal } = error.refusal;
      say(status, refusal);
    }
  }
  #answer(request, url, body) {
    const [, , what, ...parts] = url.pathname.split('/');
    if (what === 'user') return this.#user(parts[0], body);
    const token = request.headers.authorization?.replace(/^JWT /, '');
    if (!this.#isGood(token))
      throw new Refused({ status: 401, error: 'ERROR_INVALID_ACCESS_TOKEN', detail: 'It has expired.' });
    if (what === 'applications') return [this.#application()];
    const [kind, , id, row] = parts;
    const table = this.#tables.get(Number(id));
    if (!table) throw new Refused({ status: 404, error: 'ERROR_TABLE_DOES_NOT_EXIST', detail: 'no' });
    if (kind === 'fields') return table.fields;
    return this.#rows(request, url, table, row, body);
  }
  #user(what, { email, password, refresh_token }) {
    const isRefreshed = what === 'token-refresh';
    if (
      isRefreshed
        ? refresh_token !== 'a token to refresh with'
        : password !== this.password || email !== this.email
    )
      throw new Refused({ status: 401, error: 'ERROR_INVALID_CREDENTIALS', detail: 'It is not right.' });
    return this.#tokensFor(isRefreshed);
  }
  #application() {
    const group = { id: 3, name: 'Lab' };
    const tables = [...this.#tables.values()].map(({ id, name }) => ({ id, name, order: 1, database_id: 5 }));
    const said = { id: 5, name: 'Stock', order: 1, type: 'database', tables };
    return { ...said, [this.#newer ? 'workspace' : 'group']: group };
  }
  #rows(request, url, table, place, body) {
    const { method, headers } = request;
    const mine = headers.websocketid;
    const find = (id) => {
      if (table.rows.has(Number(id))) return table.rows.get(Number(id));
      throw new Refused({
        status: 404,
        error: 'ERROR_ROW_DOES_NOT_EXIST',
        detail: 'The row does not exist.',
      });
    };
    const each = (items, read) =>
      items.map((item, i) => {
        try {
          return read(item);
        } catch (error) {
          if (error.refusal?.status === 400)
            error.refusal.detail = { items: { [i]: [error.refusal.detail] } };
          throw error;
        }
      });
    if (place === 'batch-delete') {
      for (const id of body.items) find(id);
      return this.remove(table, body.items, mine);
    }
    if (place === 'batch' && method === 'POST') {
      each(body.items, (cells) => this.#cells(table, cells));
      return { items: body.items.map((cells) => this.add(table, cells, mine)) };
    }
    if (place === 'batch') {
      const changes = each(body.items, ({ id, ...cells }) => [find(id), this.#cells(table, cells)]);
      return { items: this.#updated(table, changes, mine).reverse() };
    }
    if (place) {
      const row = find(place);
      if (method === 'PATCH') return this.set(table, row.id, body, mine);
      return method === 'DELETE' ? this.remove(table, [row.id], mine) : row;
    }
    if (method === 'POST') return this.add(table, body, mine);
    const [page, size] = ['page', 'size'].map((name) => Number(url.searchParams.get(name) ?? 1));
    const all = [...table.rows.values()];
    const next = page * size < all.length ? 'there is another' : null;
    return { count: all.length, next, previous: null, results: all.slice((page - 1) * size, page * size) };
  }
}
