import { expect, test } from './fixtures.mjs';

const lane = (page, title) =>
  page.locator('.lane').filter({ has: page.getByRole('textbox', { name: `Add a card to ${title}` }) });
const card = (page, title) => page.getByTestId('card').filter({ hasText: title });
const titles = (page, name) => lane(page, name).getByTestId('card').locator('.card-title').allTextContents();
const pending = (page) => page.getByTestId('pending');

async function add(page, title, name = 'To do') {
  const field = page.getByRole('textbox', { name: `Add a card to ${name}` });
  await field.fill(title);
  await field.press('Enter');
  await expect(card(page, title)).toBeVisible();
}

async function edit(page, title, to) {
  await card(page, title).click();
  const field = page.getByRole('textbox', { name: 'Title' });
  await field.fill(to);
  await field.press('Enter');
  await expect(card(page, to)).toBeVisible();
}

async function offline(page, on) {
  const toggle = page.getByRole('switch', { name: 'Work offline' });
  if ((await toggle.getAttribute('aria-checked')) !== String(on)) await toggle.click();
  await expect(page.getByTestId('status')).toContainText(on ? 'Offline' : 'Online');
}

async function two(person) {
  const [ada, bob] = [await (await person()).visit('/board/'), await (await person()).visit('/board/')];
  for (const page of [ada, bob]) await expect(page.getByTestId('status')).toContainText('Online');
  return [ada, bob];
}

test('the empty board says so, and takes a first card that the other window sees', async ({ person }) => {
  const [ada, bob] = await two(person);
  await expect(ada.getByText('An empty board.')).toBeVisible();
  await expect(ada.getByTestId('status')).toContainText('WebSocket');
  await add(ada, 'Count the limpets');
  await expect(card(bob, 'Count the limpets')).toBeVisible();
  await expect(pending(ada)).toBeHidden();
});

test('cards are edited in place, labelled, assigned and deleted, and deleting can be undone', async ({
  person,
}) => {
  const [ada, bob] = await two(person);
  await add(ada, 'Count');
  await edit(ada, 'Count', 'Count the limpets');
  await expect(card(bob, 'Count the limpets')).toBeVisible();

  await card(bob, 'Count the limpets').click();
  await bob.getByRole('textbox', { name: 'Notes' }).fill('North side first');
  await bob.getByRole('button', { name: 'urgent' }).click();
  await bob.getByRole('combobox', { name: 'Assigned to' }).selectOption({ index: 1 });
  await bob.getByRole('button', { name: 'Done', exact: true }).click();
  await expect(card(ada, 'Count the limpets').locator('.chip')).toHaveText('urgent');
  await expect(card(ada, 'Count the limpets').locator('.avatar')).toHaveCount(1);

  await card(ada, 'Count the limpets').click();
  await expect(ada.getByRole('textbox', { name: 'Notes' })).toHaveValue('North side first');
  await ada.getByRole('button', { name: 'Delete this card' }).click();
  await expect(card(bob, 'Count the limpets')).toHaveCount(0);
  await ada.getByRole('button', { name: 'Undo' }).click();
  await expect(card(bob, 'Count the limpets').locator('.chip')).toHaveText('urgent');
});

test('Escape leaves a card as it was', async ({ person }) => {
  const page = await (await person()).visit('/board/');
  await add(page, 'Keep me');
  await card(page, 'Keep me').click();
  await page.getByRole('textbox', { name: 'Title' }).fill('Changed');
  await page.keyboard.press('Escape');
  await expect(card(page, 'Keep me')).toBeFocused();
  await expect(card(page, 'Changed')).toHaveCount(0);
});

test('a card is dragged with the mouse to a place in another column, on both screens', async ({ person }) => {
  const [ada, bob] = await two(person);
  for (const title of ['one', 'two', 'three']) await add(ada, title);
  await add(ada, 'first', 'Doing');
  await add(ada, 'last', 'Doing');
  await expect(card(bob, 'last')).toBeVisible();
  const from = await card(ada, 'two').boundingBox();
  const to = await card(ada, 'last').boundingBox();
  await ada.mouse.move(from.x + 40, from.y + 15);
  await ada.mouse.down();
  await ada.mouse.move(from.x + 80, from.y + 15, { steps: 4 });
  await ada.mouse.move(to.x + 40, to.y + 8, { steps: 10 });
  await ada.mouse.up();
  await expect.poll(() => titles(ada, 'Doing')).toEqual(['first', 'two', 'last']);
  await expect.poll(() => titles(bob, 'Doing')).toEqual(['first', 'two', 'last']);
  expect(await titles(bob, 'To do')).toEqual(['one', 'three']);
});

