DELETE FROM vigil.restriction
