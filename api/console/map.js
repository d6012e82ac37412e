// The map itself: the style, its colours in both themes, and the camera. The
// camera moves only when the user asks for it.
import * as maplibregl from './maplibre-gl-6.17.0/maplibre-gl.mjs';
import { $ } from './dom.js';
import { coordinates } from './format.js';
import { drawPageIcons, iconImages } from './icons.js';
import { onTheme, theme } from './theme.js';
import { language, onLanguage } from './words.js';

// Without this it would ask for the worker with a query, which the server refuses.
maplibregl.setWorkerUrl(new URL('./maplibre-gl-6.17.0/maplibre-gl-worker.mjs', import.meta.url).href);

export let map;
export let colours;

const FONTS = '"Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "WenQuanYi Zen Hei", sans-serif';

async function readStyle() {
  const answer = await fetch(`/style.json?theme=${theme}`);
  return answer.json();
}

async function readColours() {
  const answer = await fetch('/console/palette.json');
  return answer.json();
}

function putIcons() {
  for (const [name, image] of iconImages(colours)) {
    if (map.hasImage(name)) map.updateImage(name, image);
    else map.addImage(name, image, { pixelRatio: 2 });
  }
  drawPageIcons(document, colours);
}

/* The layers stay as they are, with what they show; only their paint changes. */
async function repaint(palette) {
  const style = await readStyle();
  colours = palette[theme];
  for (const layer of style.layers)
    for (const [property, value] of Object.entries(layer.paint ?? {})) map.setPaintProperty(layer.id, property, value);
  putIcons();
}

/* Where a street or place has a name in the user's language, the map says it. */
function nameInLanguage() {
  for (const layer of map.getStyle().layers) {
    const text = JSON.stringify(layer.layout?.['text-field'] ?? '');
    if (layer.source !== 'city' || !text.includes('name')) continue;
    map.setLayoutProperty(layer.id, 'text-field', ['coalesce', ['get', `name_${language}`], ['get', 'name']]);
  }
}

/** Moves to a place, without a journey where the user wants no motion. */
export function goTo(place, zoom = 16) {
  map.easeTo({ center: [place.lon, place.lat], zoom: Math.max(map.getZoom(), zoom), duration: 500 });
}

const ROOM = 70;
const ROOM_BETWEEN = 10;

/* What is to be seen stands beside the open legend and the card of a tool, not under them.
   Closed, the legend is a bar lower than the room that is left anyway. */
function roomBeside() {
  const field = map.getContainer().getBoundingClientRect(), legend = $('legend').getBoundingClientRect(), card = $('roads').getBoundingClientRect();
  const right = legend.width > 0 && !$('layers').hidden ? field.right - legend.left : 0;
  const left = card.width > 0 ? card.right - field.left : 0;
  const edge = left > 0 && right > 0 ? ROOM_BETWEEN : ROOM;
  return { top: ROOM, bottom: ROOM, left: edge + left, right: edge + right };
}

/** Shows all of these [lon, lat]. */
export function showAll(points) {
  const bounds = points.reduce((all, point) => all.extend(point), new maplibregl.LngLatBounds());
  if (!bounds.isEmpty()) map.fitBounds(bounds, { padding: roomBeside(), maxZoom: 17, duration: 500 });
}

export function inView() {
  return map.getBounds();
}

function showReadout() {
  $('zoom').textContent = `z ${map.getZoom().toFixed(1)}`;
}

/** Resolves when the first picture is complete. */
export async function startMap(city) {
  const [style, palette] = await Promise.all([readStyle(), readColours()]);
  colours = palette[theme];
  map = new maplibregl.Map({
    container: 'map', style, localIdeographFontFamily: FONTS, fadeDuration: 0,
    bounds: city.bounds, fitBoundsOptions: { padding: 24 }, minZoom: 6, maxZoom: 19.5,
    dragRotate: false, pitchWithRotate: false, touchPitch: false, attributionControl: false,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new maplibregl.AttributionControl({ compact: false }), 'bottom-right');
  map.addControl(new maplibregl.ScaleControl({ maxWidth: 120 }), 'bottom-left');
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), 'bottom-right');
  map.on('styleimagemissing', putIcons);
  map.on('mousemove', (event) => { $('pointer').textContent = coordinates(event.lngLat.lng, event.lngLat.lat); });
  map.on('zoom', showReadout);
  showReadout();
  await map.once('style.load');
  putIcons();
  onLanguage(nameInLanguage);
  onTheme(() => repaint(palette));
  await map.once('idle');
}
