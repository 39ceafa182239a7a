/** The field for a search; Enter begins. */
import { Search, X } from 'lucide-react';
import { useId, useState } from 'react';
import { IconButton } from '../../shared/controls/Button.tsx';
import { dataText } from '../text.ts';
import styles from './SearchField.module.css';
import textStyles from '../../shared/text.module.css';
import inputStyles from '../../shared/controls/input.module.css';

export interface SearchFieldProps {
  readonly label: string;
  readonly onSearch: (text: string) => void;
  readonly onClear: () => void;
}

export function SearchField({ label, onSearch, onClear }: SearchFieldProps) {
  const t = dataText();
  const [text, setText] = useState('');
  const id = useId();
  return (
    <form
      className={styles.search}
      role="search"
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() === '') onClear();
        else onSearch(text.trim());
      }}
    >
      <label htmlFor={id} className={textStyles.hidden}>
        {label}
      </label>
      <input
        id={id}
        className={inputStyles.input}
        type="text"
        autoComplete="off"
        placeholder={t.searchShort}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <IconButton
        size="small"
        type="submit"
        label={label}
        icon={<Search size={15} aria-hidden />}
      />
      {text !== '' && (
        <IconButton
          size="small"
          label={t.clear}
          icon={<X size={15} aria-hidden />}
          onClick={() => {
            setText('');
            onClear();
          }}
        />
      )}
    </form>
  );
}
