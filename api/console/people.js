// The moving people: their tiles are asked for again when anyone has moved. The
// server answers 304 for every tile in which nobody did.
import { onCity } from './city.js';
import { map } from './map.js';

let version;

export function startPeople(city) {
  version = city.people.version;
  onCity((now) => {
    if (now.people.version === version || !map.isSourceLoaded('people')) return;
    version = now.people.version;
    map.refreshTiles('people');
  });
}
