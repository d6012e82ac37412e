SELECT uuid_send(city) FROM vigil.spool_city;
