-- SPDX-License-Identifier: ISC
-- lists/schema.sql - what we remember, on SQLite.  Each block that begins with
-- a line "-- version N" takes a store from version N-1 to N; a block that has
-- been released is never changed again.  All times are Unix seconds, UTC; all
-- states and kinds are the numbers of the enum in the header named beside them.

-- version 1

CREATE TABLE store (                -- one row: the database about itself
    id INTEGER PRIMARY KEY CHECK (id = 1),
    created_s INTEGER NOT NULL      -- mail older than this is none of our business
);
INSERT INTO store (id, created_s) VALUES (1, unixepoch());

CREATE TABLE list (                 -- a newsletter (list.h); its texts stand in the configuration
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE        -- its name in the configuration
);

CREATE TABLE subscriber (           -- an address we know (subscriber.h)
    id INTEGER PRIMARY KEY,
    address_key TEXT NOT NULL UNIQUE, -- lower case, A-labels: who is the same person
    address TEXT NOT NULL,          -- as written, for RCPT TO
    name TEXT NOT NULL,             -- whole name, '' when not known
    given_name TEXT NOT NULL,       -- '' when not known
    created_s INTEGER NOT NULL,
    answered_s INTEGER NOT NULL     -- when we last answered this address by ourselves, 0 never
);

CREATE TABLE subscription (         -- who gets which list now (subscription.h)
    list_id INTEGER NOT NULL REFERENCES list (id),
    subscriber_id INTEGER NOT NULL REFERENCES subscriber (id),
    state INTEGER NOT NULL,         -- enum subscription_state
    since_s INTEGER NOT NULL,       -- when it came into this state
    how INTEGER NOT NULL,           -- enum consent_how: what brought it there
    PRIMARY KEY (list_id, subscriber_id)
) WITHOUT ROWID;

CREATE TABLE ledger (               -- every change of a subscription, only ever appended (subscription.h)
    id INTEGER PRIMARY KEY,
    subscriber_id INTEGER NOT NULL REFERENCES subscriber (id),
    list_id INTEGER NOT NULL REFERENCES list (id),
    at_s INTEGER NOT NULL,
    state INTEGER NOT NULL,         -- the state it led to
    how INTEGER NOT NULL,           -- enum consent_how
    proof TEXT NOT NULL             -- file and line, Message-ID, or who said so
);
CREATE INDEX ledger_subscriber ON ledger (subscriber_id);

CREATE TABLE issue (                -- a letter, a test copy or an answer of ours (issue.h)
    id INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,          -- enum issue_kind
    list_id INTEGER NOT NULL REFERENCES list (id),
    state INTEGER NOT NULL,         -- enum issue_state
    reason TEXT NOT NULL,           -- why it is held or cancelled, for a person
    subject TEXT NOT NULL,
    sender TEXT NOT NULL,           -- 'verp', or 'null' for MAIL FROM:<>
    digest BLOB NOT NULL,           -- SHA-256 of list, source and images
    created_s INTEGER NOT NULL,
    due_s INTEGER NOT NULL,         -- not before this time
    changed_s INTEGER NOT NULL,     -- when it came into its state
    filled_to INTEGER NOT NULL,     -- last subscriber_id whose row is written
    audience INTEGER NOT NULL       -- rows written so far
);
CREATE INDEX issue_digest ON issue (digest);
CREATE INDEX issue_open ON issue (kind, id) WHERE state < 5;

CREATE TABLE issue_body (           -- what an issue says, fixed when it is queued
    issue_id INTEGER PRIMARY KEY REFERENCES issue (id),
    source TEXT NOT NULL,           -- what the author wrote, '' for an answer
    message BLOB NOT NULL           -- the compiled message with its markers
);

CREATE TABLE lease (                -- a worker's claim on a batch of deliveries (delivery.h)
    id INTEGER PRIMARY KEY,
    worker TEXT NOT NULL,           -- node and name of the worker
    boot_id TEXT NOT NULL,          -- the boot of the machine it was taken in
    connections INTEGER NOT NULL,   -- how many letters it may have on the wire
    until_s INTEGER NOT NULL
);

