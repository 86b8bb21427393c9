import { Page } from '../../ui/page.tsx';
import { SystemSections } from '../../ui/system-sections.tsx';

export function TeamsPage() {
  return (
    <Page title="Teams and quotas">
      <SystemSections />
    </Page>
  );
}
