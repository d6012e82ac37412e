-- Closes a squad and with it everybody's membership.
WITH gone AS (UPDATE vigil.squad_member SET valid_to = now()
              WHERE squad_id = $1::bigint AND valid_to IS NULL)
UPDATE vigil.squad SET valid_to = now(), version = version + 1
WHERE squad_id = $1::bigint AND valid_to IS NULL;
