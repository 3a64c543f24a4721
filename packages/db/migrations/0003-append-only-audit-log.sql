-- The audit log is append-only, even for the owner of the table. It is deleted only with its team.
create function refuse_audit_change() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
  begin
    -- Within another trigger: that of the foreign key, for the rows of a team that is deleted.
    if tg_op = 'DELETE' and pg_trigger_depth() > 1 then
      return old;
    end if;
    raise exception 'audit_log is append-only' using errcode = 'insufficient_privilege';
  end
  $$;

create trigger audit_log_append_only
  before update or delete on audit_log
  for each row execute function refuse_audit_change();

create trigger audit_log_no_truncate
  before truncate on audit_log
  for each statement execute function refuse_audit_change();
