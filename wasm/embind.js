// Embind's half in JavaScript, for what bindings.cpp binds: functions of numbers, which need no conversion.
// Emscripten's own knows texts, classes, pointers and values as well, and is half of a glue.
addToLibrary({
  _embind_register_function__deps: ['$AsciiToString', '$wasmTable'],
  _embind_register_function: (name, count, typesAt, signature, invokerAt, context) => {
    const invoker = wasmTable.get(invokerAt);
    Module[AsciiToString(name)] = (...given) => invoker(context, ...given);
  },
});
