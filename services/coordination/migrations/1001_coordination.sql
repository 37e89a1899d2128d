-- Where every joint decision stands, as the hub told all nodes. Only to be read: what is decided
-- is in the journal of the hub.
create table decision (
    seq                   bigint generated always as identity primary key,
    id                    uuid not null unique,
    kind                  integer not null,
    title                 text not null,
    document              bytea,
    digest                text not null,
    subject_id            text not null,
    state                 integer not null,
    members               text[] not null,
    assented              text[] not null default '{}',
    document_number       text not null default '',
    publicity_until       text not null default '',
    publicity_provisional boolean not null default false,
    reason                text not null default '',
    former                uuid,
    policy_version        text not null default '',
    opened_at             timestamptz,
    changed_at            timestamptz not null,
    in_force_at           timestamptz
);
comment on column decision.kind is 'number of jiebang.coordination.v1.DecisionKind';
comment on column decision.state is 'number of jiebang.coordination.v1.DecisionState';
comment on column decision.document is 'null on a node that joined after the opening, until it is in force';
create index decision_subject on decision (kind, subject_id, seq);

-- On the hub: one decision under way on one subject.
create table live_decision (
    kind        integer not null,
    subject_id  text not null,
    decision_id text not null,
    constraint live_decision_subject primary key (kind, subject_id)
);

-- The assents of this node, for lists; the whole of each is in the journal.
create table assent (
    seq           bigint generated always as identity primary key,
    id            uuid not null unique,
    state         integer not null,
    document_kind text not null,
    subject_id    text not null,
    title         text not null,
    digest        text not null,
    unit_id       uuid,
    asked_by      text not null,
    asked_at      timestamptz not null
);
comment on column assent.unit_id is 'null for the assent of the department';
create index assent_unit on assent (unit_id, seq);

-- 清单: what the regions have told of demands, projects and money. [Art. 19]
create table checklist (
    seq        bigint generated always as identity primary key,
    kind       integer not null,
    region     text not null,
    id         text not null,
    title      text not null default '',
    project_id text not null default '',
    fen        bigint,
    withdrawn  boolean not null default false,
    said_at    timestamptz not null,
    constraint checklist_item unique (kind, region, id)
);
comment on column checklist.region is 'the node that said it: none speaks for another';
