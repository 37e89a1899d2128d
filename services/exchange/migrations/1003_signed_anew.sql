-- What was signed with a key that had ended, as its origin learned only later, signed anew with the
-- key that followed: the same envelope by its hash, shown and sent in the place of the other.
create table sent_anew (
    number   bigint primary key references sent,
    envelope bytea not null
);
create table received_anew (
    region   text not null,
    number   bigint not null,
    envelope bytea not null,
    primary key (region, number),
    foreign key (region, number) references received
);

-- Each chain with the signatures by which it is believed.
create view said as
    select s.number, s.hash, s.at, s.audience, s.message_id, s.kind, s.aggregate,
           coalesce(a.envelope, s.envelope) as envelope
    from sent s left join sent_anew a using (number);
create view heard as
    select r.region, r.number, r.hash, r.at, r.audience, r.kind, r.aggregate, r.vouched,
           coalesce(a.envelope, r.envelope) as envelope
    from received r left join received_anew a using (region, number);

-- At once what is to be sent again.
create index sent_at on sent (at);
