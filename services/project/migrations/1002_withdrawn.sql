-- That a project's application was taken back before its contract was signed, as a region said of
-- a project; it may be heard before the hub's word.
create table withdrawn_project (
    id     uuid not null,
    region text not null,
    primary key (id, region)
);
comment on column withdrawn_project.region is 'the node that said it: none speaks for another';
