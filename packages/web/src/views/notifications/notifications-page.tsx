import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMay } from '../../data/scopes.ts';
import type { OpenSearch } from '../../logic/open-search.ts';
import { Page } from '../../ui/page.tsx';
import { SystemSections } from '../../ui/system-sections.tsx';
import { NOTICE_WORDS as words } from '../../words-notifications.ts';
import { Channels } from './channels.tsx';
import { Deliveries } from './deliveries.tsx';
import { NoticeRoutes } from './notice-routes.tsx';

/** Who is told of what, where, and what came of it. */
export function NotificationsPage() {
  const search = useSearch({ from: '/system/notifications' });
  const navigate = useNavigate();
  const may = useMay()('jobs:write');
  const go = (next: OpenSearch) =>
    void navigate({ to: '/system/notifications', search: next, replace: true });
  const parts = { may, search, go };
  return (
    <Page title={words.title}>
      <SystemSections />
      <Channels {...parts} />
      <NoticeRoutes {...parts} />
      <Deliveries {...parts} />
    </Page>
  );
}
