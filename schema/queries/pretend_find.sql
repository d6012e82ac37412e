-- Whether $1 was made.
SELECT EXISTS (SELECT FROM vigil.pretended WHERE what = $1::text);
