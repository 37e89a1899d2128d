-- Since when it waits, by the wall clock: what has waited for too long may have been delivered then,
-- without a note of it, and be unknown to those who heard it.
alter table undelivered add column since timestamptz not null default now();
