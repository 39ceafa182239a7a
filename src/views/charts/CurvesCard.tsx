/** A card of charts whose lines are smoothed by one slider. */
import type { ReactNode } from 'react';
import { Card } from '../shared/Card.tsx';
import { SliderField } from '../shared/controls/Toggle.tsx';
import { chartText } from './text.ts';
import styles from './CurvesCard.module.css';
import chartStyles from './chart.module.css';

export interface CurvesCardProps {
  readonly title: string;
  readonly aside: string;
  /** The effect of the slider on these lines. */
  readonly help: string;
  /** Weight of the past in the moving average, 0 for none. */
  readonly smoothing: number;
  readonly onSmoothing: (smoothing: number) => void;
  readonly children: ReactNode;
}

export function CurvesCard({
  title,
  aside,
  help,
  smoothing,
  onSmoothing,
  children,
}: CurvesCardProps) {
  const t = chartText();
  return (
    <Card
      className={styles.curves}
      title={title}
      aside={aside}
      actions={
        <SliderField
          className={styles.smoothing}
          label={t.smoothing}
          help={help}
          value={smoothing}
          min={0}
          max={0.99}
          step={0.01}
          onChange={onSmoothing}
          format={(value) => (value === 0 ? t.off : value.toFixed(2))}
        />
      }
    >
      {children}
    </Card>
  );
}

/** Small charts beside each other, as many as the card has room for. */
export function SmallCharts({ children }: { readonly children: ReactNode }) {
  return <div className={chartStyles.small}>{children}</div>;
}
