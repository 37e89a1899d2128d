-- Every unit of every node, as its home last told of it; the own ones too.
create table known_unit (
    unit_id     uuid primary key,
    region      text not null,
    recorded_at timestamptz not null,
    unit        bytea not null
);
comment on column known_unit.unit is 'jiebang.registry.v1.Unit';
create index known_unit_region on known_unit (region, unit_id);

-- Which credit records bar which units, until the end of which day. [Art. 20]
create table barring (
    origin  text not null,
    record  text not null,
    unit_id uuid not null,
    until   date not null,
    primary key (origin, record)
);
create index barring_unit on barring (unit_id, until);

-- Who looked up what of whom, and what for. [Art. 20]
create table lookup (
    seq     bigint generated always as identity primary key,
    at      timestamptz not null,
    person  text not null,
    role    text not null,
    what    text not null,
    unit_id uuid not null,
    purpose text not null
);
create index lookup_unit on lookup (unit_id, seq);

-- Backbone enterprises that an officer has proposed and no director has confirmed. [Art. 8]
create table backbone_proposal (
    unit_id     uuid not null references known_unit,
    field       text not null,
    proposed_by text not null,
    primary key (unit_id, field)
);
