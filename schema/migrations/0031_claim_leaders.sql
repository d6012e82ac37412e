-- Who leads a squad is told to whoever holds a claim: of her own claim, or of one that it
-- could be exchanged with. Before, the number of any claim was enough.

CREATE FUNCTION vigil.claim_leaders(mine vigil.claim, about bigint) RETURNS SETOF bigint LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, vigil AS $$
    SELECT m.person_id FROM vigil.claim c JOIN vigil.squad_member m USING (squad_id)
    WHERE c.claim_id = about AND (about = mine.claim_id OR c.org_id = mine.org_id)
      AND m.role = 'leader' AND m.valid_to IS NULL
$$;
ALTER FUNCTION vigil.claim_leaders(vigil.claim, bigint) OWNER TO vigil_engine;

DROP FUNCTION vigil.claim_leaders(bigint);
