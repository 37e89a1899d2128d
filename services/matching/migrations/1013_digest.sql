-- Digests are made of what changed within some days.
create index catalogue_updated on catalogue (updated_on);
