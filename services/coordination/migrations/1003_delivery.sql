-- Units as their homes told of them, by name, kind and size.
create table unit (
    id     uuid primary key,
    name   text not null,
    kind   integer not null,
    size   integer not null,
    region text not null
);
comment on column unit.kind is 'number of jiebang.registry.v1.UnitKind';
comment on column unit.size is 'number of jiebang.registry.v1.UnitSize; 0 where it is not known';

-- What was established, with the units that take part. [Art. 13, 16]
create table project (
    id             text primary key,
    title          text not null,
    field          text not null,
    region         text not null,
    year           integer not null,
    investment     bigint not null,
    support        bigint not null,
    established_at timestamptz not null
);
comment on column project.region is 'the home of the lead';
create table project_unit (
    project_id text not null references project,
    unit_id    uuid not null,
    region     text not null,
    guest      boolean not null,
    primary key (project_id, unit_id)
);

-- Whose contract is signed, by the word of who says so: it counts where that is the lead's home.
create table contract_signed (
    project_id text not null,
    region     text not null,
    signed_at  timestamptz not null,
    primary key (project_id, region)
);

-- From which source an allocation comes. [Art. 3]
create table allocation_source (
    region        text not null,
    allocation_id text not null,
    project_id    text not null,
    source        integer not null,
    year          integer not null,
    fen           bigint not null,
    primary key (region, allocation_id, source, year)
);
comment on column allocation_source.source is 'number of jiebang.fund.v1.FundSource';
create index allocation_source_project on allocation_source (project_id, region);

-- Applications as far as they are known here, for what becomes of them. [Art. 13]
create table application (
    id         text primary key,
    region     text not null,
    title      text not null,
    lead_unit  uuid not null,
    leader_key text not null
);

-- 履约能力: one fact of a unit or of a person. [Art. 19]
create table delivery (
    id         bigint generated always as identity primary key,
    unit_id    uuid,
    person_key text,
    kind       integer not null,
    case_id    text not null,
    title      text not null default '',
    role       text not null default '',
    at         timestamptz not null,
    check ((unit_id is null) <> (person_key is null)),
    constraint delivery_once unique nulls not distinct (unit_id, person_key, kind, case_id, at)
);
comment on column delivery.kind is 'number of jiebang.coordination.v1.DeliveryFactKind';
create index delivery_person on delivery (person_key) where person_key is not null;
create index delivery_case on delivery (case_id, kind);

-- Who looked up whose record, and what for.
create table delivery_lookup (
    seq        bigint generated always as identity primary key,
    at         timestamptz not null,
    person     text not null,
    role       text not null,
    unit_id    uuid,
    person_key text,
    purpose    text not null
);

-- Where a line of the checklist stands, in Chinese, as far as it was told.
alter table checklist add column standing text not null default '';
