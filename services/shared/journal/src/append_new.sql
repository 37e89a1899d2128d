-- What decisions on many new aggregates come to, as `append.sql` does it for one. Where one of them is
-- there already, less is written than was decided: whoever asked takes it back.
with moved as (
    insert into journal_state (kind, id, version, state, head)
    select n.kind, n.id, n.version, n.state::json, n.head
    from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::bytea[])
        as n (kind, id, version, state, head)
    on conflict (kind, id) do nothing
    returning 1
), fact as (
    insert into journal_fact
        (kind, id, version, name, payload, at, actor, policy, trace, previous, hash)
    select f.kind, f.id, f.version, f.name, f.payload::json, $6, $7::text::json, $8, $9,
           f.previous, f.hash
    from unnest($10::text[], $11::text[], $12::bigint[], $13::text[], $14::text[], $15::bytea[],
        $16::bytea[]) with ordinality
        as f (kind, id, version, name, payload, previous, hash, nth)
    order by f.nth
), told as (
    insert into journal_outbox (id, scope, kind, schema, aggregate, body, at, trace)
    select m.id, m.scope, m.kind, m.schema, m.aggregate, m.body, $6, $9
    from unnest($17::uuid[], $18::text[], $19::text[], $20::text[], $21::text[], $22::bytea[])
        with ordinality as m (id, scope, kind, schema, aggregate, body, nth)
    order by m.nth
), armed as (
    insert into journal_timer (kind, id, name, due)
    select a.kind, a.id, a.name, a.due
    from unnest($23::text[], $24::text[], $25::text[], $26::timestamptz[]) as a (kind, id, name, due)
)
select count(*) as "moved!" from moved
