import { clsx } from 'clsx';
import { ChevronDown } from 'lucide-react';
import { Field, type FieldProps } from './Field.tsx';
import { seenControls } from '../seen-controls.ts';
import styles from './Select.module.css';
import inputStyles from './input.module.css';

export interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
  readonly disabled?: boolean;
}

export interface SelectProps<T extends string> {
  readonly value: T;
  readonly choices: readonly Choice<T>[];
  readonly onChange: (value: T) => void;
  readonly disabled?: boolean;
  readonly size?: 'normal' | 'small';
  readonly id?: string;
  readonly 'aria-label'?: string;
  readonly 'aria-describedby'?: string | undefined;
  readonly 'aria-invalid'?: true | undefined;
}

/** The browser's own select: it works with every keyboard, screen reader and phone. */
export function Select<T extends string>({
  value,
  choices,
  onChange,
  size = 'normal',
  ...rest
}: SelectProps<T>) {
  return (
    <span className={clsx(styles.select, size === 'small' && styles.small)}>
      <select
        {...rest}
        className={inputStyles.input}
        value={value}
        onChange={(event) => {
          const chosen = choices.find((choice) => choice.value === event.target.value);
          if (chosen) onChange(chosen.value);
        }}
      >
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value} disabled={choice.disabled}>
            {seenControls(choice.label)}
          </option>
        ))}
      </select>
      <ChevronDown size={14} aria-hidden className={styles.chevron} />
    </span>
  );
}

export interface SelectFieldProps<T extends string> extends Omit<FieldProps, 'children'> {
  readonly value: T;
  readonly choices: readonly Choice<T>[];
  readonly onChange: (value: T) => void;
  readonly disabled?: boolean;
}

export function SelectField<T extends string>({
  value,
  choices,
  onChange,
  disabled = false,
  ...frame
}: SelectFieldProps<T>) {
  return (
    <Field {...frame}>
      {(control) => (
        <Select
          {...control}
          value={value}
          choices={choices}
          onChange={onChange}
          disabled={disabled}
        />
      )}
    </Field>
  );
}
