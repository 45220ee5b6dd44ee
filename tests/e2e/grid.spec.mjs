import { expect, test } from './fixtures.mjs';

const jwtSecret = 'what-the-tokens-of-the-grid-are-signed-with';
test.use({ config: { dialects: { baserow: { jwtSecret } } } });

const lines = (page) => page.getByTestId('row');
const cell = (page, line, name) => lines(page).nth(line).getByLabel(name, { exact: true });
const pending = (page) => page.getByTestId('pending');

async function write(page, line, name, text) {
  await cell(page, line, name).dblclick();
  await page.locator('td input[type=text]').fill(text);
  await page.keyboard.press('Enter');
  await expect(cell(page, line, name)).toHaveText(text);
}

async function offline(page, on) {
  const toggle = page.getByRole('switch', { name: 'Work offline' });
  if ((await toggle.getAttribute('aria-checked')) !== String(on)) await toggle.click();
  await expect(page.getByTestId('status')).toContainText(on ? 'Offline' : 'Online');
}

async function two(person) {
  const ada = await (await person()).visit('/grid/');
  await expect(lines(ada)).toHaveCount(2);
  const bob = await (await person()).visit('/grid/');
  for (const page of [ada, bob]) {
    await expect(page.getByTestId('status')).toContainText('Online');
    await expect(lines(page)).toHaveCount(2);
  }
  return [ada, bob];
}

test('cells that one window edits are seen in the other', async ({ person }) => {
  const [ada, bob] = await two(person);
  await write(ada, 0, 'Name', 'North ledge');
  await write(ada, 0, 'Limpets', '42');
  await cell(ada, 0, 'Active').check();
  await expect(cell(bob, 0, 'Name')).toHaveText('North ledge');
  await expect(cell(bob, 0, 'Limpets')).toHaveText('42');
  await expect(cell(bob, 0, 'Active')).toBeChecked();
  await bob.getByRole('button', { name: 'Add a row' }).click();
  await expect(lines(ada)).toHaveCount(3);
  await write(bob, 2, 'Name', 'Blowhole');
  await expect(cell(ada, 2, 'Name')).toHaveText('Blowhole');
  await lines(ada).nth(1).getByRole('button', { name: 'Delete this row' }).click();
  await expect(lines(bob)).toHaveCount(2);
  await expect(pending(ada)).toBeHidden();
});

test('what is edited offline stays over a reload and meets what others wrote', async ({ person }) => {
  const [ada, bob] = await two(person);
  await write(ada, 0, 'Name', 'North ledge');
  await expect(cell(bob, 0, 'Name')).toHaveText('North ledge');
  await offline(ada, true);
  await write(ada, 0, 'Limpets', '7');
  await ada.getByRole('button', { name: 'Add a row' }).click();
  await expect(lines(ada)).toHaveCount(3);
  await expect(pending(ada)).toBeVisible();
  await write(bob, 0, 'Notes', 'Mind the tide');
  await ada.reload();
  await expect(cell(ada, 0, 'Limpets')).toHaveText('7');
  await expect(lines(ada)).toHaveCount(3);
  await offline(ada, false);
  await expect(pending(ada)).toBeHidden();
  for (const page of [ada, bob]) {
    await expect(cell(page, 0, 'Limpets')).toHaveText('7');
    await expect(cell(page, 0, 'Notes')).toHaveText('Mind the tide');
    await expect(lines(page)).toHaveCount(3);
  }
});

test('a cell is left as it was by Escape, and walked to by the arrows', async ({ person }) => {
  const page = await (await person()).visit('/grid/');
  await write(page, 0, 'Name', 'Kept');
  await page.keyboard.press('x');
  await page.keyboard.press('Escape');
  await expect(cell(page, 0, 'Name')).toHaveText('Kept');
  await expect(cell(page, 0, 'Name')).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(cell(page, 1, 'Name')).toBeFocused();
  await page.keyboard.type('Typed');
  await page.keyboard.press('Enter');
  await expect(cell(page, 1, 'Name')).toHaveText('Typed');
});

test('what the server refuses is said', async ({ person }) => {
  const page = await (await person()).visit('/grid/');
  await expect(lines(page)).toHaveCount(2);
  await cell(page, 0, 'Limpets').dblclick();
  await page.locator('td input[type=text]').fill('many');
  await page.keyboard.press('Enter');
  await expect(page.getByText(/^Refused: /)).toBeVisible();
  await expect(cell(page, 0, 'Limpets')).toHaveText('');
});
