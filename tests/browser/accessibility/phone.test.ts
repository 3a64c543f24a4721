import { describePage } from '../support/describe-page.ts';

describePage({
  name: 'phone',
  options: { colorScheme: 'light', viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true },
});
