import { Page } from '../../ui/page.tsx';
import { SystemSections } from '../../ui/system-sections.tsx';

export function SettingsPage() {
  return (
    <Page title="Settings">
      <SystemSections />
    </Page>
  );
}
