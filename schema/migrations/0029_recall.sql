-- A process that starts reads the last minute of history. For that the summary of a
-- partition's blocks has to keep up with what is written, not only after a vacuum.
CREATE OR REPLACE FUNCTION vigil.position_history_ahead(ahead interval) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, vigil, pg_temp AS $$
DECLARE
    hour_us  constant bigint := 3600000000;
    start_us bigint := floor(extract(epoch FROM now()) / 3600)::bigint * hour_us;
    stop_us  bigint := vigil.microseconds(now() + ahead);
    name     text;
    made     integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('vigil.position_history_ahead')); -- one after another
    WHILE start_us <= stop_us LOOP
        name := vigil.position_partition(start_us);
        IF to_regclass('vigil.' || name) IS NULL THEN
            BEGIN
                EXECUTE format('CREATE TABLE vigil.%I (LIKE vigil.position_history INCLUDING DEFAULTS)', name);
                EXECUTE format('CREATE INDEX ON vigil.%I USING brin (received_us) WITH (autosummarize = on)', name);
                EXECUTE format('ALTER TABLE vigil.position_history ATTACH PARTITION vigil.%I FOR VALUES FROM (%s) TO (%s)',
                               name, start_us, start_us + hour_us);
                made := made + 1;
            EXCEPTION WHEN check_violation THEN
                NULL; -- some of it lies in the default partition, which then takes the rest of the hour
            END;
        END IF;
        start_us := start_us + hour_us;
    END LOOP;
    RETURN made;
END $$;
