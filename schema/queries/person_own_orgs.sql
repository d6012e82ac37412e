SELECT org_id, org_name, role, recruit, vigil.rfc3339(valid_from), vigil.rfc3339(valid_to)
FROM vigil.own_orgs();
