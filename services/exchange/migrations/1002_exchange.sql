-- The joint decisions on members and their keys that were proven, in the order in which they took
-- force: the list that the node was set up with, and these, give the keys of every time.
create table membership (
    number          bigint primary key check (number > 0),
    decision_id     text not null unique,
    region          text not null,
    document_number text not null,
    document        bytea not null,
    in_force_at     timestamptz not null
);
comment on column membership.number is 'of the envelope in the chain of the hub that told of the force';

create trigger append_only before update or delete or truncate on membership
    for each statement execute function journal_append_only();

-- A decision on a member that is in force by the hub's word and not proven by everybody else's.
alter table fault drop constraint fault_kind_check;
alter table fault add constraint fault_kind_check check (kind in ('malformed', 'forged', 'altered',
    'replayed', 'fork', 'backdated', 'gap', 'unreadable', 'rewritten', 'unsendable', 'membership'));
