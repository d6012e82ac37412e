-- Devices that transactions from $1 on have changed, with what lets them in; the hash is
-- null of those that are closed, which at first, from 0, are left out.
SELECT device_id, secret_hash, person_id, org_id, format, frame
FROM vigil.device
WHERE changed_txid >= $1::bigint AND (valid_to IS NULL OR $1 > 0);
