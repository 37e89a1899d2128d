-- By whom each published demand was judged; projected from the demands that were evaluated.
create table evaluator (
    blind_id   text not null,
    person_key text not null,
    primary key (blind_id, person_key)
);
