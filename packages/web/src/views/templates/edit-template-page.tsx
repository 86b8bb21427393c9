import { Page } from '../../ui/page.tsx';

export function NewTemplatePage() {
  return (
    <Page title="Create a template">
      <p>…</p>
    </Page>
  );
}
export function EditTemplatePage() {
  return (
    <Page title="Edit the template">
      <p>…</p>
    </Page>
  );
}
