-- Which migrations this database has had, and in which form.
CREATE TABLE IF NOT EXISTS vigil.migration (
    number     integer PRIMARY KEY,
    name       text NOT NULL,
    checksum   text NOT NULL, -- SHA-256 of its text
    applied_at timestamptz NOT NULL DEFAULT now()
)
