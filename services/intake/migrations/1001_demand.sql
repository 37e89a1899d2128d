-- Demands are listed by their demander and their stage; the state document has both.
create index demand_demander on journal_state ((state ->> 'demander'), id) where kind = 'demand';
