// The board behind a proxy that misbehaves: whatever it does, two people see the same in the end.
import { expect, test as base } from './fixtures.mjs';
import { Proxy } from './proxy.mjs';

const test = base.extend({
  between: async ({ server }, use) => {
    const between = new Proxy(server.url);
    await between.start();
    await use(between);
    await between.stop();
  },

  /** Two people at the board, through the proxy. */
  boards: async ({ person, between }, use) => {
    await use(async () => {
      const pages = [];
      for (const one of [await person(), await person()]) {
        one.url = between.url;
        pages.push(await one.visit('/board/'));
      }
      return pages;
    });
  },
});

const card = (page, title) => page.getByTestId('card').filter({ hasText: title });
const status = (page) => page.getByTestId('status');

async function add(page, title) {
  const field = page.getByRole('textbox', { name: 'Add a card to To do' });
  await field.fill(title);
  await field.press('Enter');
  await expect(card(page, title)).toHaveCount(1);
}

/** Both write, both see what both wrote, and nothing waits any more. */
async function converge(pages, round) {
  await Promise.all(pages.map((page, i) => add(page, `${round} of ${i}`)));
  for (const page of pages) {
    for (const i of pages.keys())
      await expect(card(page, `${round} of ${i}`)).toHaveCount(1, { timeout: 60_000 });
    await expect(page.getByTestId('pending')).toBeHidden({ timeout: 60_000 });
  }
}

test('every connection is cut after two seconds', async ({ boards, between }) => {
  test.slow();
  between.faults.cutAfter = 2000;
  const pages = await boards();
  for (let round = 1; round <= 6; ++round) {
    await converge(pages, `round ${round}`);
    await pages[0].waitForTimeout(700);
  }
});

test('a link that falls silent is left for a new one, and nothing is missing', async ({
  boards,
  between,
}) => {
  test.setTimeout(120_000);
  const pages = await boards();
  await converge(pages, 'before');
  between.faults.deaf = true;
  await add(pages[0], 'into the hole');
  await pages[0].waitForTimeout(1000);
  between.faults.deaf = false;
  // What was open and lost something stays so; only a new link gets through.
  await expect(card(pages[1], 'into the hole')).toHaveCount(1, { timeout: 60_000 });
  await converge(pages, 'after');
});

test('300 ms each way', async ({ boards, between }) => {
  between.faults.delay = 300;
  const pages = await boards();
  await converge(pages, 'one');
  await converge(pages, 'two');
});

for (const upgrades of ['refuse', 'strip', 'swallow']) {
  test(`upgrades blocked (${upgrades}): the board goes on over an event stream`, async ({
    boards,
    between,
  }) => {
    between.faults.upgrades = upgrades;
    const pages = await boards();
    await converge(pages, 'one');
    between.cut();
    await converge(pages, 'two');
    expect(between.seen.get('events')).toBeGreaterThan(0);
    expect(between.seen.get('poll') ?? 0).toBe(0);
  });

  test(`upgrades blocked (${upgrades}) and streams held back: the board goes on by polls`, async ({
    boards,
    between,
  }) => {
    test.slow();
    Object.assign(between.faults, { upgrades, events: 'buffer' });
    const pages = await boards();
    await converge(pages, 'one');
    between.cut();
    await converge(pages, 'two');
    expect(between.seen.get('poll')).toBeGreaterThan(0);
  });
}

test('a page remembers over a reload what got through', async ({ boards, between }) => {
  between.faults.upgrades = 'refuse';
  const pages = await boards();
  await converge(pages, 'before');
  const tried = between.seen.get('websocket');
  await Promise.all(pages.map((page) => page.reload()));
  await converge(pages, 'after');
  expect(between.seen.get('websocket')).toBe(tried);
});

for (const upgrades of ['pass', 'refuse']) {
  test(
    `half of the connections are dropped, upgrades ${upgrades}`,
    { tag: '@long' },
    async ({ boards, between }) => {
      test.setTimeout(240_000);
      Object.assign(between.faults, { drop: 0.5, upgrades });
      const pages = await boards();
      for (let round = 1; round <= 3; ++round) {
        await converge(pages, `round ${round}`);
        between.cut();
      }
      await converge(pages, 'last');
    },
  );
}
