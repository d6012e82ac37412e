SELECT vigil.landing_close($1::text);
