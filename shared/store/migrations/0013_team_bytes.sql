-- How many bytes teams take, which an account's limit is compared with.
ALTER TABLE team ADD COLUMN bytes integer NOT NULL DEFAULT 0;   -- of the document
UPDATE team SET bytes = octet_length(document::text);
