SELECT vigil.position_history_expire($1::integer);
