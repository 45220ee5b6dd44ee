// A first edition, for a server that has no stories yet. Ids are fixed, so that it is made once.

const ago = (today, days) => today(new Date(Date.now() - days * 86_400_000));

const authors = [
  { id: 'gazette-ines', name: 'Inês Marinho' },
  { id: 'gazette-tom', name: 'Tom Hartley' },
  { id: 'gazette-aoife', name: 'Aoife Brennan' },
];

const told = [
  {
    id: 'gazette-moorings',
    title: 'Harbour opens its winter moorings a fortnight early',
    author: 'gazette-ines',
    featured: true,
    days: 0,
    body:
      'Forty berths on the lee side of the north pier may be used from this evening, two weeks ' +
      'before the date that the harbour office had announced. The divers found the chains in better ' +
      'order than last year, and the dredger left on Tuesday.\n\n' +
      '“We had counted on replacing a third of them,” said the harbour master. “It was four.” Boats ' +
      'that lie on the outer swinging moorings are asked to move in before the first northerly, ' +
      'which the forecast has for the weekend.\n\n' +
      'The fee stays what it was. Who has paid for the outer moorings until the end of the month ' +
      'gets the difference back at the office, which is open at every high water until nine.',
  },
  {
    id: 'gazette-limpets',
    title: 'Limpets come back to the north ledge',
    author: 'gazette-tom',
    days: 1,
    body:
      'Volunteers counted 412 limpets on the north ledge at Saturday’s low water, the most since the ' +
      'survey began. Three winters ago the same square metres held ninety. The ropes that kept ' +
      'walkers off the upper shore will stay for another year.',
  },
  {
    id: 'gazette-bakery',
    title: 'The bakery now opens with the tide',
    author: 'gazette-aoife',
    days: 1,
    body:
      'Bread is out of the oven two hours before low water, whenever that is. “Nobody here lives by ' +
      'the clock anyway,” says the baker, who has hung a tide table where the opening hours used to ' +
      'be.',
  },
  {
    id: 'gazette-ferry',
    title: 'Ferry keeps its Sunday crossing until spring',
    author: 'gazette-ines',
    days: 2,
    body:
      'The council found the money for one boat each way. It leaves the slip at ten and comes back ' +
      'at four, weather permitting; bicycles travel free when there is room on the after deck.',
  },
  {
    id: 'gazette-letters',
    title: 'Letters: who moved the bench at Gull Point?',
    author: 'gazette-tom',
    days: 3,
    body:
      'Eleven readers have written to us about the bench, and no two agree on where it stood. The ' +
      'oldest photograph in our archive shows it facing inland, which has started a second ' +
      'discussion.',
  },
  {
    id: 'gazette-lamp',
    title: 'What the lamp room was like before the motor',
    author: 'gazette-aoife',
    days: 0,
    isDraft: true,
    body:
      'A conversation with the last keeper who wound the clockwork by hand, every two hours, for ' +
      'nineteen winters. To be checked: the year of the new lens, and the spelling of the relief ' +
      'keeper’s name.',
  },
];

const slug = (id) => id.replace('gazette-', '');

function stories(today) {
  return told.map(({ days, isDraft, ...story }) => ({
    ...story,
    slug: slug(story.id),
    featured: story.featured === true,
    published_on: ago(today, days),
    _status: isDraft ? 'draft' : 'published',
  }));
}

export const samples = { authors, stories };
