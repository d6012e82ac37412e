-- Tells who should be there and is not; how many it were.
SELECT vigil.fence_roll_call();
