// What an operator relies on: figures that machines can read, backups of a server at work, and documents
// that name everything.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { openSync, readFileSync, readdirSync, statSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { Server, Socket, folder, program, put, run, sleep } from './world.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const operating = readFileSync(path.join(root, 'docs/operating.md'), 'utf8');

const label = String.raw`[a-z_]+="(?:[^"\\\n]|\\["\\n])*"`;
const sampleLine = new RegExp(String.raw`^([a-z_]+)(\{${label}(?:,${label})*\})? (\d+(?:\.\d+)?)$`);

// The text format of Prometheus, read strictly: families in one piece, HELP and TYPE once and first.
function readMetrics(text) {
  assert.ok(text.endsWith('\n'));
  const families = new Map();
  let family;
  for (const line of text.slice(0, -1).split('\n')) {
    const help = /^# HELP ([a-z_]+) (\S.*)$/.exec(line);
    const type = /^# TYPE ([a-z_]+) (counter|gauge|histogram)$/.exec(line);
    if (help) {
      assert.ok(!families.has(help[1]), `${help[1]} comes twice`);
      families.set(help[1], (family = { name: help[1], samples: new Map() }));
    } else if (type) {
      assert.equal(type[1], family.name);
      assert.equal(family.type, undefined);
      family.type = type[2];
    } else {
      const sample = sampleLine.exec(line);
      assert.ok(sample, `no line of the format: ${line}`);
      const suffix = sample[1].slice(family.name.length);
      assert.ok(sample[1].startsWith(family.name), `${line} stands in the family ${family.name}`);
      assert.ok(suffix === '' || (family.type === 'histogram' && /^_(bucket|sum|count)$/.test(suffix)), line);
      assert.equal(
        family.type === 'counter',
        family.name.endsWith('_total'),
        `${family.name} is a ${family.type}`,
      );
      const key = sample[1] + (sample[2] ?? '');
      assert.ok(!family.samples.has(key), `${key} comes twice`);
      family.samples.set(key, Number(sample[3]));
    }
  }
  return families;
}

const hook = {
  name: 'h',
  url: 'http://127.0.0.1:9/',
  secret: 'a-secret-of-the-owner',
};

async function metricsOf(server) {
  const answer = await fetch(`${server.url}/metrics`);
  assert.match(answer.headers.get('content-type'), /^text\/plain; version=0\.0\.4/);
  return readMetrics(await answer.text());
}

async function serving(t, more = {}) {
  const home = folder(t);
  const file = path.join(home, 'rockpool.json');
  writeFileSync(file, JSON.stringify({ data: 'data', ...more }));
  return { server: await Server.start(t, '--config', file), data: path.join(home, 'data'), home };
}

test('/metrics is what Prometheus reads, and its figures are right', async (t) => {
  const { server } = await serving(t, { hooks: [hook] });
  const page = await Socket.open(server.port);
  await page.hello('client-of-metrics');
  const batch = Array.from({ length: 3 }, (_, i) => put(i + 1, 'a', `r${i}`, i));
  page.send({ type: 'push', settled: 0, except: [], mutations: [{ batch }] });
  for (let i = 0; i < 3; i++) await page.next('ack');
  page.send({ type: 'push', settled: 0, except: [], mutations: [put(4, 'a', 'x'.repeat(5000), 1)] });
  await page.next('refuse');
  let families = await metricsOf(server);
  // The hub's figures are published a moment later.
  for (let i = 0; i < 100 && !families.get('rockpool_refusals_total')?.samples.size; i++) {
    await sleep(50);
    families = await metricsOf(server);
  }
  const value = (name, labels = '') => families.get(name).samples.get(name + labels);
  assert.equal(value('rockpool_sessions', '{dialect="native",carrier="websocket"}'), 1);
  assert.equal(value('rockpool_sessions', '{dialect="native",carrier="poll"}'), 0);
  assert.equal(value('rockpool_refusals_total', '{code="invalid"}'), 1);
  const buckets = families.get('rockpool_append_changes').samples;
  assert.ok(
    buckets.get('rockpool_append_changes_bucket{le="4"}') >
      buckets.get('rockpool_append_changes_bucket{le="2"}'),
  );
  assert.equal(buckets.get('rockpool_append_changes_count'), value('rockpool_appends_total'));
  const memory = Number(
    /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))[1],
  );
  assert.ok(Math.abs(value('process_resident_memory_bytes') / 1024 - memory) < 20_000);
  assert.ok(value('process_cpu_seconds_total') >= 0 && value('process_open_fds') > 5);
  assert.ok(Math.abs(value('process_start_time_seconds') - Date.now() / 1000) < 60);
  assert.equal(value('rockpool_hook_lag', '{hook="h"}') >= 0, true);
});

