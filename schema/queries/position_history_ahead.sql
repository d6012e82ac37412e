SELECT vigil.position_history_ahead(interval '48 hours')::bigint;
