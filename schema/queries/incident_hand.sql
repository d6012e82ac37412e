SELECT vigil.incident_hand($1::bigint, $2::bigint);
