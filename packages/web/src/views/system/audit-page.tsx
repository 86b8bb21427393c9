import { Page } from '../../ui/page.tsx';
import { SystemSections } from '../../ui/system-sections.tsx';

export function AuditPage() {
  return (
    <Page title="Audit">
      <SystemSections />
    </Page>
  );
}
