-- One row by its id, open or closed.
SELECT o.org_id, o.version, vigil.rfc3339(o.valid_from), vigil.rfc3339(o.valid_to), ST_AsBinary(o.area, 'NDR'),
       o.code, o.name, o.kind, up.org_id, o.trade, o.address, o.duty_phone, o.credit_code
FROM vigil.org o
LEFT JOIN vigil.org up ON up.org_id = o.parent_id -- told to those only who may see it
WHERE o.org_id = $1::bigint;
