import { Page } from '../../ui/page.tsx';

export function EditTaskPage() {
  return (
    <Page title="Edit the task">
      <p>…</p>
    </Page>
  );
}
