import { clsx } from 'clsx';
import { Checkbox, Slider, Switch, ToggleGroup } from 'radix-ui';
import { Check } from 'lucide-react';
import { useId, type ReactNode } from 'react';
import { Field, type FieldProps } from './Field.tsx';
import { InfoTip } from './Tooltip.tsx';
import type { Choice } from './Select.tsx';
import { seen } from '../seen-controls.ts';
import sliderStyles from './slider.module.css';
import styles from './Toggle.module.css';
import textStyles from '../text.module.css';

export interface SegmentedProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly (Choice<T> & { readonly icon?: ReactNode; readonly tone?: string })[];
  readonly onChange: (value: T) => void;
  readonly size?: 'normal' | 'small';
  readonly disabled?: boolean;
}

/** A few choices side by side, one of them on. */
export function Segmented<T extends string>({
  label,
  value,
  choices,
  onChange,
  size = 'normal',
  disabled = false,
}: SegmentedProps<T>) {
  return (
    <ToggleGroup.Root
      type="single"
      className={clsx(styles.segmented, size === 'small' && styles.segmentedSmall)}
      aria-label={label}
      value={value}
      disabled={disabled}
      onValueChange={(chosen) => {
        const choice = choices.find((candidate) => candidate.value === chosen);
        if (choice) onChange(choice.value);
      }}
    >
      {choices.map((choice) => (
        <ToggleGroup.Item
          key={choice.value}
          value={choice.value}
          disabled={choice.disabled ?? false}
          className={styles.segmentedItem}
          data-tone={choice.tone}
        >
          {choice.icon}
          {choice.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}

export interface CheckFieldProps {
  readonly label: ReactNode;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly disabled?: boolean;
  readonly hideLabel?: boolean;
}

export function CheckField({ label, checked, onChange, disabled, hideLabel }: CheckFieldProps) {
  const id = useId();
  return (
    <span className={styles.check}>
      <Checkbox.Root
        id={id}
        className={styles.checkBox}
        checked={checked}
        disabled={disabled ?? false}
        // A press on the box is none on the row that holds it.
        onClick={(event) => event.stopPropagation()}
        onCheckedChange={(state) => onChange(state === true)}
      >
        <Checkbox.Indicator>
          <Check size={13} strokeWidth={3} aria-hidden />
        </Checkbox.Indicator>
      </Checkbox.Root>
      <label htmlFor={id} className={hideLabel ? textStyles.hidden : undefined}>
        {seen(label)}
      </label>
    </span>
  );
}

export interface SwitchFieldProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly help?: ReactNode;
  readonly disabled?: boolean;
}

export function SwitchField({ label, checked, onChange, help, disabled }: SwitchFieldProps) {
  const id = useId();
  return (
    <span className={styles.switchField}>
      <Switch.Root
        id={id}
        className={styles.switch}
        checked={checked}
        disabled={disabled ?? false}
        onCheckedChange={onChange}
      >
        <Switch.Thumb className={styles.switchThumb} />
      </Switch.Root>
      <label htmlFor={id}>{label}</label>
      {help !== undefined && <InfoTip about={label} text={help} />}
    </span>
  );
}

export interface SliderFieldProps extends Omit<FieldProps, 'children' | 'note'> {
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly onChange: (value: number) => void;
  /** The value in words, such as "0.7" or "off". */
  readonly format?: (value: number) => string;
  readonly disabled?: boolean;
}

export function SliderField({
  value,
  min,
  max,
  step,
  onChange,
  format = String,
  disabled = false,
  ...frame
}: SliderFieldProps) {
  return (
    <Field {...frame}>
      {(control) => (
        <span className={styles.sliderRow}>
          <Slider.Root
            className={styles.slider}
            value={[value]}
            min={min}
            max={max}
            step={step}
            disabled={disabled}
            onValueChange={([chosen]) => {
              if (chosen !== undefined) onChange(chosen);
            }}
          >
            <Slider.Track className={sliderStyles.track}>
              <Slider.Range className={sliderStyles.range} />
            </Slider.Track>
            <Slider.Thumb
              {...control}
              className={sliderStyles.thumb}
              aria-label={frame.label}
              aria-valuetext={format(value)}
            />
          </Slider.Root>
          <output className={styles.sliderValue}>{format(value)}</output>
        </span>
      )}
    </Field>
  );
}
