import { Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { Recipe, RecipeBranch } from '../../engine/training/recipe.ts';
import { useRecipe } from '../../studio/recipe.ts';
import {
  branchFate,
  dropoutGroups,
  freeBranchName,
  presentBranches,
  readPath,
  withBranch,
  withDropout,
  withFate,
  withoutStage,
  type BranchFate,
} from '../../studio/recipe-edit.ts';
import { Button } from '../shared/Button.tsx';
import { Field, NumberField } from '../shared/Field.tsx';
import { SelectField } from '../shared/Select.tsx';
import { BranchChip, branchTitle } from '../shared/Tag.tsx';
import { CheckField, Segmented, SwitchField } from '../shared/Toggle.tsx';
import { BranchEditor } from './BranchEditor.tsx';
import { RecipeField } from './RecipeField.tsx';

const fates: readonly { value: BranchFate; label: string }[] = [
  { value: 'keep', label: 'Keep' },
  { value: 'merge', label: 'Merge' },
  { value: 'drop', label: 'Drop' },
];

/** Everything about one stage: its data, its branches, what trains, the loss and the end. */
export function StageEditor({ index }: { readonly index: number }) {
  const recipe = useRecipe((state) => state.recipe);
  const setRecipe = useRecipe((state) => state.setRecipe);
  const isDefault = useRecipe((state) => state.isDefault);
  const defaultValue = useRecipe((state) => state.defaultValue);
  const [error, setError] = useState<string | null>(null);
  const stage = recipe.stages[index];
  if (!stage) return null;
  const present = presentBranches(recipe)[index] ?? [];
  const apply = (next: Recipe) => setError(setRecipe(next)?.message ?? null);
  const change = (part: Partial<typeof stage>) =>
    apply({
      ...recipe,
      stages: recipe.stages.map((other, at) => (at === index ? { ...other, ...part } : other)),
    });
  const path = `stages.${index}`;
  return (
    <div className="stage-editor">
      {error !== null && (
        <p className="stage-editor__error" role="alert">
          {error}
        </p>
      )}
      <div className="fields">
        <RecipeField
          spec={{
            kind: 'text',
            path: `${path}.name`,
            label: 'Stage name',
            help: 'Stands on the card, in the log and over the curves.',
          }}
        />
        <Field
          label="Records of kind"
          changed={!isDefault(`${path}.data.kinds`)}
          help="Which data sets train here: knowledge-intensive ones, alignment-required ones, or both mixed."
        >
          {({ 'aria-describedby': describedBy }) => (
            <span className="choices" role="group" aria-describedby={describedBy}>
              {(['knowledge', 'alignment'] as const).map((kind) => (
                <CheckField
                  key={kind}
                  label={kind}
                  checked={stage.data.kinds.includes(kind)}
                  onChange={(on) => {
                    const others = stage.data.kinds.filter((known) => known !== kind);
                    const kinds = on ? [...others, kind] : others;
                    change({ data: { ...stage.data, kinds } });
                  }}
                />
              ))}
            </span>
          )}
        </Field>
        <RecipeField
          spec={{
            kind: 'number',
            path: `${path}.data.fraction`,
            label: 'Share of the records',
            help: 'A part of the records, chosen by seed: how much data the stage needs (figures 5 and 6 of the paper).',
            min: 0,
            max: 1,
            above: true,
          }}
        />
        <RecipeField
          spec={{
            kind: 'number',
            path: `${path}.epochs`,
            label: 'Epochs',
            help: 'How often every record is seen.',
            min: 1,
            max: 100,
            integer: true,
          }}
        />
      </div>

      <h3>Attached when the stage begins</h3>
      {stage.attach.map((branch, at) => (
        // A branch may be renamed while it is edited; its place is what stays.
        <BranchEditor
          key={at}
          stageIndex={index}
          branchIndex={at}
          branch={branch}
          onError={setError}
        />
      ))}
      {stage.attach.length === 0 && <p className="quiet">Nothing: earlier branches go on.</p>}
      <div className="ui-actions">
        <AddBranch recipe={recipe} index={index} type="lora" onAdd={apply} />
        <AddBranch recipe={recipe} index={index} type="mixture" onAdd={apply} />
      </div>

      <h3>
        What trains, and what happens at the end
        {!(isDefault(`${path}.train`) && isDefault(`${path}.after`)) && (
          <span className="ui-field__changed">changed</span>
        )}
      </h3>
      <div className="branch-rows">
        {present.map(({ name, type }) => (
          <div key={name} className="branch-row">
            <BranchChip branch={name} />
            <CheckField
              label="trains"
              checked={stage.train.includes(name)}
              onChange={(on) => {
                const others = stage.train.filter((known) => known !== name);
                change({ train: on ? [...others, name] : others });
              }}
            />
            <Segmented
              size="small"
              label={`At the end, ${branchTitle(name)}`}
              value={branchFate(stage, name)}
              choices={fates.map((fate) => ({
                ...fate,
                // The output of a mixture depends on its router: there is nothing to merge.
                disabled: fate.value === 'merge' && type === 'mixture',
              }))}
              onChange={(fate) => apply(withFate(recipe, index, name, fate))}
            />
          </div>
        ))}
      </div>

      <h3>Dropout</h3>
      <div className="fields">
        {dropoutGroups(present).map((group) => {
          const rateOf = (rates: unknown) => {
            const rate = readPath(rates, group.branches[0] ?? '');
            return typeof rate === 'number' ? rate : 0;
          };
          const rate = rateOf(stage.dropout);
          const standard = rateOf(defaultValue(`${path}.dropout`));
          return (
            <NumberField
              key={group.branches.join()}
              label={group.branches.map(branchTitle).join(' and ')}
              help={`Share of the inputs of ${group.targets.join(', ')} set to zero while this stage trains; branches on the same input share one mask.`}
              value={rate}
              min={0}
              max={0.9}
              note={`Default ${standard}. 0 to 0.9.`}
              changed={rate !== standard}
              onReset={() => change(withDropout(stage, group, standard))}
              onChange={(next) => change(withDropout(stage, group, next))}
            />
          );
        })}
      </div>

      <OrthogonalEditor
        key={JSON.stringify(stage.orthogonal?.between)}
        index={index}
        present={present}
        onChange={(orthogonal) => change({ orthogonal })}
      />
      {recipe.stages.length > 1 && (
        <div className="ui-actions">
          <Button
            size="small"
            variant="danger"
            icon={<Trash2 size={14} aria-hidden />}
            onClick={() => apply(withoutStage(recipe, index))}
          >
            Remove this stage
          </Button>
        </div>
      )}
    </div>
  );
}

function AddBranch({
  recipe,
  index,
  type,
  onAdd,
}: {
  readonly recipe: Recipe;
  readonly index: number;
  readonly type: RecipeBranch['type'];
  readonly onAdd: (recipe: Recipe) => void;
}) {
  const rank = recipe.scalingRank;
  const make = (): RecipeBranch =>
    type === 'lora'
      ? { name: freeBranchName(recipe, 'lora'), type, targets: ['gate', 'up', 'down'], rank }
      : {
          name: freeBranchName(recipe, 'na'),
          type,
          targets: ['gate', 'up', 'down'],
          rank,
          experts: 4,
          active: 2,
          routerBias: true,
          renormalise: true,
        };
  return (
    <Button
      size="small"
      icon={<Plus size={14} aria-hidden />}
      onClick={() => onAdd(withBranch(recipe, index, make()))}
    >
      {type === 'lora' ? 'Attach a LoRA branch' : 'Attach a mixture of LoRA'}
    </Button>
  );
}

type Orthogonal = Recipe['stages'][number]['orthogonal'];

function OrthogonalEditor({
  index,
  present,
  onChange,
}: {
  readonly index: number;
  readonly present: readonly RecipeBranch[];
  readonly onChange: (orthogonal: Orthogonal) => void;
}) {
  const orthogonal = useRecipe((state) => state.recipe.stages[index]?.orthogonal ?? null);
  const able = present.filter(({ type }) => type === 'lora');
  const [one, other] = able;
  const choices = able.map(({ name }) => ({ value: name, label: branchTitle(name) }));
  return (
    <>
      <h3>Orthogonal loss</h3>
      <div className="ui-actions">
        <SwitchField
          label="Add λ · Σ|A A′ᵀ| to the loss"
          help="Keeps two branches in different subspaces, so that what the one learnt is not overwritten by the other (eq. 10–12)."
          checked={orthogonal !== null}
          disabled={orthogonal === null && !(one && other)}
          onChange={(on) => {
            if (on && one && other) onChange({ between: [one.name, other.name], weight: 1 });
            else onChange(null);
          }}
        />
      </div>
      {orthogonal && (
        <div className="fields">
          <SelectField
            label="Between"
            value={orthogonal.between[0]}
            choices={choices}
            onChange={(name) => onChange({ ...orthogonal, between: [name, orthogonal.between[1]] })}
          />
          <SelectField
            label="and"
            value={orthogonal.between[1]}
            choices={choices}
            onChange={(name) => onChange({ ...orthogonal, between: [orthogonal.between[0], name] })}
          />
          <RecipeField
            spec={{
              kind: 'number',
              path: `stages.${index}.orthogonal.weight`,
              label: 'λ',
              help: 'Weight of the term; 0 measures it without pushing.',
              min: 0,
              max: 1e3,
            }}
          />
        </div>
      )}
    </>
  );
}
