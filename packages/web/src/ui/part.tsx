import { Component, type ReactNode, Suspense } from 'react';
import { Failure } from './notice.tsx';

interface Props {
  /** Stands there until its file has come. */
  readonly fallback: ReactNode;
  readonly children: ReactNode;
}

/** A part of a view with a file of its own: where that cannot be had, the rest of the view stays. */
export class Part extends Component<Props, { readonly error: unknown }> {
  override state = { error: undefined };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    // A page does not ask a second time for a file that it could not get.
    if (error !== undefined) return <Failure error={error} again={() => location.reload()} />;
    return <Suspense fallback={this.props.fallback}>{this.props.children}</Suspense>;
  }
}
