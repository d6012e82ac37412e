-- So that the merge finds its row; two of one key would be an error of the splitting.
ALTER TABLE vigil_staging.segment ADD PRIMARY KEY (way_id, from_node, to_node, ordinal)
