-- The parts of an answer in order, its text among them. Null if the answer is text alone, which content holds.
alter table messages add column parts jsonb;

grant update (parts) on messages to parley_system;

-- Postgres applies the policies of a table to the body of a new function, and refuses that where row_security is off, as in a restore.
alter table messages no force row level security;

-- An answer that is more than its text also has {parts}.
create or replace function messages(chat chats) returns jsonb
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

alter table messages force row level security;
