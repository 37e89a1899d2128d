-- What was established and taken back before its contract was signed, by the word of who says so: it
-- counts where that is the lead's home.
create table project_withdrawn (
    project_id   text not null,
    region       text not null,
    withdrawn_at timestamptz not null,
    primary key (project_id, region)
);

-- The projects that the figures are about.
create view standing_project as
    select p.id, p.title, p.field, p.region, p.year, p.investment, p.support, p.established_at
    from project p
    where not exists (select from project_withdrawn w
                      where w.project_id = p.id and w.region = p.region);
