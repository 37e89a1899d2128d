-- What is forgotten after a time is found by its age.
create index journal_inbox_age on journal_inbox (applied_at);

-- Since when it waits, by the wall clock (`at` is the domain's).
alter table journal_outbox add column written timestamptz not null default now();
