// How long a store of 1,000 records is without a leader, for each way in which one goes: until another tab
// leads, and until that one is live again and has stored a write of its own.
import path from 'node:path';
import { chromium } from 'playwright-core';
import { crash, freeze } from '../e2e/leaving.mjs';
import config from '../e2e/playwright.config.mjs';
import { root, Server } from '../e2e/server.mjs';

const rounds = Number(process.env.ROUNDS ?? 5);
const records = 1000;

const ways = {
  closed: { goal: 1000, go: (page) => page.close() },
  navigated: { goal: 1000, go: (page, { url }) => page.goto(`${url}/healthz`) },
  crashed: { goal: 1000, go: (page) => crash(page) },
  frozen: { goal: 5000, go: (page) => freeze(page) },
};

async function tab(context, { url }) {
  const page = await context.newPage();
  await page.goto(`${url}/blank.html`);
  await page.evaluate(async () => {
    const { open } = await import('/sdk/index.web.js');
    globalThis.db = await open({ url: location.origin, log: () => {} });
    globalThis.rows = db.collection('rows').query({});
    rows.subscribe(() => {});
    await rows.ready();
  });
  return page;
}

/** Milliseconds since 1970 at which it led, and at which it was online and had stored something. */
const watchTakeOver = (page) =>
  page.evaluate(() => {
    globalThis.taken = new Promise((resolve) => {
      let led;
      const stop = db.status.subscribe(({ leader, state }) => {
        if (leader) led ??= Date.now();
        if (!leader || state !== 'online') return;
        queueMicrotask(() => stop());
        db.collection('rows')
          .insert({ by: 'the next' })
          .durable.then(() => resolve([led, Date.now()]));
      });
    });
  });

async function measure(browser, server, { go }) {
  const context = await browser.newContext();
  const leader = await tab(context, server);
  await leader.evaluate(
    async (count) => {
      for (let i = 0; i < count; ++i) db.collection('rows').put(`${db.clientId}-${i}`, { i });
      await db.synced();
    },
    records - (await leader.evaluate(() => rows().rows.length)),
  );
  const follower = await tab(context, server);
  await watchTakeOver(follower);
  const began = Date.now();
  const gone = go(leader, server);
  const times = (await follower.evaluate(() => taken)).map((at) => at - began);
  const thaw = await gone;
  if (typeof thaw === 'function') await thaw();
  await context.close();
  return times;
}

const server = new Server({ www: path.join(root, 'tests/e2e/pages') });
await server.start();
const browser = await chromium.launch(config.projects[0].use.launchOptions);
try {
  for (const [name, way] of Object.entries(ways)) {
    const all = [];
    for (let i = 0; i < rounds; ++i) all.push(await measure(browser, server, way));
    const [leads, live] = [0, 1].map((which) => all.map((times) => times[which]).sort((a, b) => a - b));
    const both = (list) => `${list[rounds >> 1]} ms (worst of ${rounds}: ${list.at(-1)} ms)`;
    console.log(
      `tabs, leader ${name.padEnd(10)} the next leads after ${both(leads)}, is live and has stored a write ` +
        `after ${both(live)}; goal: ${way.goal} ms`,
    );
  }
} finally {
  await browser.close();
  await server.remove();
}
