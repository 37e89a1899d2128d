-- Units of all regions as their homes tell of them: who could solve what. [Art. 11]
create table known_unit (
    unit_id  uuid primary key,
    -- Its home: nobody else's word about it counts.
    region   text not null,
    name     text not null default '',
    kind     integer not null default 0,
    -- False too until its home has told of the unit itself.
    active   boolean not null default false,
    fields   text[] not null default '{}',
    keywords text[] not null default '{}',
    -- The encoded capability profile; null: none.
    profile  bytea,
    changed  bigint not null default 0
);
comment on column known_unit.changed is 'by which the index in memory follows';
create index known_unit_changed on known_unit (changed, unit_id);

alter table catalogue add column changed bigint not null default 0;
create index catalogue_changed on catalogue (changed, blind_id);

-- Numbers every change: one transaction at a time, so that nobody sees a number before a lesser one.
create function number_change() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtext('matching.change'));
    new.changed := 1 + greatest(
        (select coalesce(max(changed), 0) from known_unit),
        (select coalesce(max(changed), 0) from catalogue));
    return new;
end $$;
create trigger known_unit_change before insert or update on known_unit
    for each row execute function number_change();
create trigger catalogue_change before insert or update on catalogue
    for each row execute function number_change();

-- A demand's home finds the posting of what everybody knows by its blind id.
create index posting_blind_id
    on journal_state
    ((coalesce(state -> 'Open', state -> 'Closed') -> 'listing' ->> 'blind_id'))
    where kind = 'posting';
