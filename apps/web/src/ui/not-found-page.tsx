import { Link } from '@tanstack/react-router';
import { Compass } from 'lucide-react';
import { FullPage } from './full-page.tsx';

export function NotFoundPage() {
  return (
    <FullPage icon={<Compass />} title="There is nothing here">
      <p>The address may be old, or what was here is gone.</p>
      <Link to="/" className="font-medium text-accent hover:underline">
        Go to your chats
      </Link>
    </FullPage>
  );
}
