-- Who acts for each unit that is at home on this node, as registry told last. Whoever calls for a
-- unit and is not named here, or no longer, is not let in.
create table chassis_staff (
    unit          uuid primary key,
    administrator text        not null,
    -- {account: last day}
    delegates     jsonb       not null,
    told_at       timestamptz not null
);
