SELECT vigil.landing_open($1::text)::text;
