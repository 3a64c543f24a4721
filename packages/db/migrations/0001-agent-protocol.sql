-- Agents that speak OpenAI's protocol, and requests that are signed.
alter table agents
  add column protocol text not null default 'webhook' check (protocol in ('webhook', 'openai')),
  add column signing_secret_encrypted bytea;
