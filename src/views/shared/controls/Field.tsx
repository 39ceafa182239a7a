/** A field: label, control, help and error together. */
import { clsx } from 'clsx';
import { RotateCcw } from 'lucide-react';
import { useId, useState, type ReactNode } from 'react';
import { formatSetting } from '../format.ts';
import { fieldText } from '../text.ts';
import { InfoTip, Tip } from './Tooltip.tsx';
import styles from './Field.module.css';
import tooltipStyles from './Tooltip.module.css';
import inputStyles from './input.module.css';

/** What a control inside a Field spreads onto its element. */
export interface FieldControl {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': true | undefined;
}

interface FieldFrame {
  readonly label: string;
  /** A sentence of help on demand. */
  readonly help?: ReactNode;
  /** Below the control: default, range, unit. */
  readonly note?: ReactNode;
  /** The value differs from the default. */
  readonly changed?: boolean;
  /** Sets the default again; shown while `changed`. */
  readonly onReset?: () => void;
  readonly error?: string | null;
  readonly className?: string | undefined;
}

export interface FieldProps extends FieldFrame {
  readonly children: (control: FieldControl) => ReactNode;
}

/** Label, control, note and error as one; the control gets the ids that tie them together. */
export function Field({
  label,
  help,
  note,
  changed = false,
  onReset,
  error = null,
  className,
  children,
}: FieldProps) {
  const id = useId();
  const t = fieldText();
  const described = [note !== undefined && `${id}-note`, error !== null && `${id}-error`].filter(
    Boolean,
  );
  return (
    <div className={clsx(styles.field, className)} data-field>
      <div className={styles.fieldHead}>
        <label htmlFor={id}>{label}</label>
        {help !== undefined && <InfoTip about={label} text={help} />}
        {changed && <span className={styles.fieldChanged}>{t.changed}</span>}
        {changed && onReset && (
          <Tip text={t.toDefault}>
            <button
              type="button"
              className={tooltipStyles.info}
              aria-label={t.setToDefault(label)}
              onClick={onReset}
            >
              <RotateCcw size={13} aria-hidden />
            </button>
          </Tip>
        )}
      </div>
      {children({
        id,
        'aria-describedby': described.length > 0 ? described.join(' ') : undefined,
        'aria-invalid': error !== null || undefined,
      })}
      {note !== undefined && (
        <div className={styles.fieldNote} id={`${id}-note`}>
          {note}
        </div>
      )}
      {error !== null && (
        <div className={styles.fieldError} id={`${id}-error`} role="alert">
          {error}
        </div>
      )}
    </div>
  );
}

export interface TextFieldProps extends FieldFrame {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly placeholder?: string;
  readonly disabled?: boolean;
  /** More than one makes it a text area. */
  readonly rows?: number;
}

export function TextField({
  value,
  onChange,
  placeholder,
  disabled,
  rows = 1,
  ...frame
}: TextFieldProps) {
  return (
    <Field {...frame}>
      {(control) =>
        rows > 1 ? (
          <textarea
            {...control}
            className={clsx(inputStyles.input, inputStyles.area)}
            rows={rows}
            value={value}
            placeholder={placeholder}
            disabled={disabled}
            onChange={(event) => onChange(event.target.value)}
          />
        ) : (
          <input
            {...control}
            className={inputStyles.input}
            type="text"
            value={value}
            placeholder={placeholder}
            disabled={disabled}
            onChange={(event) => onChange(event.target.value)}
          />
        )
      }
    </Field>
  );
}

export interface NumberFieldProps extends Omit<FieldFrame, 'error'> {
  readonly value: number;
  /** Called only with values within the range. */
  readonly onChange: (value: number) => void;
  readonly min?: number;
  readonly max?: number;
  /** `min` itself is not allowed. */
  readonly above?: boolean;
  /** `max` itself is not allowed. */
  readonly below?: boolean;
  readonly integer?: boolean;
  readonly unit?: string;
  readonly disabled?: boolean;
  readonly error?: string | null;
}

/** A number typed as text (2e-4 is fine); the typed text stays until it is a number in range. */
export function NumberField({
  value,
  onChange,
  min = -Infinity,
  max = Infinity,
  above = false,
  below = false,
  integer = false,
  unit,
  disabled,
  error = null,
  ...frame
}: NumberFieldProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const [shown, setShown] = useState(value);
  if (value !== shown) {
    // A preset or a reset set the value: it replaces the text being typed.
    setShown(value);
    if (draft !== null && typedNumber(draft) !== value) setDraft(null);
  }
  const text = draft ?? plainNumber(value);
  const problem = draft === null ? null : numberProblem(draft, { min, max, above, below, integer });
  return (
    <Field {...frame} error={problem ?? error}>
      {(control) => (
        <span className={styles.number}>
          <input
            {...control}
            className={inputStyles.input}
            type="text"
            inputMode={integer ? 'numeric' : 'decimal'}
            autoComplete="off"
            spellCheck={false}
            value={text}
            disabled={disabled}
            onChange={(event) => {
              const typed = event.target.value;
              setDraft(typed);
              if (numberProblem(typed, { min, max, above, below, integer }) === null) {
                onChange(typedNumber(typed));
              }
            }}
            onBlur={() => {
              if (problem === null) setDraft(null);
            }}
            onKeyDown={(event) => {
              if (event.key === 'Escape') setDraft(null);
            }}
          />
          {unit !== undefined && <span className={styles.numberUnit}>{unit}</span>}
        </span>
      )}
    </Field>
  );
}

/** Digits may be grouped as hints show them: "1,000,000". */
export function typedNumber(text: string): number {
  return Number(
    text
      .trim()
      .replace(/^(-?\d{1,3})((?:,\d{3})+)(?=\.|$)/, (grouped) => grouped.replaceAll(',', '')),
  );
}

function plainNumber(value: number): string {
  return String(value).replace('e+', 'e');
}

interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly above: boolean;
  readonly below: boolean;
  readonly integer: boolean;
}

function numberProblem(
  text: string,
  { min, max, above, below, integer }: NumberRange,
): string | null {
  const t = fieldText();
  const value = typedNumber(text);
  if (text.trim() === '' || !Number.isFinite(value)) return t.notNumber;
  if (integer && !Number.isInteger(value)) return t.notWhole;
  if (above && value <= min) return t.moreThan(formatSetting(min));
  if (value < min) return t.atLeast(formatSetting(min));
  if (below && value >= max) return t.lessThan(formatSetting(max));
  if (value > max) return t.atMost(formatSetting(max));
  return null;
}
