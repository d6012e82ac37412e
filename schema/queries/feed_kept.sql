-- Events after the first number up to the second are kept, whoever may see them.
SELECT floor, number FROM vigil.event_head;
