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
  /** Neighbours of one group stand together under its name. */
  readonly group?: string | undefined;
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
        {grouped(choices).map(({ group, members }) =>
          group === undefined ? (
            <Options key={members[0]?.value} choices={members} />
          ) : (
            <optgroup key={members[0]?.value} label={seenControls(group)}>
              <Options choices={members} />
            </optgroup>
          ),
        )}
      </select>
      <ChevronDown size={14} aria-hidden className={styles.chevron} />
    </span>
  );
}

function Options({ choices }: { readonly choices: readonly Choice<string>[] }) {
  return choices.map((choice) => (
    <option key={choice.value} value={choice.value} disabled={choice.disabled}>
      {seenControls(choice.label)}
    </option>
  ));
}

interface Group {
  readonly group: string | undefined;
  readonly members: Choice<string>[];
}

/** Neighbours of one group together, in their order. */
function grouped(choices: readonly Choice<string>[]): readonly Group[] {
  const groups: Group[] = [];
  for (const choice of choices) {
    const last = groups.at(-1);
    if (last && last.group === choice.group) last.members.push(choice);
    else groups.push({ group: choice.group, members: [choice] });
  }
  return groups;
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
