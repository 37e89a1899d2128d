-- The journal's tables, in every service's database beside the service's own (numbered from 1000).
-- Facts and seals are append-only: for the owner by trigger, for the service by privilege.

-- What happened. `payload` is `json`, not `jsonb`: its text is what is hashed.
create table journal_fact (
    position bigint generated always as identity,
    xid      xid8 not null default pg_current_xact_id(),
    kind     text not null,
    id       text not null,
    version  bigint not null check (version > 0),
    name     text not null,
    payload  json not null,
    at       timestamptz not null,
    actor    json not null,
    policy   text,
    trace    text,
    previous bytea check (length(previous) = 32),
    hash     bytea not null check (length(hash) = 32),
    constraint journal_fact_version primary key (kind, id, version)
);
-- Readers by position go along (xid, position) below pg_snapshot_xmin: a position alone is handed
-- out before its commit, and a cursor over it skips the late one.
create index journal_fact_order on journal_fact (xid, position);

-- Where each aggregate stands: the fold of its facts, and the hash of the last of them.
create table journal_state (
    kind    text not null,
    id      text not null,
    version bigint not null check (version > 0),
    state   json not null,
    head    bytea not null check (length(head) = 32),
    primary key (kind, id)
) with (fillfactor = 70);

-- What is to be told and has not been acknowledged yet. Taken by existence, never by a cursor.
create table journal_outbox (
    seq       bigint generated always as identity primary key,
    id        uuid not null,
    scope     text not null,
    kind      text not null,
    schema    text not null,
    aggregate text not null,
    body      bytea not null,
    at        timestamptz not null,
    trace     text
) with (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000);
comment on column journal_outbox.scope is 'node: stays; share.all, share.<region>: crosses';

-- What has been heard and applied.
create table journal_inbox (
    id         uuid primary key,
    applied_at timestamptz not null default now()
);

-- What has to happen by itself: one row for each alarm of each present state. A fired row stays
-- while its alarm does, so that it cannot fire again.
create table journal_timer (
    kind    text not null,
    id      text not null,
    name    text not null,
    due     timestamptz not null,
    fired   timestamptz,
    refusal text,
    primary key (kind, id, name)
);
create index journal_timer_due on journal_timer (due) where fired is null;

-- What has been answered: a repeated request gets the answer of the first.
create table journal_request (
    caller      text not null,
    request     uuid not null,
    fingerprint bytea not null check (length(fingerprint) = 32),
    kind        text not null,
    id          text not null,
    version     bigint not null,
    answered_at timestamptz not null default now(),
    primary key (caller, request)
);
create index journal_request_age on journal_request (answered_at);

-- What could not be read, verified or applied, with the reason; those that tell of the same
-- aggregate wait behind it until it is resolved.
create table journal_dead_letter (
    seq        bigint generated always as identity primary key,
    id         uuid not null unique,
    origin     text not null,
    scope      text not null,
    kind       text not null,
    aggregate  text not null,
    at         timestamptz not null,
    body       bytea not null,
    trace      text,
    reason     text not null,
    attempts   integer not null default 1,
    received   timestamptz not null default now(),
    resolution text
);
create index journal_dead_letter_open on journal_dead_letter (origin, aggregate, seq)
    where resolution is null;

-- A transaction number means nothing in another cluster: a restored database begins a new epoch,
-- whose facts start at `from_position`.
create table journal_epoch (
    number        integer primary key,
    cluster       text not null,
    from_position bigint not null,
    began         timestamptz not null default now()
);

insert into journal_epoch (number, cluster, from_position)
select 1, system_identifier::text, 1 from pg_control_system();

-- One seal over each stretch of facts in (xid, position) order, each over the one before.
create table journal_seal (
    number        bigint primary key check (number > 0),
    epoch         integer not null references journal_epoch,
    last_xid      xid8 not null,
    last_position bigint not null,
    facts         bigint not null check (facts > 0),
    previous      bytea check (length(previous) = 32),
    digest        bytea not null check (length(digest) = 32),
    sealed_at     timestamptz not null default now()
);

create function journal_append_only() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'integrity_constraint_violation';
end $$;
create trigger append_only before update or delete or truncate on journal_fact
    for each statement execute function journal_append_only();
create trigger append_only before update or delete or truncate on journal_seal
    for each statement execute function journal_append_only();
create trigger append_only before update or delete or truncate on journal_epoch
    for each statement execute function journal_append_only();
