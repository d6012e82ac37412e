// Turns the network that geojson-path-finder brings into an OSM file:
//   node osm.mjs large-network.json > gothenburg.osm
//
// The GeoJSON has the way ids and tags of OpenStreetMap but no node ids. Two
// ways of OpenStreetMap that meet share a node, and a node has one coordinate;
// so equal coordinates become one node here, numbered in the order of the file.
// Everything stays in, areas, platforms and construction sites too: an import
// has to tell streets from the rest by their tags, as with any other extract.
import { readFileSync, writeSync } from 'node:fs';

const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\n': '&#xA;', '\t': '&#x9;', '\r': '&#xD;' };

const escape = (text) => String(text).replace(/[&<>"\n\t\r]/g, (c) => ESCAPES[c]);

function read_way(feature, nodes) {
  const { type, coordinates } = feature.geometry;
  const line = type === 'Polygon' ? coordinates[0] : coordinates;
  const id = /^way\/(\d+)$/.exec(feature.id);
  if (!id || (type !== 'LineString' && type !== 'Polygon')) throw new Error(`not a way: ${feature.id} (${type})`);
  const refs = line.map(([lon, lat]) => {
    const place = `lat="${lat.toFixed(7)}" lon="${lon.toFixed(7)}"`;
    if (!nodes.has(place)) nodes.set(place, nodes.size + 1);
    return nodes.get(place);
  });
  const tags = Object.entries(feature.properties).filter(([key]) => !key.startsWith('@'));
  return { id: Number(id[1]), refs, tags };
}

function write(chunks) {
  const bytes = Buffer.from(chunks.join(''));
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
}

const network = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const nodes = new Map();
const ways = network.features.map((feature) => read_way(feature, nodes)).sort((a, b) => a.id - b.id);
const stamp = `version="1" timestamp="${network.timestamp}"`;
const out = ['<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6" generator="vigil">\n'];
for (const [place, id] of nodes) out.push(`<node id="${id}" ${stamp} ${place}/>\n`);
for (const { id, refs, tags } of ways) {
  out.push(`<way id="${id}" ${stamp}>\n`);
  for (const ref of refs) out.push(`<nd ref="${ref}"/>`);
  for (const [key, value] of tags) out.push(`<tag k="${escape(key)}" v="${escape(value)}"/>`);
  out.push('\n</way>\n');
}
out.push('</osm>\n');
write(out);
