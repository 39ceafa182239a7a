/** Settings of the answers: how tokens are drawn, and what the models are told before the conversation. */
import { Dices, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { MOST_BELOW, useAbstention } from '../../studio/abstention.ts';
import { useChat } from '../../studio/chat/chat.ts';
import {
  defaultSettings,
  sameSampling,
  samplingPresets,
  type ChatSettings,
} from '../../studio/chat/chat-document.ts';
import { selectedModel, useModels } from '../../studio/models/models.ts';
import { Button, IconButton } from '../shared/controls/Button.tsx';
import { NumberField } from '../shared/controls/Field.tsx';
import { SliderField } from '../shared/controls/Toggle.tsx';
import { ProductsField } from '../shared/products/ProductsField.tsx';
import { SystemPrompt } from './trained/SystemPrompt.tsx';
import { abstainText } from './text-abstain.ts';
import { chatText } from './text.ts';
import { useSpeakers, useStateChoices } from './use-speakers.ts';
import styles from './Settings.module.css';
import inputStyles from '../shared/controls/input.module.css';

export function Settings() {
  return (
    <div className={styles.settings}>
      <SystemPrompt />
      <Presets />
      <Drawing />
      <LengthAndSeed />
      <Abstaining />
      <Multiplication />
    </div>
  );
}

/** Marks a setting that differs from the default, and resets it. */
function useReset() {
  const settings = useChat((state) => state.settings);
  const set = useChat((state) => state.setSettings);
  return (key: keyof ChatSettings) => ({
    changed: settings[key] !== defaultSettings[key],
    onReset: () => set({ [key]: defaultSettings[key] }),
  });
}

/** Which tokens may be drawn, and how likely each is. */
function Drawing() {
  const t = chatText();
  const settings = useChat((state) => state.settings);
  const set = useChat((state) => state.setSettings);
  const reset = useReset();
  const orOff = (off: number) => (value: number) =>
    value === off ? t.off : Number.isInteger(value) && off === 0 ? String(value) : value.toFixed(2);
  return (
    <>
      <SliderField
        {...reset('temperature')}
        label={t.temperature}
        help={t.temperatureHelp}
        value={settings.temperature}
        min={0}
        max={2}
        step={0.05}
        format={(value) => (value === 0 ? t.greedy : value.toFixed(2))}
        onChange={(temperature) => set({ temperature })}
      />
      <SliderField
        {...reset('topP')}
        label={t.topP}
        help={t.topPHelp}
        value={settings.topP}
        min={0.05}
        max={1}
        step={0.01}
        format={orOff(1)}
        onChange={(topP) => set({ topP })}
      />
      <SliderField
        {...reset('topK')}
        label={t.topK}
        help={t.topKHelp}
        value={settings.topK}
        min={0}
        max={200}
        step={1}
        format={orOff(0)}
        onChange={(topK) => set({ topK })}
      />
      <SliderField
        {...reset('repetitionPenalty')}
        label={t.penalty}
        help={t.penaltyHelp}
        value={settings.repetitionPenalty}
        min={1}
        max={2}
        step={0.01}
        format={orOff(1)}
        onChange={(repetitionPenalty) => set({ repetitionPenalty })}
      />
    </>
  );
}

/** How long an answer may become, and the seed that repeats it. */
function LengthAndSeed() {
  const t = chatText();
  const settings = useChat((state) => state.settings);
  const set = useChat((state) => state.setSettings);
  const reset = useReset();
  return (
    <div className={styles.settingsPair}>
      <NumberField
        {...reset('maxTokens')}
        label={t.mostTokens}
        help={t.mostTokensHelp}
        value={settings.maxTokens}
        min={1}
        max={65536}
        integer
        onChange={(maxTokens) => set({ maxTokens })}
      />
      <div className={styles.settingsSeed}>
        <NumberField
          {...reset('seed')}
          label={t.seedLabel}
          help={t.seedHelp}
          value={settings.seed}
          min={0}
          max={0xffffffff}
          integer
          onChange={(seed) => set({ seed })}
        />
        <IconButton
          label={t.anotherSeed}
          icon={<Dices size={16} aria-hidden />}
          onClick={() => set({ seed: crypto.getRandomValues(new Uint32Array(1))[0] ?? 0 })}
        />
      </div>
    </div>
  );
}

/** Below which sureness an answer is marked; Evaluate counts by the same setting. */
function Abstaining() {
  const t = abstainText();
  const { below, set } = useAbstention();
  return (
    <NumberField
      label={t.below}
      help={t.belowHelp}
      value={below}
      min={0}
      max={MOST_BELOW}
      integer
      changed={below !== 0}
      onReset={() => set(0)}
      onChange={set}
    />
  );
}

/** What the chosen models multiply while they read a prompt. */
function Multiplication() {
  const value = useChat((state) => state.settings.products);
  const set = useChat((state) => state.setSettings);
  const reset = useReset();
  const model = useModels(selectedModel);
  const speakers = useSpeakers(useStateChoices(), model?.id ?? null);
  const states = Object.values(speakers).flatMap((speaker) => (speaker ? [speaker.state] : []));
  return (
    <ProductsField
      {...reset('products')}
      value={value}
      states={states}
      onChange={(products) => set({ products })}
    />
  );
}

/** The settings that come with the studio. */
const bundled = ['exact', 'balanced', 'creative'] as const;

/** Three that come with the studio, and a person's own. */
function Presets() {
  const t = chatText();
  const settings = useChat((state) => state.settings);
  const { setSettings } = useChat.getState();
  return (
    <fieldset className={styles.presets}>
      <legend>{t.preset}</legend>
      <p className={styles.presetsHelp}>{t.presetHelp}</p>
      <div className={styles.presetsRow}>
        {bundled.map((preset) => (
          <Button
            key={preset}
            size="small"
            aria-pressed={sameSampling(settings, samplingPresets[preset])}
            onClick={() => setSettings(samplingPresets[preset])}
          >
            {t.presets[preset]}
          </Button>
        ))}
      </div>
      <OwnPresets />
      <NewPreset />
    </fieldset>
  );
}

function OwnPresets() {
  const t = chatText();
  const settings = useChat((state) => state.settings);
  const own = useChat((state) => state.presets);
  const { setSettings, removePreset } = useChat.getState();
  if (own.length === 0) return null;
  return (
    <ul className={styles.presetsOwn} aria-label={t.ownPresets}>
      {own.map((preset) => (
        <li key={preset.name}>
          <Button
            size="small"
            aria-label={t.takePreset(preset.name)}
            aria-pressed={sameSampling(settings, preset.settings)}
            onClick={() => setSettings(preset.settings)}
          >
            {preset.name}
          </Button>
          <IconButton
            size="small"
            label={t.removePreset(preset.name)}
            icon={<Trash2 size={14} aria-hidden />}
            onClick={() => removePreset(preset.name)}
          />
        </li>
      ))}
    </ul>
  );
}

/** Keeps the current settings under a name. */
function NewPreset() {
  const t = chatText();
  const { savePreset } = useChat.getState();
  const [name, setName] = useState('');
  return (
    <form
      className={styles.presetsNew}
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() === '') return;
        savePreset(name.trim());
        setName('');
      }}
    >
      <input
        className={inputStyles.input}
        aria-label={t.presetName}
        placeholder={t.presetName}
        maxLength={60}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <Button size="small" type="submit" reason={name.trim() === '' ? t.nameFirst : null}>
        {t.savePreset}
      </Button>
    </form>
  );
}
