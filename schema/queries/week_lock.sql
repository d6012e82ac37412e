-- Who stores a week does so alone, until the end of the transaction: $1 kind, $2 its first second.
SELECT pg_advisory_xact_lock(hashtextextended('vigil.cover_week ' || $1::text, $2::bigint));
