/** Whether a list back to the originals is saved, and the passphrase that encrypts it. */
import { CheckField } from '../../shared/controls/Toggle.tsx';
import { Field } from '../../shared/controls/Field.tsx';
import { replaceText } from './text-replace.ts';
import styles from './ReplaceDialog.module.css';
import inputStyles from '../../shared/controls/input.module.css';
import layoutStyles from '../../shared/layout.module.css';
import textStyles from '../../shared/text.module.css';

/** As src/text/identifiers/replace/mapping-file.ts asks for. */
const LEAST_PASSPHRASE = 12;

export interface MappingChoice {
  readonly keep: boolean;
  readonly passphrase: string;
  readonly again: string;
}

const isShort = (passphrase: string): boolean => [...passphrase].length < LEAST_PASSPHRASE;

/** Why the passphrase cannot be taken yet. */
export function passphraseFault({ keep, passphrase, again }: MappingChoice): string | null {
  const t = replaceText();
  if (!keep) return null;
  if (passphrase === '' || again === '') return t.needsPassphrase;
  if (isShort(passphrase)) return t.short(LEAST_PASSPHRASE);
  return passphrase === again ? null : t.different;
}

export interface MappingFieldsProps {
  readonly value: MappingChoice;
  readonly onChange: (value: MappingChoice) => void;
}

export function MappingFields({ value, onChange }: MappingFieldsProps) {
  const t = replaceText();
  const { keep, passphrase, again } = value;
  const tooShort = passphrase !== '' && isShort(passphrase) ? t.short(LEAST_PASSPHRASE) : null;
  const unlike = again !== '' && again !== passphrase ? t.different : null;
  return (
    <div className={styles.mapping}>
      <CheckField
        label={t.keepMapping}
        checked={keep}
        onChange={(chosen) => onChange({ ...value, keep: chosen })}
      />
      {keep && (
        <>
          <p className={textStyles.note}>{t.mappingHelp(LEAST_PASSPHRASE)}</p>
          <div className={layoutStyles.fields}>
            <Secret
              label={t.passphrase}
              value={passphrase}
              error={tooShort}
              onChange={(typed) => onChange({ ...value, passphrase: typed })}
            />
            <Secret
              label={t.again}
              value={again}
              error={unlike}
              onChange={(typed) => onChange({ ...value, again: typed })}
            />
          </div>
        </>
      )}
    </div>
  );
}

interface SecretProps {
  readonly label: string;
  readonly value: string;
  readonly error?: string | null;
  readonly onChange: (value: string) => void;
}

export function Secret({ label, value, error = null, onChange }: SecretProps) {
  return (
    <Field label={label} error={error}>
      {(control) => (
        <input
          {...control}
          className={inputStyles.input}
          type="password"
          autoComplete="new-password"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
