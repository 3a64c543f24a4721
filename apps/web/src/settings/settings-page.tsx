import { PageFrame } from '../ui/page-frame.tsx';
import { ApiKeys } from './api-keys.tsx';
import { PasswordForm } from './password-form.tsx';
import { Sessions } from './sessions.tsx';

export function SettingsPage() {
  return (
    <PageFrame title="Settings">
      <PasswordForm />
      <Sessions />
      <ApiKeys />
    </PageFrame>
  );
}
