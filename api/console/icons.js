// The map's symbols, drawn on a canvas: state is shape and colour together, so
// that it is read without telling colours apart. The legend draws the same ones.

const SIZE = 36; // pixels; shown at half that
const half = SIZE / 2;

function path(c, points) {
  c.beginPath();
  for (const [x, y] of points) c.lineTo(x, y);
  c.closePath();
}

function finish(c, fill, stroke, width = 3) {
  c.fillStyle = fill;
  c.strokeStyle = stroke;
  c.lineWidth = width;
  c.lineJoin = 'round';
  c.fill();
  c.stroke();
}

const OUTLINES = {
  foot: (c) => { c.beginPath(); c.arc(half, half, 10.5, 0, 7); },
  ebike: (c) => path(c, [[18, 4], [32, 18], [18, 32], [4, 18]]),
  car: (c) => { c.beginPath(); c.roundRect(7, 7, 22, 22, 4); },
  taxi: (c) => path(c, [[10, 7], [26, 7], [32, 18], [26, 29], [10, 29], [4, 18]]),
  bus: (c) => { c.beginPath(); c.roundRect(3, 9, 30, 18, 4); },
};

/* Available people are filled, the others are outlines. */
function person(mode, available) {
  return (c, colours) => {
    OUTLINES[mode](c);
    finish(c, colours.halo, colours.halo, 7);
    OUTLINES[mode](c);
    if (available) finish(c, colours.person, colours.person, 1);
    else finish(c, colours.halo, colours.person_off, 4);
  };
}

/* Heard of too long ago: an outline with gaps. */
function stale(mode) {
  return (c, colours) => {
    OUTLINES[mode](c);
    finish(c, colours.halo, colours.halo, 7);
    c.setLineDash([6, 5]);
    OUTLINES[mode](c);
    finish(c, colours.halo, colours.person_off, 4);
  };
}

/* Stands beside the symbol of whom it doubts. */
function doubt(c, colours) {
  path(c, [[18, 5], [32, 30], [4, 30]]);
  finish(c, colours.doubt, colours.halo);
  c.fillStyle = colours.on_colour;
  c.fillRect(16.4, 13, 3.2, 9);
  c.fillRect(16.4, 24, 3.2, 3.2);
}

function trackNow(c, colours) {
  c.beginPath();
  c.arc(half, half, 9, 0, 7);
  finish(c, colours.track, colours.halo, 4);
}

function station(c, colours) {
  path(c, [[18, 3], [31, 8], [31, 18], [26, 28], [18, 33], [10, 28], [5, 18], [5, 8]]);
  finish(c, colours.station, colours.halo);
  c.beginPath();
  for (let i = 0; i < 10; i++) {
    const reach = i % 2 ? 3.4 : 8, turn = -Math.PI / 2 + (i * Math.PI) / 5;
    c.lineTo(18 + reach * Math.cos(turn), 18 + reach * Math.sin(turn));
  }
  c.closePath();
  c.fillStyle = colours.on_colour;
  c.fill();
}

function lookout(on) {
  return (c, colours) => {
    const inset = on ? 0 : 2;
    path(c, [[18, 4 + inset], [33 - inset, 30 - inset / 2], [3 + inset, 30 - inset / 2]]);
    if (on) finish(c, colours.lookout, colours.halo);
    else finish(c, colours.halo, colours.lookout, 3);
    c.beginPath();
    c.arc(18, 21.5, 3.4, 0, 7);
    c.fillStyle = on ? colours.on_colour : colours.lookout;
    c.fill();
  };
}

function grid(c, colours) {
  c.strokeStyle = colours.grid;
  c.lineWidth = 3;
  c.strokeRect(5, 5, 26, 26);
  path(c, [[18, 5], [18, 31]]);
  c.stroke();
  path(c, [[5, 18], [31, 18]]);
  c.stroke();
}

function candidate(chosen) {
  return (c, colours) => {
    c.beginPath();
    c.arc(half, half, 15, 0, 7);
    finish(c, chosen ? colours.route : colours.halo, chosen ? colours.halo : colours.route, 3.5);
  };
}

/* A pin whose point is the place. */
function incident(c, colours) {
  c.beginPath();
  c.moveTo(18, 35);
  c.bezierCurveTo(12, 26, 6, 21, 6, 14);
  c.arc(18, 14, 12, Math.PI, 0);
  c.bezierCurveTo(30, 21, 24, 26, 18, 35);
  c.closePath();
  finish(c, colours.incident, colours.halo, 2);
  path(c, [[18, 7], [24, 17.5], [12, 17.5]]);
  c.fillStyle = colours.on_colour;
  c.fill();
}

/* An incident nobody is sent to is filled, one where somebody is or comes an outline. */
function call(waits) {
  return (c, colours) => {
    path(c, [[18, 3], [33, 18], [18, 33], [3, 18]]);
    finish(c, waits ? colours.incident : colours.halo, waits ? colours.halo : colours.incident, waits ? 2.5 : 4);
    c.fillStyle = waits ? colours.on_colour : colours.incident;
    c.fillRect(16, 9, 4, 12);
    c.fillRect(16, 23.5, 4, 4);
  };
}

function arrow(turned) {
  return (c, colours) => {
    if (turned) { c.translate(SIZE, SIZE); c.rotate(Math.PI); }
    c.strokeStyle = colours.arrow;
    c.lineWidth = 2.4;
    c.lineCap = 'round';
    c.beginPath();
    c.moveTo(8, 18); c.lineTo(28, 18); c.moveTo(22, 13); c.lineTo(28, 18); c.lineTo(22, 23);
    c.stroke();
  };
}

/* A street that is closed: no entry; one that is slow: the same, open. */
function closure(closed) {
  return (c, colours) => {
    c.beginPath();
    c.arc(half, half, 12, 0, 7);
    if (closed) finish(c, colours.doubt, colours.halo);
    else finish(c, colours.halo, colours.lookout, 4);
    c.fillStyle = closed ? colours.on_colour : colours.lookout;
    c.fillRect(11, 16, 14, 4);
  };
}

const ICONS = {
  closed: closure(true), slowed: closure(false),
  station, grid, incident, doubt, 'track-now': trackNow,
  lookout: lookout(true), 'lookout-off': lookout(false),
  candidate: candidate(false), 'candidate-chosen': candidate(true),
  'call-pending': call(true), 'call-active': call(false),
  arrow: arrow(false), 'arrow-back': arrow(true),
};
for (const mode of Object.keys(OUTLINES)) {
  ICONS[`person-${mode}`] = person(mode, true);
  ICONS[`person-${mode}-off`] = person(mode, false);
  ICONS[`person-${mode}-stale`] = stale(mode);
}

export function drawIcon(canvas, name, colours) {
  const c = canvas.getContext('2d');
  canvas.width = canvas.height = SIZE;
  c.save();
  ICONS[name](c, colours);
  c.restore();
}

/** Every icon, as the map takes them. */
export function* iconImages(colours) {
  const canvas = document.createElement('canvas');
  canvas.getContext('2d', { willReadFrequently: true });
  for (const name of Object.keys(ICONS)) {
    drawIcon(canvas, name, colours);
    yield [name, canvas.getContext('2d').getImageData(0, 0, SIZE, SIZE)];
  }
}

/** Redraws the icons that stand in the page. */
export function drawPageIcons(root, colours) {
  for (const canvas of root.querySelectorAll('canvas[data-icon]')) drawIcon(canvas, canvas.dataset.icon, colours);
}
