-- Everything published, as everybody may see it: nothing in it comes from anywhere but the hub's
-- public messages, so no query over it can tell who demands or where. [Art. 10]
create table catalogue (
    blind_id        uuid primary key,
    public_number   text not null unique,
    field           text not null,
    -- What is searched, in lower case.
    searchable      text not null,
    -- The encoded public record.
    record          bytea not null,
    document_number text not null,
    published_on    date not null,
    call_until      date not null,
    withdrawn       boolean not null default false,
    pool            text check (pool in ('matched', 'partly_matched')),
    matched_tasks   uuid[] not null default '{}'
);
comment on column catalogue.pool is 'where it stands in the reserve pool; null: not in it';
create index catalogue_field on catalogue (field, public_number);

-- The public numbers that the hub has given.
create table published_number (
    year     integer not null,
    place    bigint not null check (place > 0),
    decision uuid not null,
    constraint published_number_given primary key (year, place)
);

-- Solutions are listed by who holds them, postings by their demander.
create index solution_holder on journal_state ((state ->> 'holder'), id) where kind = 'solution';
create index posting_demander
    on journal_state
    ((coalesce(state -> 'Open', state -> 'Closed') -> 'owner' ->> 'demander'), id)
    where kind = 'posting';
