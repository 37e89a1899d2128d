-- Applications of this node, for lists and for the one-live-application rule.
create table application_row (
    application_id uuid primary key,
    guide_id       uuid not null,
    lead           uuid not null,
    state          integer not null,
    -- Whether it is handed in or about to be, and not over.
    live           boolean not null,
    leader         text
);
create index application_of_lead on application_row (lead, application_id);
create index application_of_leader on application_row (guide_id, leader) where live;

-- Parts asked of this node's units.
create table part_row (
    part_id uuid primary key,
    unit    uuid not null
);
create index part_of_unit on part_row (unit, part_id);

-- Examinations on the hub.
create table examination_row (
    application_id uuid primary key,
    guide_id       uuid not null,
    state          integer not null,
    live           boolean not null,
    leader         text
);
create index examination_of_leader on examination_row (guide_id, leader) where live;
