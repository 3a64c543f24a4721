-- Counters of rate limits, shared by all instances. They restart from zero after a crash.
create unlogged table rate_limits (
  key text primary key,
  points integer not null,
  -- Milliseconds since 1970; null if the counter never expires.
  expire bigint
);
create index rate_limits_expire on rate_limits (expire);

-- Belongs to no team, because a login is counted before its team is known.
alter table rate_limits enable row level security, force row level security;
create policy system on rate_limits to parley_system using (true);
grant select, insert, update, delete on rate_limits to parley_system;
