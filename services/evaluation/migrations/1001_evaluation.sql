-- Accepted demands as the hub knows them; projected from the candidates.
create table candidate (
    demand_id   text primary key,
    region      text not null,
    title       text not null,
    field       text not null,
    accepted_at timestamptz not null,
    withdrawn   boolean not null default false
);

-- Which round took which demand, and what came of it; projected from the rounds.
create table round_demand (
    round_id  text not null,
    demand_id text not null,
    taken_at  timestamptz not null,
    outcome   text not null check (outcome in ('taken', 'listed', 'not_listed', 'given_back')),
    primary key (round_id, demand_id)
);
-- Two rounds opened at the same moment cannot both take a demand, and what is listed is not judged
-- again.
create unique index round_demand_once on round_demand (demand_id)
    where outcome in ('taken', 'listed');

-- A demand that was not listed is free again once its home has accepted it again.
create view candidate_standing as
    select c.*,
           not c.withdrawn and not exists (
               select from round_demand r
               where r.demand_id = c.demand_id
                 and (r.outcome in ('taken', 'listed')
                      or r.outcome = 'not_listed' and r.taken_at >= c.accepted_at)
           ) as free,
           (select r.round_id from round_demand r where r.demand_id = c.demand_id
            order by r.taken_at desc, r.round_id desc limit 1) as round_id
    from candidate c;

-- Whose ballots there are on this node; projected from the ballots.
create table ballot_of (
    ballot_id text primary key,
    expert_id text not null
);
create index ballot_of_expert on ballot_of (expert_id, ballot_id);
