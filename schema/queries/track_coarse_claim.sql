SELECT hour_us FROM vigil.track_state WHERE hour_us = $1::bigint AND packed AND NOT coarse FOR UPDATE SKIP LOCKED;
