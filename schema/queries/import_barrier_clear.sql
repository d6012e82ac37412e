DELETE FROM vigil.barrier
