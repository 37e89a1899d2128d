-- Contracts that wait for their parties' words, or for the last look whether one is barred.
create index project_awaiting on journal_state (id)
    where kind = 'project'
      and state -> 'established' -> 'stage' -> 'Contracting' -> 'AwaitingAssents' is not null;
