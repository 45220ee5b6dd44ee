// Reading source well enough to judge it: text without comments and strings, and how long functions are.

/** The same text with comments and the insides of literals blanked; lines keep their numbers. */
export function bare(text, language) {
  const out = [];
  const blank = (from, to) => out.push(text.slice(from, to).replace(/[^\n]/g, ' '));
  // In JavaScript: how many braces are open inside each `${`.
  const templates = [];
  let at = 0;
  while (at < text.length) {
    const literal = literalEnd(text, at, language, templates, out);
    if (literal > at) {
      blank(at, literal);
      at = literal;
      continue;
    }
    const character = text[at++];
    if (templates.length && character === '{') templates[templates.length - 1]++;
    if (templates.length && character === '}') templates[templates.length - 1]--;
    out.push(character);
  }
  return out.join('');
}

/** Where the comment or literal that begins at `at` ends; `at` itself when there is none. */
function literalEnd(text, at, language, templates, out) {
  const two = text.slice(at, at + 2);
  if (two === '//') return past(text, '\n', at, 0);
  if (two === '/*') return past(text, '*/', at + 2, 2);
  if (language === 'cpp') {
    const raw = /^R"([^(\s]*)\(/.exec(text.slice(at, at + 20));
    if (raw && !/\w/.test(text[at - 1] ?? '')) return past(text, `)${raw[1]}"`, at, raw[1].length + 2);
    if (text[at] === "'" && /[0-9a-fA-F]/.test(text[at - 1] ?? '')) return at; // 1'000
    return text[at] === '"' || text[at] === "'" ? quoted(text, at) : at;
  }
  if (text[at] === '"' || text[at] === "'") return quoted(text, at);
  if (text[at] === '`') return template(text, at + 1, templates);
  if (text[at] === '}' && templates.at(-1) === 0) {
    templates.pop();
    return template(text, at + 1, templates);
  }
  return text[at] === '/' && /(^|[(,=:[!&|?{};+\n]|\breturn|=>)\s*$/.test(out.slice(-40).join('').trimEnd())
    ? pattern(text, at)
    : at;
}

function past(text, end, from, length) {
  const found = text.indexOf(end, from);
  return found < 0 ? text.length : found + length;
}

function quoted(text, at) {
  const quote = text[at];
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === quote || text[i] === '\n') return i + 1;
  }
  return text.length;
}

function template(text, at, templates) {
  for (let i = at; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '`') return i + 1;
    else if (text.startsWith('${', i)) {
      templates.push(0);
      return i + 2;
    }
  }
  return text.length;
}

function pattern(text, at) {
  let inClass = false;
  for (let i = at + 1; i < text.length && text[i] !== '\n'; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '[') inClass = true;
    else if (text[i] === ']') inClass = false;
    else if (text[i] === '/' && !inClass) return i + 1;
  }
  return at;
}

/** Every function with its first line and its length. In JavaScript inner functions count on their own. */
export function functions(code, language) {
  const found = [];
  const stack = [];
  let header = '';
  let line = 1;
  let headerLine = 1;
  for (const character of code) {
    if (character === '\n') {
      line++;
      // A directive or a label is no part of the function that follows.
      if (language === 'cpp' && /^\s*(#.*[^\\]|(public|private|protected):)\s*$/.test(header)) header = '';
    }
    if (character === '{') {
      const inside = stack.some((open) => open.kind === 'function');
      if (header.trim() === '') headerLine = line;
      const kind = language === 'cpp' ? cppKind(header.trim(), inside) : jsKind(header.trim());
      stack.push({ kind, line: headerLine, inner: 0, header });
      header = '';
    } else if (character === '}') {
      const open = stack.pop();
      header = open?.kind === 'value' ? `${open.header}{}` : '';
      if (header) headerLine = open.line;
      if (open?.kind !== 'function') continue;
      const lines = line - open.line + 1;
      found.push({ line: open.line, lines: lines - open.inner });
      const outer = stack.findLast((one) => one.kind === 'function');
      if (outer) outer.inner += lines - 1;
    } else if (character === ';') {
      header = '';
    } else {
      if (header.trim() === '' && character.trim() !== '') headerLine = line;
      header += character;
    }
  }
  return found;
}

function cppKind(header, inside) {
  if (inside) return 'block';
  const plain = header.replace(/^template\s*<[^{;]*?>\s*(?=class|struct)/, '');
  if (/^(inline\s+)?namespace\b|^extern\b[^()]*$/.test(plain)) return 'space';
  if (/^(typedef\s+)?(class|struct|union|enum)\b[^()]*$/.test(plain)) return 'type';
  if (/[=,(]$/.test(plain) || !/\)/.test(plain)) return 'value';
  // The braces of a member: `A::A() : a_(1), b_{`.
  if (/\)[^)]*:\s*([\w:<>, ]+(\([^]*?\)|\{\})\s*,\s*)*[\w:<> ]*\w$/.test(plain)) return 'value';
  return 'function';
}

function jsKind(header) {
  if (/^(export\s+|default\s+|declare\s+|abstract\s+)*(class|interface|enum|namespace)\s[^=]*$/.test(header))
    return 'type';
  if (/=>$/.test(header)) return 'function';
  if (!/\)(\s*:\s*[^=;()]+(\([^]*\))?)?$/.test(header)) return 'value';
  return /^(}\s*)?(else\s+)?(if|for|while|switch|catch|with)\b/.test(header) ? 'block' : 'function';
}
