import { Link } from '@tanstack/react-router';
import { Compass } from 'lucide-react';
import { FullPage } from './full-page.tsx';

export function NotFoundPage() {
  return (
    <FullPage icon={<Compass />} title="Page not found">
      <p>The link may be wrong, or the page was deleted.</p>
      <Link to="/" className="font-medium text-accent hover:underline">
        Go to your chats
      </Link>
    </FullPage>
  );
}
