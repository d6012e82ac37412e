-- For whom the rest of this transaction runs (policies ask vigil.scope_org and the others).
SELECT set_config('vigil.org', $1::text, true), set_config('vigil.person', $2::text, true),
       set_config('vigil.token', $3::text, true);
