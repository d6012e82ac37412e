-- Answers to an Idempotency-Key, in which names may stand, are kept for a day.
DELETE FROM vigil.idempotency WHERE created_at < now() - interval '24 hours';
