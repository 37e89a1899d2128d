-- How revised tasks read before, as the hub's public messages had them. [Art. 12]
create table earlier_wording (
    blind_id    uuid not null,
    task_id     uuid not null,
    -- The task's own count of its revisions.
    number      integer not null,
    replaced_on date not null,
    -- The encoded task.
    task        bytea not null,
    primary key (blind_id, task_id, number)
);

-- Where a demand stands, as everybody sees it.
alter table catalogue add column state text not null generated always as
    (case when withdrawn then 'withdrawn' else coalesce(nullif(pool, 'other'), 'open') end) stored;
