import { expect, test } from './fixtures.mjs';

test('the start page names the demos and says how the server is', async ({ person, server }) => {
  const page = await (await person()).visit('/');
  await expect(page.getByRole('status')).toContainText('Server is up');
  for (const [name, title] of [
    ['Board', 'Board · Rockpool'],
    ['Atlas', 'Atlas · Rockpool'],
    ['Ten lines', 'Ten lines · Rockpool'],
  ]) {
    await page.goto(`${server.url}/`);
    await page.getByRole('link', { name }).click();
    await expect(page).toHaveTitle(title);
  }
  await page.goto(`${server.url}/`);
  await expect(page.getByRole('status')).toContainText('Server is up');
  await server.stop();
  await expect(page.getByRole('status')).toContainText('does not answer', { timeout: 15_000 });
});

test('the ten lines: add, see it elsewhere, click it done', async ({ person }) => {
  const [ada, bob] = [await (await person()).visit('/hello/'), await (await person()).visit('/hello/')];
  await ada.getByRole('textbox').fill('Buy rope');
  await ada.getByRole('textbox').press('Enter');
  await ada.getByRole('textbox').fill('A knife');
  await ada.getByRole('button', { name: 'Add' }).click();
  await expect(bob.locator('li')).toHaveText(['A knife', 'Buy rope']);
  await bob.locator('li').first().click();
  await expect(ada.locator('li')).toHaveText(['Buy rope']);
});

test('the board shows what the ten lines wrote, and the other way round', async ({ person }) => {
  const [hello, board] = [await (await person()).visit('/hello/'), await (await person()).visit('/board/')];
  await hello.getByRole('textbox').fill('Buy rope');
  await hello.getByRole('textbox').press('Enter');
  await expect(board.locator('.lane[data-lane="todo"] .card-title')).toHaveText('Buy rope');
  await board.getByTestId('card').focus();
  await board.keyboard.press('Shift+ArrowRight');
  await expect(hello.locator('li')).toHaveText('Buy rope');
  await board.keyboard.press('Shift+ArrowRight');
  await expect(hello.locator('li')).toHaveCount(0);
});

for (const where of ['/', '/board/', '/atlas/', '/hello/']) {
  test(`${where} asks nobody but its own server, and obeys the content security policy`, async ({
    person,
    server,
  }) => {
    const one = await person();
    const asked = [];
    one.context.on('request', (request) => asked.push(new URL(request.url()).origin));
    const page = await one.context.newPage();
    const response = await page.goto(server.url + where);
    expect(response.headers()['content-security-policy']).toContain("script-src 'self' 'wasm-unsafe-eval'");
    await page.waitForLoadState('networkidle');
    expect([...new Set(asked)]).toEqual([server.url]);
  });
}

test.describe('with the worker that keeps the pages', () => {
  test('a page visited once is there after a reload without the server, with its data', async ({
    person,
    server,
  }) => {
    const page = await (await person({ serviceWorkers: 'allow' })).visit('/board/');
    await page.getByRole('textbox', { name: 'Add a card to To do' }).fill('Kept');
    await page.keyboard.press('Enter');
    await expect(page.getByTestId('card')).toHaveText(/Kept/);
    await expect(page.getByTestId('pending')).toBeHidden();
    await expect
      .poll(() =>
        page.evaluate(async () => (await (await caches.open('rockpool-demo-pages-1')).keys()).length),
      )
      .toBeGreaterThan(8);
    await server.stop();
    await page.reload();
    await expect(page.getByTestId('card')).toHaveText(/Kept/);
    await page.getByRole('textbox', { name: 'Add a card to To do' }).fill('Added without a server');
    await page.keyboard.press('Enter');
    await expect(page.getByTestId('pending')).toContainText('1');
    await server.start();
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await expect(page.getByTestId('pending')).toBeHidden();
  });
});
