-- The oldest schema level of a Parley that works with the database after this migration. Restarted instances of the
-- version before accept a newer database by it.
alter table schema_migrations add column requires_level integer not null default 1;
