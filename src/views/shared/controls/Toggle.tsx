import { clsx } from 'clsx';
import { Checkbox, Slider, Switch, ToggleGroup } from 'radix-ui';
import { Check } from 'lucide-react';
import { useId, type ReactNode } from 'react';
import { Field, type FieldProps } from './Field.tsx';
import { InfoTip } from './Tooltip.tsx';
import type { Choice } from './Select.tsx';
import { seen } from '../seen-controls.ts';
import './controls.css';

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
      className={clsx('ui-segmented', size === 'small' && 'ui-segmented--small')}
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
          className="ui-segmented__item"
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
    <span className="ui-check">
      <Checkbox.Root
        id={id}
        className="ui-check__box"
        checked={checked}
        disabled={disabled ?? false}
        onCheckedChange={(state) => onChange(state === true)}
      >
        <Checkbox.Indicator>
          <Check size={13} strokeWidth={3} aria-hidden />
        </Checkbox.Indicator>
      </Checkbox.Root>
      <label htmlFor={id} className={hideLabel ? 'ui-hidden' : undefined}>
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
    <span className="ui-switch-field">
      <Switch.Root
        id={id}
        className="ui-switch"
        checked={checked}
        disabled={disabled ?? false}
        onCheckedChange={onChange}
      >
        <Switch.Thumb className="ui-switch__thumb" />
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
    <Field {...frame} className={clsx('ui-field--slider', frame.className)}>
      {(control) => (
        <span className="ui-slider-row">
          <Slider.Root
            className="ui-slider"
            value={[value]}
            min={min}
            max={max}
            step={step}
            disabled={disabled}
            onValueChange={([chosen]) => {
              if (chosen !== undefined) onChange(chosen);
            }}
          >
            <Slider.Track className="ui-slider__track">
              <Slider.Range className="ui-slider__range" />
            </Slider.Track>
            <Slider.Thumb
              {...control}
              className="ui-slider__thumb"
              aria-label={frame.label}
              aria-valuetext={format(value)}
            />
          </Slider.Root>
          <output className="ui-slider__value">{format(value)}</output>
        </span>
      )}
    </Field>
  );
}
