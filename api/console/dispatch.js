// What belongs together on the page of incidents: the one that is worked on, its place,
// its candidates and its mark on the map.
import { startIncident } from './incident.js';
import { closeNew, placeIsKnown, startNew } from './incident_new.js';
import { current, groupOf, incidentOf, listOf, onIncidents, startIncidents, work } from './incidents.js';
import { goTo, map } from './map.js';
import { askNearest, clear } from './nearest.js';
import { startOrder } from './order.js';
import { caller } from './pages.js';
import { startQueue } from './queue.js';
import { isPointing } from './roads.js';

const DISPATCHERS = ['admin', 'dispatcher'];
const READERS = ['admin', 'dispatcher', 'planner', 'manager', 'auditor'];
let asked = null; // what the candidates are shown for: an incident, as long as it lives

/** Whether who is signed in may send people. */
export const mayDispatch = () => DISPATCHERS.includes(caller.role);

function feature(incident) {
  const { lon, lat } = incident.place;
  return {
    type: 'Feature', geometry: { type: 'Point', coordinates: [lon, lat] },
    properties: { id: incident.incident_id, group: groupOf(incident), chosen: current?.incident_id === incident.incident_id },
  };
}

function draw() {
  map.getSource('incidents').setData({ type: 'FeatureCollection', features: [...listOf('pending'), ...listOf('active')].map(feature) });
}

/* The camera stays where it is unless the place would not be seen at all. */
function bringIntoView({ lon, lat }) {
  if (!map.getBounds().contains([lon, lat])) goTo({ lon, lat }, 14);
}

function follow() {
  const lives = current?.place && groupOf(current) !== 'recent';
  const wanted = current?.place ? `${current.incident_id} ${lives}` : null;
  if (wanted === asked || (current && !current.place)) return;
  if (asked !== null || wanted !== null) clear();
  asked = wanted;
  if (!current) return;
  bringIntoView(current.place);
  if (lives && mayDispatch()) askNearest({ ...current.place, name: current.address || `#${current.incident_id}` }, current);
}

/** Puts away what was opened last; false when there was nothing. */
export function putAway() {
  if (closeNew()) return true;
  if (current) {
    work(null);
    return true;
  }
  return clear();
}

/** A place was pointed at or found. */
export function placeChosen(place) {
  if (current) work(null);
  askNearest(place);
  placeIsKnown();
}

/** Moves to the incident that is worked on. */
export function zoomToCurrent() {
  if (current?.place) goTo(current.place, 16);
}

export async function startDispatch() {
  if (!READERS.includes(caller.role)) return;
  onIncidents((what) => {
    if (what === 'current') follow();
    draw();
  });
  map.on('click', 'incidents', (event) => {
    const { id } = event.features[0].properties;
    if (!isPointing() && incidentOf(id)) work(id);
  });
  await startIncidents();
  startQueue();
  startIncident();
  startNew();
  startOrder();
  draw();
}
