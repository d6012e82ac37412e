-- To be woken when events have been numbered.
LISTEN vigil_event;
