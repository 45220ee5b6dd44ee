// The query of the page, to be read and changed: what is typed is live a moment later, and what is wrong with
// it is said at its place.

import { fit, h, swap } from '../shared/dom.js';

const momentMs = 350;

function createArea({ label, id, value, onInput }) {
  const lines = h('pre.lines', { 'aria-hidden': 'true' });
  const area = h('textarea.code', {
    id,
    rows: 1,
    wrap: 'off',
    spellcheck: 'false',
    autocapitalize: 'off',
    autocomplete: 'off',
    'aria-describedby': 'query-says',
    value,
    oninput: () => {
      number();
      onInput();
    },
  });
  let bad = new Set();
  const number = () => {
    fit(area);
    const count = area.value.split('\n').length;
    swap(
      lines,
      Array.from({ length: count }, (_, i) => h(bad.has(i + 1) ? 'b' : 'span', {}, `${i + 1}\n`)),
    );
  };
  number();
  const element = h('div.part', {}, h('label', { for: id }, label), h('div.paper', {}, lines, area));
  return {
    element,
    area,
    number,
    get value() {
      return area.value;
    },
    set value(text) {
      area.value = text;
      number();
    },
    mark(places) {
      bad = new Set(places);
      area.setAttribute('aria-invalid', String(bad.size > 0));
      number();
    },
    /** Counted from 1, as servers count. */
    select(line, column) {
      const rows = area.value.split('\n').slice(0, line - 1);
      const from = rows.reduce((sum, row) => sum + row.length + 1, 0) + column - 1;
      const word = /^[\w$@]+/.exec(area.value.slice(from));
      area.focus();
      area.setSelectionRange(from, from + (word ? word[0].length : 1));
    },
  };
}

/** Variables as an object, or what is wrong with their text. */
export function readVariables(text) {
  if (!text.trim()) return { variables: undefined };
  try {
    const variables = JSON.parse(text);
    if (typeof variables === 'object' && variables !== null && !Array.isArray(variables))
      return { variables };
    return { problem: 'Variables are an object, such as { "first": 12 }.' };
  } catch (error) {
    return { problem: `The variables are not JSON: ${error.message}` };
  }
}

/**
 * `said` is { text, variables } at first. `ask({ text, variables })` is told whenever there is something else
 * to ask.
 */
export function createQuery({ said, standing, ask }) {
  let timer;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(run, momentMs);
  };
  const text = createArea({ label: 'Query', id: 'query-text', value: said.text, onInput: later });
  const given = createArea({
    label: 'Variables',
    id: 'query-variables',
    value: said.variables,
    onInput: later,
  });
  const says = h('div.says', {
    id: 'query-says',
    role: 'status',
    'aria-live': 'polite',
    'data-testid': 'says',
  });
  const reset = h(
    'button.button.small',
    {
      type: 'button',
      onclick: () => {
        text.value = standing.text;
        given.value = standing.variables;
        run();
      },
    },
    'Reset',
  );
  /** Of the variables, and of the query. */
  let problem;
  let mistakes = [];
  const draw = () => {
    given.mark(problem ? [1] : []);
    text.mark(mistakes.map(({ line }) => line).filter(Boolean));
    if (problem) swap(says, h('p.wrong', {}, problem));
    else
      swap(
        says,
        mistakes.map((mistake) => mistakeLine(mistake, text)),
      );
  };
  const run = () => {
    clearTimeout(timer);
    const read = readVariables(given.value);
    problem = read.problem;
    reset.disabled = text.value === standing.text && given.value === standing.variables;
    draw();
    const kept = { text: text.value, variables: given.value };
    if (!problem) ask({ text: text.value, variables: read.variables, kept });
  };
  const element = h(
    'section.query',
    { 'aria-labelledby': 'query-title' },
    h(
      'div.query-head',
      {},
      h('h2', { id: 'query-title' }, 'The query of this page'),
      h('p.quiet', {}, 'Change it: the page above is what it comes to, a moment later.'),
      reset,
    ),
    h('div.query-body', {}, text.element, given.element),
    says,
  );
  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    run();
  });
  element.run = run;
  /** Mistakes: { message, line?, column? }; none: all is well. */
  element.tell = (found) => {
    mistakes = found;
    draw();
  };
  return element;
}

function mistakeLine({ message, line, column }, text) {
  if (!line) return h('p.wrong', {}, message);
  const go = h(
    'button.where',
    { type: 'button', onclick: () => text.select(line, column) },
    `Line ${line}, column ${column}`,
  );
  return h('p.wrong', {}, go, ' ', message);
}
