-- How a stored token is sent: as a bearer token, as Basic credentials (user:password) or in the header auth_header.
-- An agent without a token sends no credentials. The default is for servers of the previous version.
alter table agents
  add column auth text not null default 'bearer' check (auth in ('bearer', 'basic', 'header')),
  add column auth_header text check (auth_header ~ '^[A-Za-z0-9!#$%&''*+.^_`|~-]{1,100}$'),
  add check ((auth = 'header') = (auth_header is not null));

-- Limits of one answer; null: the server's default.
alter table agents
  add column first_byte_timeout_ms integer check (first_byte_timeout_ms between 1000 and 3600000),
  add column idle_timeout_ms integer check (idle_timeout_ms between 1000 and 3600000),
  add column total_timeout_ms integer check (total_timeout_ms between 1000 and 14400000),
  add column max_text_bytes integer check (max_text_bytes between 1000 and 8388608);

-- Where an answer has its text, and what members see beside it.
alter table agents
  add column answer_field text check (char_length(answer_field) between 1 and 200),
  add column answer_nodes jsonb not null default '[]'
    check (jsonb_typeof(answer_nodes) = 'array' and jsonb_array_length(answer_nodes) <= 50 and octet_length(answer_nodes::text) <= 50000),
  add column show_steps boolean not null default true,
  add column show_reasoning boolean not null default true;
