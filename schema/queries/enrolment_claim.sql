SELECT state, reason, is_ready FROM vigil.enrolment_claim($1::bytea);
