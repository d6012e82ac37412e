SELECT org_name, label FROM vigil.enrolment_look($1::text);
