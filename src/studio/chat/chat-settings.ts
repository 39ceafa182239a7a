/** Settings for the answers to come: who answers, how tokens are drawn, and a person's own presets. */
import { readPreference, writePreference } from '../preferences.ts';
import { ownPresetsSchema, type OwnPreset } from './chat-document.ts';
import type { ChatState, ChatStore } from './chat-state.ts';

const PRESETS = 'chat-presets';

export function savedPresets(): readonly OwnPreset[] {
  return readPreference(PRESETS, (value) => ownPresetsSchema.safeParse(value).data ?? null) ?? [];
}

export function settingActions(
  store: ChatStore,
): Pick<
  ChatState,
  'choose' | 'setSettings' | 'setSystem' | 'fillSystem' | 'savePreset' | 'removePreset'
> {
  const { get, set } = store;
  const setPresets = (presets: readonly OwnPreset[]): void => {
    writePreference(PRESETS, presets);
    set({ presets });
  };
  return {
    choose: (side, state) => {
      set(({ chosen }) => ({ chosen: { ...chosen, [side]: state }, goesOn: false }));
      store.keepSettings();
    },
    setSettings: (settings) => {
      set((state) => ({ settings: { ...state.settings, ...settings } }));
      store.keepSettings();
    },
    setSystem: (system) => {
      set({ system, systemFrom: 'person' });
      store.keepSettings();
    },
    fillSystem: (text, runId, asked) => {
      const { systemFrom } = get();
      if (systemFrom === 'person' && !asked) return;
      // What a run was trained with stays, also when its data sets are gone.
      const filledFrom = systemFrom === 'person' ? null : (systemFrom?.runId ?? null);
      if (text === '' && filledFrom === runId) return;
      const from = text === '' || runId === null ? null : { runId };
      set({ system: text, systemFrom: from });
      store.keepSettings();
    },
    savePreset: (name) => {
      const { maxTokens: _most, seed: _seed, products: _products, ...settings } = get().settings;
      const others = get().presets.filter((preset) => preset.name !== name);
      setPresets([...others, { name: name.trim().slice(0, 60), settings }]);
    },
    removePreset: (name) => {
      setPresets(get().presets.filter((preset) => preset.name !== name));
    },
  };
}
