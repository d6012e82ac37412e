// What patrols are proven to have walked: who went in the last two weeks; of one patrol the
// streets that are proven and those that were missed, on the map, and why a track does not count.
import { ask } from './api.js';
import { make } from './dom.js';
import { onEvent } from './events.js';
import { count, metres, span } from './format.js';
import { showAll } from './map.js';
import { caller, openPage } from './pages.js';
import { isPointing, openTool, setSource, show } from './roads.js';
import { complain } from './say.js';
import { button, moment, withQuery } from './sheets.js';
import { hasWord, word } from './words.js';

const MANAGERS = ['admin', 'manager'];
const WALKED = ['started', 'paused', 'finished', 'verified', 'credited'];
const DAY_MS = 86400000;
const DAYS = 14;
const DAYS_MAX = 1000;
const CLAIMS_MAX = 100;
const AGAIN_MS = 1000;
const AGAIN_TIMES = 30;

let isOpen = false;
let days = null;
let dayId = null; // whose claims are shown
let claims = [];
let proof = null; // of the claim that is shown

const dayOf = (at) => new Date(at).toISOString().slice(0, 10);
const percent = (share) => word('console.coverage.percent', { n: (100 * share).toFixed(1) });
const personLink = (id) => make('a', { href: `#people/${id}`, class: 'go' }, word('console.tip.person', { id }));
const isManager = () => MANAGERS.includes(caller.role);

async function tryTo(what) {
  try {
    await what();
  } catch (problem) {
    complain(problem);
  }
  if (isOpen && isPointing()) show();
}

async function readDays() {
  const now = Date.now();
  const { items } = await ask('GET', withQuery('/v1/patrol_days', { from_day: dayOf(now - DAYS * DAY_MS), to_day: dayOf(now + DAY_MS), limit: DAYS_MAX }));
  days = items.filter(({ tally }) => tally.held.some(({ state }) => WALKED.includes(state))).sort((a, b) => b.starts_at.localeCompare(a.starts_at));
}

async function readClaims(id) {
  const { items } = await ask('GET', `/v1/patrol_days/${id}/claims?limit=${CLAIMS_MAX}`);
  if (dayId === id) claims = items.filter(({ state }) => WALKED.includes(state));
}

async function readProof(id) {
  const [found, drawn] = await Promise.all([ask('GET', `/v1/claims/${id}/proof`), ask('GET', `/v1/claims/${id}/proof/geojson`)]);
  proof = found;
  setSource('proof', drawn.features);
  return drawn.features;
}

function forget() {
  proof = null;
  setSource('proof', []);
}

const linesOf = ({ geometry }) => (geometry.type === 'MultiLineString' ? geometry.coordinates : [geometry.coordinates]);

function chooseDay(id) {
  dayId = dayId === id ? null : id;
  claims = [];
  forget();
  show();
  if (dayId !== null) tryTo(() => readClaims(dayId));
}

function chooseClaim(id) {
  tryTo(async () => {
    const features = await readProof(id);
    showAll(features.flatMap(linesOf).flat());
  });
}

/* It is done within seconds; nothing tells when it comes to the same. */
async function untilProven(id, madeAt) {
  for (let i = 0; i < AGAIN_TIMES && proof?.claim_id === id; i += 1) {
    const claim = await ask('GET', `/v1/claims/${id}`);
    if (claim.proof?.made_at !== madeAt) return true;
    await new Promise((resolve) => { setTimeout(resolve, AGAIN_MS); });
  }
  return false;
}

function again() {
  const { claim_id: id, made_at: madeAt } = proof;
  tryTo(async () => {
    await ask('POST', `/v1/claims/${id}/prove`);
    if (!await untilProven(id, madeAt)) return;
    await readClaims(dayId);
    await readProof(id);
  });
}

function credit() {
  const { claim_id: id } = proof;
  tryTo(async () => {
    await ask('POST', `/v1/claims/${id}/credit`);
    await readClaims(dayId);
    await readProof(id);
  });
}

/* ---- one patrol */

function part(kind, length) {
  return make('tr', {}, make('th', { scope: 'row' }, make('i', { class: 'proof-mark', 'data-kind': kind, 'aria-hidden': 'true' }), word(`console.proof.${kind}`)),
    make('td', {}, metres(length)));
}

