import { expect, test } from './fixtures.mjs';

const fields = {
  title: 'string',
  slug: 'slug',
  body: 'text',
  featured: 'boolean',
  published_on: 'date',
  author: { type: 'link', model: 'author' },
};
const models = { blog_post: { fields }, author: { fields: { name: 'string' } } };
const tokens = [{ token: 'tok', permissions: ['read', 'drafts', 'write'] }];
test.use({ config: { dialects: { datocms: { tokens, models } } } });

const stories = (page) => page.getByTestId('story');
const headlines = (page) => stories(page).locator('.headline');
const story = (page, title) => stories(page).filter({ has: page.getByRole('heading', { name: title }) });
const items = (page) => page.getByTestId('item');
const item = (page, title) => items(page).filter({ hasText: title });
const field = (page, name) => page.getByRole('form', { name: 'Story' }).getByLabel(name, { exact: true });
const press = (page, name) => page.getByRole('button', { name, exact: true }).click();
const pending = (page) => page.getByTestId('pending');
const live = (page) => page.getByTestId('live');
const query = (page) => page.getByLabel('Query', { exact: true });

async function turn(page, name, on) {
  const toggle = page.getByRole('switch', { name });
  if ((await toggle.getAttribute('aria-checked')) !== String(on)) await toggle.click();
}

async function offline(page, on) {
  await turn(page, 'Work offline', on);
  await expect(page.getByTestId('status')).toContainText(on ? 'Offline' : 'Online');
}

async function newsroom(person, where = '') {
  const page = await (await person()).visit(`/newsroom/${where}`);
  await expect(page.getByTestId('status')).toContainText('Online');
  return page;
}

async function write(page, title, { body = '', act = 'Save draft' } = {}) {
  await press(page, 'New story');
  await field(page, 'Title').fill(title);
  if (body) await field(page, 'Body').fill(body);
  await press(page, act);
  await expect(item(page, title)).toBeVisible();
}

test('a draft is seen with drafts alone, and by everybody once it is published', async ({ person }) => {
  const ada = await newsroom(person);
  const bob = await newsroom(person, '?reader');
  await write(ada, 'Low water at noon', { body: 'Mind the weed.' });
  await expect(item(ada, 'Low water at noon')).toContainText('Draft');
  await expect(pending(ada)).toBeHidden();
  await turn(bob, 'Drafts', true);
  await expect(headlines(bob)).toHaveText(['Low water at noon']);
  await expect(story(bob, 'Low water at noon').locator('.badge')).toHaveText('Draft');
  await turn(bob, 'Drafts', false);
  await expect(bob.getByText('Nothing has been published yet.')).toBeVisible();
  await press(ada, 'Publish');
  await expect(headlines(bob)).toHaveText(['Low water at noon']);
  await expect(story(bob, 'Low water at noon').locator('.badge')).toBeHidden();
  await expect(headlines(ada)).toHaveText(['Low water at noon']);
  await expect(item(ada, 'Low water at noon')).toContainText('Published');
});

test('edits of what is published are a draft, until they are published or all is withdrawn', async ({
  person,
}) => {
  const ada = await newsroom(person);
  const bob = await newsroom(person, '?reader');
  await write(ada, 'Low water at noon', { act: 'Publish' });
  await expect(headlines(bob)).toHaveText(['Low water at noon']);
  await field(ada, 'Title').fill('Low water at one');
  await press(ada, 'Save draft');
  await expect(item(ada, 'Low water at one')).toContainText('Updated');
  await turn(ada, 'Drafts', true);
  await expect(headlines(ada)).toHaveText(['Low water at one']);
  await expect(headlines(bob)).toHaveText(['Low water at noon']);
  await press(ada, 'Publish changes');
  await expect(headlines(bob)).toHaveText(['Low water at one']);
  await press(ada, 'Unpublish');
  await expect(bob.getByText('Nothing has been published yet.')).toBeVisible();
  await press(ada, 'Delete');
  await expect(ada.getByText('Nobody has written anything yet.')).toBeVisible();
  await expect(items(ada)).toHaveCount(0);
});

test('the slug follows the title, and an author is made beside the story', async ({ person }) => {
  const ada = await newsroom(person);
  const bob = await newsroom(person, '?reader');
  await press(ada, 'New story');
  await field(ada, 'Title').fill('Café at the Pier');
  await expect(field(ada, 'Slug')).toHaveValue('cafe-at-the-pier');
  await field(ada, 'Slug').fill('cafe');
  await field(ada, 'Title').fill('Café on the Pier');
  await expect(field(ada, 'Slug')).toHaveValue('cafe');
  await field(ada, 'Author').selectOption('New author…');
  await ada.getByLabel('Name of the new author').fill('Mei-Lin Zhao');
  await ada.keyboard.press('Enter');
  await expect(field(ada, 'Author').locator('option:checked')).toHaveText('Mei-Lin Zhao');
  await press(ada, 'Publish');
  await expect(stories(bob).locator('.by')).toHaveText('By Mei-Lin Zhao');
  await expect(stories(bob).locator('time')).toBeVisible();
});

