/** Where the judge's requests go: address, model, key; and the switch without which nothing is sent. */
import { clsx } from 'clsx';
import { Power } from 'lucide-react';
import { useJudge } from '../../studio/judge/judge.ts';
import { Button } from '../shared/controls/Button.tsx';
import { Card } from '../shared/Card.tsx';
import { Field, NumberField, TextField } from '../shared/controls/Field.tsx';
import { SelectField } from '../shared/controls/Select.tsx';
import { CheckField } from '../shared/controls/Toggle.tsx';
import { judgeText } from './text.ts';
import judgeStyles from './judge.module.css';
import layoutStyles from '../shared/layout.module.css';
import inputStyles from '../shared/controls/input.module.css';

export function EndpointCard() {
  const t = judgeText();
  const judge = useJudge();
  const { endpoint, on, sending } = judge;
  const busy = sending === null ? null : t.stillSending;
  return (
    <Card title={t.endpoint} aside={on === null ? t.off : t.on}>
      <div className={judgeStyles.form}>
        <TextField
          label={t.address}
          help={t.addressHelp}
          value={endpoint.address}
          disabled={sending !== null}
          onChange={(address) => judge.setEndpoint({ address })}
        />
        <TextField
          label={t.model}
          help={t.modelHelp}
          value={endpoint.model}
          disabled={sending !== null}
          onChange={(model) => judge.setEndpoint({ model })}
        />
        <Field label={t.key} help={t.keyHelp}>
          {(control) => (
            <input
              {...control}
              className={inputStyles.input}
              type="password"
              autoComplete="off"
              value={judge.key}
              onChange={(event) => judge.setKey(event.target.value)}
            />
          )}
        </Field>
        <CheckField label={t.keepKey} checked={judge.keepKey} onChange={judge.setKeepKey} />
        <div className={clsx(layoutStyles.fields, judgeStyles.pair)}>
          <SelectField
            label={t.language}
            value={endpoint.language}
            choices={[
              { value: 'en', label: t.english },
              { value: 'zh', label: t.chinese },
            ]}
            disabled={sending !== null}
            onChange={(language) => judge.setEndpoint({ language })}
          />
          <NumberField
            label={t.patience}
            help={t.patienceHelp}
            value={judge.timeoutSeconds}
            min={1}
            max={600}
            integer
            unit={t.seconds}
            onChange={judge.setTimeoutSeconds}
          />
        </div>
        <CheckField
          label={t.jsonMode}
          checked={endpoint.jsonMode}
          disabled={sending !== null}
          onChange={(jsonMode) => judge.setEndpoint({ jsonMode })}
        />
        <p className={judgeStyles.note}>{t.jsonModeHelp}</p>
        <div className={judgeStyles.act}>
          <Button
            variant={on === null ? 'primary' : 'secondary'}
            icon={<Power size={16} aria-hidden />}
            reason={busy ?? (on === null && endpoint.model.trim() === '' ? t.modelFirst : null)}
            onClick={() => void (on === null ? judge.turnOn() : judge.turnOff())}
          >
            {on === null ? t.turnOn : t.turnOff}
          </Button>
          <span className={judgeStyles.note}>{on === null ? t.offAfterReload : t.goesTo(on)}</span>
        </div>
      </div>
    </Card>
  );
}
