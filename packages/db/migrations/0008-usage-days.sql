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

-- usage_days holds the usage of all days before this one; null if it holds none.
alter table teams add column usage_until date;

alter table usage_days enable row level security, force row level security;
create policy team on usage_days to parley_app using (team_id = (select current_team_id()));
grant select, insert on usage_days to parley_app;
