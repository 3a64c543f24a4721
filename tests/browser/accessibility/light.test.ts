import { describePage } from '../support/describe-page.ts';

describePage({ name: 'light', options: { colorScheme: 'light' } });
