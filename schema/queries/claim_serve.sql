-- Gives the free places of a day to who waits: which claims, whose, and who leads them.
SELECT served, served_org, led_by FROM vigil.claim_serve($1::bigint);
