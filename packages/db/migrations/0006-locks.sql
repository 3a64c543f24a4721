-- A deleted agent leaves its id in chats, runs and error logs, as a user leaves theirs in the audit log: deleting an agent
-- costs the same however many there are, and takes no lock that a send needs. Ids are never used again, and queries give
-- null for the id of an agent that is gone.
alter table chats drop constraint chats_team_id_agent_id_fkey;
alter table runs drop constraint runs_team_id_agent_id_fkey;
alter table error_logs drop constraint error_logs_team_id_agent_id_fkey;
-- Only the foreign keys used these.
drop index chats_agent;
drop index runs_agent;

-- A login writes the session in the transaction that locks its user, as the team.
grant insert on sessions to parley_app;
-- Postgres lets those lock a row who may update a column of it.
grant update (expires_at) on sessions to parley_app;
grant update (created_at) on run_events to parley_system;