test('the query can be changed, and what is wrong with it is said at its place', async ({ person }) => {
  const page = await newsroom(person);
  await write(page, 'First', { act: 'Publish' });
  await expect(headlines(page)).toHaveText(['First']);
  await query(page).fill('{ allBlogPosts { title slug } _allBlogPostsMeta { count } }');
  await expect(stories(page).locator('.rest')).toContainText('slug');
  await expect(page.getByText('1 story in all')).toBeVisible();

  await query(page).fill('{\n  allBlogPosts {\n    title\n    colour\n  }\n}');
  const says = page.getByTestId('says');
  await expect(says).toContainText("Field 'colour' doesn't exist on type 'BlogPostRecord'");
  await expect(headlines(page)).toHaveText(['First']);
  await says.getByRole('button', { name: 'Line 4, column 5' }).click();
  await expect(query(page)).toBeFocused();
  expect(await page.evaluate(() => String(getSelection()))).toBe('colour');
  await page.keyboard.type('slug');
  await expect(says).toBeEmpty();
  await expect(stories(page).locator('.rest')).toContainText('first');

  await page.getByLabel('Variables').fill('{ "first": }');
  await expect(says).toContainText('The variables are not JSON');
  await press(page, 'Reset');
  await expect(says).toBeEmpty();
  await expect(stories(page).locator('.rest')).toBeHidden();
  await write(page, 'Second', { act: 'Publish' });
  await expect(headlines(page)).toHaveText(['Second', 'First']);
});

test('the front page stays offline, and what the desk writes there arrives afterwards', async ({
  person,
}) => {
  const [ada, bob] = [await newsroom(person), await newsroom(person)];
  await write(ada, 'Before the storm', { act: 'Publish' });
  await expect(headlines(ada)).toHaveText(['Before the storm']);
  await expect(live(ada)).toHaveText('Live over SSE');
  await offline(ada, true);
  await ada.reload();
  await expect(headlines(ada)).toHaveText(['Before the storm']);
  await expect(live(ada)).toHaveText('As it was last known');

  await write(ada, 'During the storm', { act: 'Publish' });
  await field(ada, 'Author').selectOption('New author…');
  await ada.getByLabel('Name of the new author').fill('Juan Ibarra');
  await press(ada, 'Add');
  await press(ada, 'Publish changes');
  await item(ada, 'Before the storm').getByRole('button').click();
  await field(ada, 'Title').fill('Before the great storm');
  await press(ada, 'Publish changes');
  await expect(item(ada, 'During the storm')).toContainText('pending');
  await expect(pending(ada)).toBeVisible();
  await ada.reload();
  await expect(items(ada)).toHaveCount(2);
  await expect(headlines(bob)).toHaveText(['Before the storm']);

  await offline(ada, false);
  await expect(pending(ada)).toBeHidden();
  for (const page of [ada, bob]) {
    await expect(headlines(page)).toHaveText(['During the storm', 'Before the great storm']);
    await expect(story(page, 'During the storm').locator('.by')).toHaveText('By Juan Ibarra');
  }
});

