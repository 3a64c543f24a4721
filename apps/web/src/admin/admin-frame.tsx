import { Link, Outlet } from '@tanstack/react-router';
import { PageFrame } from '../ui/page-frame.tsx';

const pages = [
  { to: '/admin/agents', label: 'Agents' },
  { to: '/admin/members', label: 'Members' },
  { to: '/admin/usage', label: 'Usage' },
  { to: '/admin/errors', label: 'Errors' },
  { to: '/admin/audit', label: 'Audit log' },
] as const;

export function AdminFrame() {
  return (
    <PageFrame
      title="Administration"
      nav={
        <nav
          aria-label="Administration"
          className="flex shrink-0 gap-1 overflow-x-auto border-b border-line px-3 md:px-6"
        >
          {pages.map(({ to, label }) => (
            <Link
              key={to}
              to={to}
              className="border-b-2 border-transparent px-3 py-2.5 text-sm whitespace-nowrap text-muted outline-offset-[-2px] hover:text-text aria-[current=page]:border-accent aria-[current=page]:font-medium aria-[current=page]:text-text"
            >
              {label}
            </Link>
          ))}
        </nav>
      }
    >
      <Outlet />
    </PageFrame>
  );
}
