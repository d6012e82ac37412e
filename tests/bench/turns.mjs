// The judge of tests/bench/turns: reads streets, restrictions and barriers from the database, the engine's ways from
// standard input, and looks for each way itself with a plain edge-based Dijkstra. It shares no code with the engine.
// Without arguments what is forbidden follows from the tags; with the expectations of tests/bench/turns_junctions.mjs
// from what is written there by hand. Prints one line: ways, those judged right, broken rules, wrong costs, turns known.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const query = text => execFileSync('psql', ['-X', '-q', '-At', '-F', '\t', '-v', 'ON_ERROR_STOP=1', process.argv[2], '-c', text], { encoding: 'utf8', maxBuffer: 1 << 30 }).split('\n').filter(Boolean).map(line => line.split('\t'));
const MODES = ['foot', 'ebike', 'car'];

// ---- streets: edge 2s + back of the segment s, as the database numbers them
const edges = new Map();
const leaving = new Map(); // node: edges
for (const [id, source, target, length, foot, ebike, car, way, access] of query('SELECT e.edge_id, e.source, e.target, e.length_cm, e.foot_ms, e.ebike_ms, e.car_ms, s.way_id, s.access FROM vigil.edge e JOIN vigil.segment s USING (segment_id)')) {
    const edge = { id: Number(id), source, target, length: Number(length), way, ms: [foot, ebike, car].map(ms => ms === '' ? Infinity : Number(ms)), open: [0, 1, 2].map(mode => (Number(access) >> (2 * mode + Number(id) % 2)) & 1) };
    edges.set(edge.id, edge);
    if (!leaving.has(source)) leaving.set(source, []);
    leaving.get(source).push(edge);
}
const of_way = new Map();
for (const edge of edges.values()) of_way.set(edge.way, [...of_way.get(edge.way) ?? [], edge]);
const twin = edge => edges.get(edge.id ^ 1);
const out_of = node => leaving.get(node) ?? [];

// ---- what is forbidden, per mode: lists of edges
const bans = MODES.map(() => new Map()); // first edge: lists
let known = 0;
const forbid = (mode, list) => {
    const first = list[0].id;
    bans[mode].set(first, [...bans[mode].get(first) ?? [], list.map(edge => edge.id)]);
    known++;
};

