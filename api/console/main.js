// The console starts here, in this order: language, city, map, then everything
// that works on them. `ready` on the document tells when all of it stands.
import { startCity } from './city.js';
import { closures, startClosures } from './closures.js';
import { coverage, startCoverage } from './coverage.js';
import { placeChosen, startDispatch } from './dispatch.js';
import { $ } from './dom.js';
import { startEvents } from './events.js';
import { hotSpots } from './hot_spots.js';
import { startKeys } from './keys.js';
import { startLayers } from './layers.js';
import { startLink } from './link.js';
import { map, startMap } from './map.js';
import { startNearest } from './nearest.js';
import { startPages } from './pages.js';
import { startPeople } from './people.js';
import { proofs, startProofs } from './proofs.js';
import { reachable } from './reachable.js';
import { startReplay } from './replay.js';
import { startRoads } from './roads.js';
import { complain } from './say.js';
import { startSearch } from './search.js';
import { startTheme } from './theme.js';
import { startTip } from './tip.js';
import { startTwin } from './twin.js';
import { startWatch } from './watch.js';
import { way } from './way.js';
import { startWords } from './words.js';

async function start() {
  startTheme($('theme'));
  await startWords($('language'));
  startLink();
  const city = await startCity();
  await startPages();
  await startMap(city);
  startLayers();
  startTwin();
  startNearest(placeChosen);
  startSearch(placeChosen);
  startTip();
  startKeys();
  startPeople(city);
  startWatch();
  startReplay();
  startRoads({ way, reach: reachable, closures, coverage, proofs, hot_spots: hotSpots });
  startClosures();
  startCoverage();
  startProofs();
  startEvents();
  await startDispatch();
  // Tests ask the map what it shows.
  globalThis.vigilMap = map;
  document.documentElement.dataset.ready = '';
}

start().catch(complain);
