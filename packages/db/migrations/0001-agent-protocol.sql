-- Agents with OpenAI's protocol, and signed requests.
alter table agents
  add column protocol text not null default 'webhook' check (protocol in ('webhook', 'openai')),
  add column signing_secret_encrypted bytea;
