import { describeJournal } from './support/describe-journal.ts';
import { openDatabaseJournal } from './support/open-database-journal.ts';

describeJournal({ name: 'PGlite', wakes: false, open: openDatabaseJournal });
