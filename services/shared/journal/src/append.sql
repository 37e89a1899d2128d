-- Everything a decision comes to. The state row moves only from the version that was decided on, and
-- all else follows from its having moved: a lost race writes nothing at all.
with moved as (
    insert into journal_state as s (kind, id, version, state, head)
    values ($1, $2, $3, $4::text::json, $5)
    on conflict (kind, id) do update
        set version = excluded.version, state = excluded.state, head = excluded.head
        where s.version = $6
    returning 1
), fact as (
    insert into journal_fact
        (kind, id, version, name, payload, at, actor, policy, trace, previous, hash)
    select $1, $2, f.version, f.name, f.payload::json, $7, $8::text::json, $9, $10,
           f.previous, f.hash
    from moved, unnest($11::bigint[], $12::text[], $13::text[], $14::bytea[], $15::bytea[])
        as f (version, name, payload, previous, hash)
    order by f.version
), told as (
    insert into journal_outbox (id, scope, kind, schema, aggregate, body, at, trace)
    select m.id, m.scope, m.kind, m.schema, m.aggregate, m.body, $7, $10
    from moved, unnest($16::uuid[], $17::text[], $18::text[], $19::text[], $20::text[],
        $21::bytea[]) with ordinality as m (id, scope, kind, schema, aggregate, body, nth)
    order by m.nth
), over as (
    delete from journal_timer t using moved
    where $22 and t.kind = $1 and t.id = $2 and t.name <> all($23::text[])
), armed as (
    insert into journal_timer as t (kind, id, name, due)
    select $1, $2, a.name, a.due
    from moved, unnest($23::text[], $24::timestamptz[]) as a (name, due)
    on conflict (kind, id, name) do update
        set due = excluded.due, fired = null, refusal = null where t.due <> excluded.due
), asked as (
    insert into journal_request (caller, request, fingerprint, kind, id, version)
    select $25, $26, $27, $1, $2, $3 from moved where $25::text is not null
)
select count(*) as "moved!" from moved
