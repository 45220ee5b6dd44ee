// The SDK in Chromium beside a raw IndexedDB and a hand-written log, in the same run: `npm run bench -- sdk`.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import config from '../e2e/playwright.config.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const dist = process.env.ROCKPOOL_DIST ?? path.join(root, 'dist');
const places = {
  '/dist/': dist,
  '/server.mjs': path.join(root, 'web/test/server.mjs'),
  '/page.mjs': path.join(root, 'tests/bench/sdk.page.js'),
};
const types = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' };

function answer(request, response) {
  // An isolated page has a clock of 5 microseconds; others of 100.
  response.setHeader('cross-origin-opener-policy', 'same-origin');
  response.setHeader('cross-origin-embedder-policy', 'require-corp');
  const { pathname } = new URL(request.url, 'http://bench');
  const place = Object.keys(places).find((one) => pathname.startsWith(one));
  const file = place && path.join(places[place], pathname.slice(place.length));
  if (!file || !existsSync(file) || !statSync(file).isFile()) {
    response.statusCode = pathname === '/' ? 200 : 404;
    response.setHeader('content-type', 'text/html');
    return response.end('<!doctype html><title>bench</title>');
  }
  response.setHeader('content-type', types[path.extname(file)] ?? 'text/plain');
  createReadStream(file).pipe(response);
}

function print({ floor_idb: idb, floor_log: log, writes, start, empty }) {
  const line = (what, value, unit, floors, goal) =>
    console.log(
      `${what.padEnd(34)} ${value.toFixed(value < 10 ? 3 : 0).padStart(9)} ${unit.padEnd(6)} ${floors
        .map(
          ([name, floor]) => `${(value / floor).toFixed(2)} x ${name} (${floor.toFixed(floor < 10 ? 2 : 0)})`,
        )
        .join(', ')
        .padEnd(58)} ${goal}`,
    );
  line(
    'puts one by one until durable',
    writes.puts,
    'docs/s',
    [
      ['floor_log', log.puts],
      ['floor_idb', idb.puts],
    ],
    'goal >= 0.3 x floor_log',
  );
  line(
    'one write to durable, p50',
    writes.durable,
    'ms',
    [
      ['floor_idb', idb.durable],
      ['floor_log', log.durable],
    ],
    'goal <= 4 x floor_idb',
  );
  line('write to subscriber, p50', writes.told * 1000, 'us', [], 'goal <= 50 us');
  line('write to subscriber, p99', writes.told99 * 1000, 'us', [], 'goal <= 500 us');
  line('point reads', writes.reads, '/s', [['floor_log', log.reads]], 'goal >= 0.1 x floor_log');
  line('live query, 50 of 10,000: first rows', writes.firstRows, 'ms', [], 'goal <= 10 ms');
  line('live query update, p50', writes.update * 1000, 'us', [], 'goal <= 100 us');
  line(
    'start, 10,000 records',
    start.start,
    'ms',
    [
      ['floor_log', log.start],
      ['floor_idb', idb.start],
    ],
    'goal <= 1.5 x floor_log',
  );
  line('  and all rows as objects', start.start + start.all, 'ms', [['floor_log', log.start]], '');
  line('start, empty', empty.empty, 'ms', [], '');
  line('pull 10,000, visible', start.pull, 'ms', [], '');
}

const server = createServer(answer).listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const browser = await chromium.launch(config.projects[0].use.launchOptions);
try {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  const results = await page.evaluate(
    async (rounds) => (await import('/page.mjs')).run(rounds),
    Number(process.env.ROUNDS ?? 3),
  );
  print(results);
  console.log(JSON.stringify(results));
} finally {
  await browser.close();
  server.close();
}
