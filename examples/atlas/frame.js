// The frame of the chart: meridians and parallels, a scale of alternating bars around, and degrees in the
// margin.

const steps = [30, 15, 10, 5, 2, 1, 0.5];

/** The coarsest step that still gives lines closer than about 150 px. */
const stepFor = (scale) => steps.find((step) => step * scale < 150) ?? steps.at(-1);

const label = (value, plus, minus) => `${Math.abs(value)}°${value === 0 ? '' : value > 0 ? plus : minus}`;

function* ticks(from, to, step, limit) {
  for (let k = Math.ceil(Math.max(from, -limit) / step); k * step <= Math.min(to, limit); k += 1)
    yield Math.round(k * step * 100) / 100;
}

export function drawFrame(pen, chart) {
  const { width, height, edge, scale, ink, toDegrees, toScreen } = chart;
  const [west, north] = toDegrees(edge, edge);
  const [east, south] = toDegrees(width - edge, height - edge);
  const step = stepFor(scale);
  pen.lineWidth = 1;
  pen.strokeStyle = ink.line;
  pen.beginPath();
  for (const lng of ticks(west, east, step, 180)) {
    const x = Math.round(toScreen(lng, 0)[0]) + 0.5;
    pen.moveTo(x, edge);
    pen.lineTo(x, height - edge);
  }
  for (const lat of ticks(south, north, step, 90)) {
    const y = Math.round(toScreen(0, lat)[1]) + 0.5;
    pen.moveTo(edge, y);
    pen.lineTo(width - edge, y);
  }
  pen.stroke();
  bars(pen, chart, { west, east, south, north, step });
  names(pen, chart, { west, east, south, north, step });
}

/** Every other step is a filled bar, as on a sea chart. */
function bars(pen, { width, height, edge, ink, toScreen }, { west, east, south, north, step }) {
  const thick = 4;
  const [x0, y0, x1, y1] = [edge - thick, edge - thick, width - edge, height - edge];
  pen.fillStyle = ink.frame;
  const odd = (value) => Math.abs(Math.round(value / step)) % 2 === 1;
  for (let lng = Math.floor(west / step) * step; lng < east; lng += step) {
    if (!odd(lng)) continue;
    const from = Math.max(edge, toScreen(lng, 0)[0]);
    const to = Math.min(width - edge, toScreen(lng + step, 0)[0]);
    if (to <= from) continue;
    pen.fillRect(from, y0, to - from, thick);
    pen.fillRect(from, y1, to - from, thick);
  }
  for (let lat = Math.floor(south / step) * step; lat < north; lat += step) {
    if (!odd(lat)) continue;
    const from = Math.max(edge, toScreen(0, lat + step)[1]);
    const to = Math.min(height - edge, toScreen(0, lat)[1]);
    if (to <= from) continue;
    pen.fillRect(x0, from, thick, to - from);
    pen.fillRect(x1, from, thick, to - from);
  }
  pen.strokeStyle = ink.frame;
  pen.strokeRect(
    edge - thick - 0.5,
    edge - thick - 0.5,
    width - 2 * (edge - thick) + 1,
    height - 2 * (edge - thick) + 1,
  );
  pen.strokeRect(edge - 0.5, edge - 0.5, width - 2 * edge + 1, height - 2 * edge + 1);
}

function names(
  pen,
  { width, height, edge, ink, scale, toScreen },
  { west, east, south, north, step: lines },
) {
  const step = lines * scale < 52 ? lines * 2 : lines;
  pen.fillStyle = ink.text;
  pen.font = `11px ${ink.font}`;
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  for (const lng of ticks(west, east, step, 179.9)) {
    const x = toScreen(lng, 0)[0];
    if (x < edge + 14 || x > width - edge - 14) continue;
    pen.fillText(label(lng, ' E', ' W'), x, 8);
  }
  for (const lat of ticks(south, north, step, 89.9)) {
    const y = toScreen(0, lat)[1];
    if (y < edge + 16 || y > height - edge - 16) continue;
    for (const [x, turn] of [
      [8, -1],
      [width - 8, 1],
    ]) {
      pen.save();
      pen.translate(x, y);
      pen.rotate((turn * Math.PI) / 2);
      pen.fillText(label(lat, ' N', ' S'), 0, 0);
      pen.restore();
    }
  }
}
