// Numbers as text and back: JavaScript reads and writes doubles as C does, and has what it takes already.
addToLibrary({
  rockpool_number__deps: ['$AsciiToString'],
  rockpool_number: (text) => Number(AsciiToString(text)),

  // The shortest digits, laid out as nlohmann does: with a point or an exponent, which has two digits at
  // least and stands from 1e15 on and below 1e-4. Returns where the text ends.
  rockpool_digits: (out, value) => {
    const size = Math.abs(value);
    let text = size >= 1e-4 && size < 1e15 ? String(value) : value.toExponential();
    if (!value) text = 1 / value < 0 ? '-0' : '0';
    text = text.replace(/(e.)(.)$/, '$10$2');
    if (!/[.e]/.test(text)) text += '.0';
    for (let i = 0; i < text.length; ++i) HEAPU8[out++] = text.charCodeAt(i);
    return out;
  },
});
