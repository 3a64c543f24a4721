import { describePage } from '../support/describe-page.ts';

describePage({ name: 'dark', options: { colorScheme: 'dark' } });
