import { Page } from '../../ui/page.tsx';
import { SystemSections } from '../../ui/system-sections.tsx';

export function DoctorPage() {
  return (
    <Page title="Doctor">
      <SystemSections />
    </Page>
  );
}
