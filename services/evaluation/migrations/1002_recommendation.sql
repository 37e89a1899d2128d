-- Its department's word for a demand; projected from the candidates.
alter table candidate add column recommended_at timestamptz, add column place integer;

-- A demand is free once its department has recommended it; after a round that did not list it,
-- once its home has accepted it again and its department has looked at it again.
drop view candidate_standing;
create view candidate_standing as
    select c.*,
           not c.withdrawn and c.recommended_at is not null and not exists (
               select from round_demand r
               where r.demand_id = c.demand_id
                 and (r.outcome in ('taken', 'listed')
                      or r.outcome = 'not_listed'
                         and r.taken_at >= least(c.accepted_at, c.recommended_at))
           ) as free,
           (select r.round_id from round_demand r where r.demand_id = c.demand_id
            order by r.taken_at desc, r.round_id desc limit 1) as round_id
    from candidate c;

-- Where the department's pre-reviews stand; projected from them.
create table pre_review (
    demand_id text primary key,
    state     text not null,
    year      integer,
    place     integer
);
create index pre_review_state on pre_review (state, demand_id);
-- A place within the province is used once a year.
create unique index pre_review_place on pre_review (year, place);
