-- Parley's two roles, and row-level security for both. schema.sql has the explanation.

do $$
declare
  name text;
  -- Since Postgres 16, membership in a role does not imply the right to set it.
  taking_on text := case when current_setting('server_version_num')::integer >= 160000 then 'SET' else 'MEMBER' end;
begin
  foreach name in array array['parley_app', 'parley_system'] loop
    for attempt in 1..5 loop
      begin
        if not exists (select from pg_roles where rolname = name) then
          execute format('create role %I nologin', name);
        end if;
        if not pg_has_role(name, taking_on) then
          execute format('grant %I to current_user', name)
            || case taking_on when 'SET' then ' with inherit false, set true' else '' end;
        end if;
        exit;
      exception
        -- A concurrent migration of another database on this server was faster: check again.
        when duplicate_object or unique_violation or internal_error then
          continue;
        when insufficient_privilege then
          raise exception using message = format(
            'Parley needs the roles parley_app and parley_system, and user %1$s may not make them. Have an administrator of the server run: create role parley_app nologin; create role parley_system nologin; grant parley_app, parley_system to %1$I;',
            current_user
          );
      end;
    end loop;
    if exists (select from pg_roles where rolname = name and (rolsuper or rolbypassrls)) then
      raise exception using message = format('The role %I must not bypass row-level security: alter role %1$I nosuperuser nobypassrls;', name);
    end if;
    if not has_schema_privilege(name, current_schema(), 'usage') then
      execute format('grant usage on schema %I to %I', current_schema(), name);
    end if;
  end loop;
end
$$;

-- The setting is '' after the first transaction that used it, which also means no team.
create function current_team_id() returns uuid
  language sql stable parallel safe
  return nullif(current_setting('app.team_id', true), '')::uuid;

-- The select makes it one value per statement, which an index can look up.
alter table teams enable row level security, force row level security;
create policy team on teams to parley_app using (id = (select current_team_id()));
create policy system on teams to parley_system using (true);
grant select, update on teams to parley_app;
grant select, insert on teams to parley_system;

alter table users enable row level security, force row level security;
create policy team on users to parley_app using (team_id = (select current_team_id()));
create policy system on users to parley_system using (true);
grant select, insert, update on users to parley_app;
grant select, insert on users to parley_system;

alter table sessions enable row level security, force row level security;
create policy team on sessions to parley_app using (team_id = (select current_team_id()));
create policy system on sessions to parley_system using (true);
grant select, delete on sessions to parley_app;
grant select, insert, update (expires_at), delete on sessions to parley_system;

alter table api_keys enable row level security, force row level security;
create policy team on api_keys to parley_app using (team_id = (select current_team_id()));
create policy system on api_keys to parley_system using (true);
grant select, insert, update on api_keys to parley_app;
grant select, update (last_used_at) on api_keys to parley_system;

alter table invites enable row level security, force row level security;
create policy team on invites to parley_app using (team_id = (select current_team_id()));
create policy system on invites to parley_system using (true);
grant select, insert, update on invites to parley_app;
grant select on invites to parley_system;

alter table agents enable row level security, force row level security;
create policy team on agents to parley_app using (team_id = (select current_team_id()));
grant select, insert, update, delete on agents to parley_app;

alter table agent_avatars enable row level security, force row level security;
create policy team on agent_avatars to parley_app using (team_id = (select current_team_id()));
grant select, insert, update, delete on agent_avatars to parley_app;

alter table chats enable row level security, force row level security;
create policy team on chats to parley_app using (team_id = (select current_team_id()));
grant select, insert, update, delete on chats to parley_app;

alter table messages enable row level security, force row level security;
create policy team on messages to parley_app using (team_id = (select current_team_id()));
create policy system on messages to parley_system using (true);
grant select, insert, update on messages to parley_app;
-- The system ends the answers of dead instances. It cannot read their text.
grant select (team_id, id), update (content, status, updated_at) on messages to parley_system;

alter table runs enable row level security, force row level security;
create policy team on runs to parley_app using (team_id = (select current_team_id()));
create policy system on runs to parley_system using (true);
grant select, insert, update on runs to parley_app;
grant select, update (state, error_reason, error_message, ended_at, lease_expires_at) on runs to parley_system;

alter table run_events enable row level security, force row level security;
create policy team on run_events to parley_app using (team_id = (select current_team_id()));
create policy system on run_events to parley_system using (true);
grant select, insert on run_events to parley_app;
grant select, insert, delete on run_events to parley_system;

alter table error_logs enable row level security, force row level security;
create policy team on error_logs to parley_app using (team_id = (select current_team_id()));
grant select, insert on error_logs to parley_app;

alter table audit_log enable row level security, force row level security;
create policy team on audit_log to parley_app using (team_id = (select current_team_id()));
grant select, insert on audit_log to parley_app;

-- Belongs to no team and is no secret: every login that uses the database checks its migrations.
grant select on schema_migrations to public;

alter function notify_run_events() set search_path = pg_catalog;
