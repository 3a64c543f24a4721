// `npm run pack`
import path from 'node:path';
import { pack } from './pack.ts';

const tarballs = await pack();
for (const file of tarballs.values()) process.stdout.write(`${path.relative(process.cwd(), file)}\n`);
