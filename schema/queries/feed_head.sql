SELECT number FROM vigil.event_head;
