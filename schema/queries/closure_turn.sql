SELECT vigil.closure_turn();