test('without the server a reload shows the last front page, and the desk goes on', async ({
  person,
  server,
}) => {
  const page = await (await person({ serviceWorkers: 'allow' })).visit('/newsroom/');
  await write(page, 'Kept', { act: 'Publish' });
  await expect(headlines(page)).toHaveText(['Kept']);
  await expect(pending(page)).toBeHidden();
  const kept = () =>
    page.evaluate(async () => {
      const requests = await (await caches.open('rockpool-demo-pages-1')).keys();
      return requests.map(({ url }) => url.replace(/.*\//, ''));
    });
  await expect
    .poll(kept)
    .toEqual(expect.arrayContaining(['core.datocms.wasm', 'live-query.web.js', 'newsroom.js', 'desk.css']));
  await server.stop();
  await page.reload();
  await expect(headlines(page)).toHaveText(['Kept']);
  await write(page, 'Written meanwhile', { act: 'Publish' });
  await server.start();
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await expect(headlines(page)).toHaveText(['Written meanwhile', 'Kept']);
  await expect(pending(page)).toBeHidden();
});

test('two desks see each other, and two edits of one title are decided by a person', async ({ person }) => {
  const [ada, bob] = [await newsroom(person), await newsroom(person)];
  await write(ada, 'Seals at the slip');
  await item(bob, 'Seals at the slip').getByRole('button').click();
  await field(ada, 'Body').fill('Two of them.');
  await press(ada, 'Save draft');
  await expect(field(bob, 'Body')).toHaveValue('Two of them.');

  await field(bob, 'Title').fill('Seals on the slip');
  await expect(item(bob, 'Seals at the slip')).toContainText('unsaved');
  await field(ada, 'Title').fill('Three seals at the slip');
  await press(ada, 'Save draft');
  await expect(bob.getByText('Meanwhile elsewhere: Three seals at the slip')).toBeVisible();
  await bob.getByRole('button', { name: 'Take it' }).first().click();
  await expect(field(bob, 'Title')).toHaveValue('Three seals at the slip');

  await offline(bob, true);
  await field(bob, 'Title').fill('Seals from bob');
  await press(bob, 'Save draft');
  await field(ada, 'Title').fill('Seals from ada');
  await press(ada, 'Save draft');
  await expect(pending(ada)).toBeHidden();
  await offline(bob, false);
  await bob.getByRole('button', { name: /^Resolve 1 conflict/ }).click();
  await press(bob, 'Keep mine');
  await expect(item(ada, 'Seals from bob')).toBeVisible();
  await expect(pending(bob)).toBeHidden();
});

test('a story may overtake its author on the way', async ({ person }) => {
  const [ada, bob] = [await newsroom(person), await newsroom(person, '?reader')];
  const isOf = (request, model) => request.postData()?.includes(`"id":"${model}"`);
  const published = ada.waitForResponse((response) => isOf(response.request(), 'blog_post'));
  await ada.route('**/cma/items?id=*', async (route) => {
    if (isOf(route.request(), 'author')) await published;
    await route.continue();
  });
  await offline(ada, true);
  await press(ada, 'New story');
  await field(ada, 'Title').fill('Overtaken');
  await field(ada, 'Author').selectOption('New author…');
  await ada.getByLabel('Name of the new author').fill('Ada Okafor');
  await press(ada, 'Add');
  await press(ada, 'Publish');
  await offline(ada, false);
  await expect(stories(bob).locator('.by')).toHaveText('By Ada Okafor');
  await expect(pending(ada)).toBeHidden();
  await expect(ada.getByText(/^Refused/)).toBeHidden();
});

test('what the server refuses is said', async ({ person }) => {
  const page = await newsroom(person, '?editor');
  await page.route('**/cma/items?id=*', (route) =>
    route.fulfill({
      status: 422,
      contentType: 'application/json',
      body: JSON.stringify({
        data: [
          {
            id: 'a1b2c3',
            type: 'api_error',
            attributes: { code: 'INVALID_FIELD', details: { message: 'slug: is taken' } },
          },
        ],
      }),
    }),
  );
  await press(page, 'New story');
  await field(page, 'Title').fill('Not today');
  await press(page, 'Save draft');
  await expect(page.getByText('Refused: slug: is taken')).toBeVisible();
  await page.getByTestId('status').click();
  await expect(page.getByRole('heading', { name: 'Refused by the server' })).toBeVisible();
});

test('sample stories are made once, however many ask for them', async ({ person }) => {
  const desks = [await newsroom(person), await newsroom(person)];
  const fill = (page) => page.getByRole('button', { name: 'Fill with sample stories' });
  for (const page of desks) await expect(fill(page)).toBeVisible();
  // The other desk may hear of the first story before it asks; its button asks all the same.
  const buttons = await Promise.all(desks.map((page) => fill(page).elementHandle()));
  await Promise.all(buttons.map((button) => button.evaluate((element) => element.click())));
  for (const page of desks) {
    await expect(headlines(page)).toHaveCount(5);
    await expect(items(page)).toHaveCount(6);
    await expect(pending(page)).toBeHidden();
    await expect(page.getByRole('button', { name: /^Resolve/ })).toBeHidden();
  }
  const [page] = desks;
  await page.getByLabel('Search the stories').fill('tom hartley');
  await expect(items(page)).toHaveCount(2);
  await page.getByRole('button', { name: /^Edit “Harbour opens/ }).focus();
  await page.keyboard.press('Enter');
  await expect(field(page, 'Title')).toHaveValue(/^Harbour opens/);
  await expect(field(page, 'Author').locator('option:checked')).toHaveText('Inês Marinho');
});

test('what is not saved is kept while another story is open, and can be discarded', async ({ person }) => {
  const page = await newsroom(person, '?editor');
  await write(page, 'One');
  await write(page, 'Two');
  await field(page, 'Title').fill('Two and a half');
  await item(page, 'One').getByRole('button').click();
  await expect(field(page, 'Title')).toHaveValue('One');
  await expect(item(page, 'Two')).toContainText('unsaved');
  await item(page, 'Two').getByRole('button').click();
  await expect(field(page, 'Title')).toHaveValue('Two and a half');
  await press(page, 'Discard changes');
  await expect(field(page, 'Title')).toHaveValue('Two');
  await press(page, 'New story');
  await press(page, 'Save draft');
  expect(await field(page, 'Title').evaluate((title) => title.validationMessage)).toBe(
    'Give the story a title.',
  );
  await expect(items(page)).toHaveCount(2);
  await press(page, 'Discard');
  await item(page, 'Two').getByRole('button').click();
  await press(page, 'Delete');
  await expect(items(page)).toHaveCount(1);
  await press(page, 'Undo');
  await expect(items(page)).toHaveCount(2);
});
