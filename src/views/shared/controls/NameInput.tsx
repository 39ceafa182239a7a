/** A field in which a thing is renamed in its place: Enter and leaving take the name, Escape keeps the old one. */
import { clsx } from 'clsx';
import { useState } from 'react';
import inputStyles from './input.module.css';
import styles from './NameInput.module.css';

export interface NameInputProps {
  /** What the field is for, with the old name. */
  readonly label: string;
  readonly name: string;
  /** The new name; null leaves the old one. */
  readonly onDone: (name: string | null) => void;
}

export function NameInput({ label, name: known, onDone }: NameInputProps) {
  const [name, setName] = useState(known);
  const trimmed = name.trim();
  const commit = () => onDone(trimmed === '' || trimmed === known ? null : trimmed);
  return (
    <input
      className={clsx(styles.name, inputStyles.input)}
      aria-label={label}
      value={name}
      maxLength={200}
      // The field appears because its owner asked to type.
      // oxlint-disable-next-line jsx-a11y/no-autofocus
      autoFocus
      onClick={(event) => event.stopPropagation()}
      onChange={(event) => setName(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
        if (event.key === 'Escape') onDone(null);
      }}
    />
  );
}
