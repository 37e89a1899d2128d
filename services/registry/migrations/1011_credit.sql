-- What every member's credit records bar from, and from when to when; the own ones too. Nothing is
-- deleted: what has ended says so. [Art. 20]
drop table barring;
create table credit_effect (
    origin     text not null,
    record     uuid not null,
    unit_id    uuid,
    person_key text,
    misconduct int not null,
    acts       int[] not null,
    first_day  date not null,
    last_day   date not null,
    ended      int not null,
    told_at    timestamptz not null,
    primary key (origin, record),
    check ((unit_id is null) <> (person_key is null))
);
comment on column credit_effect.acts is 'numbers of jiebang.registry.v1.BarredAct';
create index credit_effect_unit on credit_effect (unit_id);
create index credit_effect_person on credit_effect (person_key);

-- A look-up may be of a unit, a person or a record.
alter table lookup
    alter column unit_id drop not null,
    add column person_key text,
    add column record     uuid;
create index lookup_person on lookup (person_key, seq);

-- What departments told units and people at home here.
create table credit_notice_unit (
    record  uuid primary key,
    unit_id uuid not null
);
create index credit_notice_of_unit on credit_notice_unit (unit_id, record);

-- Every registration of every unit: known_unit has the earliest, which counts.
create table unit_registration (
    unit_id       uuid not null,
    region        text not null,
    registered_at timestamptz not null,
    recorded_at   timestamptz not null,
    unit          bytea not null,
    primary key (unit_id, region)
);
comment on column unit_registration.unit is 'jiebang.registry.v1.Unit';
insert into unit_registration (unit_id, region, registered_at, recorded_at, unit)
    select unit_id, region, recorded_at, recorded_at, unit from known_unit;

-- Which unit says of which that they are under common control.
create table affiliation (
    unit_id   uuid not null,
    affiliate uuid not null,
    primary key (unit_id, affiliate)
);
create index affiliation_affiliate on affiliation (affiliate);
