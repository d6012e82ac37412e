// On duty with a phone and nothing else: its place is sent as often as the server asks
// for, while this page is open. What could not be sent stays on the phone, in order,
// for a day, and goes when there is a line again.
import { Problem, ask } from './api.js';
import { $ } from './dom.js';
import { hushWrong, sayWrong } from './phone.js';
import { language, onLanguage, word } from './words.js';

const KEY = 'vigil.fixes';
const KEPT_MAX = 2000;
const KEPT_MS = 24 * 3600 * 1000 - 60000; // older ones the server refuses
const TOGETHER = 500;
const AGAIN_MS = 15000;
const USUAL_S = 60; // until the server has said how often

let me;
let every = USUAL_S;
let watching = null; // of the phone's own position service
let latest = null; // fix that was not queued yet
let queuedAt = 0;
let sentAt = null;
let trouble = null; // word of what stands against it
let timer;
let isSending = false;

/** Those of a list of fixes that may still be sent, the oldest dropped first. Pure. */
export function keepFresh(fixes, now) {
  return fixes.filter((fix) => now - Date.parse(fix.fix_time) < KEPT_MS).slice(-KEPT_MAX);
}

function kept() {
  return keepFresh(JSON.parse(localStorage.getItem(KEY) ?? '[]').filter((fix) => fix.person_id === me.person_id), Date.now());
}

function keep(fixes) {
  localStorage.setItem(KEY, JSON.stringify(fixes));
}

/* A phone's browser gives WGS 84 (W3C Geolocation, section 2). */
function fixOf({ coords, timestamp }) {
  const fix = { person_id: me.person_id, lon: coords.longitude, lat: coords.latitude, frame: 'wgs84', fix_time: new Date(timestamp).toISOString() };
  if (Number.isFinite(coords.accuracy)) fix.accuracy_m = Math.min(100000, Math.round(coords.accuracy * 10) / 10);
  if (Number.isFinite(coords.speed) && coords.speed >= 0) fix.speed_mps = Math.min(500, coords.speed);
  return fix;
}

function everyText() {
  return every % 60 === 0 ? word('phone.duty.every_min', { n: every / 60 }) : word('phone.duty.every_s', { n: every });
}

function show() {
  $('duty-state').textContent = word(me.on_duty ? 'phone.duty.on' : 'phone.duty.off');
  $('duty-state').classList.toggle('given', me.on_duty);
  $('duty-go').textContent = word(me.on_duty ? 'phone.duty.go_off' : 'phone.duty.go_on');
  $('duty-hint').textContent = word(me.location_consent ? 'phone.duty.hint' : 'phone.duty.no_consent');
  const waiting = kept().length;
  const lines = !me.on_duty ? [] : [everyText(),
    sentAt ? word('phone.duty.sent', { at: sentAt.toLocaleTimeString(language === 'zh' ? 'zh-CN' : 'en-GB') }) : '',
    waiting > 0 ? word('phone.duty.waiting', { n: waiting }) : '', trouble ? word(trouble) : ''];
  $('duty-sharing').textContent = lines.filter(Boolean).join(' ');
}

/* Sends what waits, the oldest first; what came to nothing stays. */
async function flush() {
  const part = kept().slice(0, TOGETHER);
  if (part.length === 0) return;
  const answer = await ask('POST', '/v1/positions', { positions: part });
  keep(kept().slice(part.length));
  every = answer.report_s ?? every;
  sentAt = new Date();
  const refused = answer.rejected.at(-1);
  trouble = refused && answer.accepted === 0 ? `code.${refused.code}` : null;
  if (refused?.code === 'off_duty') await stopDuty();
  else if (kept().length > 0) await flush();
}

async function send() {
  if (isSending) return;
  isSending = true;
  try {
    await flush();
  } catch (problem) {
    trouble = problem instanceof Problem && problem.status > 0 ? `code.${problem.code}` : 'phone.duty.no_line';
  }
  isSending = false;
  show();
}

function queue() {
  if (!latest) return;
  keep(keepFresh([...kept(), latest], Date.now()));
  latest = null;
  queuedAt = Date.now();
  send();
}

function heard(position) {
  latest = fixOf(position);
  if (Date.now() - queuedAt >= every * 1000) queue();
}

function failed(error) {
  trouble = error.code === error.PERMISSION_DENIED ? 'phone.duty.forbidden' : 'phone.duty.no_fix';
  show();
}

function beat() {
  if (Date.now() - queuedAt >= every * 1000) queue();
  if (kept().length > 0) send();
}

function startSharing() {
  if (watching !== null || !me.location_consent) return;
  watching = navigator.geolocation.watchPosition(heard, failed, { enableHighAccuracy: true, maximumAge: 5000 });
  timer = setInterval(beat, AGAIN_MS);
}

/* Off duty nothing is asked of the phone, and nothing is kept on it. */
function stopSharing() {
  if (watching !== null) navigator.geolocation.clearWatch(watching);
  clearInterval(timer);
  watching = null;
  latest = null;
  queuedAt = 0;
  trouble = null;
  localStorage.removeItem(KEY);
}

async function stopDuty() {
  stopSharing();
  me.on_duty = false;
}

async function turn() {
  hushWrong();
  try {
    const wanted = !me.on_duty;
    const state = await ask('POST', '/v1/me/duty', { on_duty: wanted });
    me.on_duty = state.on_duty;
    if (me.on_duty) startSharing();
    else stopSharing();
  } catch (problem) {
    sayWrong(problem);
  }
  show();
}

/** What she agreed to has changed. */
export function consentChanged(changed) {
  me = { ...changed, on_duty: me.on_duty };
  if (me.on_duty && me.location_consent) startSharing();
  if (!me.location_consent) stopSharing();
  show();
}

export function startDuty(mine) {
  me = { ...mine };
  $('duty-go').addEventListener('click', turn);
  addEventListener('online', () => { if (me.on_duty) send(); });
  if (me.on_duty) startSharing();
  onLanguage(show);
}
