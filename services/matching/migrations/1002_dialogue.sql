-- What else everybody may know of a published demand, and by what it can be narrowed down. All of it
-- comes from the hub's public messages. [Art. 10, 11]
alter table catalogue drop constraint catalogue_pool_check;
alter table catalogue add constraint catalogue_pool_check
    check (pool in ('matched', 'partly_matched', 'other'));
alter table catalogue add column year integer not null default 0;
-- Of each task: what it offers, in fen, and its mode by number.
alter table catalogue add column offers bigint[] not null default '{}';
alter table catalogue add column modes integer[] not null default '{}';
alter table catalogue add column updated_on date not null default '2023-04-06';
alter table catalogue add column demander uuid;
comment on column catalogue.demander is 'who demands, where everybody was told';

create table catalogue_question (
    question_id  uuid primary key,
    blind_id     uuid not null,
    question     text not null,
    answer       text not null,
    published_on date not null
);
create index catalogue_question_demand on catalogue_question (blind_id, published_on, question_id);

create table catalogue_roadshow (
    meeting_id uuid primary key,
    blind_id   uuid not null,
    sequence   integer not null,
    starts_at  timestamptz not null,
    -- The encoded message.
    roadshow   bytea not null
);
create index catalogue_roadshow_demand on catalogue_roadshow (blind_id, starts_at);

-- The seals of solutions as their homes told them to every node; the first word counts. Says neither
-- whose nor for which demand. [Art. 11]
create table solution_seal (
    seal   bytea not null,
    region text not null,
    at     timestamptz not null,
    primary key (seal, region)
);

-- Questions are listed by who asks.
create index question_asker on journal_state ((state ->> 'asker'), id) where kind = 'question';