CREATE TABLE delivery (             -- one issue to one recipient (delivery.h)
    id INTEGER PRIMARY KEY,         -- the token is made of it
    issue_id INTEGER NOT NULL REFERENCES issue (id),
    subscriber_id INTEGER NOT NULL REFERENCES subscriber (id),
    state INTEGER NOT NULL,         -- enum delivery_state
    due_s INTEGER NOT NULL,         -- not before this time
    at_s INTEGER NOT NULL,          -- when it came into its state
    date_s INTEGER NOT NULL,        -- the Date of its letter, 0 before the first try
    tries INTEGER NOT NULL,         -- how often it was put on the wire
    doubts INTEGER NOT NULL,        -- how often it may have arrived unseen
    lease_id INTEGER NOT NULL,      -- whose it is now, 0 nobody's
    relay TEXT NOT NULL,            -- the relay that spoke last, '' none yet
    reply TEXT NOT NULL,            -- its full reply, or our words
    UNIQUE (issue_id, subscriber_id)
);
-- What may be taken next.  Written with OR: an IN here makes each update three
-- times as expensive.
CREATE INDEX delivery_due ON delivery (issue_id, due_s)
    WHERE (state = 0 OR state = 3);
-- What some worker has; that a letter goes on the wire does not touch it.
CREATE INDEX delivery_out ON delivery (issue_id) WHERE lease_id <> 0;
CREATE INDEX delivery_doubt ON delivery (issue_id, due_s) WHERE state = 4;

CREATE TABLE mailbox (              -- a folder that we read, and how far (incoming.h)
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,      -- inbox and folder: "tg/INBOX"
    uidvalidity INTEGER NOT NULL,
    uid INTEGER NOT NULL            -- the last UID that was handled
);

CREATE TABLE incoming (             -- a message that we have read (incoming.h)
    id INTEGER PRIMARY KEY,
    mailbox_id INTEGER NOT NULL REFERENCES mailbox (id),
    uidvalidity INTEGER NOT NULL,
    uid INTEGER NOT NULL,
    digest BLOB NOT NULL,           -- SHA-256 of its bytes: known again anywhere
    kind TEXT NOT NULL,             -- the verdict's kind
    deed TEXT NOT NULL,             -- what was done: 'left-alone', 'unsubscribed', ...
    at_s INTEGER NOT NULL,
    subscriber_id INTEGER REFERENCES subscriber (id), -- whom it concerned, NULL nobody
    message_id TEXT NOT NULL,       -- '' for mail that is none of our business
    evidence TEXT NOT NULL,         -- why, in words; '' likewise
    owed INTEGER NOT NULL,          -- 1: its keyword or move is still to be done
    UNIQUE (mailbox_id, digest)
);
CREATE INDEX incoming_owed ON incoming (mailbox_id) WHERE owed = 1;

-- version 2

-- 1: all its rows are written, or none will be any more.
ALTER TABLE issue ADD COLUMN filled INTEGER NOT NULL DEFAULT 1;
UPDATE issue SET filled = 0 WHERE state = 0;
-- How many of its readers called it spam.
ALTER TABLE issue ADD COLUMN complaints INTEGER NOT NULL DEFAULT 0;

CREATE TABLE tally (                -- how many rows of an issue are in which state (delivery_tally.h)
    issue_id INTEGER PRIMARY KEY REFERENCES issue (id),
    waiting INTEGER NOT NULL,
    leased INTEGER NOT NULL,
    sending INTEGER NOT NULL,
    deferred INTEGER NOT NULL,
    doubt INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    cancelled INTEGER NOT NULL,
    doubted INTEGER NOT NULL        -- were ever in doubt
);
INSERT INTO tally (issue_id, waiting, leased, sending, deferred, doubt, sent,
    failed, cancelled, doubted)
SELECT issue_id, count(*) FILTER (WHERE state = 0),
    count(*) FILTER (WHERE state = 1), count(*) FILTER (WHERE state = 2),
    count(*) FILTER (WHERE state = 3), count(*) FILTER (WHERE state = 4),
    count(*) FILTER (WHERE state = 5), count(*) FILTER (WHERE state = 6),
    count(*) FILTER (WHERE state = 7), count(*) FILTER (WHERE doubts > 0)
FROM delivery GROUP BY issue_id;

CREATE TABLE relay_day (            -- how many letters a relay carried on a day (traffic.h)
    relay TEXT NOT NULL,            -- its name in the configuration
    sender INTEGER NOT NULL,        -- which of the senders, from 0: each writes its own rows
    day INTEGER NOT NULL,           -- days since 1970, UTC
    sent INTEGER NOT NULL,          -- letters taken, or perhaps taken
    PRIMARY KEY (relay, day, sender)
) WITHOUT ROWID;

