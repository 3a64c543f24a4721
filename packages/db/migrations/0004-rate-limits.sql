-- Calls counted against rate limits, by all instances together. What is lost in a crash is counted anew.
create unlogged table rate_limits (
  key text primary key,
  points integer not null,
  -- Milliseconds since 1970; null where it never ends.
  expire bigint
);
create index rate_limits_expire on rate_limits (expire);

-- Of no team: a login is counted before its team is known.
alter table rate_limits enable row level security, force row level security;
create policy system on rate_limits to parley_system using (true);
grant select, insert, update, delete on rate_limits to parley_system;
