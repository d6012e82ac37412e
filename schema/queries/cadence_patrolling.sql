-- Who has checked in for a patrol day that is not over, ascending.
SELECT DISTINCT person_id
FROM vigil.signup
WHERE state = 'checked_in' AND claim_id IS NOT NULL
  AND upper(during) > now()
ORDER BY person_id;
