// Embind's half in JavaScript, for what bindings.cpp binds: functions of numbers, truths and texts.
// Emscripten's own knows classes, pointers and values as well, and is half of a glue.
addToLibrary({
  // By Embind's number of the type: from the wire, and to it, which notes in `made` what is to be freed.
  $wireTypes: {},
  _embind_register_void__deps: ['$wireTypes'],
  _embind_register_void: (type) => {
    wireTypes[type] = { from: () => undefined };
  },
  _embind_register_bool__deps: ['$wireTypes'],
  _embind_register_bool: (type) => {
    wireTypes[type] = { from: (value) => !!value, to: (value) => (value ? 1 : 0) };
  },
  _embind_register_integer__deps: ['$wireTypes'],
  _embind_register_integer: (type, name, size, least) => {
    wireTypes[type] = { from: least ? (value) => value : (value) => value >>> 0, to: (value) => value };
  },
  _embind_register_float__deps: ['$wireTypes'],
  _embind_register_float: (type) => {
    wireTypes[type] = { from: (value) => value, to: (value) => value };
  },
  // Its length in bytes, then the bytes.
  _embind_register_std_string__deps: ['$wireTypes', 'malloc', 'free'],
  _embind_register_std_string: (type) => {
    wireTypes[type] = {
      from(at) {
        const bytes = HEAPU8.subarray(at + 4, at + 4 + HEAPU32[at >> 2]);
        const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
        _free(at);
        return text;
      },
      to(text, made) {
        const bytes = new TextEncoder().encode(text);
        const at = _malloc(4 + bytes.length);
        HEAPU32[at >> 2] = bytes.length;
        HEAPU8.set(bytes, at + 4);
        made.push(at);
        return at;
      },
    };
  },
  _embind_register_std_wstring__deps: [],
  _embind_register_std_wstring: () => {},
  _embind_register_memory_view__deps: [],
  _embind_register_memory_view: () => {},
  _embind_register_bigint__deps: [],
  _embind_register_bigint: () => {},
  _embind_register_emval__deps: [],
  _embind_register_emval: () => {},

  _embind_register_function__deps: ['$wireTypes', '$AsciiToString', '$wasmTable', 'free'],
  _embind_register_function: (name, count, typesAt, signature, invokerAt, context) => {
    const types = Array.from(HEAPU32.subarray(typesAt >> 2, (typesAt >> 2) + count));
    const answer = types.shift();
    const invoker = wasmTable.get(invokerAt);
    Module[AsciiToString(name)] = (...given) => {
      const made = [];
      const sent = types.map((type, i) => wireTypes[type].to(given[i], made));
      const got = invoker(context, ...sent);
      made.forEach((at) => _free(at));
      return wireTypes[answer].from(got);
    };
  },
});
