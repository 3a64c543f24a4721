import { FullPage } from '../ui/full-page.tsx';
import { Spinner } from '../ui/spinner.tsx';

export function LoadingPage() {
  return (
    <FullPage title="Parley">
      <Spinner label="Loading" />
    </FullPage>
  );
}