test('Escape during a drag puts the card back', async ({ person }) => {
  const page = await (await person()).visit('/board/');
  for (const title of ['one', 'two']) await add(page, title);
  const from = await card(page, 'one').boundingBox();
  await page.mouse.move(from.x + 40, from.y + 15);
  await page.mouse.down();
  await page.mouse.move(from.x + 500, from.y + 40, { steps: 6 });
  await page.keyboard.press('Escape');
  await page.mouse.up();
  await expect.poll(() => titles(page, 'To do')).toEqual(['one', 'two']);
  await expect(page.locator('.ghost')).toHaveCount(0);
});

test('the keyboard walks, carries, opens and deletes, and says what it did', async ({ person }) => {
  const page = await (await person()).visit('/board/');
  for (const title of ['one', 'two', 'three']) await add(page, title);
  await card(page, 'one').focus();
  await page.keyboard.press('ArrowDown');
  await expect(card(page, 'two')).toBeFocused();
  await page.keyboard.press('Shift+ArrowUp');
  await expect.poll(() => titles(page, 'To do')).toEqual(['two', 'one', 'three']);
  await expect(card(page, 'two')).toBeFocused();
  await page.keyboard.press('Shift+ArrowRight');
  await expect.poll(() => titles(page, 'Doing')).toEqual(['two']);
  await expect(page.locator('[aria-live]').filter({ hasText: 'Moved to Doing' })).toHaveCount(1);
  await expect(card(page, 'two')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('textbox', { name: 'Title' })).toBeFocused();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Delete');
  await expect(card(page, 'two')).toHaveCount(0);
  await page.keyboard.press('n');
  await expect(page.getByRole('textbox', { name: 'Add a card to To do' })).toBeFocused();
});

test('the offline switch holds writes back and counts them, over a reload, and sends them later', async ({
  person,
}) => {
  const [ada, bob] = await two(person);
  await add(ada, 'shared');
  await expect(card(bob, 'shared')).toBeVisible();
  await offline(ada, true);
  await add(ada, 'made offline');
  await edit(ada, 'shared', 'shared, and edited');
  await expect(pending(ada)).toContainText('2');
  await ada.reload();
  await expect(ada.getByTestId('status')).toContainText('Offline');
  await expect(ada.getByRole('switch', { name: 'Work offline' })).toHaveAttribute('aria-checked', 'true');
  await expect(pending(ada)).toContainText('2');
  await expect(card(ada, 'made offline')).toHaveAttribute('data-waits', 'yes');
  await ada.getByTestId('status').click();
  await expect(ada.locator('#state-panel')).toContainText('made offline');
  await ada.keyboard.press('Escape');
  expect(await titles(bob, 'To do')).toEqual(['shared']);
  await offline(ada, false);
  await expect(pending(ada)).toBeHidden();
  await expect.poll(() => titles(bob, 'To do')).toEqual(['shared, and edited', 'made offline']);
});

test('two people, one offline, edit one card: the title asks, other fields merge', async ({ person }) => {
  const [ada, bob] = await two(person);
  await add(ada, 'Survey the pools');
  await expect(card(bob, 'Survey the pools')).toBeVisible();
  await offline(ada, true);
  await edit(ada, 'Survey the pools', 'Survey the north pools');
  await edit(bob, 'Survey the pools', 'Survey the west pools');
  await bob.getByTestId('card').click();
  await bob.getByRole('button', { name: 'idea' }).click();
  await bob.getByRole('button', { name: 'Done', exact: true }).click();
  await expect(pending(bob)).toBeHidden();
  await offline(ada, false);

  await ada.getByRole('button', { name: 'Resolve 1 conflict' }).click();
  const dialog = ada.getByRole('dialog');
  await expect(dialog.locator('[data-side="base"]')).toContainText('Survey the pools');
  await expect(dialog.locator('[data-side="mine"]')).toContainText('Survey the north pools');
  await expect(dialog.locator('[data-side="theirs"]')).toContainText('Survey the west pools');
  await dialog.locator('[data-side="theirs"]').click();
  await expect(dialog.getByLabel('Title to keep')).toHaveValue('Survey the west pools');
  await dialog.getByLabel('Title to keep').fill('Survey the north and west pools');
  await dialog.getByRole('button', { name: 'Save this' }).click();
  await expect(dialog).toBeHidden();
  for (const page of [ada, bob]) {
    await expect(card(page, 'Survey the north and west pools')).toBeVisible();
    await expect(card(page, 'Survey the north and west pools').locator('.chip')).toHaveText('idea');
  }
  await expect(ada.getByRole('button', { name: /Resolve/ })).toBeHidden();
});

