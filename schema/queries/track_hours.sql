SELECT coarse, fixes FROM vigil.track_hours($1::bigint, $2::bigint, $3::bigint, $4::bigint);
