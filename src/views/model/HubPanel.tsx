import { Search } from 'lucide-react';
import { defaultHub, hubHost, useHub } from '../../studio/hub.ts';
import { Button } from '../shared/Button.tsx';
import { Field, TextField } from '../shared/Field.tsx';
import { ErrorNotice } from '../shared/Notice.tsx';
import './hub.css';

/** A model by its name: nothing is asked before the button is pressed, and what is sent stands beside it. */
export function HubPanel() {
  const { hub, name, look, setName, lookUp, cancelLook, clearLook } = useHub();
  const host = hubHost(hub);
  const loading = look.status === 'loading';
  return (
    <section className="add-model__side" aria-labelledby="from-hub">
      <h3 id="from-hub">From a hub</h3>
      <form
        className="hub-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '') void lookUp();
        }}
      >
        <Field label="Model on the hub" note="owner/name, owner/name@revision, or its address">
          {(control) => (
            <input
              {...control}
              className="ui-input"
              type="text"
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              placeholder="Qwen/Qwen2.5-0.5B-Instruct"
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Button
          type="submit"
          busy={loading}
          icon={<Search size={16} aria-hidden />}
          reason={name.trim() === '' ? 'Write the name of a model first.' : null}
        >
          Look up
        </Button>
      </form>
      {loading && (
        <div className="hub-asking" role="status">
          <span>Asking {host} what the model consists of…</span>
          <Button size="small" onClick={cancelLook}>
            Cancel
          </Button>
        </div>
      )}
      {look.status === 'failed' && (
        <ErrorNotice
          error={look.error}
          onDismiss={clearLook}
          actions={
            <Button size="small" onClick={() => void lookUp()}>
              Look up again
            </Button>
          }
        />
      )}
      <p className="model-quiet">
        Nothing is sent before you press Look up. Then {host} is asked for this model’s list and
        small settings files, and with Download for the rest. Like any web server it sees your IP
        address, your browser and this page’s address. No sign-in, no cookies, none of your data.
      </p>
      <HubAddress />
    </section>
  );
}

function HubAddress() {
  const hub = useHub((state) => state.hub);
  const setHub = useHub((state) => state.setHub);
  return (
    <details className="hub-address" open={hub !== defaultHub}>
      <summary>Hub address</summary>
      <TextField
        label="Address of the hub"
        value={hub}
        onChange={setHub}
        changed={hub !== defaultHub}
        onReset={() => setHub(defaultHub)}
        note="https, or http on this computer (127.0.0.1, localhost). It has to answer as huggingface.co does."
      />
    </details>
  );
}
