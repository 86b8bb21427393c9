import { Page } from '../../ui/page.tsx';
import { SystemSections } from '../../ui/system-sections.tsx';

export function WebhooksPage() {
  return (
    <Page title="Webhooks">
      <SystemSections />
    </Page>
  );
}
