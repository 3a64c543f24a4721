import { describeJournal } from './support/describe-journal.ts';
import { openDatabaseJournal } from './support/open-database-journal.ts';

describeJournal({ name: 'Postgres', wakes: true, open: openDatabaseJournal });
