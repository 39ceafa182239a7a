import { Dices } from 'lucide-react';
import { useChat } from '../../studio/chat.ts';
import { defaultSettings } from '../../studio/chat-document.ts';
import type { SamplingSettings } from '../../worker/protocol.ts';
import { IconButton } from '../shared/Button.tsx';
import { NumberField, TextField } from '../shared/Field.tsx';
import { SliderField } from '../shared/Toggle.tsx';

/** How tokens are drawn, and what the models are told before the conversation. */
export function Settings() {
  const settings = useChat((state) => state.settings);
  const set = useChat((state) => state.setSettings);
  const system = useChat((state) => state.system);
  const setSystem = useChat((state) => state.setSystem);
  const frame = (key: keyof SamplingSettings) => ({
    changed: settings[key] !== defaultSettings[key],
    onReset: () => set({ [key]: defaultSettings[key] }),
  });
  return (
    <div className="settings">
      <TextField
        label="System prompt"
        help="Sent before the conversation to both models, where their template has a place for it."
        value={system}
        onChange={setSystem}
        rows={3}
        placeholder="None"
      />
      <SliderField
        {...frame('temperature')}
        label="Temperature"
        help="How freely tokens are drawn; at 0 the most likely one is always taken."
        value={settings.temperature}
        min={0}
        max={2}
        step={0.05}
        format={(value) => (value === 0 ? 'greedy' : value.toFixed(2))}
        onChange={(temperature) => set({ temperature })}
      />
      <SliderField
        {...frame('topP')}
        label="Top-p"
        help="Only the likeliest tokens that together have this probability can be drawn."
        value={settings.topP}
        min={0.05}
        max={1}
        step={0.01}
        format={(value) => (value === 1 ? 'off' : value.toFixed(2))}
        onChange={(topP) => set({ topP })}
      />
      <SliderField
        {...frame('topK')}
        label="Top-k"
        help="Only this many of the likeliest tokens can be drawn; 0 turns it off."
        value={settings.topK}
        min={0}
        max={200}
        step={1}
        format={(value) => (value === 0 ? 'off' : String(value))}
        onChange={(topK) => set({ topK })}
      />
      <SliderField
        {...frame('repetitionPenalty')}
        label="Repetition penalty"
        help="Makes tokens that occurred before less likely; 1 turns it off."
        value={settings.repetitionPenalty}
        min={1}
        max={2}
        step={0.01}
        format={(value) => (value === 1 ? 'off' : value.toFixed(2))}
        onChange={(repetitionPenalty) => set({ repetitionPenalty })}
      />
      <div className="settings__pair">
        <NumberField
          {...frame('maxTokens')}
          label="Most tokens"
          help="An answer is cut here."
          value={settings.maxTokens}
          min={1}
          max={65536}
          integer
          onChange={(maxTokens) => set({ maxTokens })}
        />
        <div className="settings__seed">
          <NumberField
            {...frame('seed')}
            label="Seed"
            help="The same seed, prompt and settings give the same answer; generating anew takes the next seed."
            value={settings.seed}
            min={0}
            max={0xffffffff}
            integer
            onChange={(seed) => set({ seed })}
          />
          <IconButton
            label="Another seed"
            icon={<Dices size={16} aria-hidden />}
            onClick={() => set({ seed: crypto.getRandomValues(new Uint32Array(1))[0] ?? 0 })}
          />
        </div>
      </div>
    </div>
  );
}
