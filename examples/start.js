// The start page: asks the server how it is, and draws a sea that is calm while it answers.

const line = document.getElementById('server');
const says = document.getElementById('server-says');
let level = 0.5;

async function ask() {
  try {
    const answer = await fetch('/health', { cache: 'no-store', signal: AbortSignal.timeout(4000) });
    const health = await answer.json();
    line.dataset.up = answer.ok ? 'yes' : 'no';
    says.textContent = answer.ok
      ? `Server is up${health.version ? `, version ${health.version}` : ''}`
      : `Server says: ${health.status ?? answer.status}`;
    level = 1;
  } catch {
    line.dataset.up = 'no';
    says.textContent = 'Server does not answer';
    level = 0.28;
  }
  setTimeout(ask, 5000);
}

const sea = document.getElementById('sea');
const pen = sea.getContext('2d');
const still = matchMedia('(prefers-reduced-motion: reduce)');
const dark = matchMedia('(prefers-color-scheme: dark)');
let height = level;

function layer(width, depth, time, k) {
  const top = depth * (1 - height * (0.78 - k * 0.19));
  pen.beginPath();
  pen.moveTo(0, depth);
  for (let x = 0; x <= width + 12; x += 12) {
    pen.lineTo(
      x,
      top +
        Math.sin(x / (170 + 60 * k) + time * (0.32 + 0.1 * k) + k * 2) * (9 - 2 * k) +
        Math.sin(x / 67 + time * 0.5 + k) * 2.5,
    );
  }
  pen.lineTo(width, depth);
  pen.fill();
}

function draw(ms) {
  const ratio = Math.min(devicePixelRatio, 2);
  const [width, depth] = [sea.clientWidth, sea.clientHeight];
  if (sea.width !== Math.round(width * ratio) || sea.height !== Math.round(depth * ratio)) {
    sea.width = Math.round(width * ratio);
    sea.height = Math.round(depth * ratio);
  }
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, depth);
  height += (level - height) * (still.matches ? 1 : 0.02);
  const style = getComputedStyle(document.documentElement);
  pen.fillStyle = style.getPropertyValue('--accent');
  for (let k = 0; k < 3; k += 1) {
    pen.globalAlpha = dark.matches ? [0.13, 0.16, 0.2][k] : [0.16, 0.22, 0.34][k];
    layer(width, depth, still.matches ? 0 : ms / 1000, k);
  }
  if (still.matches) setTimeout(() => requestAnimationFrame(draw), 1000);
  else requestAnimationFrame(draw);
}

ask();
requestAnimationFrame(draw);
