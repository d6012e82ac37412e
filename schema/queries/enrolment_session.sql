SELECT coalesce(vigil.enrolment_session($1::bytea, $2::bytea, $3::bigint), 0);
