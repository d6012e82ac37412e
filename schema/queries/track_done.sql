UPDATE vigil.track_state SET done = done + 1, fixes = fixes + $2::bigint WHERE hour_us = $1::bigint;