for (const [button, kept] of [
  ['Keep mine', 'mine'],
  ['Take theirs', 'theirs'],
]) {
  test(`the conflict dialog: ${button}`, async ({ person }) => {
    const [ada, bob] = await two(person);
    await add(ada, 'base');
    await expect(card(bob, 'base')).toBeVisible();
    await offline(ada, true);
    await edit(ada, 'base', 'mine');
    await edit(bob, 'base', 'theirs');
    await expect(pending(bob)).toBeHidden();
    await offline(ada, false);
    await card(ada, 'mine').getByRole('button', { name: 'Conflict' }).click();
    await ada.getByRole('dialog').getByRole('button', { name: button }).click();
    for (const page of [ada, bob]) await expect.poll(() => titles(page, 'To do')).toEqual([kept]);
  });
}

test('presence: who is here is shown with the chosen name, who went is offline', async ({ person }) => {
  const [ada, bob] = await two(person);
  await ada.getByTestId('people').click();
  await ada.getByLabel('Your name here').fill('Ada Okafor');
  await ada.getByLabel('Your name here').press('Enter');
  await bob.getByTestId('people').click();
  const row = bob.getByTestId('people-list').locator('li').filter({ hasText: 'Ada Okafor' });
  await expect(row).toContainText('here now');
  await offline(ada, true);
  await expect(row).toContainText('offline');
  await ada.reload();
  await offline(ada, false);
  await expect(row).toContainText('here now');
});

test('columns are added, renamed, and removed with their cards going to the neighbour', async ({
  person,
}) => {
  const [ada, bob] = await two(person);
  const field = ada.getByRole('textbox', { name: 'Add a column' });
  await field.fill('Review');
  await field.press('Enter');
  await add(ada, 'look at it', 'Review');
  await expect(lane(bob, 'Review').getByTestId('card')).toHaveText(/look at it/);
  const name = lane(ada, 'Doing').getByRole('textbox', { name: 'Name of the column' });
  await name.fill('At sea');
  await name.press('Enter');
  await expect(lane(bob, 'At sea')).toBeVisible();
  await ada.getByRole('button', { name: 'Remove the column Review' }).click();
  await expect.poll(() => titles(bob, 'Done')).toEqual(['look at it']);
});

test('a first visit with the server down explains itself and takes cards', async ({ person, server }) => {
  const one = await person();
  const page = await one.blank();
  await one.context.route('**/*', async (route, request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/sdk/')) return route.fallback();
    if (pathname.startsWith('/v1/')) return route.continue();
    const { root } = await import('./fixtures.mjs');
    return route.fulfill({
      path: `${root}examples${pathname.endsWith('/') ? `${pathname}index.html` : pathname}`,
    });
  });
  await one.blank();
  await server.stop();
  await page.goto(`${server.url}/board/`);
  await expect(page.getByText('never been downloaded')).toBeVisible();
  await add(page, 'Early card');
  await expect(pending(page)).toContainText('1');
  await server.start();
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await expect(page.getByTestId('status')).toContainText('Online');
  await expect(pending(page)).toBeHidden();
  await expect(page.getByText('never been downloaded')).toBeHidden();
  const bob = await (await person()).visit('/board/');
  await expect(card(bob, 'Early card')).toBeVisible();
});

test('a second window follows, shares the offline switch, and goes on without the first', async ({
  person,
}) => {
  const one = await person();
  const [first, second] = [await one.visit('/board/'), await one.visit('/board/')];
  await add(second, 'from the second');
  await expect(card(first, 'from the second')).toBeVisible();
  await second.getByTestId('status').click();
  await expect(second.getByText('by another window of this page')).toBeVisible();
  await offline(second, true);
  for (const page of [first, second]) await expect(page.getByTestId('status')).toContainText('Offline');
  await add(first, 'written offline');
  await expect(card(second, 'written offline')).toBeVisible();
  await expect(pending(second)).toContainText('1');
  await offline(first, false);
  for (const page of [first, second]) await expect(page.getByTestId('status')).toContainText('Online');
  await first.close();
  await expect(second.getByTestId('status')).toContainText('Online');
  await add(second, 'after the first');
  await expect(pending(second)).toBeHidden();
  const bob = await (await person()).visit('/board/');
  for (const title of ['from the second', 'written offline', 'after the first'])
    await expect(card(bob, title)).toBeVisible();
});

test('on a phone the board does not overflow sideways, and cards open by touch', async ({ person }) => {
  const page = await (
    await person({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })
  ).visit('/board/');
  await add(page, 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await card(page, 'Donau').tap();
  await expect(page.getByRole('textbox', { name: 'Title' })).toBeFocused();
});
