-- What was done from the terminal has one name in the audit log, the one that its readers know.
set local lock_timeout = '4s';

update posthus.audit set actor = 'command line' where actor = 'terminal';
