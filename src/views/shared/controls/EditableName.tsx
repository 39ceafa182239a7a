/** The name of a thing in a list: pressed, it shows the thing; its pencil edits it in its place. */
import { clsx } from 'clsx';
import { Pencil } from 'lucide-react';
import { useState } from 'react';
import { seenControls } from '../seen-controls.ts';
import { sharedText } from '../text.ts';
import { IconButton } from './Button.tsx';
import inputStyles from './input.module.css';
import textStyles from '../text.module.css';
import styles from './EditableName.module.css';

export interface EditableNameProps {
  readonly name: string;
  readonly selected: boolean;
  readonly onSelect: () => void;
  /** A new name that is not blank. */
  readonly onRename: (name: string) => void;
}

export function EditableName({ name, selected, onSelect, onRename }: EditableNameProps) {
  const [editing, setEditing] = useState(false);
  if (editing) {
    return (
      <NameInput
        name={name}
        onDone={(given) => {
          setEditing(false);
          if (given !== null) onRename(given);
        }}
      />
    );
  }
  return (
    <span className={styles.named}>
      <button
        type="button"
        className={clsx(styles.shown, textStyles.link)}
        aria-pressed={selected}
        onClick={onSelect}
      >
        {seenControls(name)}
      </button>
      <IconButton
        size="small"
        label={sharedText().rename(name)}
        icon={<Pencil size={14} aria-hidden />}
        onClick={(event) => {
          event.stopPropagation();
          setEditing(true);
        }}
      />
    </span>
  );
}

/** Enter and leaving take the name, Escape keeps the old one. */
function NameInput({
  name: known,
  onDone,
}: {
  readonly name: string;
  /** The new name; null leaves the old one. */
  readonly onDone: (name: string | null) => void;
}) {
  const [name, setName] = useState(known);
  const trimmed = name.trim();
  const commit = () => onDone(trimmed === '' || trimmed === known ? null : trimmed);
  return (
    <input
      className={clsx(styles.name, inputStyles.input)}
      aria-label={sharedText().newName(known)}
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
