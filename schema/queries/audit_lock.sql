-- One sealer at a time, whatever the number of processes: until the transaction ends.
SELECT pg_try_advisory_xact_lock(x'766967696c6175'::bigint);
