-- Notes that a token is in use. Nobody is told so, and it would be a pity only: a commit
-- that waited, for a disk or for a standby, would hold up whoever was let in.
SELECT set_config('synchronous_commit', 'off', true), vigil.token_used($1::bigint, $2::bytea)::text;
