import { Page } from '../../ui/page.tsx';
import { SystemSections } from '../../ui/system-sections.tsx';

export function PoliciesPage() {
  return (
    <Page title="Policies">
      <SystemSections />
    </Page>
  );
}