const USERS = [[], ['vehicle', 'bicycle', 'electric_bicycle'], ['vehicle', 'motor_vehicle', 'motorcar']];
const kind_of = (tags, mode) => {
    const exempt = (tags.except ?? '').split(/[;, ]+/);
    if ((mode === 0 ? ['foot'] : USERS[mode]).some(user => exempt.includes(user))) return '';
    const names = mode === 0 ? ['restriction:foot'] : ['restriction', ...USERS[mode].map(user => `restriction:${user}`)];
    let said = '';
    for (const name of names) {
        const under = tags[`${name}:conditional`];
        const value = tags[name] ?? (under && !/weight|height|length|width|axle|trailer|hazmat|hgv/.test(under) ? under : undefined);
        if (value !== undefined) said = value.match(/^[^;@( ]*/)[0];
    }
    return /^(no_(left_turn|right_turn|straight_on|u_turn|entry|exit)|only_(left_turn|right_turn|straight_on|u_turn))$/.test(said) ? said : '';
};

const restrict = (mode, kind, from, via, via_node, to) => {
    const usable = way => (of_way.get(way) ?? []).filter(edge => edge.open[mode]);
    const others = (list, allowed) => out_of(list.at(-1).target).filter(edge => edge.open[mode] && !allowed.includes(edge)).forEach(edge => forbid(mode, [...list, edge]));
    for (const start of from) {
        if (via_node) {
            const ins = usable(start).filter(edge => edge.target === via_node);
            const outs = to.map(way => usable(way).filter(edge => edge.source === via_node));
            if (kind.startsWith('only_')) {
                if (ins.length === 1 && outs.length && outs.every(list => list.length === 1)) others([ins[0]], outs.flat());
                continue;
            }
            to.forEach((way, i) => {
                if (kind === 'no_u_turn' && way === start) ins.filter(edge => twin(edge).open[mode]).forEach(edge => forbid(mode, [edge, twin(edge)]));
                else if (ins.length === 1 && outs[i].length === 1) forbid(mode, [ins[0], outs[i][0]]);
            });
            continue;
        }
        for (const end of via.length ? to : []) {
            const found = [];
            const walk = (list, ways) => {
                const node = list.at(-1).target;
                if (via.every(way => ways.includes(way))) usable(end).filter(edge => edge.source === node).forEach(edge => found.push([...list, edge]));
                for (const edge of out_of(node)) {
                    if (!edge.open[mode] || !via.includes(edge.way) || list.some(one => one.target === edge.target)) continue;
                    if (edge.way !== ways.at(-1) && ways.includes(edge.way)) continue;
                    walk([...list, edge], edge.way === ways.at(-1) ? ways : [...ways, edge.way]);
                }
            };
            usable(start).forEach(edge => walk([edge], []));
            if (found.length !== 1 || (kind.startsWith('only_') && to.length > 1)) continue;
            if (kind.startsWith('only_')) others(found[0].slice(0, -1), [found[0].at(-1)]);
            else forbid(mode, found[0]);
        }
    }
};

const PASSABLE = /^(arch|border_control|bump_gate|cattle_grid|checkpoint|coupure|entrance|gate|hampshire_gate|height_restrictor|kerb|lift_gate|no|sally_port|sliding_beam|sliding_gate|swing_gate|toll_booth|width_restrictor)$/;
const FEET = /^(full-height_turnstile|horse_stile|kissing_gate|stile|turnstile|wicket_gate)$/;
const SHUT = /^(cable_barrier|city_wall|ditch|fence|guard_rail|hedge|retaining_wall|wall)$/;
const YES = /^(yes|designated|permissive|official|public|customers|destination|residents|permit)$/;
const NO = /^(no|private|agricultural|forestry|military|emergency|delivery|use_sidepath|dismount|restricted|employees|psv|bus|construction)$/;
const KEYS = [['access', 'foot'], ['access', 'vehicle', 'bicycle', 'electric_bicycle'], ['access', 'vehicle', 'motor_vehicle', 'motorcar']];
const stops = (tags, mode) => {
    const kind = tags.barrier;
    const may = tags.locked === 'yes' || SHUT.test(kind) ? false : PASSABLE.test(kind) || mode === 0 || (mode === 1 && !FEET.test(kind));
    let now = may;
    for (const key of KEYS[mode]) {
        if (NO.test(tags[key] ?? '')) now = false;
        else if (YES.test(tags[key] ?? '')) now = key === 'access' || key === 'vehicle' ? may : true;
    }
    return !now;
};
const close = (mode, node) => {
    for (const out of out_of(node)) {
        const edge = twin(out);
        if (edge.open[mode]) out_of(node).filter(next => next.open[mode] && next !== out).forEach(next => forbid(mode, [edge, next]));
    }
};

if (process.argv[3]) {
    // by hand: ways one after the other, each of one segment, the first of them towards the node
    for (const { modes, node, ways } of JSON.parse(readFileSync(process.argv[3], 'utf8')))
        for (const mode of modes) {
            const list = [of_way.get(String(ways[0])).find(edge => edge.target === node)];
            for (const way of ways.slice(1)) list.push(out_of(list.at(-1).target).find(edge => edge.way === String(way)));
            forbid(mode, list);
        }
} else {
    for (const [text] of query('SELECT json_build_object(\'tags\', tags, \'members\', members) FROM vigil.restriction')) {
        const { tags, members } = JSON.parse(text);
        const ways = role => members.filter(m => m.type === 'w' && m.role === role).map(m => String(m.ref));
        const nodes = members.filter(m => m.type === 'n' && m.role === 'via').map(m => String(m.ref));
        for (const mode of [0, 1, 2]) {
            const kind = kind_of(tags, mode);
            if (kind) restrict(mode, kind, ways('from'), ways('via'), nodes.length === 1 ? nodes[0] : '', ways('to'));
        }
    }
    for (const [node, text] of query('SELECT node_id, tags FROM vigil.barrier'))
        for (const mode of [0, 1, 2]) if (stops(JSON.parse(text), mode)) close(mode, node);
}

// ---- an edge after a past: what of bans has begun; undefined where a ban would be complete
const after = (mode, begun, edge) => {
    const next = [];
    for (const { list, at } of begun) {
        if (list[at] !== edge.id) continue;
        if (at === list.length - 1) return undefined;
        next.push({ list, at: at + 1 });
    }
    for (const list of bans[mode].get(edge.id) ?? []) next.push({ list, at: 1 });
    return next;
};
const key_of = (node, begun) => `${node} ${begun.map(({ list, at }) => `${list.slice(0, at)}`).filter((one, i, all) => all.indexOf(one) === i).sort().join(' ')}`;

const part = (edge, mode, cm) => cm === 0 ? 0 : edge.ms[mode] === Infinity ? Infinity : Math.floor(edge.ms[mode] * cm / edge.length);

function plain(mode, [from, at], [to, until]) {
    const [a, b] = [edges.get(2 * from), edges.get(2 * to)];
    let best = Infinity;
    const heap = [], cost = new Map();
    const put = (ms, node, begun) => {
        const key = key_of(node, begun);
        if (ms >= (cost.get(key) ?? Infinity)) return;
        cost.set(key, ms);
        let i = heap.length;
        for (heap.push(null); i > 0 && heap[(i - 1) >> 1].ms > ms; i = (i - 1) >> 1) heap[i] = heap[(i - 1) >> 1];
        heap[i] = { ms, node, begun, key };
    };
    const take = () => {
        const top = heap[0], last = heap.pop();
        if (heap.length === 0) return top;
        let i = 0;
        for (let child = 1; child < heap.length; child = 2 * i + 1) {
            if (child + 1 < heap.length && heap[child + 1].ms < heap[child].ms) child++;
            if (heap[child].ms >= last.ms) break;
            heap[i] = heap[child];
            i = child;
        }
        heap[i] = last;
        return top;
    };
    if (from === to) best = part(at <= until ? a : twin(a), mode, Math.abs(at - until));
    if (at === 0 || at === a.length) put(0, at === 0 ? a.source : a.target, []);
    else for (const [edge, rest] of [[a, a.length - at], [twin(a), at]]) put(part(edge, mode, rest), edge.target, after(mode, [], edge));
    while (heap.length) {
        const top = take();
        if (top.ms >= best) break;
        if (top.ms > cost.get(top.key) || top.ms === Infinity) continue;
        if ((until === 0 && top.node === b.source) || (until === b.length && top.node === b.target)) best = Math.min(best, top.ms);
        for (const edge of out_of(top.node)) {
            const begun = after(mode, top.begun, edge);
            if (!begun || edge.ms[mode] === Infinity) continue;
            if (edge === b) best = Math.min(best, top.ms + part(edge, mode, until));
            if (edge === twin(b)) best = Math.min(best, top.ms + part(edge, mode, b.length - until));
            put(top.ms + edge.ms[mode], edge.target, begun);
        }
    }
    return best;
}

// ---- the engine's way: a chain of open edges, no ban, and the cost that it says
function broken(mode, [from, at], [to, until], ms, from_within, to_within, list) {
    let begun = [], sum = 0;
    for (const [i, edge] of list.entries()) {
        if (!edge || (i > 0 && list[i - 1].target !== edge.source) || edge.ms[mode] === Infinity) return true;
        begun = after(mode, begun, edge);
        if (!begun) return true;
        const onward = edge.id % 2 === 0;
        const begin = i === 0 && from_within ? (onward ? at : edge.length - at) : 0;
        const end = i === list.length - 1 && to_within ? (onward ? until : edge.length - until) : edge.length;
        if ((i === 0 && from_within && edge.id >> 1 !== from) || (i === list.length - 1 && to_within && edge.id >> 1 !== to)) return true;
        sum += part(edge, mode, end - begin);
    }
    return sum !== ms;
}

let asked = 0, right = 0, breaks = 0, wrong = 0;
for (const line of readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
    const [word, from, at, to, until, said, from_within, to_within, way] = line.split('\t');
    const mode = MODES.indexOf(word), start = [Number(from), Number(at)], end = [Number(to), Number(until)];
    const cost = plain(mode, start, end);
    const is_wrong = said === '-' ? cost !== Infinity : cost !== Number(said);
    const breaks_rule = said !== '-' && broken(mode, start, end, Number(said), from_within === '1', to_within === '1', (way ?? '').split(',').filter(Boolean).map(id => edges.get(Number(id))));
    asked++;
    wrong += is_wrong;
    breaks += breaks_rule;
    right += !is_wrong && !breaks_rule;
    if ((is_wrong || breaks_rule) && wrong + breaks <= 5) console.error(`${line}: the plain search says ${cost}`);
}
console.log(`${asked} ${right} ${breaks} ${wrong} ${known}`);