CREATE TABLE relay_state (          -- how a sender last saw a relay (traffic.h)
    relay TEXT NOT NULL,
    sender INTEGER NOT NULL,
    at_s INTEGER NOT NULL,          -- when this was written
    state TEXT NOT NULL,            -- 'up', 'down', 'refuses', 'slow', 'spent', 'idle'
    until_s INTEGER NOT NULL,       -- when it is tried again, or its budget is back; 0 none
    connections INTEGER NOT NULL,   -- that stand
    allowed INTEGER NOT NULL,       -- that may stand now
    rate INTEGER NOT NULL,          -- letters an hour, measured
    rate_allowed INTEGER NOT NULL,  -- likewise allowed now, 0 any
    sent INTEGER NOT NULL,          -- letters today
    budget INTEGER NOT NULL,        -- of them that today may have, -1 any
    reply TEXT NOT NULL,            -- its last words
    reply_s INTEGER NOT NULL,       -- and when it said them, 0 never
    since_s INTEGER NOT NULL,       -- when it came into its state
    domains TEXT NOT NULL,          -- the slowest: lines of domain, connections, letters an hour
    PRIMARY KEY (relay, sender)
) WITHOUT ROWID;

-- version 3

CREATE TABLE soft_bounce (          -- letters in a row that came back from a good address (soft_bounce.h)
    subscriber_id INTEGER NOT NULL REFERENCES subscriber (id),
    list_id INTEGER NOT NULL REFERENCES list (id),
    issue_id INTEGER NOT NULL,      -- the letter: it counts once
    at_s INTEGER NOT NULL,          -- when it came back last
    words TEXT NOT NULL,            -- why: status, or the relay's reply
    PRIMARY KEY (subscriber_id, list_id, issue_id)
) WITHOUT ROWID;

-- Why a folder cannot be read, '' where it can; and since when, 0.
ALTER TABLE mailbox ADD COLUMN trouble TEXT NOT NULL DEFAULT '';
ALTER TABLE mailbox ADD COLUMN trouble_s INTEGER NOT NULL DEFAULT 0;

-- Who decided about a mail that waited for a person, '' nobody; and when, 0.
ALTER TABLE incoming ADD COLUMN decided_by TEXT NOT NULL DEFAULT '';
ALTER TABLE incoming ADD COLUMN decided_s INTEGER NOT NULL DEFAULT 0;

CREATE TABLE review (               -- mail that waits for a person; gone once he has decided (review.h)
    incoming_id INTEGER PRIMARY KEY REFERENCES incoming (id),
    list_id INTEGER NOT NULL REFERENCES list (id),
    proposal INTEGER NOT NULL,      -- enum review_proposal
    may_answer INTEGER NOT NULL,    -- 1: the writer may have a goodbye
    sender TEXT NOT NULL,           -- the address in From, '' none
    subject TEXT NOT NULL,
    words TEXT NOT NULL,            -- its own words, as many as are needed to decide
    addresses TEXT NOT NULL         -- whom the proposal is about, one a line
);

-- The folders of one inbox know each other's mails.
ALTER TABLE mailbox ADD COLUMN inbox TEXT NOT NULL DEFAULT '';
UPDATE mailbox SET inbox = substr(name, 1, instr(name || '/', '/') - 1);

-- Which of our answers it is: 'goodbye', 'confirm'; '' for a letter.
ALTER TABLE issue ADD COLUMN answer TEXT NOT NULL DEFAULT '';
UPDATE issue SET answer = 'goodbye' WHERE kind = 0;
-- When we last asked this address whether it wants the letter, 0 never.
ALTER TABLE subscriber ADD COLUMN asked_s INTEGER NOT NULL DEFAULT 0;
-- Questions that nobody has answered yet.
CREATE INDEX subscription_pending ON subscription (since_s) WHERE state = 1;

-- A request without a token, which nobody vouches for: the server that it came
-- from, '?' unknown; '' for all other mail.
ALTER TABLE incoming ADD COLUMN request TEXT NOT NULL DEFAULT '';
CREATE INDEX incoming_request ON incoming (at_s) WHERE request <> '';
