/** Keeps a fault of one page inside that page. */
import { Component, type ReactNode } from 'react';
import { asStudioError, type StudioError } from '../../faults/fault.ts';
import { Button } from '../shared/controls/Button.tsx';
import { ErrorNotice } from '../shared/Notice.tsx';
import { shellText } from './text.ts';
import cardStyles from '../shared/Card.module.css';

interface PageFaultState {
  readonly error: StudioError | null;
}

/** Holds a fault of one page inside that page; the rest of the studio stays usable. */
export class PageFault extends Component<{ readonly children: ReactNode }, PageFaultState> {
  override state: PageFaultState = { error: null };

  static getDerivedStateFromError(thrown: unknown): PageFaultState {
    return { error: asStudioError(thrown) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <div className={cardStyles.page}>
        <ErrorNotice
          error={error}
          actions={
            <Button size="small" onClick={() => this.setState({ error: null })}>
              {shellText().showAgain}
            </Button>
          }
        />
      </div>
    );
  }
}
