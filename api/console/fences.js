// The layer of fences, as circles and areas: asked for when it is switched on.
import { ask } from './api.js';
import { map } from './map.js';
import { complain } from './say.js';

const LIMIT = 1000;
const ROUND = 64;
const METRES_PER_DEGREE = 111195;

/** A circle on the map as a ring of corners. */
export function circle({ lon, lat }, radius) {
  const up = radius / METRES_PER_DEGREE, across = up / Math.cos((lat * Math.PI) / 180);
  return Array.from({ length: ROUND + 1 }, (_, i) => {
    const turn = (2 * Math.PI * i) / ROUND;
    return [lon + across * Math.cos(turn), lat + up * Math.sin(turn)];
  });
}

function feature(fence) {
  const geometry = fence.place ? { type: 'Polygon', coordinates: [circle(fence.place, fence.radius_m)] }
    : { type: 'MultiPolygon', coordinates: fence.area.coordinates };
  return { type: 'Feature', geometry, properties: { id: fence.fence_id, name: fence.name, inside: fence.inside } };
}

/** Brings the layer up to date. */
export async function loadFences() {
  try {
    const { items } = await ask('GET', `/v1/fences?limit=${LIMIT}`);
    map.getSource('fences').setData({ type: 'FeatureCollection', features: items.filter((fence) => fence.place || fence.area).map(feature) });
  } catch (problem) {
    complain(problem);
  }
}
