-- Which units take part in the projects of this node, for lists; the whole of each is in the journal.
create table project_unit (
    unit_id    uuid not null,
    project_id text not null,
    primary key (unit_id, project_id)
);

-- 立项名单: the projects of all regions, as the hub told every node. Only to be read.
create table established_project (
    seq             bigint generated always as identity primary key,
    id              uuid not null unique,
    title           text not null,
    field           text not null,
    lead_unit_id    text not null,
    region          text not null,
    document_number text not null,
    established_at  timestamptz not null
);
create index established_project_region on established_project (region, seq);

-- That work has begun, as a region said of a project; it may be heard before the hub's word.
create table activated_project (
    id        uuid not null,
    region    text not null,
    starts_on text not null,
    ends_on   text not null,
    primary key (id, region)
);
comment on column activated_project.region is 'the node that said it: none speaks for another';
