// Documents made by chance: from a seed always the same. `wild` says how often something is wrong.
import {
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';

function prng(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const texts = ['""', '"a"', '"1"', '"99"', '"é😀"', '"\\u00e9\\n"', '"""a"""', '"""\n  a\n    b\n"""'];
const literals = {
  String: texts,
  ID: [...texts, '7', '12345678901234567890'],
  ItemId: ['"1"', '2', '"10"', '"99"', '20'],
  Int: ['0', '-1', '2147483647', '-2147483648'],
  IntType: ['0', '3', '-1', '9007199254740991', '501'],
  Float: ['0', '1.5', '-2e3', '1E-2'],
  FloatType: ['0', '1.5', '-2e3'],
  Boolean: ['true', 'false'],
  BooleanType: ['true', 'false'],
  Date: ['"2024-02-29"', '"1999-12-31"'],
  DateTime: ['"2024-02-29T23:59Z"', '"2024-02-29T23:59:59.5-01:30"'],
  JsonField: ['1', '"x"', '[1, [true], {a: RED}]', '{a: null, b: {c: 1.5}}'],
};
const wrong = [
  '2147483648',
  '9007199254740992',
  '1.5',
  '"2023-02-29"',
  '{a: 1}',
  '[1]',
  'RED',
  'true',
  '"x"',
  'null',
];
const inputs = {
  String: ['a', ''],
  ID: ['x', 7],
  ItemId: ['1', 2],
  Int: [0, -5, 2147483647],
  IntType: [2, 0],
  Float: [1, 2.5],
  FloatType: [1, 2.5],
  Boolean: [true, false],
  BooleanType: [true, false],
  Date: ['2024-01-31'],
  DateTime: ['2024-01-31T00:00:00Z'],
  JsonField: [1, { a: [null] }],
};
const wrongInputs = [null, 1.5, 2 ** 31, 'x', true, {}, [], [null], [1, 'x'], { nobody: 1 }];

// Of introspection: what graphql-js writes in another way, and what is not in the edition of October 2021.
const unlike = ['defaultValue', 'isOneOf'];

class Generator {
  constructor(schema, seed, wild) {
    this.schema = schema;
    this.random = prng(seed);
    this.wild = wild;
    this.variables = new Map();
    this.fragments = new Map();
    this.composites = Object.values(schema.getTypeMap()).filter(
      (type) => isCompositeType(type) && !type.name.startsWith('__'),
    );
    this.left = 40;
  }

  chance(of) {
    return this.random() < of;
  }
  wrongly(of = 0.02) {
    return this.chance(of * this.wild);
  }
  pick(list) {
    return list[Math.floor(this.random() * list.length)];
  }

  variable(type, hasDefault) {
    const shape = this.wrongly(0.1) ? this.pick(['Int', 'String', '[Int]', 'BlogPostRecord']) : String(type);
    const known = [...this.variables].filter(([, variable]) => variable.type === shape);
    if (known.length && this.chance(0.4)) return `$${this.pick(known)[0]}`;
    const name = `v${this.variables.size}`;
    const variable = { type: shape, graphql: type };
    if (isNonNullType(type) && (hasDefault || this.chance(0.3))) {
      variable.type = shape.replace(/!$/, '');
      if (!hasDefault || this.chance(0.5)) variable.value = this.value(getNullableType(type), 2, true);
    } else if (!isNonNullType(type) && this.chance(0.3)) {
      variable.value = this.value(type, 2, true);
    } else if (this.chance(0.2)) {
      variable.type = shape.endsWith('!') ? shape : `${shape}!`;
    }
    this.variables.set(name, variable);
    return `$${name}`;
  }

  value(type, depth, constant = false, hasDefault = false) {
    if (!constant && this.chance(0.15)) return this.variable(type, hasDefault);
    if (this.wrongly()) return this.pick(wrong);
    if (isNonNullType(type)) return this.value(type.ofType, depth, constant);
    if (this.chance(0.06)) return 'null';
    if (isListType(type)) {
      if (this.chance(0.2)) return this.value(type.ofType, depth, constant);
      const count = Math.floor(this.random() * 3);
      const element = () => this.value(type.ofType, depth - 1, constant);
      return `[${Array.from({ length: count }, element).join(' ')}]`;
    }
    if (isEnumType(type)) return this.pick(type.getValues()).name;
    if (isInputObjectType(type)) return this.object(type, depth, constant);
    return this.pick(literals[type.name]);
  }

  object(type, depth, constant) {
    const members = [];
    for (const field of Object.values(type.getFields())) {
      const wanted = isRequiredInputField(field) ? !this.wrongly() : depth > 0 && this.chance(0.25);
      if (!wanted) continue;
      const hasDefault = field.defaultValue !== undefined;
      members.push(`${field.name}: ${this.value(field.type, depth - 1, constant, hasDefault)}`);
    }
    if (this.wrongly()) members.push('nobody: 1');
    if (this.wrongly() && members.length) members.push(members[0]);
    return `{${members.join(this.pick([' ', ', ']))}}`;
  }

  args(defined) {
    const given = [];
    for (const argument of defined) {
      const wanted = isRequiredArgument(argument) ? !this.wrongly(0.1) : this.chance(0.25);
      if (!wanted) continue;
      const hasDefault = argument.defaultValue !== undefined;
      given.push(`${argument.name}: ${this.value(argument.type, 3, false, hasDefault)}`);
    }
    if (this.wrongly()) given.push('nobody: 1');
    if (this.wrongly() && given.length) given.push(given[0]);
    return given.length ? `(${given.join(', ')})` : '';
  }

  directives() {
    if (this.wrongly()) return this.pick([' @nobody', ' @deprecated', ' @skip', ' @include(if: 1)']);
    if (!this.chance(0.1)) return '';
    const condition = this.value(this.schema.getDirective('skip').args[0].type, 1);
    const one = ` @${this.pick(['skip', 'include'])}(if: ${condition})`;
    return this.wrongly(0.2) ? one + one : one;
  }

  meta(type) {
    if (type !== this.schema.getQueryType() || !this.chance(0.05)) return undefined;
    const name = this.pick([
      'BlogPostRecord',
      'SiteLocale',
      'Window',
      'SearchResult',
      'Titled',
      'Nobody',
      'Date',
    ]);
    const inside = this.selections(this.schema.getType('__Type'), 3);
    return this.pick([
      `__type(name: "${name}") ${inside}`,
      `__schema { queryType { name } directives { name } }`,
    ]);
  }

  field(type, depth) {
    if (this.wrongly()) return 'nobody';
    const meta = this.meta(type);
    if (meta) return meta;
    const fields = isCompositeType(type) ? Object.values(type.getFields?.() ?? {}) : [];
    if (!fields.length || this.chance(0.08)) return '__typename';
    const field = this.pick(fields.filter(({ name }) => !unlike.includes(name)));
    const inner = getNamedType(field.type);
    if (!isLeafType(inner) && depth <= 0) return '__typename';
    const alias = this.chance(0.25)
      ? `${this.wrongly(0.3) ? this.pick(['title', 'id', 'a']) : `k${Math.floor(this.random() * 1e6)}`}: `
      : field.args.length && !this.wrongly(0.5)
        ? `f${Math.floor(this.random() * 1e6)}: `
        : '';
    const inside = isLeafType(inner) !== this.wrongly() ? '' : ` ${this.selections(inner, depth - 1)}`;
    return `${alias}${field.name}${this.args(field.args)}${this.directives()}${inside}`;
  }

  condition(type) {
    if (this.wrongly()) return this.pick(['Nobody', 'Int', 'StringFilter']);
    if (this.wrongly(0.1)) return this.pick(this.composites).name;
    const fitting = this.composites.filter(
      (other) =>
        other === type ||
        (isAbstractType(type) && !isAbstractType(other) && this.schema.isSubType(type, other)) ||
        (isAbstractType(other) && !isAbstractType(type) && this.schema.isSubType(other, type)),
    );
    return (fitting.length ? this.pick(fitting) : type).name;
  }

  spread(type) {
    const condition = this.condition(type);
    const known = [...this.fragments].filter(([, fragment]) => fragment.on === condition);
    if (this.wrongly()) return `...${this.pick(['Nobody', 'F0'])}`;
    if (known.length && this.chance(0.5)) return `...${this.pick(known)[0]}${this.directives()}`;
    const name = `F${this.fragments.size}`;
    this.fragments.set(name, { on: condition });
    return `...${name}${this.directives()}`;
  }

  selection(type, depth) {
    this.left -= 1;
    const meta = type.name?.startsWith('__');
    if (!meta && depth > 0 && this.chance(0.1)) return this.spread(type);
    if (!meta && depth > 0 && this.chance(0.12)) {
      const on = this.chance(0.8) ? this.condition(type) : undefined;
      const inner = on === undefined ? type : (this.schema.getType(on) ?? type);
      return `...${on ? ` on ${on}` : ''}${this.directives()} ${this.selections(inner, depth - 1)}`;
    }
    return this.field(type, depth);
  }

  selections(type, depth) {
    const count = this.left > 0 ? 1 + Math.floor(this.random() * 4) : 1;
    const made = Array.from({ length: count }, () => this.selection(type, this.left > 0 ? depth : 0));
    return `{${this.pick([' ', '\n', ' # note\n'])}${made.join(this.pick([' ', ', ', '\r\n']))} }`;
  }

  // Bodies may spread further fragments, which are written after them: never themselves, unless wildly.
  bodies() {
    const written = [];
    for (let i = 0; i < this.fragments.size; i += 1) {
      const [name, { on }] = [...this.fragments][i];
      const before = this.fragments;
      if (!this.wrongly(0.3)) this.fragments = new Map([...before].map(([n, f], k) => [n, k > i ? f : {}]));
      const type = this.schema.getType(on);
      const body = this.selections(isCompositeType(type) ? type : this.schema.getQueryType(), 2);
      for (const [n, f] of before) this.fragments.set(n, f);
      written.push(`fragment ${name} on ${on}${this.wrongly() ? ' @nobody' : ''} ${body}`);
    }
    if (this.wrongly(0.05)) written.push('fragment Unused on Query { __typename }');
    return written;
  }

  declarations() {
    const declared = [...this.variables]
      .filter(() => !this.wrongly())
      .map(([name, { type, value }]) => `$${name}: ${type}${value === undefined ? '' : ` = ${value}`}`);
    if (this.wrongly()) declared.push('$unused: Int');
    if (this.wrongly() && declared.length) declared.push(declared[0]);
    return declared.length ? `(${declared.join(', ')})` : '';
  }

  input(type) {
    if (this.wrongly(0.05)) return this.pick(wrongInputs);
    if (isNonNullType(type)) return this.input(type.ofType);
    if (this.chance(0.05)) return null;
    if (isListType(type)) return this.chance(0.2) ? this.input(type.ofType) : [this.input(type.ofType)];
    if (isEnumType(type)) return this.pick(type.getValues()).name;
    if (!isInputObjectType(type)) return this.pick(inputs[type.name]);
    const fields = Object.values(type.getFields()).filter(
      (field) => isRequiredInputField(field) || this.chance(0.15),
    );
    return Object.fromEntries(fields.map((field) => [field.name, this.input(field.type)]));
  }

  values() {
    const given = {};
    for (const [name, { graphql, type, value }] of this.variables) {
      const needed = type.endsWith('!') && value === undefined;
      if (needed ? this.wrongly(0.1) : this.chance(0.4)) continue;
      given[name] = this.input(graphql);
      if (given[name] === null && type.endsWith('!') && !this.wrongly(0.5)) given[name] = this.input(graphql);
    }
    return given;
  }

  // Takes a token out, or writes it twice, or in another place.
  spoil(text) {
    const tokens = text.split(/(?<=[\s{}()[\]:!,])|(?=[{}()[\]:!,])/);
    const at = Math.floor(this.random() * tokens.length);
    const act = this.pick(['out', 'twice', 'other']);
    if (act === 'out') tokens.splice(at, 1);
    if (act === 'twice') tokens.splice(at, 0, tokens[at]);
    if (act === 'other') tokens.splice(at, 1, this.pick(tokens));
    return tokens.join('');
  }

  request() {
    const root = this.schema.getQueryType();
    const body = this.selections(root, 5);
    const second = this.chance(0.05) ? ` query Other ${this.selections(root, 1)}` : '';
    const bodies = this.bodies();
    const name = this.chance(0.5) || second ? 'Q' : '';
    const keyword = this.wrongly() ? this.pick(['mutation', 'subscription']) : 'query';
    const declared = this.declarations();
    const head =
      name || declared || this.chance(0.5) ? `${keyword} ${name}${declared}${this.directivesOfQuery()} ` : '';
    const query = [...(this.chance(0.5) ? bodies : []), head + body + second].join('\n');
    const whole = query.includes('fragment F') || !bodies.length ? query : `${query} ${bodies.join(' ')}`;
    const operationName = second && !this.wrongly(0.3) ? this.pick(['Q', 'Other']) : undefined;
    return { query: this.wrongly(0.2) ? this.spoil(whole) : whole, variables: this.values(), operationName };
  }

  directivesOfQuery() {
    return this.wrongly() ? ' @include(if: true)' : '';
  }
}

export const generate = (schema, seed, wild) => new Generator(schema, seed, wild).request();

const surrogates = ['\\uD83D', '\\uDE00', '\\ud83d\\ude00'];
const inTexts = [
  ...surrogates,
  '\\u',
  '\\u{',
  '}',
  '0',
  '1F600',
  '00e9',
  '"',
  '\\"',
  '\\',
  '\\n',
  '/',
  ' ',
  '😀',
];
const inBlocks = ['\n', '\r\n', '\r', ' ', '  ', '\t', 'a', '"', '""', '\\"""', '\\', '\\n', 'é', '#'];
const inNumbers = ['0', '1', '9', '.', 'e', 'E', '-', '+', '_', 'a', '5', ' '];

/** A value, made of the characters at which texts and numbers begin, turn and end. */
export function generateValue(seed) {
  const random = prng(seed);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const some = (list) => Array.from({ length: Math.floor(random() * 7) }, () => pick(list)).join('');
  const values = [
    () => `"${some(inTexts)}"`,
    () => `"""${some(inBlocks)}"""`,
    () => pick(['', '-']) + some(inNumbers),
  ];
  return { query: `{ blogPost { echo(json: ${pick(values)()}) } }` };
}
