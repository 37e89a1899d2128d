-- Registrations are listed by the unit that registered.
create index registration_unit on journal_state ((state ->> 'unit'), id)
    where kind = 'registration';
