-- The whole schema of Parley's database, and its single source of truth. It runs on an empty Postgres 15 or later:
--
--   psql "$DATABASE_URL" --set ON_ERROR_STOP=1 --single-transaction --file schema.sql
--
-- The server does the same on its first start. The files of `packages/db/migrations/` update an older database.
--
-- Conventions
--   * Every tenant table has team_id, and its keys lead with it: a row can never reference another team, and the
--     schema can be distributed by team_id. Sessions, keys, invites and emails, which are looked up before the team is
--     known, have a separate index.
--   * Ids are UUIDs of version 7 from the application, which sort by time.
--   * Times are timestamptz(3), in milliseconds, so that they survive the conversion to JavaScript and back.
--   * Secrets that are only compared are hashed (SHA-256, hex). Secrets that are sent on are encrypted (bytea).

create table schema_migrations (
  name text primary key,
  applied_at timestamptz(3) not null default now(),
  -- The oldest schema level of a Parley that works with the database after this migration.
  requires_level integer not null default 1
);

create table teams (
  id uuid primary key,
  slug text not null unique check (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  name text not null,
  is_registration_open boolean not null default false,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  -- usage_days holds the usage of all days before this one; null if it holds none.
  usage_until date
);

create table users (
  team_id uuid not null references teams (id) on delete cascade,
  id uuid not null,
  email text not null check (email = lower(email)),
  display_name text not null,
  role text not null default 'user' check (role in ('user', 'admin')),
  password_hash text not null,
  is_active boolean not null default true,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (team_id, id),
  unique (team_id, email)
);

create index users_email on users (email);

-- `id` is the SHA-256 of the id in the cookie, so that a reader of this table cannot log in with it.
create table sessions (
  team_id uuid not null,
  id text not null,
  user_id uuid not null,
  user_agent text,
  expires_at timestamptz(3) not null,
  created_at timestamptz(3) not null default now(),
  primary key (team_id, id),
  foreign key (team_id, user_id) references users (team_id, id) on delete cascade
);

create index sessions_id on sessions (id);
create index sessions_user on sessions (team_id, user_id);
create index sessions_expires_at on sessions (expires_at);

create table api_keys (
  team_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  name text not null,
  key_hash text not null,
  -- Each scope includes the ones before. The default is for servers of the previous version, whose keys have no scope.
  scope text not null default 'admin' check (scope in ('read', 'chat', 'agents', 'admin')),
  expires_at timestamptz(3),
  last_used_at timestamptz(3),
  revoked_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  primary key (team_id, id),
  foreign key (team_id, user_id) references users (team_id, id) on delete cascade
);

create index api_keys_key_hash on api_keys (key_hash);
create index api_keys_user on api_keys (team_id, user_id);

create table invites (
  team_id uuid not null references teams (id) on delete cascade,
  id uuid not null,
  token_hash text not null,
  role text not null default 'user' check (role in ('user', 'admin')),
  created_by uuid,
  used_by uuid,
  expires_at timestamptz(3) not null,
  used_at timestamptz(3),
  revoked_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  primary key (team_id, id),
  foreign key (team_id, created_by) references users (team_id, id) on delete set null (created_by),
  foreign key (team_id, used_by) references users (team_id, id) on delete set null (used_by)
);

create index invites_token_hash on invites (token_hash);

create table agents (
  team_id uuid not null references teams (id) on delete cascade,
  id uuid not null,
  name text not null,
  description text not null default '',
  -- The format of requests to webhook_url: Parley's own, or that of an OpenAI-compatible endpoint.
  protocol text not null default 'webhook' check (protocol in ('webhook', 'openai')),
  webhook_url text not null,
  webhook_token_encrypted bytea,
  -- How a stored token is sent: as a bearer token, as Basic credentials (user:password) or in the header auth_header.
  -- An agent without a token sends no credentials. The default is for servers of the previous version.
  auth text not null default 'bearer' check (auth in ('bearer', 'basic', 'header')),
  auth_header text check (auth_header ~ '^[A-Za-z0-9!#$%&''*+.^_`|~-]{1,100}$'),
  -- Signs requests according to the Standard Webhooks specification.
  signing_secret_encrypted bytea,
  system_prompt text,
  config jsonb not null default '{}' check (jsonb_typeof(config) = 'object'),
  -- How much of a chat's history goes to the webhook with each message.
  max_history_messages integer not null default 1000 check (max_history_messages between 1 and 10000),
  max_history_bytes integer not null default 1000000 check (max_history_bytes between 1000 and 10000000),
  -- Limits of one answer; null: the server's default.
  first_byte_timeout_ms integer check (first_byte_timeout_ms between 1000 and 3600000),
  idle_timeout_ms integer check (idle_timeout_ms between 1000 and 3600000),
  total_timeout_ms integer check (total_timeout_ms between 1000 and 14400000),
  max_text_bytes integer check (max_text_bytes between 1000 and 8388608),
  -- The path of the answer's text in a JSON answer, such as data.reply; null: the usual fields.
  answer_field text check (char_length(answer_field) between 1 and 200),
  -- The names of the workflow nodes whose text is the answer; empty: all nodes.
  answer_nodes jsonb not null default '[]'
    check (jsonb_typeof(answer_nodes) = 'array' and jsonb_array_length(answer_nodes) <= 50 and octet_length(answer_nodes::text) <= 50000),
  -- Whether members see the steps and tool calls, and the reasoning, of this agent's answers.
  show_steps boolean not null default true,
  show_reasoning boolean not null default true,
  is_active boolean not null default true,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (team_id, id),
  check ((auth = 'header') = (auth_header is not null))
);

create table agent_avatars (
  team_id uuid not null,
  agent_id uuid not null,
  content_type text not null,
  bytes bytea not null,
  etag text not null,
  updated_at timestamptz(3) not null default now(),
  primary key (team_id, agent_id),
  foreign key (team_id, agent_id) references agents (team_id, id) on delete cascade
);

-- A chat outlives its agent, and the conversation stays readable. agent_id is no foreign key, here and in runs and
-- error_logs, so that deleting an agent changes no other row; queries give null for the id of an agent that is gone.
create table chats (
  team_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  agent_id uuid,
  title text not null,
  is_pinned boolean not null default false,
  is_archived boolean not null default false,
  -- The seq of the newest message. Stored here so that the cost of a send does not depend on the length of the chat, and
  -- so that sends into one chat queue for the lock of this row.
  last_seq integer not null default 0,
  last_activity_at timestamptz(3) not null default now(),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (team_id, id),
  foreign key (team_id, user_id) references users (team_id, id) on delete cascade
);

create index chats_by_activity on chats (team_id, user_id, last_activity_at desc, id desc);

-- An assistant's message is written empty (status `streaming`) when its run starts, and filled when the run ends.
-- After a failure, a stop or a crash it keeps the text received so far, and its status tells which of them happened.
create table messages (
  team_id uuid not null,
  id uuid not null,
  chat_id uuid not null,
  seq integer not null check (seq > 0),
  role text not null check (role in ('user', 'assistant')),
  content text not null,
  -- The parts of an answer in order, its text among them, as packages/webhook/src/answer-part.ts defines them. Null if the
  -- answer is text alone, which content holds.
  parts jsonb,
  status text not null check (status in ('complete', 'streaming', 'failed', 'canceled', 'interrupted')),
  -- True for an answer that was replaced by another one. It can be read, but is not part of the conversation.
  is_superseded boolean not null default false,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (team_id, id),
  unique (team_id, chat_id, seq),
  foreign key (team_id, chat_id) references chats (team_id, id) on delete cascade
);

-- A run produces one assistant message in answer to one user message. It has one writer, the instance that holds its
-- lease. An expired lease means that the writer is dead.
create table runs (
  team_id uuid not null,
  id uuid not null,
  chat_id uuid not null,
  user_id uuid not null,
  agent_id uuid,
  user_message_id uuid not null,
  assistant_message_id uuid not null,
  attempt integer not null default 1 check (attempt > 0),
  state text not null default 'running' check (state in ('running', 'succeeded', 'failed', 'canceled', 'interrupted')),
  error_reason text,
  error_message text,
  instance_id uuid not null,
  lease_expires_at timestamptz(3) not null,
  created_at timestamptz(3) not null default now(),
  ended_at timestamptz(3),
  primary key (team_id, id),
  unique (team_id, user_message_id, attempt),
  unique (team_id, assistant_message_id),
  foreign key (team_id, chat_id) references chats (team_id, id) on delete cascade,
  foreign key (team_id, user_id) references users (team_id, id) on delete cascade,
  foreign key (team_id, user_message_id) references messages (team_id, id) on delete cascade,
  foreign key (team_id, assistant_message_id) references messages (team_id, id) on delete cascade,
  check ((state = 'running') = (ended_at is null)),
  check (state <> 'failed' or error_reason is not null)
);

-- At most one active run per chat.
create unique index runs_one_active_a_chat on runs (team_id, chat_id) where state = 'running';
create index runs_newest_of_chat on runs (team_id, chat_id, created_at desc, id desc);
create index runs_lease on runs (lease_expires_at) where state = 'running';
create index runs_user on runs (team_id, user_id);

-- The journal: the events of active and recently ended runs. Followers on other instances read it, and it keeps the text
-- of runs whose instance was killed. A row holds an array with the events of one run since its previous row; `seq` is that
-- of the last event.
create table run_events (
  team_id uuid not null,
  run_id uuid not null,
  seq integer not null check (seq > 0),
  events jsonb not null check (jsonb_typeof(events) = 'array'),
  created_at timestamptz(3) not null default now(),
  primary key (team_id, run_id, seq),
  foreign key (team_id, run_id) references runs (team_id, id) on delete cascade
);

create index run_events_created_at on run_events (created_at);

-- Wakes the instances that follow these runs. A notification contains only as many ids as fit, and followers read the
-- events from the table, so a lost notification costs time but no event.
create function notify_run_events() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
  begin
    perform pg_notify('run_events', string_agg(run_id::text, ','))
    from (select run_id, (row_number() over () - 1) / 200 as batch from (select distinct run_id from new_rows) ids) batches
    group by batch;
    return null;
  end
  $$;

create trigger run_events_notify
  after insert on run_events
  referencing new table as new_rows
  for each statement execute function notify_run_events();

-- The ended runs of past days, counted by chat and agent, so that a year of usage does not read a year of runs.
-- The server fills the table in the background: teams.usage_until says how far.
create table usage_days (
  team_id uuid not null,
  chat_id uuid not null,
  -- In UTC.
  day date not null,
  -- The nil UUID if the runs had no agent. Not a foreign key: deleting an agent changes no row here.
  agent_id uuid not null,
  user_id uuid not null,
  succeeded integer not null,
  failed integer not null,
  canceled integer not null,
  interrupted integer not null,
  -- The sum of the durations of these runs.
  duration_ms bigint not null,
  primary key (team_id, chat_id, day, agent_id),
  foreign key (team_id, chat_id) references chats (team_id, id) on delete cascade
);

create index usage_days_day on usage_days (team_id, day);

-- Failures that an admin of the team can fix. Redacted: no tokens, no bodies.
create table error_logs (
  team_id uuid not null references teams (id) on delete cascade,
  id uuid not null,
  reason text not null,
  message text not null,
  hint text,
  agent_id uuid,
  run_id uuid,
  user_id uuid,
  created_at timestamptz(3) not null default now(),
  primary key (team_id, id),
  foreign key (team_id, run_id) references runs (team_id, id) on delete set null (run_id),
  foreign key (team_id, user_id) references users (team_id, id) on delete set null (user_id)
);

create index error_logs_agent on error_logs (team_id, agent_id);
create index error_logs_run on error_logs (team_id, run_id);
create index error_logs_user on error_logs (team_id, user_id);

-- The log of who changed what. It is append-only. actor_id is not a foreign key, so that the log outlives the user.
create table audit_log (
  team_id uuid not null references teams (id) on delete cascade,
  id uuid not null,
  actor_id uuid,
  action text not null,
  target_id uuid,
  details jsonb not null default '{}',
  created_at timestamptz(3) not null default now(),
  primary key (team_id, id)
);

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

-- Counters of rate limits, shared by all instances, with the columns of rate-limiter-flexible. They restart from zero
-- after a crash.
create unlogged table rate_limits (
  key text primary key,
  points integer not null,
  -- Milliseconds since 1970; null if the counter never expires.
  expire bigint
);
create index rate_limits_expire on rate_limits (expire);

-- A chat's messages as one JSONB array of {role, content, timestamp}, oldest first: `select messages(c) from chats c`.
-- An answer that is more than its text also has {parts}.
create function messages(chat chats) returns jsonb
  language sql stable
  return (
    select coalesce(
      jsonb_agg(
        jsonb_build_object(
          'role', m.role,
          'content', m.content,
          'timestamp', to_char(m.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
        )
        || case when m.parts is null then '{}' else jsonb_build_object('parts', m.parts) end
        order by m.seq
      ),
      '[]'
    )
    from messages m
    where m.team_id = chat.team_id and m.chat_id = chat.id and not m.is_superseded
  );

-- Roles and row-level security
--
-- Every query names its team, and the database itself also keeps teams apart: each statement runs as one of two roles
-- that own nothing, and row-level security decides which rows it sees. FORCE binds the owner of the tables as well.
--   * parley_app works for one team, which is in the setting app.team_id for the duration of a transaction.
--   * parley_system does the work before the team is known (logins, sessions, keys, invites) and the work for all teams
--     (the journal, leases, recovery), and has no other rights.
-- A test compares these rights with those in the database.

-- Roles belong to the whole server, so they may exist already, or a migration of another database may be creating them.
-- The user who runs this becomes a member of both in order to set them, and inherits nothing from them.
do $$
declare
  name text;
  -- Since Postgres 16, membership in a role does not imply the right to set it.
  taking_on text := case when current_setting('server_version_num')::integer >= 160000 then 'SET' else 'MEMBER' end;
begin
  foreach name in array array['parley_app', 'parley_system'] loop
    -- An attempt fails at most once for each database whose migration was faster.
    for attempt in 1..100 loop
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
-- The update is what Postgres asks of those that lock a row.
grant select, insert, update (expires_at), delete on sessions to parley_app;
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
grant select (team_id, id), update (content, parts, status, updated_at) on messages to parley_system;

alter table runs enable row level security, force row level security;
create policy team on runs to parley_app using (team_id = (select current_team_id()));
create policy system on runs to parley_system using (true);
grant select, insert, update on runs to parley_app;
grant select, update (state, error_reason, error_message, ended_at, lease_expires_at) on runs to parley_system;

alter table run_events enable row level security, force row level security;
create policy team on run_events to parley_app using (team_id = (select current_team_id()));
create policy system on run_events to parley_system using (true);
grant select, insert on run_events to parley_app;
-- The update is what Postgres asks of those that lock a row.
grant select, insert, update (created_at), delete on run_events to parley_system;

alter table usage_days enable row level security, force row level security;
create policy team on usage_days to parley_app using (team_id = (select current_team_id()));
grant select, insert on usage_days to parley_app;

alter table error_logs enable row level security, force row level security;
create policy team on error_logs to parley_app using (team_id = (select current_team_id()));
grant select, insert on error_logs to parley_app;

alter table audit_log enable row level security, force row level security;
create policy team on audit_log to parley_app using (team_id = (select current_team_id()));
grant select, insert on audit_log to parley_app;

-- Belongs to no team, because a login is counted before its team is known.
alter table rate_limits enable row level security, force row level security;
create policy system on rate_limits to parley_system using (true);
grant select, insert, update, delete on rate_limits to parley_system;

-- Belongs to no team and is no secret: every login that uses the database checks its migrations.
grant select on schema_migrations to public;

-- The migrations that a new database includes: see packages/db/migrations.
insert into schema_migrations (name) values
  ('0001-agent-protocol.sql'),
  ('0002-row-level-security.sql'),
  ('0003-append-only-audit-log.sql'),
  ('0004-rate-limits.sql'),
  ('0006-locks.sql'),
  ('0007-api-key-scopes.sql'),
  ('0008-usage-days.sql'),
  ('0010-compatibility.sql'),
  ('0011-agent-settings.sql'),
  ('0012-message-parts.sql');
