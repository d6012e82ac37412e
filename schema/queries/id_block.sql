-- Reserves the next 1,000 ids for whoever asks.
SELECT nextval('vigil.id_block');
