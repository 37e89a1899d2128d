-- The ledger: double entry, in fen. It is only added to; a mistake is undone by a posting that
-- reverses another. [Art. 3, 17]
create table ledger_posting (
    id       uuid primary key,
    xid      xid8 not null default pg_current_xact_id(),
    name     text not null,
    at       timestamptz not null,
    reverses uuid unique references ledger_posting
);
comment on column ledger_posting.id is 'derived from what it is about, so that nothing is posted twice';
comment on column ledger_posting.xid is 'entries come with their posting or never';

create table ledger_entry (
    posting       uuid not null references ledger_posting,
    line          integer not null,
    account       text not null
        check (account in ('granted', 'available', 'allocated', 'in_transit', 'paid')),
    appropriation uuid not null,
    year          integer not null,
    source        text not null
        check (source in ('central', 'provincial', 'municipal', 'county')),
    project       uuid,
    field         text,
    debit         bigint not null default 0 check (debit >= 0),
    credit        bigint not null default 0 check (credit >= 0),
    primary key (posting, line),
    check ((debit = 0) <> (credit = 0)),
    check ((project is null) = (field is null)),
    -- Money of a budget is nobody's, money of a project is somebody's.
    check (account in ('granted', 'available') or project is not null)
);
create index ledger_entry_budget on ledger_entry (year, source, account);

-- At the end of its transaction a posting has entries, and they balance per appropriation.
create function ledger_balanced() returns trigger language plpgsql as $$
declare
    about uuid;
begin
    if tg_table_name = 'ledger_posting' then
        about := new.id;
    else
        about := new.posting;
    end if;
    if (select xid from ledger_posting where id = about) <> pg_current_xact_id() then
        raise exception 'posting % is closed', about using errcode = 'check_violation';
    end if;
    if not exists (select from ledger_entry where posting = about)
       or exists (select from ledger_entry where posting = about
                  group by appropriation having sum(debit) <> sum(credit)) then
        raise exception 'posting % is not balanced', about using errcode = 'check_violation';
    end if;
    return null;
end $$;
create constraint trigger balanced after insert on ledger_posting
    deferrable initially deferred for each row execute function ledger_balanced();
create constraint trigger balanced after insert on ledger_entry
    deferrable initially deferred for each row execute function ledger_balanced();

-- No account of a budget or a project ever falls below nothing: what the aggregates decide, once
-- more, where nobody can forget it. Everyone who writes of an appropriation waits for the others.
create function ledger_covered() returns trigger language plpgsql as $$
begin
    if new.account = 'granted' or new.credit = 0 then
        return null;
    end if;
    perform pg_advisory_xact_lock(hashtextextended(new.appropriation::text, 0));
    if (select sum(debit - credit) from ledger_entry
        where appropriation = new.appropriation and account = new.account
          and (new.account = 'available' or project = new.project)) < 0 then
        raise exception '% of appropriation % would be overdrawn', new.account, new.appropriation
            using errcode = 'check_violation';
    end if;
    return null;
end $$;
create constraint trigger covered after insert on ledger_entry
    deferrable initially deferred for each row execute function ledger_covered();
create index ledger_entry_appropriation on ledger_entry (appropriation, account);

-- For the owner too: the service owns nothing, so it cannot take these away.
create trigger append_only before update or delete or truncate on ledger_posting
    for each statement execute function journal_append_only();
create trigger append_only before update or delete or truncate on ledger_entry
    for each statement execute function journal_append_only();

-- One appropriation for each document of a budget; a rejected one makes room.
create table appropriation_document (
    appropriation text primary key,
    year          integer not null,
    source        text not null,
    document      text not null,
    constraint appropriation_document_once unique (year, source, document)
);

-- Where each payment is: the bank quotes the payment alone.
create table payment (
    id      uuid primary key,
    project text not null,
    stage   text not null check (stage in ('prepared', 'rejected', 'sent', 'confirmed', 'failed'))
);
create index payment_project on payment (project, id);

-- Grants are listed by their lead, the bank's lines by what matches nothing.
create index grant_lead on journal_state ((state -> 'contract' ->> 'lead'), id)
    where kind = 'grant';
create index bank_return_unmatched on journal_state (id)
    where kind = 'bank_return' and state -> 'finding' -> 'Matched' is null;
