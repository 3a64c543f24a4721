-- API keys have a scope. Each scope includes the ones before: read, chat, agents, admin. The default is for servers of the
-- previous version, whose keys have no scope.
alter table api_keys add column scope text not null default 'admin' check (scope in ('read', 'chat', 'agents', 'admin'));

-- Row-level security is forced on the owner of the tables as well, and would hide the rows from the updates.
alter table api_keys no force row level security;
alter table users no force row level security;

-- A key keeps what it may do today, and gains nothing when its user becomes an admin.
update api_keys k set scope = 'chat'
from users u
where u.team_id = k.team_id and u.id = k.user_id and u.role <> 'admin';

-- The keys of a disabled account stay revoked when the account is enabled again.
update api_keys k set revoked_at = now()
from users u
where u.team_id = k.team_id and u.id = k.user_id and not u.is_active and k.revoked_at is null;

alter table api_keys force row level security;
alter table users force row level security;
