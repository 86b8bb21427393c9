import { Page } from '../../ui/page.tsx';
import { SystemSections } from '../../ui/system-sections.tsx';

export function NotificationsPage() {
  return (
    <Page title="Notifications">
      <SystemSections />
    </Page>
  );
}
