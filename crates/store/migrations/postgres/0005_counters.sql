-- One number stood for the order of notices, the version of rights and that of the structure, so
-- that each join made all of them void. The new ones go on from where that one stands.
ALTER TABLE servers ADD COLUMN structure_rev BIGINT NOT NULL DEFAULT 0;
ALTER TABLE servers ADD COLUMN rights_version BIGINT NOT NULL DEFAULT 0;
UPDATE servers SET structure_rev = epoch, rights_version = epoch;

-- The epoch of the last change of the row, so that a member who comes back is another than before.
ALTER TABLE server_members ADD COLUMN rev BIGINT NOT NULL DEFAULT 0;
UPDATE server_members SET rev = (SELECT s.epoch FROM servers s WHERE s.id = server_id);
