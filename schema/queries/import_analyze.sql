ANALYZE vigil.segment, vigil.restriction, vigil.barrier, osm.water, osm.green, osm.building,
        osm.place, osm.boundary, osm.name
