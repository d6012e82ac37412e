-- Values of those who were refused, or whom nobody decided about, so many days ago.
UPDATE vigil.enrolment
SET name = '-', birth_year = NULL, phone_sealed = NULL, phone_hash = NULL, identity_sealed = NULL,
    identity_hash = NULL, emergency_sealed = NULL, emptied_at = now(),
    state = 'refused', decided_at = coalesce(decided_at, now())
WHERE emptied_at IS NULL
  AND (state = 'refused' AND decided_at < now() - $1::integer * interval '1 day'
       OR state = 'pending' AND asked_at < now() - $1::integer * interval '1 day');
