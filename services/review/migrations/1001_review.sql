-- Applications that passed the formal examination; projected from the candidates.
create table candidate (
    application_id text primary key,
    region         text not null,
    title          text not null,
    field          text not null,
    lead_unit_id   text not null,
    version        integer not null,
    passed_at      timestamptz not null,
    withdrawn      boolean not null default false
);

-- The rounds of each calendar year; projected from the rounds. One that came to nothing before its
-- draw is none of the rounds that were held.
create table review_round (
    round_id text primary key,
    held_in  integer not null,
    sequence integer not null,
    held     boolean not null default true,
    -- Two rounds opened at the same moment cannot both be the same of their year.
    constraint review_round_once unique (held_in, sequence)
);

-- Which round took which application, and what came of it; projected from the rounds.
create table round_application (
    round_id       text not null,
    application_id text not null,
    taken_at       timestamptz not null,
    outcome        text not null
        check (outcome in ('taken', 'established', 'not_established', 'given_back')),
    primary key (round_id, application_id)
);
-- Two rounds opened at the same moment cannot both take an application, and what was judged is not
-- judged again.
create unique index round_application_once on round_application (application_id)
    where outcome <> 'given_back';

create view candidate_standing as
    select c.*,
           not c.withdrawn and not exists (
               select from round_application r
               where r.application_id = c.application_id and r.outcome <> 'given_back'
           ) as free,
           (select r.round_id from round_application r
            where r.application_id = c.application_id
            order by r.taken_at desc, r.round_id desc limit 1) as round_id
    from candidate c;

-- Which unit is affiliated with which, as its home says; projected from the units.
create table affiliation (
    unit_id      text not null,
    affiliate_id text not null,
    primary key (unit_id, affiliate_id)
);
create index affiliation_of on affiliation (affiliate_id);

-- Whose sheets there are on this node; projected from the sheets.
create table sheet_of (
    sheet_id  text primary key,
    expert_id text not null
);
create index sheet_of_expert on sheet_of (expert_id, sheet_id);
