// Opens a data directory and inserts teams in a loop. It prints each slug once its insert has been acknowledged.
import { v7 as uuid } from 'uuid';
import { open } from '../../src/open.ts';

const [dataDir = ''] = process.argv.slice(2);
const db = await open({ dataDir });
for (let i = 0; ; i += 1) {
  const slug = `t${process.pid}-${i}`;
  await db
    .insertInto('teams')
    .values({ id: uuid(), slug, name: 'x'.repeat(1000) })
    .execute();
  process.send?.(slug);
}