function trackRow(track) {
  const key = `code.${track.reason}`;
  const like = track.like_claim_id && word('console.proof.like', { id: track.like_claim_id });
  const much = [word('console.proof.positions', { n: count(track.positions) }), track.jumps > 0 && word('console.proof.jumps', { n: count(track.jumps) }),
    track.ridden_m > 0 && word('console.proof.ridden', { far: metres(track.ridden_m) }), track.unknown_s > 0 && word('console.proof.unknown', { time: span(track.unknown_s) })];
  return make('li', { 'data-verdict': track.verdict }, make('div', {}, personLink(track.person_id), ' ', make('b', {}, word(`console.proof.verdict.${track.verdict}`)),
    track.verdict === 'proven' ? ` ${metres(track.proven_m)}` : null,
    track.reason ? make('small', { class: 'proof-reason' }, [hasWord(key) ? word(key) : track.reason, like].filter(Boolean).join(' ')) : null,
    make('small', {}, much.filter(Boolean).join(' · '))));
}

function checkpointRow(one) {
  const text = one.reached_at ? word('console.proof.reached', { at: moment(one.reached_at), time: span(one.stayed_s) }) : word('console.proof.not_reached');
  return make('li', {}, make('div', {}, `${one.reached_at ? '✓' : '✕'} ${one.name}`, make('small', {}, text)));
}

/* Streets, the longest first; a street may be missed in pieces. */
function missedRows(missed) {
  const streets = new Map();
  for (const one of missed) {
    const name = one.street || word('console.coverage.unnamed');
    streets.set(name, (streets.get(name) ?? 0) + one.length_m);
  }
  return [...streets].sort((a, b) => b[1] - a[1]).map(([name, length]) => make('li', {}, make('span', {}, name), make('span', {}, metres(length))));
}

function section(key, rows) {
  return rows.length > 0 ? [make('h3', {}, word(key)), make('ul', { class: 'closures' }, ...rows)] : [];
}

function proofBody() {
  const acts = [button('console.proof.again', again, { class: 'small-button', 'data-keep': 'prove' }),
    proof.state === 'credited' ? '' : button('console.proof.credit', credit, { class: 'small-button', 'data-keep': 'credit' })];
  return [make('table', { class: 'reached proof' }, make('caption', {}, word('console.proof.share', { share: percent(proof.share), far: metres(proof.length_m) })),
    make('tbody', {}, part('proven', proof.proven_m), part('missed', Math.max(0, proof.length_m - proof.proven_m)), part('beside', proof.beside_m))),
  ...section('console.proof.tracks', proof.tracks.map(trackRow)), ...section('console.proof.checkpoints', proof.checkpoints.map(checkpointRow)),
  ...section('console.proof.missed_streets', missedRows(proof.missed)),
  isManager() ? make('div', { class: 'roads-row' }, ...acts) : ''];
}

/* ---- who went */

function claimRow(claim) {
  const text = claim.proof ? word('console.proof.share', { share: percent(claim.proof.share), far: metres(claim.proof.length_m) }) : word('console.proof.not_yet');
  const name = claim.proof ? make('button', { type: 'button', class: 'go', 'data-keep': `claim-${claim.claim_id}`, onclick: () => chooseClaim(claim.claim_id) }, claim.squad)
    : make('b', {}, claim.squad);
  return make('li', {}, make('div', {}, name, make('small', {}, `${word(`console.claim.${claim.state}`)} · ${text}`),
    ...(proof?.claim_id === claim.claim_id ? proofBody() : [])));
}

function dayRow(day) {
  const squads = day.tally.held.filter(({ state }) => WALKED.includes(state)).map(({ squad }) => squad).join(word('console.roster.and'));
  return make('li', {}, make('div', {}, make('button', { type: 'button', class: 'go', 'data-keep': `day-${day.day_id}`, 'aria-expanded': String(dayId === day.day_id), onclick: () => chooseDay(day.day_id) }, moment(day.starts_at)),
    make('small', {}, squads), dayId === day.day_id ? make('ul', { class: 'closures' }, ...claims.map(claimRow)) : null));
}

function body() {
  if (!isOpen) {
    isOpen = true;
    tryTo(readDays);
  }
  if (days === null) return [make('p', {}, word('console.coverage.waiting'))];
  return days.length > 0 ? [make('ul', { class: 'closures' }, ...days.map(dayRow))] : [make('p', {}, word('console.proof.none'))];
}

/** The tool, for roads.js. */
export const proofs = {
  hasMode: false,
  body,
  pointed() {},
  clear() {
    isOpen = false;
    days = null;
    dayId = null;
    claims = [];
    forget();
  },
};

/** Opens the tool with the patrols of a day. */
export function proofsOfDay(id) {
  openPage('dispatch');
  openTool('proofs');
  if (dayId !== id) chooseDay(id);
}

export function startProofs() {
  onEvent('claim', () => {
    if (!isOpen) return;
    tryTo(async () => {
      await readDays();
      if (dayId !== null) await readClaims(dayId);
    });
  });
}
