// The blog at the server: where it is, and how it is asked.

export const site = new URL('/datocms', location.href).href;
export const withDrafts = `${site}/preview`;

/** Of everybody who opens the page. A token of a demo is no secret. */
export const token = () => 'tok';

/** What a front page begins with. Whoever reads it may ask for something else. */
export const standing = {
  text: `query FrontPage($first: IntType) {
  lead: blogPost(
    filter: { featured: { eq: true } }
    orderBy: [publishedOn_DESC]
  ) {
    ...story
  }
  stories: allBlogPosts(
    first: $first
    orderBy: [publishedOn_DESC, _createdAt_DESC]
  ) {
    ...story
  }
  _allBlogPostsMeta { count }
}

fragment story on BlogPostRecord {
  id
  title
  body
  publishedOn
  _status
  author { name }
}`,
  variables: '{ "first": 12 }',
};

/** What the server has against a query, each with its places. A live query says the first one alone. */
export async function mistakesOf({ text, variables, drafts }) {
  const answer = await fetch(`${site}/graphql`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token()}`, ...(drafts && { 'X-Include-Drafts': 'true' }) },
    body: JSON.stringify({ query: text, variables }),
  });
  const said = await answer.json();
  return (said.errors ?? []).map(({ message, locations }) => ({ message, ...locations?.[0] }));
}
