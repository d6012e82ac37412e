-- The version that is in use, and what the metres weigh of which it says nothing.
SELECT weight_version_id, rest::bigint FROM vigil.weight_version WHERE in_use;
