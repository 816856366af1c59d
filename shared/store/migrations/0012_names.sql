-- A login name is what a client gave; who was given none is called by the address, whatever that becomes.
ALTER TABLE profile ALTER COLUMN login DROP NOT NULL, ALTER COLUMN folded DROP NOT NULL,
    ADD CHECK ((login IS NULL) = (folded IS NULL));

-- Case does not count in the ids of datastores. Of two teams that were one but for it, the later gets another key.
UPDATE team SET team_key = left(team_key, 100) || '-' || team_id
WHERE EXISTS (SELECT FROM team AS earlier
    WHERE earlier.account_id = team.account_id AND earlier.container_kind = team.container_kind
        AND lower(earlier.container_id COLLATE "default") = lower(team.container_id COLLATE "default")
        AND earlier.team_key = team.team_key
        AND (earlier.created_at, earlier.team_id) < (team.created_at, team.team_id));
UPDATE team SET container_id = lower(container_id COLLATE "default");
