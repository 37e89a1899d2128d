-- What was said to the other members: this node's chain, each envelope byte for byte as it crossed.
create table sent (
    number     bigint primary key check (number > 0),
    previous   bytea check (length(previous) = 32),
    hash       bytea not null check (length(hash) = 32),
    at         timestamptz not null,
    audience   text not null,
    -- The message inside: one message has one number.
    message_id uuid not null unique,
    kind       text not null,
    aggregate  text not null,
    envelope   bytea not null
);
create index sent_aggregate on sent (aggregate);
create index sent_kind on sent (kind);

-- Numbered and not yet with the hub. Taken by existence.
create table unpublished (
    number bigint primary key references sent
);

-- What was heard from the others: verified, in order, without gaps.
create table received (
    region   text not null,
    number   bigint not null check (number > 0),
    previous bytea check (length(previous) = 32),
    hash     bytea not null check (length(hash) = 32),
    at       timestamptz not null,
    audience text not null,
    -- Of bodies for all; what is sealed is not told apart.
    kind     text,
    aggregate text,
    envelope bytea not null,
    -- Up to when the region had vouched, before this, to have said everything.
    vouched  timestamptz,
    filed_at timestamptz not null default now(),
    primary key (region, number)
);
create index received_kind on received (kind) where kind is not null;

-- Addressed to this node and not yet with its services. Taken by existence.
create table undelivered (
    region text not null,
    number bigint not null,
    primary key (region, number),
    foreign key (region, number) references received
);

-- Verified, but something before it is missing.
create table early (
    region   text not null,
    number   bigint not null,
    hash     bytea not null,
    envelope bytea not null,
    primary key (region, number, hash)
);

-- Each region's last heartbeat: up to when it has said everything.
create table heartbeat (
    region text primary key,
    until  timestamptz not null,
    number bigint not null,
    -- Wall time: for operators only.
    filed_at timestamptz not null default now()
);

-- The seals that the regions told of their services' journals, and the first envelope that did.
create table journal_head (
    region  text not null,
    service text not null,
    seals   bigint not null,
    head    bytea not null check (length(head) = 32),
    number  bigint not null,
    primary key (region, service, seals)
);

-- Up to when this node has vouched to have said everything. One row.
create table vouched (
    one   boolean primary key default true check (one),
    until timestamptz not null
);

-- What was wrong, for the operators.
create table fault (
    id          bigint generated always as identity primary key,
    kind        text not null check (kind in ('malformed', 'forged', 'altered', 'replayed', 'fork',
        'backdated', 'gap', 'unreadable', 'rewritten', 'unsendable')),
    region      text not null,
    number      bigint not null,
    digest      bytea not null,
    note        text not null,
    envelope    bytea not null,
    found_at    timestamptz not null,
    times       bigint not null default 1,
    repaired_at timestamptz
);
comment on column fault.digest is 'of the offending bytes, or of the note: the same again counts in times';
create unique index fault_same on fault (kind, region, number, digest);
create index fault_open on fault (region) where repaired_at is null;

create trigger append_only before update or delete or truncate on sent
    for each statement execute function journal_append_only();
create trigger append_only before update or delete or truncate on received
    for each statement execute function journal_append_only();
create trigger append_only before update or delete or truncate on journal_head
    for each statement execute function journal_append_only();
