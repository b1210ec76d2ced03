-- The tables of history.db, as docs/commands/history.md explains them. Times are milliseconds since 1970. "position" is
-- the place among the events of the run; "rest" is JSON of what the columns beside it cannot hold, and wins over them.
PRAGMA auto_vacuum = FULL;
PRAGMA user_version = 1;

CREATE TABLE runs (
  number INTEGER PRIMARY KEY,
  file TEXT NOT NULL,
  folder TEXT NOT NULL,
  limited_to TEXT,
  playbooks TEXT NOT NULL,
  paths TEXT NOT NULL,
  check_mode INTEGER NOT NULL,
  began INTEGER NOT NULL,
  ended INTEGER NOT NULL,
  seconds REAL NOT NULL,
  interrupted INTEGER NOT NULL,
  rest TEXT,
  UNIQUE (file, ended)
);
CREATE INDEX runs_by_folder ON runs (folder, number);

CREATE TABLE hosts (
  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  position INTEGER NOT NULL,
  host TEXT NOT NULL,
  ok INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  unreachable INTEGER NOT NULL,
  skipped INTEGER NOT NULL,
  rescued INTEGER NOT NULL,
  ignored INTEGER NOT NULL,
  rest TEXT,
  PRIMARY KEY (run, position)
) WITHOUT ROWID;
CREATE INDEX hosts_by_name ON hosts (host, run);

CREATE TABLE plays (
  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  position INTEGER NOT NULL,
  at INTEGER NOT NULL,
  play INTEGER,
  name TEXT,
  file TEXT,
  line INTEGER,
  column INTEGER,
  hosts TEXT,
  reason TEXT,
  rest TEXT,
  PRIMARY KEY (run, position)
) WITHOUT ROWID;

CREATE TABLE tasks (
  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  position INTEGER NOT NULL,
  at INTEGER NOT NULL,
  task INTEGER,
  play INTEGER,
  name TEXT,
  action TEXT,
  file TEXT,
  line INTEGER,
  column INTEGER,
  handler INTEGER,
  hosts TEXT,
  rest TEXT,
  PRIMARY KEY (run, position)
) WITHOUT ROWID;
CREATE INDEX tasks_by_number ON tasks (run, task);

CREATE TABLE results (
  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  position INTEGER NOT NULL,
  at INTEGER NOT NULL,
  task INTEGER NOT NULL,
  host TEXT NOT NULL,
  status TEXT,
  seconds REAL,
  message TEXT,
  ignored INTEGER,
  returned TEXT,
  rest TEXT,
  PRIMARY KEY (run, position)
) WITHOUT ROWID;

CREATE TABLE items (
  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  result INTEGER NOT NULL,
  item INTEGER NOT NULL,
  label TEXT,
  status TEXT,
  seconds REAL,
  message TEXT,
  ignored INTEGER,
  returned TEXT,
  rest TEXT,
  PRIMARY KEY (run, result, item)
) WITHOUT ROWID;

CREATE TABLE changes (
  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  result INTEGER NOT NULL,
  item INTEGER NOT NULL,
  place INTEGER NOT NULL,
  what TEXT,
  before TEXT,
  after TEXT,
  text_before TEXT,
  text_after TEXT,
  rest TEXT,
  PRIMARY KEY (run, result, item, place)
) WITHOUT ROWID;

CREATE TABLE findings (
  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  host TEXT NOT NULL,
  status TEXT NOT NULL,
  what TEXT NOT NULL,
  PRIMARY KEY (run, host, status, what)
) WITHOUT ROWID;
CREATE INDEX findings_by_name ON findings (what, host, run);

CREATE TABLE events (
  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  position INTEGER NOT NULL,
  at INTEGER NOT NULL,
  type TEXT NOT NULL,
  task INTEGER,
  host TEXT,
  rest TEXT,
  PRIMARY KEY (run, position)
) WITHOUT ROWID;
