import { Page } from '../../ui/page.tsx';
import { SystemSections } from '../../ui/system-sections.tsx';

export function SecretsPage() {
  return (
    <Page title="Secrets">
      <SystemSections />
    </Page>
  );
}
