// Places in a list as texts, so that moving one card writes one card. Sorted by code point.

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** One step beyond, for the end of a list: halving what is left would make ranks long soon. */
function beyond(before) {
  const at = [...before].findIndex((digit) => digit !== 'z');
  if (before === '') return 'V';
  return at < 0 ? `${before}1` : before.slice(0, at) + digits[digits.indexOf(before[at]) + 1];
}

/** The shortest text between two others that does not end in '0'; an empty `after` is the end of the list. */
function middle(before, after) {
  if (after) {
    let same = 0;
    while ((before[same] ?? '0') === after[same]) same += 1;
    if (same > 0) return after.slice(0, same) + middle(before.slice(same), after.slice(same));
  }
  const low = before ? digits.indexOf(before[0]) : 0;
  const high = after ? digits.indexOf(after[0]) : digits.length;
  if (high - low > 1) return digits[Math.round((low + high) / 2)];
  if (after.length > 1) return after[0];
  return digits[low] + middle(before.slice(1), '');
}

/**
 * A rank between two ranks, or undefined when there is no room (`before` is not below `after`): then the list
 * needs new ranks. Two random digits keep two people, who put a card in the same place while apart, from the
 * same rank.
 */
export function between(before = '', after = '', random = Math.random) {
  if (after && before >= after) return undefined;
  const rank = after ? middle(before, after) : beyond(before);
  const apart = rank + digits[Math.floor(random() * 62)] + digits[1 + Math.floor(random() * 61)];
  return after && apart >= after ? rank : apart;
}
