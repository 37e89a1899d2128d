-- 批文号: each approves one decision, for good.
create table document_number (
    number      text not null,
    decision_id text not null,
    constraint document_number_once primary key (number)
);

-- A project's first and last day, for when its reports come due. ISO dates; empty elsewhere.
alter table checklist add column starts_on text not null default '';
alter table checklist add column ends_on text not null default '';
create index checklist_region on checklist (region, kind);

-- Interpretation notes in force are listed by what they are about.
create index decision_state on decision (kind, state, seq);
