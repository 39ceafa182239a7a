/** Finds a model on a hub by its name, beside a note on what is sent. */
import { Search } from 'lucide-react';
import { defaultHub, hubHost, useHub } from '../../../studio/models/hub.ts';
import { Button } from '../../shared/controls/Button.tsx';
import { Field, TextField } from '../../shared/controls/Field.tsx';
import { ErrorNotice } from '../../shared/Notice.tsx';
import { hubText } from './text-hub.ts';
import addModelStyles from '../AddModel.module.css';
import styles from './HubPanel.module.css';
import textStyles from '../../shared/text.module.css';
import inputStyles from '../../shared/controls/input.module.css';

/** The id of the panel's heading. */
export const HUB_PANEL = 'from-hub';

/** As models are named on a hub, in every language. */
const exampleName = 'Qwen/Qwen2.5-0.5B-Instruct';

/** A model by its name: nothing is asked before the button is pressed; the text beside it says what is sent. */
export function HubPanel() {
  const { hub, name, look, setName, lookUp, cancelLook, clearLook } = useHub();
  const t = hubText();
  const host = hubHost(hub);
  const loading = look.status === 'loading';
  return (
    <section className={addModelStyles.side} aria-labelledby={HUB_PANEL}>
      <h3 id={HUB_PANEL}>{t.title}</h3>
      <form
        className={styles.hubForm}
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '') void lookUp();
        }}
      >
        <Field label={t.name} note={t.nameNote}>
          {(control) => (
            <input
              {...control}
              className={inputStyles.input}
              type="text"
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              placeholder={exampleName}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Button
          type="submit"
          busy={loading}
          icon={<Search size={16} aria-hidden />}
          reason={name.trim() === '' ? t.noName : null}
        >
          {t.lookUp}
        </Button>
      </form>
      {loading && (
        <div className={styles.hubAsking} role="status">
          <span>{t.asking(host)}</span>
          <Button size="small" onClick={cancelLook}>
            {t.cancel}
          </Button>
        </div>
      )}
      {look.status === 'failed' && (
        <ErrorNotice
          error={look.error}
          onDismiss={clearLook}
          actions={
            <Button size="small" onClick={() => void lookUp()}>
              {t.lookAgain}
            </Button>
          }
        />
      )}
      <p className={textStyles.quietSmall}>{t.privacy(host)}</p>
      <HubAddress />
    </section>
  );
}

function HubAddress() {
  const hub = useHub((state) => state.hub);
  const setHub = useHub((state) => state.setHub);
  const t = hubText();
  return (
    <details className={styles.hubAddress} open={hub !== defaultHub}>
      <summary>{t.address}</summary>
      <TextField
        label={t.addressLabel}
        value={hub}
        onChange={setHub}
        changed={hub !== defaultHub}
        onReset={() => setHub(defaultHub)}
        note={t.addressNote}
      />
    </details>
  );
}
