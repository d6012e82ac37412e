SELECT import_id FROM vigil.import WHERE current;
