-- What a node took while the database was away comes in later, in its order and once:
-- how far each spool has come is written in the transaction of what it brought.

-- That spools of this database say it, and are not brought into another one.
CREATE TABLE vigil.spool_city (
    city uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO vigil.spool_city DEFAULT VALUES;

CREATE TABLE vigil.spool (
    spool_id uuid PRIMARY KEY,          -- drawn when the file was made
    number   bigint NOT NULL,           -- of the last record that has come in
    at       timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50);

-- Records that came and could not be carried out, for somebody to look at: nothing that
-- was acknowledged vanishes. None is the rule.
CREATE TABLE vigil.spool_refused (
    spool_id uuid NOT NULL,
    number   bigint NOT NULL,
    kind     integer NOT NULL,
    reason   text NOT NULL,
    record   bytea NOT NULL,
    at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (spool_id, number)
);

-- For the process itself, whose walls let it see everyone.
REVOKE ALL ON vigil.spool_city, vigil.spool, vigil.spool_refused FROM PUBLIC;
GRANT SELECT ON vigil.spool_city TO vigil_engine;
GRANT SELECT, INSERT, UPDATE ON vigil.spool TO vigil_engine;
GRANT SELECT, INSERT, DELETE ON vigil.spool_refused TO vigil_engine;

-- Whether her place might be kept at a moment that is past: she was on duty then or in
-- an order, and agrees still. When nobody has noted her duty until then, what was noted
-- next tells how it had been, and a change that says she was on duty before and after
-- (of her mode) is not taken for proof.
CREATE FUNCTION vigil.person_tracked_at(p vigil.person, moment timestamptz) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT p.valid_to IS NULL AND p.location_consent
           AND (coalesce((SELECT d.on_duty FROM vigil.duty d
                          WHERE d.person_id = p.person_id AND d.at <= moment
                          ORDER BY d.duty_id DESC LIMIT 1),
                         (SELECT NOT d.on_duty FROM vigil.duty d
                          WHERE d.person_id = p.person_id AND d.at > moment
                          ORDER BY d.duty_id LIMIT 1),
                         p.on_duty)
                OR EXISTS (SELECT FROM vigil.dispatch_person d
                           WHERE d.person_id = p.person_id AND d.taken_from <= moment
                                 AND (d.taken_to IS NULL OR d.taken_to > moment)))
$$;
