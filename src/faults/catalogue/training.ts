/** Faults of recipes, of the data that a run trains on, and of training itself. */
import type { Detail, OfId, Plain } from './shapes.ts';
import type { SchemaReason } from './schema.ts';

/** @inline */
type OfStage = { readonly stage: number };
/** @inline */
type Step = OfStage & { readonly step: number; readonly records: readonly string[] };

export interface TrainingFaults {
  'recipe-invalid': { readonly path: string } & RecipeReason;
  'recipe-not-json': Detail;
  'ablation-needs-medcare': { readonly recipe: string };
  'merge-needs-float32': OfStage & { readonly branch: string; readonly merged: string };
  /** Products were to multiply in float16, which the device lacks. */
  'products-need-float16': Plain;
  'checkpoint-invalid': { readonly what: string };
  'checkpoint-mismatch': { readonly elements: number; readonly expected: number };
  'checkpoint-missing': OfId;
  'record-too-long': { readonly tokens: number; readonly limit: number };
  'record-not-tokenised': Detail & { readonly line: number };
  'record-beyond-cut': { readonly maxLength: number };
  'record-without-target': Plain;
  'stage-without-data': OfStage & { readonly name: string; readonly kinds: readonly string[] };
  'no-targets': OfStage & { readonly name: string };
  'targets-missing': {
    readonly records: number;
    readonly truncated: number;
    readonly maxLength: number;
  };
  'data-missing': { readonly dataSets: number };
  /** `records`: data set and row of those in the step. */
  'loss-not-finite': Step;
  'gradient-vanished': Step;
}

/** @inline */
type OfBranch = { readonly branch: string };
/** @inline */
type OfProjection = { readonly projection: string };

/** Why a recipe does not hold together. @inline */
export type RecipeReason =
  | (OfBranch & { readonly reason: 'attached-twice' })
  | (OfBranch & { readonly reason: 'too-many-active' })
  | (OfBranch & { readonly reason: 'not-attached' })
  | (OfBranch & { readonly reason: 'ended-twice' })
  | (OfBranch & { readonly reason: 'mixture-merged' })
  | (OfBranch & { readonly reason: 'not-a-mixture' })
  | (OfBranch & {
      readonly reason: 'forced-experts';
      readonly experts: number;
      readonly active: number;
    })
  | (OfProjection & { readonly reason: 'two-mixtures' })
  | (OfProjection & { readonly reason: 'dropout-rates' })
  | SchemaReason;
