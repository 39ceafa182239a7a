/** How compared curves are shown: their axis, the scale of values, and the stretch of the axis. */
import { ChevronLeft, ChevronRight, ZoomIn, ZoomOut } from 'lucide-react';
import { Slider } from 'radix-ui';
import { axisNames, moved, WHOLE, zoomed } from '../../../studio/runs/overlay-axis.ts';
import type { AxisName, OverlayAxis, Window } from '../../../studio/runs/overlay-axis.ts';
import { Button, IconButton } from '../../shared/controls/Button.tsx';
import { CheckField, Segmented } from '../../shared/controls/Toggle.tsx';
import { chartText } from '../text.ts';
import { axisValue } from './axis-words.ts';
import sliderStyles from '../../shared/controls/slider.module.css';
import styles from './OverlayControls.module.css';

export interface OverlayControlsProps {
  readonly axis: OverlayAxis;
  readonly onAxis: (name: AxisName) => void;
  readonly log: boolean;
  readonly onLog: (log: boolean) => void;
  readonly shown: Window;
  readonly onShown: (shown: Window) => void;
}

export function OverlayControls({
  axis,
  onAxis,
  log,
  onLog,
  shown,
  onShown,
}: OverlayControlsProps) {
  const t = chartText();
  return (
    <div className={styles.controls}>
      <Segmented
        size="small"
        label={t.along}
        value={axis.name}
        choices={axisNames.map((name) => ({ value: name, label: t.axes[name] }))}
        onChange={onAxis}
      />
      <CheckField label={t.log} checked={log} onChange={onLog} />
      <Stretch {...{ axis, shown, onShown }} />
    </div>
  );
}

/** The stretch of the axis that is shown: two ends to drag or move by arrow keys, and buttons for zoom and pan. */
function Stretch({
  axis,
  shown,
  onShown,
}: Pick<OverlayControlsProps, 'axis' | 'shown' | 'onShown'>) {
  const t = chartText();
  const whole = shown[0] <= 0 && shown[1] >= 1;
  const words = (share: number): string => axisValue[axis.name](Math.round(share * axis.max));
  const icon = { size: 14, 'aria-hidden': true } as const;
  return (
    <span className={styles.stretch} role="group" aria-label={t.stretch}>
      <IconButton
        size="small"
        label={t.back}
        icon={<ChevronLeft {...icon} />}
        reason={whole ? t.wholeShown : null}
        onClick={() => onShown(moved(shown, -0.5))}
      />
      <Slider.Root
        className={styles.slider}
        value={[...shown]}
        min={0}
        max={1}
        step={0.01}
        minStepsBetweenThumbs={2}
        onValueChange={([from = 0, to = 1]) => onShown([from, to])}
      >
        <Slider.Track className={sliderStyles.track}>
          <Slider.Range className={sliderStyles.range} />
        </Slider.Track>
        <Slider.Thumb
          className={sliderStyles.thumb}
          aria-label={t.from}
          aria-valuetext={words(shown[0])}
        />
        <Slider.Thumb
          className={sliderStyles.thumb}
          aria-label={t.to}
          aria-valuetext={words(shown[1])}
        />
      </Slider.Root>
      <IconButton
        size="small"
        label={t.forward}
        icon={<ChevronRight {...icon} />}
        reason={whole ? t.wholeShown : null}
        onClick={() => onShown(moved(shown, 0.5))}
      />
      <IconButton
        size="small"
        label={t.zoomIn}
        icon={<ZoomIn {...icon} />}
        onClick={() => onShown(zoomed(shown, 0.5))}
      />
      <IconButton
        size="small"
        label={t.zoomOut}
        icon={<ZoomOut {...icon} />}
        reason={whole ? t.wholeShown : null}
        onClick={() => onShown(zoomed(shown, 2))}
      />
      <span className={styles.words}>{`${words(shown[0])} – ${words(shown[1])}`}</span>
      {!whole && (
        <Button size="small" variant="ghost" onClick={() => onShown(WHOLE)}>
          {t.whole}
        </Button>
      )}
    </span>
  );
}