test('docs/operating.md names every metric there is, and none that is not', async (t) => {
  const { server } = await serving(t, { hooks: [hook] });
  const there = new Set((await metricsOf(server)).keys());
  const section = operating.split(/^## /m).find((text) => text.startsWith('Metrics'));
  const documented = new Set(
    [...section.matchAll(/`((?:rockpool|process)_[a-z_]+)/g)].map(([, name]) => name),
  );
  assert.deepEqual([...documented].sort(), [...there].sort());
});

test('docs/operating.md names every key of the configuration', () => {
  const sources = path.join(root, 'server/config');
  const keys = new Set();
  for (const file of readdirSync(sources).filter(
    (name) => name.endsWith('.cpp') && !name.endsWith('_test.cpp'),
  )) {
    const text = readFileSync(path.join(sources, file), 'utf8');
    const asked = /\b(?:text|count|boolean|texts|text_or_texts|section|sections|any|has)\("([A-Za-z]+)"/g;
    for (const [, key] of text.matchAll(asked)) keys.add(key);
  }
  assert.ok(keys.size > 30, 'the sources are still written as this test reads them');
  const missing = [...keys].filter((key) => !new RegExp(`[\`".]${key}[\`".]`).test(operating));
  assert.deepEqual(missing, []);
});

test('a backup taken under load checks out, with all that was acknowledged before', async (t) => {
  const { server, data, home } = await serving(t);
  const page = await Socket.open(server.port);
  await page.hello('client-of-backup');
  let number = 0;
  let acked = 0;
  let going = true;
  const load = (async () => {
    while (going) {
      const mutations = Array.from({ length: 50 }, () => put(++number, 'a', `r${number}`, { n: number }));
      page.send({ type: 'push', settled: acked, except: [], mutations });
      for (let i = 0; i < mutations.length; i++) await page.next('ack');
      acked = number;
    }
  })();
  await page.until(() => acked >= 200);
  const copies = [];
  for (let i = 0; i < 3; i++) {
    const before = acked;
    const copy = path.join(home, `copy-${i}.db`);
    const done = await verb('backup', '--data', data, copy);
    assert.equal(done.status, 0, done.stderr);
    copies.push({ copy, before });
    await page.until(() => acked > before);
  }
  const sound = await verb('check', '--data', data);
  assert.match(sound.stdout, /everything fits together/);
  going = false;
  await load;
  for (const [i, { copy, before }] of copies.entries()) {
    const restored = path.join(home, `restored-${i}`);
    assert.equal(run('restore', copy, '--data', restored).status, 0);
    const found = run('check', '--data', restored);
    assert.match(found.stdout, /everything fits together/);
    assert.ok(Number(/(\d+) records/.exec(found.stdout)[1]) >= before);
  }
});

// Beside the server: the load goes on meanwhile.
async function verb(...words) {
  const child = spawn(program, words);
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr']) child[stream].on('data', (bytes) => (said[stream] += bytes));
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, ...said })));
}

test('check names what is wrong in a damaged store, wherever it is damaged', async (t) => {
  const { server, data, home } = await serving(t);
  const page = await Socket.open(server.port);
  await page.hello('client-of-damage');
  for (let round = 0; round < 4; round++) {
    const mutations = Array.from({ length: 250 }, (_, i) =>
      put(round * 250 + i + 1, 'a', `r${round}-${i}`, 'x'.repeat(200)),
    );
    page.send({ type: 'push', settled: 0, except: [], mutations });
    for (let i = 0; i < 250; i++) await page.next('ack');
  }
  await server.stop();
  const copy = path.join(home, 'copy.db');
  assert.equal(run('backup', '--data', data, copy).status, 0);
  const size = statSync(copy).size;
  let found = 0;
  for (let i = 1; i <= 8; i++) {
    const store = path.join(home, `damaged-${i}`);
    assert.equal(run('restore', copy, '--data', store).status, 0);
    const descriptor = openSync(path.join(store, 'rockpool.db'), 'r+');
    writeSync(descriptor, Buffer.alloc(64, 0xa5), 0, 64, Math.floor((size * i) / 9));
    const { status, stdout, stderr } = run('check', '--data', store);
    if (status === 0) continue; // a page that holds nothing
    found += 1;
    assert.equal(status, 1);
    assert.match(stdout + stderr, /damaged|cannot be read|not/);
  }
  assert.ok(found >= 6, `${found} of 8 were found`);
});

test('the server is built hardened', () => {
  const said = (...words) => spawnSync('readelf', ['-W', ...words, program], { encoding: 'utf8' }).stdout;
  assert.match(said('-h'), /Type:\s+DYN \(Position-Independent Executable file\)/);
  assert.match(said('-l'), /GNU_RELRO/);
  assert.match(said('-d'), /BIND_NOW|FLAGS.*NOW/);
  assert.match(said('-l'), /GNU_STACK.*RW /);
  const symbols = said('--dyn-syms');
  assert.match(symbols, /__stack_chk_fail/);
  if (!process.env.ROCKPOOL_SERVER?.includes('asan'))
    assert.match(symbols, /__memcpy_chk|__snprintf_chk|_chk@/);
});
