-- The catalogue is searched in memory, by how well it fits.
alter table catalogue drop column searchable;
