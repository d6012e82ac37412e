// Made-up junctions for tests/bench/turns, one for each kind of restriction and barrier: an OpenStreetMap file, and
// what is forbidden on them, written by hand: turns_junctions.mjs FILE.osm EXPECTED.json
//
//            N              N2
//            |3             |5
//   W --1--- C -----2------ D --7-- E2
//            |4             |6
//            S              S2
import { writeFileSync } from 'node:fs';

const FOOT = 0, EBIKE = 1, CAR = 2;
const both = [EBIKE, CAR];
const way = ref => ({ type: 'way', ref });
const C = { type: 'node', ref: 'C' };
const through = [1, 2, 3, 4].flatMap(from => [1, 2, 3, 4].filter(to => to !== from).map(to => [from, to]));

// what, tags of the relation, [from, via, to] of it, who is forbidden, which ways one after the other
const turn = (tags, from, via, to, modes, lists) => ({ tags, from: [from].flat(), via, to: [to].flat(), modes, lists });
const CASES = [
    turn({ restriction: 'no_left_turn' }, 1, C, 3, both, [[1, 3]]),
    turn({ restriction: 'no_right_turn' }, 1, C, 4, both, [[1, 4]]),
    turn({ restriction: 'no_straight_on' }, 1, C, 2, both, [[1, 2]]),
    turn({ restriction: 'no_u_turn' }, 1, C, 1, both, [[1, 1]]),
    turn({ restriction: 'no_entry' }, [1, 4], C, 3, both, [[1, 3], [4, 3]]),
    turn({ restriction: 'no_exit' }, 1, C, [3, 4], both, [[1, 3], [1, 4]]),
    turn({ restriction: 'only_straight_on' }, 1, C, 2, both, [[1, 1], [1, 3], [1, 4]]),
    turn({ restriction: 'only_left_turn' }, 1, C, 3, both, [[1, 1], [1, 2], [1, 4]]),
    turn({ restriction: 'only_right_turn' }, 1, C, 4, both, [[1, 1], [1, 2], [1, 3]]),
    turn({ restriction: 'only_u_turn' }, 1, C, 1, both, [[1, 2], [1, 3], [1, 4]]),
    turn({ restriction: 'no_left_turn' }, 1, way(2), 5, both, [[1, 2, 5]]),
    turn({ restriction: 'no_u_turn' }, 4, way(2), 6, both, [[4, 2, 6]]),
    turn({ restriction: 'only_straight_on' }, 1, way(2), 7, both, [[1, 2, 2], [1, 2, 5], [1, 2, 6]]),
    turn({ restriction: 'no_left_turn', except: 'bicycle' }, 1, C, 3, [CAR], [[1, 3]]),
    turn({ restriction: 'no_left_turn', except: 'psv;motorcar' }, 1, C, 3, [EBIKE], [[1, 3]]),
    turn({ restriction: 'only_straight_on', except: 'bicycle;motor_vehicle' }, 1, C, 2, [], []),
    turn({ 'restriction:hgv': 'no_left_turn' }, 1, C, 3, [], []),
    turn({ 'restriction:motorcar': 'no_left_turn' }, 1, C, 3, [CAR], [[1, 3]]),
    turn({ 'restriction:motor_vehicle': 'only_left_turn' }, 1, C, 3, [CAR], [[1, 1], [1, 2], [1, 4]]),
    turn({ 'restriction:bicycle': 'no_left_turn' }, 1, C, 3, [EBIKE], [[1, 3]]),
    turn({ 'restriction:foot': 'no_straight_on' }, 1, C, 2, [FOOT], [[1, 2]]),
    turn({ 'restriction:conditional': 'no_left_turn @ (Mo-Fr 07:00-09:00)' }, 1, C, 3, both, [[1, 3]]),
    turn({ 'restriction:conditional': 'no_left_turn @ (weight > 7.5)' }, 1, C, 3, [], []),
    turn({ restriction: 'no_left_turn' }, 1, C, 5, [], []), // does not begin there
    turn({ restriction: 'none' }, 1, C, 3, [], []),
    ...[
        [{ barrier: 'gate' }, []],
        [{ barrier: 'lift_gate' }, []],
        [{ barrier: 'cattle_grid' }, []],
        [{ barrier: 'kerb' }, []],
        [{ barrier: 'bollard' }, [CAR]],
        [{ barrier: 'block' }, [CAR]],
        [{ barrier: 'cycle_barrier' }, [CAR]],
        [{ barrier: 'kissing_gate' }, both],
        [{ barrier: 'stile' }, both],
        [{ barrier: 'wall' }, [FOOT, EBIKE, CAR]],
        [{ barrier: 'gate', access: 'private' }, [FOOT, EBIKE, CAR]],
        [{ barrier: 'gate', access: 'no', foot: 'yes' }, both],
        [{ barrier: 'gate', locked: 'yes', bicycle: 'yes' }, [FOOT, CAR]],
        [{ barrier: 'bollard', motor_vehicle: 'yes' }, []],
        [{ barrier: 'bollard', bicycle: 'no' }, both],
    ].map(([barrier, modes]) => ({ barrier, modes, lists: modes.length ? through : [] })),
];

const tags = all => Object.entries(all).map(([k, v]) => `<tag k="${k}" v="${v.replaceAll('>', '&gt;')}"/>`).join('');
const places = { W: [-0.002, 0], C: [0, 0], N: [0, 0.0013], S: [0, -0.0011], D: [0.003, 0], N2: [0.003, 0.0012], S2: [0.003, -0.001], E2: [0.005, 0] };
const ways = { 1: ['W', 'C'], 2: ['C', 'D'], 3: ['C', 'N'], 4: ['C', 'S'], 5: ['D', 'N2'], 6: ['D', 'S2'], 7: ['D', 'E2'] };
const nodes = [], lines = [], relations = [], expected = [];

CASES.forEach((one, i) => {
    const id = ref => 100 * (i + 1) + (typeof ref === 'string' ? 1 + Object.keys(places).indexOf(ref) : 10 + ref);
    for (const [name, [east, north]] of Object.entries(places))
        nodes.push(`<node id="${id(name)}" version="1" lat="${(34.3 + north).toFixed(7)}" lon="${(117 + i * 0.01 + east).toFixed(7)}">${name === 'C' && one.barrier ? tags(one.barrier) : ''}</node>`);
    for (const [ref, ends] of Object.entries(ways))
        lines.push(`<way id="${id(Number(ref))}" version="1">${ends.map(name => `<nd ref="${id(name)}"/>`).join('')}<tag k="highway" v="residential"/></way>`);
    if (one.tags) {
        const members = [...one.from.map(ref => ['way', ref, 'from']), [one.via.type, one.via.ref, 'via'], ...one.to.map(ref => ['way', ref, 'to'])];
        relations.push(`<relation id="${i + 1}" version="1">${members.map(([type, ref, role]) => `<member type="${type}" ref="${id(ref)}" role="${role}"/>`).join('')}${tags({ type: 'restriction', ...one.tags })}</relation>`);
    }
    for (const list of one.lists) expected.push({ modes: one.modes, node: String(id('C')), ways: list.map(id) });
});
writeFileSync(process.argv[2], `<?xml version="1.0"?>\n<osm version="0.6">\n${[...nodes, ...lines, ...relations].join('\n')}\n</osm>\n`);
writeFileSync(process.argv[3], JSON.stringify(expected));
console.log(CASES.length);
