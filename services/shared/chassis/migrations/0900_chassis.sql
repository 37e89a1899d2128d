-- Which policy versions a joint decision has put into force, as this service heard it. [Art. 22]
create table chassis_policy (
    digest     text primary key,
    decided_at timestamptz not null
);

-- Up to which of its own times everything that a region said has been applied here: a round, a
-- call or a window closes only after every region was heard past the deadline.
create table chassis_heard (
    region text primary key,
    until  timestamptz not null
);
