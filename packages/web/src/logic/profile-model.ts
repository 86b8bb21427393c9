/**
 * A profile as the editor sees it. The document itself is the model: views are read from it, edits
 * change it at a place, and what the editor does not know stays as it was written. A document may be
 * no profile yet, so nothing is taken for granted here.
 */
import type { Json, JsonObject } from '@tenuto/contract';
import { isList, isObject, placeOf, stepsOf, valueAt } from './json-place.ts';

/** What works where an agent names no action. */
export const AGENT_ACTION = 'agent.run';

export interface AgentView {
  readonly kind: 'agent';
  readonly place: string;
  readonly id: string;
  readonly uses: string;
  readonly model: string | undefined;
  readonly needs: readonly string[];
  readonly hasCondition: boolean;
}

export interface GateView {
  readonly kind: 'gate';
  readonly place: string;
  readonly id: string;
  readonly type: string;
  readonly severity: string;
}

export interface PhaseView {
  readonly kind: 'phase';
  readonly place: string;
  readonly index: number;
  readonly id: string;
  readonly name: string;
  /** The phases before it, by id: what it says, else the one that stands before it. */
  readonly needs: readonly string[];
  /** Whether it says so itself. */
  readonly saysNeeds: boolean;
  readonly agents: readonly AgentView[];
  readonly gates: readonly GateView[];
  readonly artifacts: readonly string[];
  readonly goesOn: boolean;
  readonly asksPeople: boolean;
}

export type Part = PhaseView | AgentView | GateView;

export interface Outline {
  readonly name: string;
  readonly title: string;
  readonly phases: readonly PhaseView[];
}

/** A way from one part to another, by their places. */
export interface Link {
  readonly from: string;
  readonly to: string;
}

export function textAt(value: Json | undefined, name: string): string {
  const found = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return typeof found === 'string' ? found : '';
}

export function listAt(value: Json | undefined, name: string): readonly Json[] {
  const found = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return isList(found) ? found : [];
}

function textsAt(value: Json | undefined, name: string): readonly string[] {
  return listAt(value, name).filter((one) => typeof one === 'string');
}

/** What the editor draws of a document. */
export function outlineOf(doc: JsonObject): Outline {
  const goesOn = doc.auto_advance === true;
  const phases = listAt(doc, 'phases');
  return {
    name: textAt(doc, 'name'),
    title: textAt(doc, 'title'),
    phases: phases.map((phase, index) => phaseView(phase, { index, phases, goesOn })),
  };
}

interface Among {
  readonly index: number;
  readonly phases: readonly Json[];
  readonly goesOn: boolean;
}

function phaseView(phase: Json, { index, phases, goesOn }: Among): PhaseView {
  const place = placeOf('', 'phases', index);
  const id = textAt(phase, 'id');
  const advance = isObject(phase) ? phase.auto_advance : undefined;
  return {
    ...{ kind: 'phase', place, index, id, name: textAt(phase, 'name') },
    ...{ needs: needsOf(phases, index), saysNeeds: saysNeeds(phase) },
    agents: listAt(phase, 'agents').map((one, i) => agentView(one, placeOf(place, 'agents', i))),
    gates: listAt(phase, 'gates').map((one, i) => gateView(one, placeOf(place, 'gates', i))),
    artifacts: listAt(phase, 'artifacts').map((one) => textAt(one, 'path')),
    goesOn: typeof advance === 'boolean' ? advance : goesOn,
    asksPeople: isObject(phase) && phase.approval !== undefined,
  };
}

function agentView(agent: Json, place: string): AgentView {
  const model = textAt(agent, 'model');
  return {
    ...{ kind: 'agent', place, id: textAt(agent, 'id') },
    uses: textAt(agent, 'uses') || AGENT_ACTION,
    model: model === '' ? undefined : model,
    needs: textsAt(agent, 'needs'),
    hasCondition: isObject(agent) && agent.if !== undefined,
  };
}

function gateView(gate: Json, place: string): GateView {
  return {
    ...{ kind: 'gate', place, id: textAt(gate, 'id'), type: textAt(gate, 'type') },
    severity: textAt(gate, 'severity') || 'error',
  };
}

export function saysNeeds(phase: Json | undefined): boolean {
  return isObject(phase) && isList(phase.needs);
}

/** The phases before one, by id. */
export function needsOf(phases: readonly Json[], index: number): readonly string[] {
  const phase = phases[index];
  if (saysNeeds(phase)) return [...new Set(textsAt(phase, 'needs'))];
  const before = textAt(phases[index - 1], 'id');
  return before === '' ? [] : [before];
}

/** A part at a place, or the one that the place lies in; undefined: it is about the whole. */
export function partAt(outline: Outline, place: string): Part | undefined {
  const [list, phaseIndex, inner, innerIndex] = stepsOf(place);
  const phase = list === 'phases' ? outline.phases[Number(phaseIndex)] : undefined;
  if (phase === undefined) return undefined;
  if (inner === 'agents') return phase.agents[Number(innerIndex)] ?? phase;
  if (inner === 'gates') return phase.gates[Number(innerIndex)] ?? phase;
  return phase;
}

/** The phase that a place lies in. */
export function phaseAt({ phases }: Outline, place: string): PhaseView | undefined {
  const [list, index] = stepsOf(place);
  return list === 'phases' ? phases[Number(index)] : undefined;
}

/** Ways between phases; a need that names none leads nowhere. */
export function phaseLinks({ phases }: Outline): readonly Link[] {
  return linksOf(phases);
}

/** Ways between the agents of a phase. */
export function agentLinks({ agents }: PhaseView): readonly Link[] {
  return linksOf(agents);
}

interface Linked {
  readonly id: string;
  readonly place: string;
  readonly needs: readonly string[];
}

function linksOf(parts: readonly Linked[]): readonly Link[] {
  const places = new Map(parts.toReversed().map(({ id, place }) => [id, place]));
  return parts.flatMap(({ place: to, needs }) =>
    [...new Set(needs)].flatMap((need) => {
      const from = places.get(need);
      return from === undefined || need === '' ? [] : [{ from, to }];
    }),
  );
}

/** An edge as it is selected: two places with a space between. */
export function linkAt(at: string): Link | undefined {
  const [from, to, ...more] = at.split(' ');
  if (from === undefined || to === undefined || more.length > 0) return undefined;
  return from === '' || to === '' ? undefined : { from, to };
}

/** Parts of the same kind beside the one at a place, itself included. */
export function siblingsOf(doc: JsonObject, place: string): readonly Json[] {
  const list = valueAt(doc, place.slice(0, place.lastIndexOf('/')));
  return isList(list) ? list : [];
}
