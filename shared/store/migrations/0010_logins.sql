-- OAuth: clients, who logs in through them, and for how long.

CREATE TABLE oauth_client (
    client_key  text COLLATE "C" PRIMARY KEY,   -- says which account it is
    account_id  uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    name        text NOT NULL,
    digest      bytea NOT NULL,   -- SHA-256 of a secret of 256 random bits
    scopes      text[] NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    revoked_at  timestamptz,
    UNIQUE (account_id, client_key)
);

-- Besides users of the directory, who log in by their profiles.
CREATE TABLE login (
    account_id  uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    login_id    text COLLATE "C" NOT NULL,
    username    text NOT NULL,               -- as it was given: shown, never compared
    folded      text COLLATE "C" NOT NULL,   -- as it is compared
    password    text NOT NULL,               -- Argon2id
    scopes      text[] NOT NULL,
    enabled     boolean NOT NULL DEFAULT true,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, login_id),
    UNIQUE (account_id, folded)
);

CREATE TABLE session (
    session_id       text COLLATE "C" PRIMARY KEY,   -- the refresh token's public part
    account_id       uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    digest           bytea NOT NULL,   -- of the refresh token
    client_key       text COLLATE "C" NOT NULL,
    login_id         text COLLATE "C",
    user_id          uuid,
    name             text NOT NULL,    -- what its tokens are called: who logged in
    scopes           text[] NOT NULL,
    password_digest  bytea NOT NULL,   -- SHA-256 of what was stored of the password; another one ends the session
    created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at       timestamptz NOT NULL,
    FOREIGN KEY (account_id, client_key) REFERENCES oauth_client (account_id, client_key) ON DELETE CASCADE,
    FOREIGN KEY (account_id, login_id) REFERENCES login ON DELETE CASCADE,
    CHECK (num_nonnulls(login_id, user_id) = 1)
);
CREATE INDEX session_of_client ON session (account_id, client_key);
CREATE INDEX session_of_login ON session (account_id, login_id, created_at) WHERE login_id IS NOT NULL;
CREATE INDEX session_of_user ON session (account_id, user_id, created_at) WHERE user_id IS NOT NULL;
CREATE INDEX session_expiry ON session (expires_at);

-- An access token is a token that ends with its session.
ALTER TABLE token ADD COLUMN session_id text COLLATE "C" REFERENCES session ON DELETE CASCADE;
CREATE INDEX token_of_session ON token (session_id, created_at) WHERE session_id IS NOT NULL;
CREATE INDEX token_of_session_expiry ON token (expires_at) WHERE session_id IS NOT NULL;
