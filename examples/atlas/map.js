// A chart of dots: the cities themselves draw the coasts. Equirectangular, own drawing, zoomed and moved by
// hand or keys.

import { drawFrame } from './frame.js';
import { placeOf } from './cities.js';

const top = 84;
const bottom = -58;
const edge = 20;
const most = 90;

/** A colour as the three low bytes of a pixel. */
function wordOf(colour) {
  const pen = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', {
    willReadFrequently: true,
  });
  pen.fillStyle = colour;
  pen.fillRect(0, 0, 1, 1);
  const [r, g, b] = pen.getImageData(0, 0, 1, 1).data;
  return (b << 16) | (g << 8) | r;
}

export class DotMap {
  #canvas;
  #pen;
  #all = { ids: [], x: new Float32Array(0), y: new Float32Array(0), at: new Map() };
  #found = null;
  #chosen;
  #hover;
  #queued = false;
  #ink;
  #words;
  #layer = document.createElement('canvas');

  /** Centre in degrees, and zoom: 1 shows the world. */
  view = { lng: 12, lat: 18, zoom: 1 };

  constructor(canvas, { onPick, onHover }) {
    this.#canvas = canvas;
    this.#pen = canvas.getContext('2d');
    this.#readInk();
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      this.#readInk();
      this.draw();
    });
    new ResizeObserver(() => this.draw()).observe(canvas);
    this.#hands(onPick, onHover);
    this.#keys();
  }

  #readInk() {
    const style = getComputedStyle(document.documentElement);
    const read = (name) => style.getPropertyValue(name).trim();
    this.#ink = {
      sea: read('--surface'),
      line: read('--line'),
      text: read('--ink-3'),
      frame: read('--ink-2'),
      land: read('--ink-3'),
      found: read('--accent'),
      chosen: read('--coral'),
      halo: read('--surface'),
      font: read('--font'),
    };
    this.#words = new Map([this.#ink.land, this.#ink.found].map((colour) => [colour, wordOf(colour)]));
  }

  /** All cities. Keeps positions as numbers, because texts are too slow for every frame. */
  setAll(rows) {
    const x = new Float32Array(rows.length);
    const y = new Float32Array(rows.length);
    const ids = new Array(rows.length);
    const at = new Map();
    let count = 0;
    for (const row of rows) {
      const place = placeOf(row);
      if (!place) continue;
      [x[count], y[count]] = place;
      ids[count] = row.id;
      at.set(row.id, count);
      count += 1;
    }
    this.#all = { ids, x: x.subarray(0, count), y: y.subarray(0, count), at };
    this.draw();
  }

  /** Moves the cities that changed. False when some came or went: then all are wanted. */
  apply(changes) {
    const { at, x, y } = this.#all;
    const gone = new Set();
    for (const { type, row } of changes) {
      if (type === 'leave') {
        gone.add(row.id);
        continue;
      }
      gone.delete(row.id);
      const index = at.get(row.id);
      const place = placeOf(row);
      if (index === undefined || !place) return false;
      [x[index], y[index]] = place;
    }
    this.draw();
    return gone.size === 0;
  }

  /** What matches; null when everything does. */
  setFound(rows) {
    this.#found =
      rows &&
      Uint32Array.from(rows, (row) => this.#all.at.get(row.id) ?? 0xffffffff).filter(
        (index) => index !== 0xffffffff,
      );
    this.draw();
  }

  choose(id, { go = false } = {}) {
    this.#chosen = id;
    const index = this.#all.at.get(id);
    if (go && index !== undefined && !this.#inside(index)) {
      this.view.lng = this.#all.x[index];
      this.view.lat = this.#all.y[index];
    }
    this.draw();
  }

  home() {
    this.view = { lng: 12, lat: 18, zoom: 1 };
    this.draw();
  }

  #box() {
    const width = this.#canvas.clientWidth - 2 * edge;
    const height = this.#canvas.clientHeight - 2 * edge;
    const scale = Math.min(width / 360, height / (top - bottom)) * this.view.zoom;
    return { width, height, scale };
  }

  /** The view never leaves the world. */
  #clamp() {
    const { view } = this;
    view.zoom = Math.min(most, Math.max(1, view.zoom));
    const { width, height, scale } = this.#box();
    const [w, h] = [width / scale / 2, height / scale / 2];
    view.lng = w >= 180 ? 0 : Math.min(180 - w, Math.max(w - 180, view.lng));
    view.lat = 2 * h >= top - bottom ? (top + bottom) / 2 : Math.min(top - h, Math.max(bottom + h, view.lat));
  }

  #screen(lng, lat) {
    const { width, height, scale } = this.#box();
    return [
      edge + width / 2 + (lng - this.view.lng) * scale,
      edge + height / 2 - (lat - this.view.lat) * scale,
    ];
  }

  #degrees(px, py) {
    const { width, height, scale } = this.#box();
    return [
      this.view.lng + (px - edge - width / 2) / scale,
      this.view.lat - (py - edge - height / 2) / scale,
    ];
  }

  #inside(index) {
    const [x, y] = this.#screen(this.#all.x[index], this.#all.y[index]);
    return (
      x > edge && y > edge && x < this.#canvas.clientWidth - edge && y < this.#canvas.clientHeight - edge
    );
  }

  draw() {
    if (this.#queued) return;
    this.#queued = true;
    requestAnimationFrame(() => {
      this.#queued = false;
      this.#draw();
    });
  }

  #draw() {
    const canvas = this.#canvas;
    const ratio = Math.min(devicePixelRatio || 1, 2);
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (width < 60 || height < 60) return;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    this.#clamp();
    const pen = this.#pen;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.fillStyle = this.#ink.sea;
    pen.fillRect(0, 0, width, height);
    const { scale } = this.#box();
    drawFrame(pen, {
      width,
      height,
      edge,
      scale,
      ink: this.#ink,
      toDegrees: (x, y) => this.#degrees(x, y),
      toScreen: (lng, lat) => this.#screen(lng, lat),
    });
    pen.save();
    pen.beginPath();
    pen.rect(edge, edge, width - 2 * edge, height - 2 * edge);
    pen.clip();
    this.#dots(null, this.#found ? 0.34 : 0.9, this.#found ? this.#ink.land : this.#ink.found, ratio);
    if (this.#found && this.#found.length > 600) this.#dots(this.#found, 1, this.#ink.found, ratio, 1);
    else if (this.#found) this.#rings(this.#found);
    this.#mark(this.#hover, 5, this.#ink.found);
    this.#mark(this.#chosen, 7, this.#ink.chosen);
    pen.restore();
  }

  /** Many dots at once: counted per pixel, so that dense land is dark and thin land is light. */
  #dots(which, strength, colour, ratio, more = 0) {
    const width = Math.round((this.#canvas.clientWidth - 2 * edge) * ratio);
    const height = Math.round((this.#canvas.clientHeight - 2 * edge) * ratio);
    const scale = this.#box().scale * ratio;
    const size = Math.max(1, Math.min(5, Math.round(0.55 * ratio * Math.sqrt(this.view.zoom)) + more));
    const counts = new Uint8Array(width * height);
    const { x, y } = this.#all;
    const [cx, cy] = [width / 2 - this.view.lng * scale, height / 2 + this.view.lat * scale];
    const count = which ? which.length : x.length;
    for (let k = 0; k < count; k += 1) {
      const i = which ? which[k] : k;
      const px = Math.floor(cx + x[i] * scale - size / 2);
      const py = Math.floor(cy - y[i] * scale - size / 2);
      if (px < 0 || py < 0 || px + size > width || py + size > height) continue;
      for (let dy = 0; dy < size; dy += 1) {
        const from = (py + dy) * width + px;
        for (let at = from; at < from + size; at += 1) if (counts[at] < 255) counts[at] += 1;
      }
    }
    this.#stamp(counts, width, height, strength, colour);
  }

  #stamp(counts, width, height, strength, colour) {
    const layer = this.#layer;
    layer.width = width;
    layer.height = height;
    const pen = layer.getContext('2d');
    const image = pen.createImageData(width, height);
    const word = new Uint32Array(image.data.buffer);
    const base = this.#words.get(colour);
    const shade = Uint32Array.from(
      { length: 256 },
      (_, n) => ((Math.round(255 * strength * (n ? Math.min(1, 0.42 + 0.14 * n) : 0)) << 24) | base) >>> 0,
    );
    for (let i = 0; i < counts.length; i += 1) if (counts[i]) word[i] = shade[counts[i]];
    pen.putImageData(image, 0, 0);
    this.#pen.drawImage(
      layer,
      edge,
      edge,
      this.#canvas.clientWidth - 2 * edge,
      this.#canvas.clientHeight - 2 * edge,
    );
  }

  #rings(which) {
    const pen = this.#pen;
    pen.fillStyle = this.#ink.found;
    pen.strokeStyle = this.#ink.halo;
    pen.lineWidth = 1.5;
    for (const i of which) {
      const [x, y] = this.#screen(this.#all.x[i], this.#all.y[i]);
      pen.beginPath();
      pen.arc(x, y, which.length > 120 ? 2.6 : 3.6, 0, 7);
      pen.stroke();
      pen.fill();
    }
  }

  #mark(id, radius, colour) {
    const index = id === undefined ? undefined : this.#all.at.get(id);
    if (index === undefined) return;
    const [x, y] = this.#screen(this.#all.x[index], this.#all.y[index]);
    const pen = this.#pen;
    for (const [wide, ink] of [
      [5, this.#ink.halo],
      [2.2, colour],
    ]) {
      pen.beginPath();
      pen.arc(x, y, radius, 0, 7);
      pen.lineWidth = wide;
      pen.strokeStyle = ink;
      pen.stroke();
    }
  }

  /** The nearest shown city within some pixels. */
  #near(px, py, reach = 12) {
    const { scale } = this.#box();
    const [lng, lat] = this.#degrees(px, py);
    const { x, y, ids } = this.#all;
    let best = (reach / scale) ** 2;
    let found;
    const count = this.#found ? this.#found.length : x.length;
    for (let k = 0; k < count; k += 1) {
      const i = this.#found ? this.#found[k] : k;
      const far = (x[i] - lng) ** 2 + (y[i] - lat) ** 2;
      if (far < best) {
        best = far;
        found = i;
      }
    }
    return found === undefined ? undefined : { id: ids[found], at: this.#screen(x[found], y[found]) };
  }

  zoom(by, px = this.#canvas.clientWidth / 2, py = this.#canvas.clientHeight / 2) {
    const [lng, lat] = this.#degrees(px, py);
    this.view.zoom = Math.min(most, Math.max(1, this.view.zoom * by));
    const [lng2, lat2] = this.#degrees(px, py);
    this.view.lng += lng - lng2;
    this.view.lat += lat - lat2;
    this.draw();
  }

  pan(dx, dy) {
    const { scale } = this.#box();
    this.view.lng -= dx / scale;
    this.view.lat += dy / scale;
    this.draw();
  }

  #hands(onPick, onHover) {
    const canvas = this.#canvas;
    const down = new Map();
    let moved = 0;
    const at = (event) => [event.offsetX, event.offsetY];
    canvas.addEventListener(
      'wheel',
      (event) => {
        event.preventDefault();
        this.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0016)), ...at(event));
      },
      { passive: false },
    );
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      if (down.size === 0) moved = 0;
      down.set(event.pointerId, at(event));
    });
    canvas.addEventListener('pointermove', (event) => {
      const was = down.get(event.pointerId);
      const now = at(event);
      if (!was) {
        const near = this.#near(...now);
        if (near?.id !== this.#hover) this.draw();
        this.#hover = near?.id;
        onHover(near);
        return;
      }
      const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
      moved += Math.hypot(now[0] - was[0], now[1] - was[1]);
      if (other) {
        const [before, after] = [was, now].map((p) => Math.hypot(p[0] - other[0], p[1] - other[1]));
        if (before > 0) this.zoom(after / before, (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
      } else if (moved > 4) this.pan(now[0] - was[0], now[1] - was[1]);
      down.set(event.pointerId, now);
      onHover(undefined);
    });
    canvas.addEventListener('pointerup', (event) => {
      if (down.delete(event.pointerId) && moved <= 4) {
        const near = this.#near(...at(event), event.pointerType === 'touch' ? 22 : 12);
        if (near) onPick(near.id);
      }
    });
    canvas.addEventListener('pointercancel', (event) => down.delete(event.pointerId));
    canvas.addEventListener('pointerleave', () => {
      this.#hover = undefined;
      onHover(undefined);
      this.draw();
    });
  }

  #keys() {
    this.#canvas.addEventListener('keydown', (event) => {
      const step = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[
        event.key
      ];
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (step) this.pan(...step);
      else if (event.key === '+' || event.key === '=') this.zoom(1.6);
      else if (event.key === '-') this.zoom(1 / 1.6);
      else if (event.key === '0') this.home();
      else return;
      event.preventDefault();
    });
  }
}
